import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { PASSPHRASE, type Ran, runProgram } from './run-program.ts'

/** The released plakar, where `TINTYPE_PLAKAR` or the search path has it. */
export const PLAKAR = findPlakar()

function findPlakar(): string | undefined {
  const named = process.env.TINTYPE_PLAKAR
  if (named !== undefined && existsSync(named)) return named
  const { status } = spawnSync('plakar', ['version'])
  return status === 0 ? 'plakar' : undefined
}

/** Why tests with plakar are skipped, or undefined when they run. */
export const NO_PLAKAR =
  PLAKAR === undefined
    ? 'plakar is not installed: ".ci/install-plakar FILE" builds it, TINTYPE_PLAKAR names it'
    : undefined

/** Runs plakar with caches of its own below `home`. */
export function runPlakar(
  home: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Ran> {
  return runProgram(PLAKAR ?? 'plakar', ['-stdio', ...args], { env: plakarEnv(home, env) })
}

/** The environment of a plakar with caches of its own below `home`. */
export function plakarEnv(home: string, env: Record<string, string> = {}): Record<string, string> {
  return {
    HOME: home,
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_CACHE_HOME: join(home, 'cache'),
    XDG_DATA_HOME: join(home, 'data'),
    PLAKAR_PASSPHRASE: PASSPHRASE,
    ...env,
  }
}

/** Ends the cache daemon that plakar leaves behind. */
export async function stopPlakar(home: string): Promise<void> {
  await runPlakar(home, ['cached', 'stop'])
}

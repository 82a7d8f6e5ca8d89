import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
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

/**
 * Ends the cache daemon that plakar started for `home`. It has no command for that, and by itself
 * ends after five seconds without work; until then it may write into a folder that is being removed.
 */
export async function stopPlakar(home: string): Promise<void> {
  const cache = join(home, 'cache', 'plakar')
  for (const pid of existsSync('/proc') ? readdirSync('/proc') : []) {
    if (!/^\d+$/.test(pid)) continue
    const words = commandLine(pid)
    if (words.includes(cache) && words.includes('cached')) endProcess(Number(pid))
  }
}

/** Empty when the process is gone meanwhile. */
function commandLine(pid: string): string[] {
  try {
    return readFileSync(join('/proc', pid, 'cmdline'), 'utf8').split('\0')
  } catch {
    return []
  }
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM')
  } catch {
    // it ended by itself
  }
}

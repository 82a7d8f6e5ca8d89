import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface Ran {
  /** Exit code; undefined when a signal ended it. */
  code: number | undefined
  stdout: string
  stderr: string
}

export interface RunOptions {
  env?: Record<string, string>
  cwd?: string
  /** Called with the process, e.g. to send it a signal. */
  onStart?: (child: ReturnType<typeof spawn>) => void
}

/** Runs a program to its end, whatever its exit code, without input. */
export function runProgram(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH ?? '', ...options.env },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code: code ?? undefined, stdout, stderr }))
    options.onStart?.(child)
  })
}

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** The built program, as a user runs it. */
export const TINTYPE = join(root, 'bin', 'tintype')

/** Tests make repositories with the cheapest key derivation that is accepted. */
export const CHEAP_KDF = ['--kdf-memory', '8']

export const PASSPHRASE = 'correct horse battery staple, twice over'

/** Runs our program in a world of its own below `home`. */
export function runTintype(
  home: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Ran> {
  return runProgram(process.execPath, [TINTYPE, ...args], {
    ...options,
    env: {
      HOME: home,
      TINTYPE_CONFIG_DIR: join(home, 'config'),
      TINTYPE_CACHE_DIR: join(home, 'cache'),
      TINTYPE_PASSPHRASE: PASSPHRASE,
      ...options.env,
    },
  })
}

/** The objects of a `--json` run, one a line. */
export function jsonLines(ran: Ran): Record<string, unknown>[] {
  const lines = ran.stdout.split('\n').filter((line) => line !== '')
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>)
}

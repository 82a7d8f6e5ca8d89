/**
 * Other programs, started safely: found once in an absolute folder of the search path, never in the
 * current one; arguments as an array, no shell; only the variables they need.
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'

export type Environment = Readonly<Record<string, string | undefined>>

/** What nearly every program needs to find its home, its network and its language. */
const USUAL = new Set([
  'ALL_PROXY',
  'APPDATA',
  'COMSPEC',
  'HOME',
  'HOMEDRIVE',
  'HOMEPATH',
  'HTTPS_PROXY',
  'HTTP_PROXY',
  'LANG',
  'LC_ALL',
  'LOCALAPPDATA',
  'LOGNAME',
  'NO_PROXY',
  'PATH',
  'PROGRAMDATA',
  'SSL_CERT_DIR',
  'SSL_CERT_FILE',
  'SYSTEMROOT',
  'TEMP',
  'TMP',
  'TMPDIR',
  'TZ',
  'USER',
  'USERNAME',
  'USERPROFILE',
  'XDG_CACHE_HOME',
  'XDG_CONFIG_HOME',
  'XDG_RUNTIME_DIR',
])

/** First executable of that name in an absolute folder of `PATH`; undefined when there is none. */
export async function findProgram(name: string, env: Environment): Promise<string | undefined> {
  const fileName = process.platform === 'win32' ? `${name}.exe` : name
  for (const folder of (env.PATH ?? env.Path ?? '').split(delimiter)) {
    if (!isAbsolute(folder)) continue
    const path = join(folder, fileName)
    if (await isExecutable(path)) return path
  }
  return undefined
}

/** The usual variables, and those that `isNeeded` asks for by name. */
export function environmentFor(
  env: Environment,
  isNeeded: (name: string) => boolean,
): Record<string, string> {
  const wanted = Object.entries(env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && (USUAL.has(entry[0].toUpperCase()) || isNeeded(entry[0])),
  )
  return Object.fromEntries(wanted)
}

/**
 * What stands between us and a program that runs for long: it ends the program when we end, even by
 * `kill -9`, since then its standard input closes. A program that does not end within 5 s is killed.
 */
const GUARD = `
const { spawn } = require('node:child_process')
const { argv, stdin, stderr, exit } = require('node:process')
const child = spawn(argv[1], argv.slice(2), { stdio: ['ignore', 'inherit', 'inherit'] })
child.on('error', (error) => { stderr.write(error.message + '\\n'); exit(127) })
child.on('exit', (code) => exit(code ?? 128))
stdin.on('data', () => {}).on('close', () => {
  child.kill('SIGTERM')
  setTimeout(() => child.kill('SIGKILL'), 5000)
})
`

/**
 * Starts a program that lives until `stdin` is closed, and not longer than this process. It does not
 * get the Ctrl-C of the terminal, so that what it does for us can be finished.
 */
export function startGuarded(
  path: string,
  args: readonly string[],
  env: Record<string, string>,
): ChildProcess {
  return spawn(process.execPath, ['-e', GUARD, path, ...args], {
    env,
    shell: false,
    stdio: ['pipe', 'ignore', 'pipe'],
    detached: process.platform !== 'win32',
    windowsHide: true,
  })
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

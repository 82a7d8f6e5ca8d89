/**
 * One rclone that runs for as long as a store is open and takes orders over HTTP ("rclone rcd").
 *
 * It listens on the loopback address, at a port the system chooses, and asks for a name and a
 * password that are drawn for this process alone and go to it by environment. It uses the
 * configuration of its user. Options of its user that would make it lie (dry runs, filters) or hide
 * what it says (log files) are kept from it.
 * @module
 */
import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { setTimeout as after } from 'node:timers/promises'
import { type Environment, environmentFor, findProgram, startGuarded } from '../program.ts'
import { redact, secretsIn } from '../redact.ts'
import { RcloneFailedError, RcloneMissingError } from './rclone-errors.ts'

/** Where a running rclone is, and how to be let in. */
export interface RcloneAddress {
  url: string
  user: string
  password: string
}

/** A password command may ask somebody; a slow disk may take a while. */
const START_TIMEOUT_MS = 60_000
const ENDING_MS = 1000
/** What the guard in program.ts ends with when a signal ended the program. */
const KILLED = 128
const MAX_STDERR_CHARS = 16_384

const ARGUMENTS = [
  'rcd',
  '--rc-addr=127.0.0.1:0',
  '--rc-serve',
  '--ask-password=false',
  '--contimeout=15s',
  '--timeout=60s',
  '--low-level-retries=3',
]

/** Credentials that backends take from their own variables (`env_auth = true`). */
const OF_BACKENDS = /^(RCLONE|AWS|AZURE|GOOGLE|GCE|OS|ST|B2|SSH_AUTH_SOCK|KRB5|OCI)(_|$)|^SSH_AUTH/

/** Options for the whole program that change what it does, as variables; `rclone help flags`. */
const MEDDLING = new RegExp(
  `^RCLONE_(${[
    'RC(_.*)?',
    'LOG_.*',
    'USE_JSON_LOG',
    'QUIET',
    'VERBOSE',
    'SYSLOG.*',
    'STATS.*',
    'PROGRESS.*',
    'DRY_RUN',
    'INTERACTIVE',
    'IMMUTABLE',
    'IGNORE_.*',
    'SIZE_ONLY',
    'CHECKSUM',
    'UPDATE',
    'DELETE_.*',
    'TRACK_RENAMES.*',
    'BACKUP_DIR',
    'SUFFIX.*',
    'COMPARE_DEST',
    'COPY_DEST',
    '(INCLUDE|EXCLUDE|FILTER|FILES)(_.*)?',
    '(MIN|MAX)_(SIZE|AGE|DEPTH|DELETE|TRANSFER|DURATION).*',
    'CUTOFF_MODE',
    'STREAMING_UPLOAD_CUTOFF',
    'ASK_PASSWORD',
    'CPUPROFILE',
    'MEMPROFILE',
    'DUMP.*',
  ].join('|')})$`,
)

/** What of an environment rclone is given. */
export function rcloneEnvironment(env: Environment): Record<string, string> {
  return environmentFor(env, (name) => OF_BACKENDS.test(name) && !MEDDLING.test(name))
}

export class RcloneProcess {
  readonly path: string
  readonly address: RcloneAddress
  readonly #child: ChildProcess
  readonly #secrets: readonly string[]
  readonly #ended: Promise<void>
  #said = ''

  private constructor(
    path: string,
    address: RcloneAddress,
    child: ChildProcess,
    secrets: readonly string[],
  ) {
    this.path = path
    this.address = address
    this.#child = child
    this.#secrets = secrets
    this.#ended = new Promise((resolve) => child.once('close', () => resolve()))
    child.stderr?.on('data', (text: string) => {
      this.#said = (this.#said + text).slice(-MAX_STDERR_CHARS)
    })
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /**
   * @throws {RcloneMissingError}
   * @throws {RcloneFailedError} with its last words
   */
  static async start(env: Environment): Promise<RcloneProcess> {
    const path = await findProgram('rclone', env)
    if (path === undefined) throw new RcloneMissingError()
    const user = 'tintype'
    const password = randomBytes(24).toString('base64url')
    const child = startGuarded(path, ARGUMENTS, {
      ...rcloneEnvironment(env),
      RCLONE_RC_USER: user,
      RCLONE_RC_PASS: password,
    })
    const secrets = [...secretsIn(env), password]
    const url = await addressOf(child, secrets)
    return new RcloneProcess(path, { url, user, password }, child, secrets)
  }

  /**
   * Why it ended by itself, when it did within a second: rclone reads its configuration when the
   * first order comes, and ends when it cannot. Undefined when it runs, or was killed.
   */
  async complaint(): Promise<RcloneFailedError | undefined> {
    await Promise.race([this.#ended, after(ENDING_MS, undefined, { ref: false })])
    const { exitCode } = this.#child
    if (exitCode === null || exitCode === KILLED) return undefined
    const said = lastWords(this.#said) || `it ended with code ${exitCode}`
    return new RcloneFailedError(redact(said, this.#secrets))
  }

  async stop(): Promise<void> {
    this.#child.stdin?.destroy()
    await this.#ended
  }
}

/** Waits until it says where it listens. */
function addressOf(child: ChildProcess, secrets: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    const fail = (detail: string) => {
      child.stdin?.destroy()
      clearTimeout(timer)
      reject(new RcloneFailedError(redact(detail, secrets)))
    }
    const timer = setTimeout(() => fail('it did not begin to answer within 60 s'), START_TIMEOUT_MS)
    child.stdin?.on('error', () => {}) // it ended: "close" tells so
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-MAX_STDERR_CHARS)
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said)
      if (found === null) return
      clearTimeout(timer)
      resolve(found[0])
    })
    child.once('error', (error) => fail(error.message))
    child.once('close', (code) => fail(lastWords(said) || `it ended with code ${code}`))
  })
}

/** The last line, without the time in front of it. */
function lastWords(text: string): string {
  const line = text.trim().split('\n').at(-1) ?? ''
  return line.replace(/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d\s*/, '')
}

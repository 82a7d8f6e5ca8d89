/**
 * The user's own rclone, as a client of its remote control: orders are JSON over HTTP, files are
 * read by range from `/[remote:]/path` and written as `multipart/form-data` from memory.
 *
 * Measured with 1.60.1 (Debian 12): an upload whose body ends early counts there as a whole, smaller
 * file, and exit codes and status 200 say little; so whoever writes has to look at what arrived.
 * With `StreamingUploadCutoff` above its size a file is held in rclone's memory and sent with its
 * size known, so that no remote needs a temporary file on the disk.
 * @module
 */
import { randomBytes } from 'node:crypto'
import { fromUtf8, utf8 } from '../../util/bytes.ts'
import { type HttpAnswer, HttpClient, HttpFailure } from '../http-exchange.ts'
import type { Environment } from '../program.ts'
import { redact, secretsIn } from '../redact.ts'
import {
  MINIMUM_VERSION,
  RcloneFailedError,
  RcloneRefusal,
  RcloneTooOldError,
} from './rclone-errors.ts'
import { type RcloneAddress, RcloneProcess } from './rclone-process.ts'

/** A listing of 2,000,000 packfiles, at some 150 bytes each. */
const MAX_ANSWER_BYTES = 300 * 1024 * 1024
/** While rclone sends a file on, it says nothing: as long as this slow a line would take, and more. */
const SLOWEST_BYTES_PER_MS = 16
const PATIENCE_MS = 300_000
const CONNECTIONS = 16
/** Nobody is there, or not any more. */
const BROKEN = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE'])

/** What tells another thread of this process where rclone runs; never anywhere else. */
const ADDRESS_VARIABLE = 'TINTYPE_RCLONE_AT'

/** A folder of a remote, the way rclone wants it: `fs` is `remote:` or `remote:/`. */
export interface RcloneFolder {
  fs: string
  path: string
}

export class Rclone implements AsyncDisposable {
  readonly #env: Environment
  readonly #http = new HttpClient({ connections: CONNECTIONS })
  readonly #secrets: string[]
  #shared: RcloneAddress | undefined
  #process: Promise<RcloneProcess> | undefined
  #running: RcloneProcess | undefined

  constructor(env: Environment) {
    this.#env = env
    this.#secrets = secretsIn(env)
    this.#shared = decodeAddress(env[ADDRESS_VARIABLE])
  }

  /** The environment for another thread, which then uses the same process as long as it runs. */
  get sharedEnvironment(): Environment {
    const address = this.#running?.isRunning ? this.#running.address : this.#shared
    if (address === undefined) return this.#env
    return { ...this.#env, [ADDRESS_VARIABLE]: JSON.stringify(address) }
  }

  /**
   * Carries out an order, e.g. `operations/stat`.
   * @throws {RcloneRefusal} when rclone could not
   * @throws {HttpFailure} when it did not answer
   */
  async order(command: string, parameters: object = {}): Promise<Record<string, unknown>> {
    const body = [utf8(JSON.stringify(parameters))]
    const headers = { 'content-type': 'application/json' }
    return this.#decode(await this.#ask('POST', `/${command}`, { headers, body }))
  }

  /** A file or a range of it, with status and headers as they came. */
  async read(
    fs: string,
    path: string,
    range?: { first: number; last: number },
  ): Promise<HttpAnswer> {
    const place = `/[${fs}]/${path.split('/').map(encodeURIComponent).join('/')}`
    const headers: Record<string, string> =
      range === undefined ? {} : { range: `bytes=${range.first}-${range.last}` }
    const answer = await this.#ask('GET', place, { headers })
    if (answer.status < 300 || answer.status === 416) return answer
    throw this.#refusal(answer)
  }

  /** Hands over a whole file. That it was stored has to be looked up afterwards. */
  async upload(
    { fs, path }: RcloneFolder,
    name: string,
    parts: readonly Uint8Array[],
  ): Promise<void> {
    const bytes = parts.reduce((sum, part) => sum + part.length, 0)
    const boundary = randomBytes(24).toString('hex')
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="file0"; filename="${name}"\r\nContent-Type: application/octet-stream\r\n\r\n`
    const query = new URLSearchParams({
      fs,
      remote: path,
      _config: JSON.stringify({ StreamingUploadCutoff: bytes + 1 }),
    })
    const answer = await this.#ask('POST', `/operations/uploadfile?${query}`, {
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
      body: [utf8(head), ...parts, utf8(`\r\n--${boundary}--\r\n`)],
      idleMs: PATIENCE_MS + bytes / SLOWEST_BYTES_PER_MS,
    })
    this.#decode(answer)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#http[Symbol.dispose]()
    const running = await this.#process?.catch(() => undefined)
    this.#process = undefined
    this.#running = undefined
    await running?.stop()
  }

  async #ask(
    method: 'GET' | 'POST',
    path: string,
    rest: { headers?: Record<string, string>; body?: readonly Uint8Array[]; idleMs?: number },
  ): Promise<HttpAnswer> {
    const address = await this.#address()
    const basic = Buffer.from(`${address.user}:${address.password}`).toString('base64')
    try {
      return await this.#http.exchange({
        idleMs: PATIENCE_MS,
        ...rest,
        method,
        url: address.url + path,
        headers: { ...rest.headers, authorization: `Basic ${basic}` },
        maxBytes: MAX_ANSWER_BYTES,
      })
    } catch (error) {
      if (!(error instanceof HttpFailure)) throw error
      const complaint = BROKEN.has(error.reason ?? '')
        ? await this.#running?.complaint()
        : undefined
      if (error.reason === 'ECONNREFUSED') this.#forget()
      throw complaint ?? error
    }
  }

  async #address(): Promise<RcloneAddress> {
    if (this.#shared !== undefined) return this.#shared
    if (this.#running && !this.#running.isRunning) this.#forget()
    this.#process ??= this.#start()
    return (await this.#process).address
  }

  async #start(): Promise<RcloneProcess> {
    try {
      const started = await RcloneProcess.start(this.#env)
      this.#running = started
      await this.#requireVersion(started)
      return started
    } catch (error) {
      const failed = this.#running
      this.#forget()
      await failed?.stop()
      throw error
    }
  }

  /** The next order starts another one. */
  #forget(): void {
    this.#shared = undefined
    this.#process = undefined
    this.#running = undefined
  }

  async #requireVersion({ path, address }: RcloneProcess): Promise<void> {
    const basic = Buffer.from(`${address.user}:${address.password}`).toString('base64')
    const answer = await this.#http.exchange({
      method: 'POST',
      url: `${address.url}/core/version`,
      headers: { authorization: `Basic ${basic}` },
      maxBytes: 65_536,
    })
    const { version, decomposed } = this.#decode(answer)
    if (!Array.isArray(decomposed)) throw new RcloneFailedError('it does not tell its version')
    const [major = 0, minor = 0] = decomposed.map(Number)
    const isNew =
      major > MINIMUM_VERSION[0] || (major === MINIMUM_VERSION[0] && minor >= MINIMUM_VERSION[1])
    if (!isNew) throw new RcloneTooOldError(path, String(version))
  }

  #decode(answer: HttpAnswer): Record<string, unknown> {
    if (answer.status !== 200) throw this.#refusal(answer)
    const value: unknown = jsonOf(answer)
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
    throw new HttpFailure('rclone answered with something else than it was asked for')
  }

  #refusal(answer: HttpAnswer): RcloneRefusal {
    const value = jsonOf(answer)
    const said =
      typeof value === 'object' && value !== null && 'error' in value
        ? String(value.error)
        : fromUtf8(answer.body).slice(0, 300).trim()
    return new RcloneRefusal(answer.status, redact(said, this.#secrets))
  }
}

function jsonOf({ body }: HttpAnswer): unknown {
  try {
    return JSON.parse(fromUtf8(body))
  } catch {
    return undefined
  }
}

function decodeAddress(text: string | undefined): RcloneAddress | undefined {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as RcloneAddress)
  } catch {
    return undefined
  }
}

/**
 * One request, one whole answer, over connections that are kept.
 *
 * An answer counts only when it arrived to its end: a connection that breaks in the middle, a body
 * shorter or longer than announced, a silence of two minutes in both directions are failures, never
 * short bodies. How long an exchange takes as a whole does not matter. Redirects are not followed,
 * since they would carry credentials to somebody else, and nothing is decompressed: the bytes are
 * the server's.
 * @module
 */
import { Agent, type ClientRequest, type IncomingMessage, request as requestPlain } from 'node:http'
import { request as requestSecure, Agent as SecureAgent } from 'node:https'
import { concatBytes } from '../util/bytes.ts'
import { codeOf } from '../util/coded-error.ts'
import { type StartWatchdog, startWatchdog, type Watchdog } from './watchdog.ts'

/** Without a byte for so long, a connection counts as broken (restic found 2 min right, #4627). */
const IDLE_MS = 120_000
/** Below what servers grant (nginx 75 s, Amazon some minutes), or they hang up as we ask. */
const UNUSED_CONNECTION_MS = 20_000
/** So little that a connection of 1 kB/s moves one before it counts as broken. */
const SLICE_BYTES = 65_536
const MAX_RETRY_AFTER_MS = 24 * 3_600_000

export interface HttpRequest {
  method: 'DELETE' | 'GET' | 'HEAD' | 'POST' | 'PUT'
  url: string | ExactUrl
  headers?: Readonly<Record<string, string>>
  /** Sent one after the other, with their total as Content-Length. */
  body?: readonly Uint8Array[]
  /** A longer answer is refused before it fills the memory. */
  maxBytes: number
  /** How long nothing may happen, when the service is known to think for longer than two minutes. */
  idleMs?: number
  /**
   * Whether nothing is lost when the service carries it out twice: then it is sent again when a
   * kept connection turns out to be closed. Unless said, so for everything but POST (RFC 9110, 9.2.2).
   */
  isRepeatable?: boolean
  signal?: AbortSignal
}

/** A URL in parts that are sent as they stand, where a signature covers every character. */
export interface ExactUrl {
  secure: boolean
  host: string
  port: number
  /** With its query, percent-encoded. */
  path: string
}

export interface HttpAnswer {
  status: number
  /** Names in lower case. */
  headers: Readonly<Record<string, string | undefined>>
  body: Uint8Array
}

/** There was no answer, or not all of it. Whether the request was carried out is not known. */
export class HttpFailure extends Error {
  override readonly name: string = 'HttpFailure'
  /** The system's reason, e.g. ECONNREFUSED; undefined when the answer itself was wrong. */
  readonly reason: string | undefined
  constructor(message: string, options: { reason?: string | undefined; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.reason = options.reason
  }
}

/** The answer is longer than anything that was asked for. */
export class LongAnswerError extends HttpFailure {
  override readonly name = 'LongAnswerError'
  constructor(maxBytes: number) {
    super(`the answer is longer than ${maxBytes} bytes`)
  }
}

/** A kept connection was closed before the request was answered, as servers may at any time. */
class HungUpFailure extends HttpFailure {}

export interface HttpClientOptions {
  connections: number
  /** PEM, of authorities that are trusted; those Node knows when there are none. */
  certificates?: string[] | undefined
  startWatchdog?: StartWatchdog | undefined
}

export class HttpClient implements Disposable {
  readonly #plain: Agent
  readonly #secure: SecureAgent
  readonly #startWatchdog: StartWatchdog
  /** Ends an exchange, one for each that is under way. */
  readonly #underWay = new Set<(reason: unknown) => void>()
  #isClosed = false

  constructor(options: HttpClientOptions) {
    const { connections, certificates } = options
    const kept = {
      keepAlive: true,
      maxSockets: connections,
      maxFreeSockets: connections,
      timeout: UNUSED_CONNECTION_MS,
    }
    this.#plain = new Agent(kept)
    this.#secure = new SecureAgent(certificates ? { ...kept, ca: certificates } : kept)
    this.#startWatchdog = options.startWatchdog ?? startWatchdog
  }

  /** @throws {HttpFailure}, or what the signal says */
  async exchange(wanted: HttpRequest): Promise<HttpAnswer> {
    try {
      return await this.#once(wanted)
    } catch (error) {
      // That is no sign of trouble, so it is not for the caller to wait and ask again.
      const { method, isRepeatable = method !== 'POST' } = wanted
      if (isRepeatable && error instanceof HungUpFailure) return await this.#once(wanted)
      throw error
    }
  }

  /** Ends what is under way. */
  [Symbol.dispose](): void {
    this.#isClosed = true
    for (const giveUp of this.#underWay) giveUp(closed())
    this.#plain.destroy()
    this.#secure.destroy()
  }

  async #once(wanted: HttpRequest): Promise<HttpAnswer> {
    const { signal, idleMs = IDLE_MS } = wanted
    signal?.throwIfAborted()
    if (this.#isClosed) throw closed()
    const request = this.#start(wanted)
    const { givenUp, giveUp } = endingOf(request)
    const abort = () => giveUp(signal?.reason)
    const silence = new HttpFailure(`nothing happened for ${Math.round(idleMs / 1000)} s`)
    const watch = () => this.#startWatchdog(() => giveUp(silence), idleMs)
    this.#underWay.add(giveUp)
    signal?.addEventListener('abort', abort)
    try {
      return await Promise.race([givenUp, converse(request, wanted, watch)])
    } catch (error) {
      request.destroy()
      throw error
    } finally {
      signal?.removeEventListener('abort', abort)
      this.#underWay.delete(giveUp)
    }
  }

  #start({ url, method, headers, body }: HttpRequest): ClientRequest {
    const length = body?.reduce((sum, part) => sum + part.length, 0)
    const all = { ...headers, ...(length === undefined ? {} : { 'content-length': `${length}` }) }
    const isSecure = typeof url === 'string' ? url.startsWith('https:') : url.secure
    const options = { method, headers: all, agent: isSecure ? this.#secure : this.#plain }
    const send = isSecure ? requestSecure : requestPlain
    if (typeof url === 'string') return send(url, options)
    const { host, port, path } = url
    return send({ ...options, host, port, path })
  }
}

/** What `Retry-After` asks for: seconds, or a date. */
export function retryAfterMs(headers: HttpAnswer['headers'], now: Date): number | undefined {
  const value = headers['retry-after']?.trim()
  if (value === undefined || value === '') return undefined
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now.getTime()
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS)
}

/** A request that is destroyed tells of a broken connection only: why we did it is kept here. */
function endingOf(request: ClientRequest) {
  let giveUp!: (reason: unknown) => void
  const givenUp = new Promise<never>((_, reject) => {
    giveUp = (reason) => {
      reject(reason)
      request.destroy()
    }
  })
  return { givenUp, giveUp }
}

async function converse(
  request: ClientRequest,
  wanted: HttpRequest,
  watch: () => Watchdog,
): Promise<HttpAnswer> {
  const answered = responseTo(request)
  answered.catch(() => {}) // it is waited for below
  await connectionOf(request)
  const watchdog = watch()
  try {
    const sent = sendBody(request, wanted.body ?? [], watchdog)
    sent.catch(() => {}) // the answer may say why; else `answered` fails as well
    const response = await answered
    watchdog.moved()
    const body = await readBody(response, wanted, watchdog)
    // Whoever answers before it has heard everything is not asked again on this connection.
    if (!request.writableFinished) request.destroy()
    return { status: response.statusCode ?? 0, headers: headersOf(response), body }
  } finally {
    watchdog.stop()
  }
}

/** Whoever waits for a connection to become free is not stalled. */
function connectionOf(request: ClientRequest): Promise<void> {
  return new Promise((resolve) => {
    request.once('close', resolve).once('socket', () => {
      request.setTimeout(0) // the agent's is for connections that nobody uses
      resolve()
    })
  })
}

function responseTo(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on('response', resolve)
    request.on('error', (error) => {
      const reason = codeOf(error)
      const hasHungUp = request.reusedSocket && /^(ECONNRESET|EPIPE)$/.test(reason ?? '')
      const Failure = hasHungUp ? HungUpFailure : HttpFailure
      reject(new Failure(describe(error, reason), { reason, cause: error }))
    })
    request.on('close', () => reject(new HttpFailure('the connection was closed')))
  })
}

async function sendBody(
  request: ClientRequest,
  parts: readonly Uint8Array[],
  watchdog: Watchdog,
): Promise<void> {
  for (const part of parts) {
    for (let at = 0; at < part.length; at += SLICE_BYTES) {
      if (request.destroyed) return
      if (!request.write(part.subarray(at, at + SLICE_BYTES))) await drained(request)
      watchdog.moved()
    }
  }
  request.end()
}

function drained(request: ClientRequest): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      request.off('drain', done).off('close', done)
      resolve()
    }
    request.on('drain', done).on('close', done)
  })
}

async function readBody(
  response: IncomingMessage,
  { method, maxBytes }: HttpRequest,
  watchdog: Watchdog,
): Promise<Uint8Array> {
  const announced = announcedBytes(response, method)
  if (announced !== undefined && announced > maxBytes) throw new LongAnswerError(maxBytes)
  const pieces: Uint8Array[] = []
  let received = 0
  for await (const piece of wholeBody(response)) {
    watchdog.moved()
    received += piece.length
    if (received > maxBytes) throw new LongAnswerError(maxBytes)
    pieces.push(piece)
  }
  if (announced !== undefined && received !== announced) {
    throw new HttpFailure(`the answer has ${received} bytes, not the announced ${announced}`)
  }
  return concatBytes(pieces)
}

async function* wholeBody(response: IncomingMessage): AsyncGenerator<Uint8Array> {
  try {
    yield* response as AsyncIterable<Uint8Array>
  } catch (cause) {
    throw new HttpFailure('the answer was cut', { cause })
  }
  if (!response.complete) throw new HttpFailure('the answer was cut')
}

/** Undefined where the answer ends with its last chunk, or has no body whatever it announces. */
function announcedBytes(response: IncomingMessage, method: string): number | undefined {
  const text = response.headers['content-length']
  const hasBody = method !== 'HEAD' && response.statusCode !== 204 && response.statusCode !== 304
  return hasBody && text !== undefined ? Number(text) : undefined
}

function headersOf({ headers }: IncomingMessage): HttpAnswer['headers'] {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
  )
}

function closed(): Error {
  return new DOMException('the connections were closed', 'AbortError')
}

function describe(error: Error, reason: string | undefined): string {
  const reasons: Record<string, string> = {
    ECONNREFUSED: 'nobody answers there (ECONNREFUSED)',
    ECONNRESET: 'the connection broke (ECONNRESET)',
    ENOTFOUND: 'there is no host of that name (ENOTFOUND)',
    EAI_AGAIN: 'the name of the host cannot be looked up now (EAI_AGAIN)',
    ETIMEDOUT: 'the connection timed out (ETIMEDOUT)',
    EPIPE: 'the connection broke (EPIPE)',
  }
  return reasons[reason ?? ''] ?? (error.message || reason || 'the connection failed')
}

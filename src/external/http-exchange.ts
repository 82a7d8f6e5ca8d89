/**
 * One request, one whole answer, over connections that are kept.
 *
 * An answer counts only when it arrived to its end: a connection that breaks in the middle, a body
 * shorter or longer than announced, a silence of two minutes are failures, never short bodies.
 * Redirects are not followed, since they would carry credentials to somebody else.
 * @module
 */
import {
  Agent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as requestPlain,
} from 'node:http'
import { request as requestSecure, Agent as SecureAgent } from 'node:https'
import { concatBytes } from '../util/bytes.ts'
import { codeOf, toError } from '../util/coded-error.ts'

/** Without a byte for so long, a connection counts as broken (restic found 2 min right, #4627). */
const IDLE_MS = 120_000
const MAX_RETRY_AFTER_MS = 24 * 3_600_000

export interface HttpRequest {
  method: 'DELETE' | 'GET' | 'HEAD' | 'POST' | 'PUT'
  url: string
  headers?: Readonly<Record<string, string>>
  /** Sent one after the other, with their total as Content-Length. */
  body?: readonly Uint8Array[]
  /** A longer answer is refused before it fills the memory. */
  maxBytes: number
  /** How long nothing may happen, when the service is known to think for longer than two minutes. */
  idleMs?: number
  signal?: AbortSignal
}

export interface HttpAnswer {
  status: number
  headers: IncomingHttpHeaders
  body: Uint8Array
}

/** There was no answer, or not all of it. Whether the request was carried out is not known. */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure'
  /** The system's reason, e.g. ECONNREFUSED; undefined when the answer itself was wrong. */
  readonly reason: string | undefined
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.reason = codeOf(cause)
  }
}

export class HttpClient implements Disposable {
  readonly #plain: Agent
  readonly #secure: SecureAgent

  constructor({ connections }: { connections: number }) {
    const options = { keepAlive: true, maxSockets: connections, maxFreeSockets: connections }
    this.#plain = new Agent(options)
    this.#secure = new SecureAgent(options)
  }

  /** @throws {HttpFailure} */
  exchange(wanted: HttpRequest): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      const request = this.#start(wanted)
      const fail = (message: string, cause?: unknown) => {
        reject(new HttpFailure(message, cause))
        request.destroy()
      }
      const idleMs = wanted.idleMs ?? IDLE_MS
      request.setTimeout(idleMs, () => fail(`nothing happened for ${Math.round(idleMs / 1000)} s`))
      request.on('error', (error) => fail(describe(error), error))
      request.on('response', (response) => {
        receive(response, wanted).then(resolve, (error) => fail(toError(error).message, error))
      })
      for (const part of wanted.body ?? []) request.write(part)
      request.end()
    })
  }

  [Symbol.dispose](): void {
    this.#plain.destroy()
    this.#secure.destroy()
  }

  #start({ url, method, headers, body, signal }: HttpRequest): ClientRequest {
    const length = body?.reduce((sum, part) => sum + part.length, 0)
    const all = { ...headers, ...(length === undefined ? {} : { 'content-length': `${length}` }) }
    const options = { method, headers: all, ...(signal === undefined ? {} : { signal }) }
    return url.startsWith('https:')
      ? requestSecure(url, { ...options, agent: this.#secure })
      : requestPlain(url, { ...options, agent: this.#plain })
  }
}

/** What `Retry-After` asks for: seconds, or a date. */
export function retryAfterMs(headers: IncomingHttpHeaders, now: Date): number | undefined {
  const value = headers['retry-after']?.trim()
  if (value === undefined || value === '') return undefined
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now.getTime()
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS)
}

async function receive(response: IncomingMessage, wanted: HttpRequest): Promise<HttpAnswer> {
  const announced = announcedBytes(response, wanted)
  const pieces: Uint8Array[] = []
  let received = 0
  for await (const piece of wholeBody(response)) {
    received += piece.length
    if (received > wanted.maxBytes) throw new Error(`the answer is longer than ${wanted.maxBytes}`)
    pieces.push(piece)
  }
  if (announced !== undefined && received !== announced) {
    throw new Error(`the answer has ${received} bytes, not the announced ${announced}`)
  }
  const body = concatBytes(pieces)
  return { status: response.statusCode ?? 0, headers: response.headers, body }
}

async function* wholeBody(response: IncomingMessage): AsyncGenerator<Uint8Array> {
  try {
    yield* response as AsyncIterable<Uint8Array>
  } catch (cause) {
    throw new Error('the answer was cut', { cause })
  }
  if (!response.complete) throw new Error('the answer was cut')
}

/** Undefined where the answer ends with its last chunk, or has no body whatever it announces. */
function announcedBytes(response: IncomingMessage, { method }: HttpRequest): number | undefined {
  const text = response.headers['content-length']
  if (method === 'HEAD' || text === undefined) return undefined
  return Number(text)
}

function describe(error: Error): string {
  const reasons: Record<string, string> = {
    ECONNREFUSED: 'nobody answers there (ECONNREFUSED)',
    ECONNRESET: 'the connection broke (ECONNRESET)',
    ENOTFOUND: 'there is no host of that name (ENOTFOUND)',
    EAI_AGAIN: 'the name of the host cannot be looked up now (EAI_AGAIN)',
    ETIMEDOUT: 'the connection timed out (ETIMEDOUT)',
    EPIPE: 'the connection broke (EPIPE)',
  }
  return reasons[codeOf(error) ?? ''] ?? error.message
}

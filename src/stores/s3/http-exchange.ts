/**
 * One HTTP/1.1 request and its whole answer, over connections that are kept.
 *
 * An exchange is given up when nothing moved for two minutes, in either direction; how long it
 * takes as a whole does not matter. Redirects are not followed and nothing is decompressed: the
 * bytes are the server's. An answer that ends before its length, or is longer than the caller
 * wants to hold, is an error.
 * @module
 */
import { setMaxListeners } from 'node:events'
import {
  type ClientRequest,
  Agent as HttpAgent,
  request as http,
  type IncomingMessage,
} from 'node:http'
import { Agent as HttpsAgent, request as https } from 'node:https'
import { concatBytes } from '../../util/bytes.ts'

export interface ExchangeRequest {
  secure: boolean
  host: string
  port: number
  method: string
  /** With its query, percent-encoded. */
  path: string
  headers: Readonly<Record<string, string>>
  body: readonly Uint8Array[]
  /** A longer answer is refused, if possible before it is read. */
  maxAnswerBytes: number
}

export interface Answer {
  status: number
  /** Names in lower case. */
  headers: Readonly<Record<string, string | undefined>>
  body: Uint8Array
}

/** Calls back once unless it is told often enough that something moved. */
export interface Watchdog {
  moved(): void
  stop(): void
}

export type StartWatchdog = (onStall: () => void) => Watchdog

/** restic found two minutes to be what tells a slow connection from a dead one (0.17, #4627). */
const STALL_MS = 120_000
/** So little that a connection of 1 kB/s moves one before it counts as stalled. */
const SLICE_BYTES = 65_536
const MAX_CONNECTIONS = 16
/** Below what servers grant (nginx 75 s, Amazon some minutes), or they hang up as we ask. */
const IDLE_CONNECTION_MS = 20_000

export class Exchanger {
  readonly #agents: { http: HttpAgent; https: HttpsAgent }
  readonly #startWatchdog: StartWatchdog
  readonly #closing = new AbortController()

  /** @param certificates PEM, of authorities that are trusted besides those Node knows */
  constructor({
    certificates,
    startWatchdog = watchdogOf(STALL_MS),
  }: {
    certificates?: string[] | undefined
    startWatchdog?: StartWatchdog | undefined
  }) {
    const options = {
      keepAlive: true,
      maxSockets: MAX_CONNECTIONS,
      scheduling: 'lifo',
      timeout: IDLE_CONNECTION_MS,
    } as const
    this.#agents = {
      http: new HttpAgent(options),
      https: new HttpsAgent(
        certificates === undefined ? options : { ...options, ca: certificates },
      ),
    }
    this.#startWatchdog = startWatchdog
    setMaxListeners(0, this.#closing.signal) // one for each request that is under way
  }

  /** @throws whatever the network says, {StalledError}, {CutAnswerError}, {LongAnswerError} */
  async exchange(request: ExchangeRequest): Promise<Answer> {
    try {
      return await this.#once(request)
    } catch (error) {
      // The server hung up on an idle connection while the request was under way, as it may.
      // That is no sign of trouble, so it is not for the caller to wait and ask again.
      if (error instanceof HungUpError) return await this.#once(request)
      throw error
    }
  }

  /** Ends what is under way. */
  close(): void {
    this.#closing.abort()
    this.#agents.http.destroy()
    this.#agents.https.destroy()
  }

  async #once(exchange: ExchangeRequest): Promise<Answer> {
    const { secure, host, port, method, path, headers } = exchange
    const target = { host, port, method, path, headers, signal: this.#closing.signal }
    const request = secure
      ? https({ ...target, agent: this.#agents.https })
      : http({ ...target, agent: this.#agents.http })
    // An idle connection ends by the agent's timeout; a busy one is the watchdog's.
    request.setTimeout(0)
    const watchdog = this.#startWatchdog(() => request.destroy(new StalledError()))
    try {
      const answered = responseTo(request)
      const sent = sendBody(request, exchange.body, watchdog)
      sent.catch(() => {}) // the answer may say why; else `answered` fails as well
      const response = await answered
      watchdog.moved()
      const body = await readBody(response, method, exchange.maxAnswerBytes, watchdog)
      // Whoever answers before it has heard everything is not asked again on this connection.
      if (!request.writableFinished) request.destroy()
      return { status: response.statusCode ?? 0, headers: headersOf(response), body }
    } catch (error) {
      request.destroy()
      throw error
    } finally {
      watchdog.stop()
    }
  }
}

function responseTo(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on('response', resolve)
    request.on('error', (error: NodeJS.ErrnoException) => {
      const hungUp = request.reusedSocket && /^(ECONNRESET|EPIPE)$/.test(error.code ?? '')
      reject(hungUp ? new HungUpError(error) : error)
    })
    request.on('close', () => reject(new CutAnswerError('the connection was closed')))
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

/** @throws {CutAnswerError} when fewer bytes come than were announced */
async function readBody(
  response: IncomingMessage,
  method: string,
  maxBytes: number,
  watchdog: Watchdog,
): Promise<Uint8Array> {
  const { headers } = response
  const announced = headers['content-length']
  const hasBody = method !== 'HEAD' && response.statusCode !== 204 && response.statusCode !== 304
  if (hasBody && Number(announced ?? 0) > maxBytes) throw new LongAnswerError(maxBytes)
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of response as AsyncIterable<Uint8Array>) {
      watchdog.moved()
      length += chunk.length
      if (length > maxBytes) throw new LongAnswerError(maxBytes)
      chunks.push(chunk)
    }
  } catch (error) {
    if (error instanceof LongAnswerError || error instanceof StalledError) throw error
    throw new CutAnswerError(`the answer broke off after ${length} bytes`, { cause: error })
  }
  if (hasBody && announced !== undefined && length !== Number(announced)) {
    throw new CutAnswerError(`the answer has ${length} bytes instead of ${announced}`)
  }
  return chunks.length === 1 ? chunks[0]! : concatBytes(chunks)
}

function headersOf({ headers }: IncomingMessage): Answer['headers'] {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
  )
}

function watchdogOf(ms: number): StartWatchdog {
  return (onStall) => {
    const timer = setTimeout(onStall, ms)
    return { moved: () => timer.refresh(), stop: () => clearTimeout(timer) }
  }
}

/** Nothing moved for too long. */
export class StalledError extends Error {
  override name = 'StalledError'
  constructor() {
    super('nothing moved for two minutes')
  }
}

/** The answer ended before it was complete. */
export class CutAnswerError extends Error {
  override name = 'CutAnswerError'
}

/** The answer is longer than anything that was asked for. */
export class LongAnswerError extends Error {
  override name = 'LongAnswerError'
  constructor(maxBytes: number) {
    super(`the answer is longer than ${maxBytes} bytes`)
  }
}

/** A kept connection was closed before the request was answered. */
class HungUpError extends Error {
  override name = 'HungUpError'
  constructor(cause: Error) {
    super(cause.message, { cause })
  }
}

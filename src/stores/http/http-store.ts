/**
 * A store behind `plakar server`, or whatever speaks like it:
 *
 *   GET    /                              CONFIG
 *   GET    /resources/packfiles           JSON: names of 64 hex digits (also states, locks)
 *   GET    /resources/packfiles/<name>    a file; PUT writes it, DELETE removes it
 *
 * Every success has the status 200, ranges too. A range `bytes=a-b` gives the b − a bytes from a on,
 * one less than HTTP means, and only of packfiles: states and locks always come whole. A name that is
 * not there answers 500, as any failure does, so the listing decides which it was. Nothing tells a
 * file's size: it is found by asking for single bytes. Large answers have no length, and a server
 * whose disk fails in the middle ends them like whole ones; so what lies behind the last byte is
 * asked for, and states are read twice. All seen with plakar 1.1.4.
 * @module
 */
import {
  type HttpAnswer,
  HttpClient,
  HttpFailure,
  type HttpRequest,
  retryAfterMs,
} from '../../external/http-exchange.ts'
import { concatBytes, equalBytes, fromUtf8 } from '../../util/bytes.ts'
import { CodedError, toError } from '../../util/coded-error.ts'
import { StoreAccessDeniedError, StoreDeleteForbiddenError } from '../access-errors.ts'
import {
  type ByteRange,
  NotAStoreError,
  NotInStoreError,
  ShortReadError,
  type Store,
  type StoredKind,
  StoreExistsError,
  StoreReadError,
  type StoreSettings,
  StoreWriteError,
  type ThreadOpener,
} from '../store.ts'
import { MAX_CONFIG_BYTES, throughRegistry } from '../stored-layout.ts'
import { isStoredName, requireStoredName } from '../stored-name.ts'
import { TransientStoreError } from '../transient-error.ts'
import { findSize } from './find-size.ts'
import { parseHttpLocation } from './http-location.ts'

type ServedKind = Exclude<StoredKind, 'quarantine'>

const COLLECTIONS: Record<ServedKind, string> = {
  packfile: 'packfiles',
  state: 'states',
  lock: 'locks',
}
/** Larger than any packfile or state that is written; a listing has some 70 bytes a name. */
const MAX_ANSWER_BYTES = 512 * 1024 * 1024
const CONNECTIONS = 16
const FULL = /no space left|disk full|quota exceeded/i

/** The server knows no place for what a repair replaces. */
export class NoQuarantineError extends CodedError {
  readonly code = 'NO_QUARANTINE'
  constructor(location: string) {
    super(
      `${location} cannot keep what a repair replaces: the protocol of "plakar server" has no place for it`,
      {
        hint: 'Repair the store where its files are, on the computer that serves it.',
      },
    )
  }
}

/** A server hands out the store it was started with and makes no other. */
export class CreateElsewhereError extends CodedError {
  readonly code = 'CREATE_ELSEWHERE'
  constructor(location: string) {
    super(`${location} is a server, which cannot make a repository`, {
      hint: 'Make it on the computer that serves it, then start "plakar server" there.',
    })
  }
}

export class HttpStore implements Store {
  readonly location: string
  readonly writable = true
  readonly threadOpener: ThreadOpener
  readonly #headers: Readonly<Record<string, string>>
  readonly #http = new HttpClient({ connections: CONNECTIONS })
  readonly #now: () => Date

  /** @param rest what follows the scheme and its colon */
  constructor(
    scheme: 'http' | 'https',
    rest: string,
    settings: StoreSettings,
    now: () => Date = () => new Date(),
  ) {
    const { url, headers } = parseHttpLocation(scheme, rest, settings.env)
    this.location = url
    this.#headers = headers
    this.#now = now
    this.threadOpener = throughRegistry(url, settings)
  }

  async getConfig(): Promise<Uint8Array> {
    const answer = await this.#ask('GET', '/', {}, MAX_CONFIG_BYTES + 1)
    if (answer.status === 404) throw new NotAStoreError(this.location, 'the server has none')
    this.#requireDone(answer, 'read CONFIG')
    if (
      answer.body.length <= MAX_CONFIG_BYTES &&
      fromUtf8(answer.body.subarray(0, 8)) === '_KLOSET_'
    ) {
      return answer.body
    }
    throw new NotAStoreError(this.location, 'what answers there is something else')
  }

  async create(): Promise<void> {
    try {
      await this.getConfig()
    } catch (error) {
      throw error instanceof NotAStoreError ? new CreateElsewhereError(this.location) : error
    }
    throw new StoreExistsError(this.location, 'there is one already')
  }

  async put(kind: StoredKind, name: string, parts: readonly Uint8Array[]): Promise<void> {
    const path = this.#path(kind, name)
    if (path === undefined) throw new NoQuarantineError(this.location)
    const answer = await this.#ask('PUT', path, {}, MAX_ANSWER_BYTES, parts)
    this.#requireDone(answer, `write ${path}`, StoreWriteError)
    const hasArrived = await this.#hasArrived(kind, name, parts).catch((error: unknown) => {
      if (error instanceof NotInStoreError) return false
      throw error
    })
    if (!hasArrived) {
      throw new TransientStoreError(`${this.location} said that it stored ${path}, and has not`)
    }
  }

  async get(kind: StoredKind, name: string, range?: ByteRange): Promise<Uint8Array> {
    const path = this.#path(kind, name)
    if (path === undefined) throw new NotInStoreError(kind, name, this.location)
    if (kind === 'packfile') return range ? this.#getRange(name, range) : this.#getPackfile(name)
    const whole = await this.#getWhole(kind, name)
    if (range === undefined) return whole
    const end = range.offset + range.length
    if (end > whole.length) throw new ShortReadError(kind, name, this.location)
    return whole.slice(range.offset, end)
  }

  async size(kind: StoredKind, name: string): Promise<number> {
    const path = this.#path(kind, name)
    if (path === undefined) throw new NotInStoreError(kind, name, this.location)
    if (kind !== 'packfile') return (await this.#getWhole(kind, name)).length
    return findSize(async (at) => (await this.#getAt(name, at, 1)).length === 1)
  }

  async *list(kind: StoredKind): AsyncGenerator<string> {
    if (kind === 'quarantine') return
    const path = `/resources/${COLLECTIONS[kind]}`
    const answer = await this.#ask('GET', path)
    this.#requireDone(answer, `list ${COLLECTIONS[kind]}`)
    const names = namesIn(answer.body)
    if (names === undefined) {
      throw new TransientStoreError(`${this.location}${path} did not give a whole listing`)
    }
    yield* names
  }

  async remove(kind: StoredKind, name: string): Promise<void> {
    const path = this.#path(kind, name)
    if (path === undefined) return
    const answer = await this.#ask('DELETE', path)
    if (answer.status === 403) {
      const reason = textOf(answer) || 'the server was started without -allow-delete'
      throw new StoreDeleteForbiddenError(path, this.location, reason)
    }
    if (answer.status === 200 || !(await this.#isListed(kind, name))) return
    this.#requireDone(answer, `delete ${path}`, StoreWriteError)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#http[Symbol.dispose]()
  }

  /** Undefined for the quarantine, which the server does not know. */
  #path(kind: StoredKind, name: string): string | undefined {
    requireStoredName(name)
    return kind === 'quarantine' ? undefined : `/resources/${COLLECTIONS[kind]}/${name}`
  }

  async #getPackfile(name: string): Promise<Uint8Array> {
    const { bytes, isCounted } = await this.#getOnce('packfile', name)
    const more = isCounted ? [] : await this.#getAt(name, bytes.length, 1)
    if (more.length === 0) return bytes
    throw new TransientStoreError(`${this.location} gave only a part of packfile ${name}`)
  }

  async #getWhole(kind: StoredKind, name: string): Promise<Uint8Array> {
    const { bytes, isCounted } = await this.#getOnce(kind, name)
    if (isCounted) return bytes
    const again = await this.#getOnce(kind, name)
    if (again.bytes.length === bytes.length) return bytes
    throw new TransientStoreError(`${this.location} gave different lengths of ${kind} ${name}`)
  }

  /** @returns also whether the answer told its length, so that it is known to be whole */
  async #getOnce(kind: StoredKind, name: string) {
    const answer = await this.#ask('GET', this.#path(kind, name)!)
    await this.#requireFile(answer, kind, name)
    return { bytes: answer.body, isCounted: answer.headers['content-length'] !== undefined }
  }

  async #getRange(name: string, { offset, length }: ByteRange): Promise<Uint8Array> {
    const bytes = length === 0 ? new Uint8Array() : await this.#getAt(name, offset, length)
    if (bytes.length === length && length > 0) return bytes
    // Either the file ends before, or the answer did. Its last byte tells.
    const end = offset + length
    const reachesEnd = end === 0 || (await this.#getAt(name, end - 1, 1)).length === 1
    if (!reachesEnd) throw new ShortReadError('packfile', name, this.location)
    if (length === 0) return new Uint8Array()
    throw new TransientStoreError(`${this.location} gave only a part of packfile ${name}`)
  }

  /** Up to `length` bytes of a packfile, fewer where it ends. */
  async #getAt(name: string, offset: number, length: number): Promise<Uint8Array> {
    const range = { range: `bytes=${offset}-${offset + length}` }
    const answer = await this.#ask('GET', this.#path('packfile', name)!, range)
    await this.#requireFile(answer, 'packfile', name)
    if (answer.body.length <= length) return answer.body
    throw new StoreReadError(
      `${this.location} packfile ${name}`,
      new Error('the server gives other ranges than "plakar server" does'),
    )
  }

  async #hasArrived(
    kind: StoredKind,
    name: string,
    parts: readonly Uint8Array[],
  ): Promise<boolean> {
    const whole = concatBytes(parts)
    if (kind !== 'packfile') return equalBytes(await this.#getWhole(kind, name), whole)
    // Its last byte, and nothing behind it.
    const at = Math.max(0, whole.length - 1)
    return equalBytes(await this.#getAt(name, at, 2), whole.subarray(at))
  }

  /** A name that is not there and a disk that fails look the same: the listing tells them apart. */
  async #requireFile(answer: HttpAnswer, kind: StoredKind, name: string): Promise<void> {
    if (answer.status === 200) return
    const mayBeAbsent = answer.status === 404 || answer.status === 500
    if (mayBeAbsent && !(await this.#isListed(kind, name))) {
      throw new NotInStoreError(kind, name, this.location)
    }
    this.#requireDone(answer, `read ${kind} ${name}`)
  }

  async #isListed(kind: StoredKind, name: string): Promise<boolean> {
    for await (const listed of this.list(kind)) if (listed === name) return true
    return false
  }

  #requireDone(
    answer: HttpAnswer,
    action: string,
    Failure: new (path: string, cause: unknown) => Error = StoreReadError,
  ): void {
    const { status, headers } = answer
    if (status === 200) return
    const reason = `${status} ${textOf(answer)}`.trim()
    if (status === 401 || status === 403) {
      throw new StoreAccessDeniedError(action, this.location, reason)
    }
    if (status >= 500 && FULL.test(reason)) {
      throw new Failure(this.location, Object.assign(new Error(reason), { code: 'ENOSPC' }))
    }
    if (status >= 500 || status === 408 || status === 429) {
      const waitMs = retryAfterMs(headers, this.#now())
      throw new TransientStoreError(`${this.location} cannot ${action} now: ${reason}`, {
        ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
      })
    }
    throw new Failure(this.location, new Error(`it answered ${reason} when asked to ${action}`))
  }

  /**
   * A server that was started anew opens its store when CONFIG is asked for, and fails until then
   * (plakar 1.1.4): so whatever failed is asked once more, after CONFIG.
   */
  async #ask(
    method: 'DELETE' | 'GET' | 'PUT',
    path: string,
    headers: Record<string, string> = {},
    maxBytes = MAX_ANSWER_BYTES,
    body?: readonly Uint8Array[],
  ): Promise<HttpAnswer> {
    const request = { method, url: this.location + path, maxBytes, headers }
    const whole = body === undefined ? request : { ...request, body }
    const answer = await this.#exchange(whole)
    if (answer.status !== 500 || path === '/') return answer
    const config = { method: 'GET', url: `${this.location}/`, maxBytes: MAX_CONFIG_BYTES } as const
    const opened = await this.#exchange(config)
    return opened.status === 200 ? this.#exchange(whole) : answer
  }

  async #exchange(request: HttpRequest): Promise<HttpAnswer> {
    try {
      return await this.#http.exchange({
        ...request,
        headers: { ...request.headers, ...this.#headers },
      })
    } catch (error) {
      if (!(error instanceof HttpFailure)) throw error
      const { message } = toError(error)
      throw new TransientStoreError(`${this.location} did not answer: ${message}`, { cause: error })
    }
  }
}

/** Undefined when it is not a list of names. */
function namesIn(body: Uint8Array): Set<string> | undefined {
  try {
    const value: unknown = JSON.parse(fromUtf8(body))
    if (value === null) return new Set()
    if (!Array.isArray(value) || !value.every((name) => isStoredName(String(name))))
      return undefined
    return new Set(value as string[])
  } catch {
    return undefined
  }
}

/** The first line of what the server says, for people. */
function textOf({ body }: HttpAnswer): string {
  return fromUtf8(body.subarray(0, 300)).split('\n')[0]!.trim()
}

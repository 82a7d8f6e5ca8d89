/**
 * A store in a bucket, laid out as Plakar's `s3` backend does, each key behind the prefix:
 *
 *   CONFIG
 *   packfiles/<first byte>/<64 hex>
 *   states/<first byte>/<64 hex>
 *   locks/<64 hex>
 *   quarantine/<64 hex>             ours alone; Plakar never lists it
 *
 * A success that a store reports is not believed at once. What was written is asked for again:
 * length, and checksum where the store tells one. What is read is compared with the length and
 * checksum that come with it. A listing goes on until the store says that it is complete. Whatever
 * does not fit is a TransientStoreError, never a missing or damaged file: those are only what the
 * store itself confirms.
 * @module
 */
import { extname } from 'node:path'
import { concatBytes, equalBytes } from '../../util/bytes.ts'
import {
  type ByteRange,
  NotAStoreError,
  NotInStoreError,
  ShortReadError,
  type Store,
  type StoredKind,
  StoreExistsError,
  type StoreSettings,
  type ThreadOpener,
} from '../store.ts'
import { isStoredName, requireStoredName } from '../stored-name.ts'
import { TransientStoreError } from '../transient-error.ts'
import { hasMd5, plainEtag } from './etag.ts'
import { type Answer, LongAnswerError } from './http-exchange.ts'
import { makeBucket } from './make-bucket.ts'
import { abortStaleUploads, PART_BYTES, uploadInParts } from './multipart-upload.ts'
import { AnswerError, type KeyPage, parseKeyPage, parseServiceError } from './s3-answers.ts'
import { lengthOf, md5Of, type S3Client, type S3Request } from './s3-client.ts'
import { transient } from './s3-errors.ts'

const FOLDERS: Record<StoredKind, string> = {
  packfile: 'packfiles',
  state: 'states',
  lock: 'locks',
  quarantine: 'quarantine',
}
const CONFIG = 'CONFIG'
/** Real CONFIGs have 369 to 700 bytes; whatever is larger than this is something else. */
const MAX_CONFIG_BYTES = 32_768
/** Packfiles have 64 MiB, states of huge repositories some hundred. */
const MAX_FILE_BYTES = 2 ** 30
const MAX_PAGE_BYTES = 8 * 1_048_576

const OPENER_MODULE = new URL(`../registry${extname(import.meta.url)}`, import.meta.url).href

export interface S3StoreOptions {
  /** What worker threads open the same store with. */
  settings: StoreSettings
  /** Larger files go up in parts of this size. */
  partBytes?: number | undefined
}

export class S3Store implements Store {
  readonly location: string
  readonly writable = true
  readonly threadOpener: ThreadOpener
  readonly #client: S3Client
  readonly #partBytes: number
  #cleaning: Promise<unknown> | undefined

  constructor(client: S3Client, { settings, partBytes = PART_BYTES }: S3StoreOptions) {
    this.#client = client
    this.location = client.location.text
    this.threadOpener = { module: OPENER_MODULE, location: this.location, settings }
    this.#partBytes = partBytes
  }

  async getConfig(): Promise<Uint8Array> {
    try {
      const config = await this.#getWhole(CONFIG, MAX_CONFIG_BYTES)
      if (config !== undefined) return config
    } catch (error) {
      if (!(error instanceof TransientStoreError && error.cause instanceof LongAnswerError)) {
        throw error
      }
      throw new NotAStoreError(this.location, 'its CONFIG is too large')
    }
    const { keys } = await this.#page('', { 'max-keys': '1' })
    throw new NotAStoreError(
      this.location,
      keys.length === 0 ? 'there is nothing' : 'there is no CONFIG among its objects',
    )
  }

  async create(config: Uint8Array): Promise<void> {
    await makeBucket(this.#client)
    if (await this.#isVacant(config)) await this.#createConfig(config)
    // Of two programs that create at once one is refused, also where the store lets both write.
    const kept = await this.#getWhole(CONFIG, MAX_FILE_BYTES)
    if (kept === undefined) throw this.#doubt('create', CONFIG, 'what was written is not there')
    if (!equalBytes(kept, config)) {
      throw new StoreExistsError(this.location, 'another program is creating one there')
    }
  }

  async put(kind: StoredKind, name: string, parts: readonly Uint8Array[]): Promise<void> {
    const key = keyOf(kind, name)
    const size = lengthOf(parts)
    if (size <= 2 * this.#partBytes) await this.#send(key, parts, {})
    else {
      this.#cleaning ??= abortStaleUploads(this.#client).catch(() => {}) // tidiness must not fail a write
      await this.#cleaning
      await uploadInParts(this.#client, key, parts, this.#partBytes)
    }
    await this.#confirm(key, parts)
  }

  async get(kind: StoredKind, name: string, range?: ByteRange): Promise<Uint8Array> {
    const key = keyOf(kind, name)
    if (range !== undefined) return this.#getRange(kind, name, range)
    const bytes = await this.#getWhole(key, MAX_FILE_BYTES)
    if (bytes === undefined) throw new NotInStoreError(kind, name, this.location)
    return bytes
  }

  async size(kind: StoredKind, name: string): Promise<number> {
    const head = await this.#head(keyOf(kind, name))
    if (head === undefined) throw new NotInStoreError(kind, name, this.location)
    return head.size
  }

  async *list(kind: StoredKind): AsyncGenerator<string> {
    const folder = `${FOLDERS[kind]}/`
    const start = this.#client.location.prefix + folder
    const tokens = new Set<string>()
    const names = new Set<string>()
    let token: string | undefined
    do {
      const page = await this.#page(folder, token && { 'continuation-token': token })
      for (const key of page.keys) {
        if (!key.startsWith(start)) throw this.#doubt('list', folder, 'it lists other keys')
        const name = key.slice(key.lastIndexOf('/') + 1)
        if (!isStoredName(name) || key.slice(start.length) !== below(kind, name)) continue
        if (!names.has(name)) yield name
        names.add(name)
      }
      token = page.next
      if (token && tokens.has(token)) throw this.#doubt('list', folder, 'it never ends')
      if (token) tokens.add(token)
    } while (token)
  }

  async remove(kind: StoredKind, name: string): Promise<void> {
    const request: S3Request = { method: 'DELETE', verb: 'delete', key: keyOf(kind, name) }
    const answer = await this.#client.send({ ...request, accept: ['NoSuchKey'] })
    const error = parseServiceError(answer.body)
    if (error !== undefined && error.code !== 'NoSuchKey') {
      throw this.#client.failure(answer, request)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.close()
  }

  /** Whether nothing is here, but for this very CONFIG: then an earlier try got through. */
  async #isVacant(config: Uint8Array): Promise<boolean> {
    const { keys } = await this.#page('', { 'max-keys': '2' })
    if (keys.length === 0) return true
    const existing = await this.#getWhole(CONFIG, MAX_FILE_BYTES)
    if (existing === undefined) {
      throw new StoreExistsError(this.location, 'there are other objects under this prefix')
    }
    if (!equalBytes(existing, config)) {
      throw new StoreExistsError(this.location, 'there is one already')
    }
    return false
  }

  async #createConfig(config: Uint8Array): Promise<void> {
    const refusals = ['PreconditionFailed', 412, 'NotImplemented', 501]
    const answer = await this.#send(CONFIG, [config], { 'if-none-match': '*' }, refusals)
    // A store that cannot do it on a condition does it without. Whose CONFIG is there is looked at
    // afterwards in any case: also the one that is in the way may be ours, its answer lost.
    if (answer.status >= 300 && answer.status !== 412) await this.#send(CONFIG, [config], {})
  }

  async #send(
    key: string,
    body: readonly Uint8Array[],
    headers: Record<string, string>,
    accept: (string | number)[] = [],
  ): Promise<Answer> {
    const request: S3Request = {
      method: 'PUT',
      verb: 'write',
      key,
      headers: { ...headers, 'content-md5': md5Of(body).base64 },
      body,
      accept,
    }
    const answer = await this.#client.send(request)
    const isError = answer.status < 300 && parseServiceError(answer.body) !== undefined
    if (isError) throw this.#client.failure(answer, request)
    return answer
  }

  /** A success that was reported is not one before the store shows what it has. */
  async #confirm(key: string, parts: readonly Uint8Array[]): Promise<void> {
    const head = await this.#head(key)
    if (head === undefined) throw this.#doubt('write', key, 'what was written is not there')
    const size = lengthOf(parts)
    if (head.size !== size) {
      throw this.#doubt('write', key, `it has ${head.size} bytes instead of ${size}`)
    }
    if (!hasMd5(head.answer) || plainEtag(head.answer) === md5Of(parts).hex) return
    // Some stores have ETags of their own that look like a checksum: let the bytes decide.
    const kept = await this.#getWhole(key, MAX_FILE_BYTES)
    if (kept === undefined || !equalBytes(kept, concatBytes(parts))) {
      throw this.#doubt('write', key, 'the store keeps something else than was sent')
    }
  }

  /** The file, or undefined when the store says that there is none. */
  async #getWhole(key: string, maxBytes: number): Promise<Uint8Array | undefined> {
    const first = await this.#download(key, maxBytes)
    if (first === undefined || isIntact(first)) return first?.body
    const head = await this.#head(key)
    if (head?.size !== first.body.length || plainEtag(head.answer) !== plainEtag(first)) {
      throw this.#doubt('read', key, 'what came is not what the store says it has')
    }
    if (!hasMd5(first)) return first.body
    // Altered on the way, or in the store? What comes twice is what the store has, and is for the
    // reader to judge: every file of a repository carries its own proof.
    const second = await this.#download(key, maxBytes)
    if (second !== undefined && (isIntact(second) || equalBytes(first.body, second.body))) {
      return second.body
    }
    throw this.#doubt('read', key, 'it comes differently each time')
  }

  async #download(key: string, maxAnswerBytes: number): Promise<Answer | undefined> {
    const request: S3Request = { method: 'GET', verb: 'read', key, maxAnswerBytes }
    const answer = await this.#client.send({ ...request, accept: ['NoSuchKey'] })
    if (answer.status === 404) return undefined
    if (answer.status !== 200 || parseServiceError(answer.body) !== undefined) {
      throw this.#client.failure(answer, request)
    }
    return answer
  }

  async #getRange(kind: StoredKind, name: string, range: ByteRange): Promise<Uint8Array> {
    const { offset, length } = range
    const end = offset + length
    if (length === 0) {
      if ((await this.size(kind, name)) < end) throw new ShortReadError(kind, name, this.location)
      return new Uint8Array()
    }
    const key = keyOf(kind, name)
    const answer = await this.#client.send({
      method: 'GET',
      verb: 'read',
      key,
      headers: { range: `bytes=${offset}-${end - 1}` },
      maxAnswerBytes: MAX_FILE_BYTES,
      accept: ['NoSuchKey', 416],
    })
    if (answer.status === 404) throw new NotInStoreError(kind, name, this.location)
    const bytes = rangeOf(answer, range)
    if (bytes !== undefined) return bytes
    // Only what the store says when asked for the size alone makes a file too short.
    if ((await this.size(kind, name)) < end) throw new ShortReadError(kind, name, this.location)
    throw this.#doubt('read', key, 'what came is not the part that was asked for')
  }

  async #head(key: string): Promise<{ size: number; answer: Answer } | undefined> {
    const answer = await this.#client.send({
      method: 'HEAD',
      verb: 'read',
      key,
      accept: [404],
    })
    if (answer.status === 404) {
      await this.#requireAbsence(key)
      return undefined
    }
    const size = answer.headers['content-length'] ?? ''
    if (!/^\d+$/.test(size)) throw this.#doubt('read', key, 'the store does not tell its size')
    return { size: Number(size), answer }
  }

  /** An answer to HEAD has no body, so 404 may be anybody's: only S3's own word counts. */
  async #requireAbsence(key: string): Promise<void> {
    const answer = await this.#client.send({
      method: 'GET',
      verb: 'read',
      key,
      headers: { range: 'bytes=0-0' },
      accept: ['NoSuchKey', 416],
      maxAnswerBytes: MAX_FILE_BYTES,
    })
    if (answer.status !== 404) throw this.#doubt('read', key, 'it is there and it is not')
  }

  async #page(below: string, more: Record<string, string> | '' | undefined): Promise<KeyPage> {
    const request: S3Request = {
      method: 'GET',
      verb: 'list',
      query: {
        'list-type': '2',
        'encoding-type': 'url',
        prefix: this.#client.location.prefix + below,
        ...(more || {}),
      },
      maxAnswerBytes: MAX_PAGE_BYTES,
    }
    const answer = await this.#client.send(request)
    try {
      return parseKeyPage(answer.body)
    } catch (error) {
      if (!(error instanceof AnswerError)) throw error
      throw transient(this.#client.attempt(request), error.message, { cause: error })
    }
  }

  #doubt(verb: S3Request['verb'], key: string, reason: string): TransientStoreError {
    return transient(this.#client.attempt({ verb, key }), reason)
  }
}

function keyOf(kind: StoredKind, name: string): string {
  requireStoredName(name)
  return `${FOLDERS[kind]}/${below(kind, name)}`
}

function below(kind: StoredKind, name: string): string {
  return kind === 'packfile' || kind === 'state' ? `${name.slice(0, 2)}/${name}` : name
}

/** Length and checksum are those the store sent along. */
function isIntact(answer: Answer): boolean {
  return hasMd5(answer) && md5Of([answer.body]).hex === plainEtag(answer)
}

/** The bytes of the range, when the answer is exactly that; a store may also send everything. */
function rangeOf({ status, headers, body }: Answer, range: ByteRange): Uint8Array | undefined {
  const end = range.offset + range.length
  if (status === 200) {
    const isWhole = Number(headers['content-length']) === body.length && body.length >= end
    return isWhole ? body.subarray(range.offset, end) : undefined
  }
  const [, first, last] =
    /^bytes (\d+)-(\d+)\/(?:\d+|\*)$/.exec(headers['content-range'] ?? '') ?? []
  const isExact = Number(first) === range.offset && Number(last) === end - 1
  return status === 206 && isExact && body.length === range.length ? body : undefined
}

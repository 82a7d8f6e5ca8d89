/**
 * A store in a bucket, laid out as Plakar's `s3` backend does, each key behind the prefix:
 *
 *   CONFIG
 *   packfiles/<first byte>/<64 hex>
 *   states/<first byte>/<64 hex>
 *   locks/<64 hex>
 *   quarantine/<64 hex>             ours alone; Plakar never lists it
 *
 * A listing goes on until the store says that it is complete. Source: integration-s3 v1.1.5,
 * storage.go.
 * @module
 */
import { LongAnswerError } from '../../external/http-exchange.ts'
import { equalBytes } from '../../util/bytes.ts'
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
import { FOLDERS, MAX_CONFIG_BYTES, throughRegistry } from '../stored-layout.ts'
import { isStoredName, requireStoredName } from '../stored-name.ts'
import { TransientStoreError } from '../transient-error.ts'
import { makeBucket } from './make-bucket.ts'
import { PART_BYTES } from './multipart-upload.ts'
import { AnswerError, type KeyPage, parseKeyPage } from './s3-answers.ts'
import type { S3Client, S3Request } from './s3-client.ts'
import { transient } from './s3-errors.ts'
import { S3Objects } from './s3-objects.ts'
import { MAX_XML_BYTES } from './strict-xml.ts'

const CONFIG = 'CONFIG'

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
  readonly #objects: S3Objects

  constructor(client: S3Client, { settings, partBytes = PART_BYTES }: S3StoreOptions) {
    this.#client = client
    this.#objects = new S3Objects(client, partBytes)
    this.location = client.location.text
    this.threadOpener = throughRegistry(this.location, settings)
  }

  async getConfig(): Promise<Uint8Array> {
    try {
      const config = await this.#objects.read(CONFIG, MAX_CONFIG_BYTES)
      if (config !== undefined) return config
    } catch (error) {
      const isTooLong =
        error instanceof TransientStoreError && error.cause instanceof LongAnswerError
      if (!isTooLong) throw error
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
    if (await this.#isVacant(config)) await this.#objects.writeNew(CONFIG, config)
    // Of two programs that create at once one is refused, also where the store lets both write.
    const kept = await this.#objects.read(CONFIG)
    if (kept === undefined) {
      throw this.#objects.doubt('create', CONFIG, 'what was written is not there')
    }
    if (!equalBytes(kept, config)) {
      throw new StoreExistsError(this.location, 'another program is creating one there')
    }
  }

  async put(kind: StoredKind, name: string, parts: readonly Uint8Array[]): Promise<void> {
    await this.#objects.write(keyOf(kind, name), parts)
  }

  async get(kind: StoredKind, name: string, range?: ByteRange): Promise<Uint8Array> {
    const key = keyOf(kind, name)
    const found = range ? await this.#objects.readRange(key, range) : await this.#objects.read(key)
    if (found === undefined || found === 'absent') {
      throw new NotInStoreError(kind, name, this.location)
    }
    if (found === 'short') throw new ShortReadError(kind, name, this.location)
    return found
  }

  async size(kind: StoredKind, name: string): Promise<number> {
    const head = await this.#objects.head(keyOf(kind, name))
    if (head === undefined) throw new NotInStoreError(kind, name, this.location)
    return head.size
  }

  async *list(kind: StoredKind): AsyncGenerator<string> {
    const folder = `${FOLDERS[kind]}/`
    const start = this.#client.location.prefix + folder
    const names = new Set<string>()
    const tokens = new Set<string>()
    for (let token: string | undefined = ''; token !== undefined; ) {
      const page: KeyPage = await this.#page(
        folder,
        token === '' ? {} : { 'continuation-token': token },
      )
      for (const key of page.keys) {
        if (!key.startsWith(start)) throw this.#objects.doubt('list', folder, 'it has other keys')
        const name = key.slice(key.lastIndexOf('/') + 1)
        if (!isStoredName(name) || names.has(name)) continue
        if (key !== start + withinFolder(kind, name)) continue
        names.add(name)
        yield name
      }
      token = page.next
      if (token === undefined) return
      if (tokens.has(token)) throw this.#objects.doubt('list', folder, 'it goes in circles')
      tokens.add(token)
    }
  }

  async remove(kind: StoredKind, name: string): Promise<void> {
    await this.#objects.remove(keyOf(kind, name))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.close()
  }

  /** Whether nothing is here. This very CONFIG may be: then an earlier try got through. */
  async #isVacant(config: Uint8Array): Promise<boolean> {
    const { keys } = await this.#page('', { 'max-keys': '1' })
    if (keys.length === 0) return true
    const existing = await this.#objects.read(CONFIG)
    if (existing !== undefined && equalBytes(existing, config)) return false
    throw new StoreExistsError(
      this.location,
      existing === undefined ? 'there are other objects under this prefix' : 'there is one already',
    )
  }

  async #page(below: string, more: Record<string, string>): Promise<KeyPage> {
    const prefix = this.#client.location.prefix + below
    const request: S3Request = {
      method: 'GET',
      verb: 'list',
      query: { 'list-type': '2', 'encoding-type': 'url', prefix, ...more },
      maxAnswerBytes: MAX_XML_BYTES,
    }
    const answer = await this.#client.send(request)
    try {
      return parseKeyPage(answer.body)
    } catch (error) {
      if (!(error instanceof AnswerError)) throw error
      throw transient(this.#client.attempt(request), error.message, { cause: error })
    }
  }
}

function keyOf(kind: StoredKind, name: string): string {
  requireStoredName(name)
  return `${FOLDERS[kind]}/${withinFolder(kind, name)}`
}

function withinFolder(kind: StoredKind, name: string): string {
  return kind === 'packfile' || kind === 'state' ? `${name.slice(0, 2)}/${name}` : name
}

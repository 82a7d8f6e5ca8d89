/**
 * Contents that are in the repository already, with every byte.
 *
 * An object may be there while one of its chunks is about to be swept, or is damaged; what is called
 * known here was looked at down to its chunks.
 * @module
 */
import { CodedError } from '../../util/coded-error.ts'
import { DamagedRepositoryError } from '../damage.ts'
import { macFromHex } from '../mac-hex.ts'
import { decodeObject } from '../records/object.ts'
import type { Repository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'
import type { StoredContent } from '../workers/content.ts'
import type { BlobSet } from './blob-set.ts'
import type { WriteGuard } from './write-guard.ts'

/** A file was to be kept, but its content is not, or not completely, in the repository. */
export class ContentNotStoredError extends CodedError {
  readonly code = 'CONTENT_NOT_STORED'
  constructor(path: string) {
    super(`the content of ${JSON.stringify(path)} is not in the repository`, {
      hint: 'Run "check --full", then run the backup again with everything read anew.',
    })
  }
}

/** How many objects of an earlier snapshot are read at once. */
const OBJECTS_AT_ONCE = 16

export class LiveContents {
  readonly #repository: Repository
  readonly #known: BlobSet
  readonly #guard: WriteGuard
  /** Objects this writer stored. */
  readonly #stored = new Set<string>()
  /** Objects of earlier backups of which every chunk is known to be live. */
  readonly #live = new Map<string, StoredContent>()

  constructor(repository: Repository, known: BlobSet, guard: WriteGuard) {
    this.#repository = repository
    this.#known = known
    this.#guard = guard
  }

  /** The writer stored this one itself. */
  add(objectMac: string): void {
    this.#stored.add(objectMac)
  }

  /** A content of an earlier backup, if its object and all chunks are live in the store. */
  async find(objectMac: string): Promise<StoredContent | undefined> {
    const known = this.#live.get(objectMac)
    if (known !== undefined) return known
    const found = await this.#look(objectMac)
    if (found !== undefined) this.#live.set(objectMac, found)
    return found
  }

  /**
   * No snapshot lists a file of which a byte is missing, whatever the caller was told when.
   * @throws {ContentNotStoredError}
   */
  async verify(objects: Iterable<[path: string, objectMac: string]>): Promise<void> {
    const rest = objects[Symbol.iterator]()
    const verifyRest = async () => {
      for (let next = rest.next(); next.done !== true; next = rest.next()) {
        const [path, objectMac] = next.value
        if (this.#stored.has(objectMac)) continue
        this.#guard.check()
        if ((await this.find(objectMac)) === undefined) throw new ContentNotStoredError(path)
      }
    }
    await Promise.all(Array.from({ length: OBJECTS_AT_ONCE }, verifyRest))
  }

  async #look(objectMac: string): Promise<StoredContent | undefined> {
    const { index } = this.#repository
    if (!index.has(ResourceType.OBJECT, objectMac)) return undefined
    try {
      const bytes = await this.#repository.readBlob(ResourceType.OBJECT, objectMac)
      const { chunks, entropy, contentType } = decodeObject(bytes)
      const isLive = chunks.every((chunk) => index.has(ResourceType.CHUNK, chunk.contentMac))
      if (!isLive) return undefined
      const size = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
      return { objectMac, size, chunks: chunks.length, entropy, contentType, facts: undefined }
    } catch (thrown) {
      if (!(thrown instanceof DamagedRepositoryError)) throw thrown
      this.#known.forget(ResourceType.OBJECT, macFromHex(objectMac)) // so that it is stored anew
      return undefined
    }
  }
}

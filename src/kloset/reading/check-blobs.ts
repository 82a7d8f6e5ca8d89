/**
 * Checks records and contents, each only once however many snapshots share it.
 * @module
 */
import type { Progress } from '../../util/progress.ts'
import { decodeEntry } from '../records/entry.ts'
import { decodeObject, type ObjectRecord } from '../records/object.ts'
import type { Repository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'
import { contentBytes, readContent } from './content-reader.ts'
import { treeEntry } from './tree-entry.ts'

/** How a content is checked: by reading it, now or later, or by looking where it should be. */
export type VerifyContent = (object: ObjectRecord, what: string, objectMac: string) => Promise<void>

export class BlobChecks {
  readonly #repository: Repository
  readonly #verifyContent: VerifyContent
  readonly #soundRecords = new Set<string>()
  /** Path of every sound entry, by its MAC. */
  readonly #entryPaths = new Map<string, string>()
  /** Length of every sound content, by the MAC of its object. */
  readonly #lengths = new Map<string, number>()

  constructor(repository: Repository, verifyContent: VerifyContent) {
    this.#repository = repository
    this.#verifyContent = verifyContent
  }

  /** The path that the entry `mac` says it has. @throws {DamagedRepositoryError} */
  async entryPath(mac: string): Promise<string> {
    const known = this.#entryPaths.get(mac)
    if (known !== undefined) return known
    const bytes = await this.#repository.readBlob(ResourceType.VFS_ENTRY, mac)
    const { path } = treeEntry(decodeEntry(bytes))
    this.#entryPaths.set(mac, path)
    return path
  }

  /** @throws {DamagedRepositoryError} */
  async record(type: ResourceType, mac: string, decode: (bytes: Uint8Array) => unknown) {
    const key = `${type}:${mac}`
    if (this.#soundRecords.has(key)) return
    decode(await this.#repository.readBlob(type, mac))
    this.#soundRecords.add(key)
  }

  /** Length of the content behind an object. @throws {DamagedRepositoryError} */
  async content(objectMac: string, what: string): Promise<number> {
    const known = this.#lengths.get(objectMac)
    if (known !== undefined) return known
    const object = decodeObject(await this.#repository.readBlob(ResourceType.OBJECT, objectMac))
    await this.#verifyContent(object, what, objectMac)
    const bytes = contentBytes(object)
    this.#lengths.set(objectMac, bytes)
    return bytes
  }
}

/** Reads all of a content; everything about it is verified on the way. */
export function byReading(
  repository: Repository,
  { progress, signal }: { progress: Progress; signal: AbortSignal },
): VerifyContent {
  return async (object, what) => {
    for await (const part of readContent(repository, object, what)) {
      signal.throwIfAborted()
      progress.advance({ bytes: part.length })
    }
  }
}

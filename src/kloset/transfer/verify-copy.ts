/**
 * Looks at a copy before anybody can see it: is it what the original is, and does the store have it?
 *
 * | read back | always | with `readBack` |
 * | --- | --- | --- |
 * | packfiles that were written | size, footer, index and its MAC | – |
 * | the tree: nodes, listings, entries | whole, by their MACs, compared with the original | – |
 * | attributes and errors | whole, compared with the original | – |
 * | contents | their objects: length, and a place for every chunk | every byte, by chunk and as a whole |
 *
 * That each blob decodes to what was meant was proved before its packfile was sent, and that each
 * content was whole when it was read from the original.
 * @module
 */

import { equalBytes } from '../../util/bytes.ts'
import { CodedError } from '../../util/coded-error.ts'
import type { Progress } from '../../util/progress.ts'
import { DamagedRepositoryError } from '../damage.ts'
import { NO_MAC } from '../mac-hex.ts'
import { readPackfileIndex } from '../packfile/packfile-index.ts'
import { BtreeReader, TreeKind } from '../reading/btree-reader.ts'
import { contentBytes, readContent } from '../reading/content-reader.ts'
import { SnapshotReader, type TreeEntry } from '../reading/snapshot-reader.ts'
import { encodeEntry } from '../records/entry.ts'
import { decodeError, encodeError } from '../records/error.ts'
import type { HeaderRecord } from '../records/header.ts'
import { decodeXattr, encodeXattr } from '../records/xattr.ts'
import type { Repository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'
import type { PackReceipt } from '../writing/writing-run.ts'

export interface CopyToVerify {
  source: Repository
  original: SnapshotReader
  destination: Repository
  /** Of the copy. It is not in the repository yet. */
  header: HeaderRecord
  packs: readonly PackReceipt[]
  readBack: boolean
  progress: Progress
  signal: AbortSignal
}

/** What lies in the destination is not what was copied. No snapshot was made of it. */
export class CopyDiffersError extends CodedError {
  readonly code = 'COPY_DIFFERS'
  constructor(location: string, what: string) {
    super(`what ${location} gives back is not what was copied: ${what}`, {
      hint: 'Nothing was published. Check that store with "check --full", its disk or connection too, then copy again.',
    })
  }
}

const PACKS_AT_ONCE = 8

/** @throws {CopyDiffersError} @throws {DamagedRepositoryError} */
export async function verifyCopy(copy: CopyToVerify): Promise<void> {
  await new CopyVerification(copy).run()
}

class CopyVerification {
  readonly #copy: CopyToVerify
  readonly #reader: SnapshotReader
  /** Objects that were looked at. */
  readonly #seen = new Set<string>()

  constructor(copy: CopyToVerify) {
    this.#copy = copy
    this.#reader = new SnapshotReader(copy.destination, copy.header)
  }

  async run(): Promise<void> {
    const { packs, progress, header } = this.#copy
    progress.stage(`Verifying the copy of ${header.identifier.slice(0, 8)}`, {
      parts: packs.length,
    })
    for (let at = 0; at < packs.length; at += PACKS_AT_ONCE) {
      const some = packs.slice(at, at + PACKS_AT_ONCE)
      await Promise.all(some.map((pack) => this.#verifyPack(pack)))
    }
    await this.#compareTrees()
    await this.#compareRecords('attributes', 'xattrs')
    await this.#compareRecords('errors', 'errors')
  }

  async #verifyPack({ name, sizeBytes, indexMac }: PackReceipt): Promise<void> {
    const { destination, signal, progress } = this.#copy
    const { store, mac, encoding } = destination
    signal.throwIfAborted()
    const size = await store.size('packfile', name)
    const what = `packfile ${name.slice(0, 12)}…`
    if (size !== sizeBytes) this.#fail(`${what} has ${size} bytes instead of ${sizeBytes}`)
    const read = (offset: number, length: number) => store.get('packfile', name, { offset, length })
    const { footer } = await this.#sound(what, () =>
      readPackfileIndex({ sizeBytes, read }, { mac, encoding }),
    )
    if (!equalBytes(footer.indexMac, indexMac)) this.#fail(`${what} has another index`)
    progress.advance({ parts: 1 })
  }

  /** Both trees side by side: they are walked in the same order. */
  async #compareTrees(): Promise<void> {
    const { original, signal, progress } = this.#copy
    const copies = this.#reader.walk('/')
    let paths = 0
    for await (const entry of original.walk('/')) {
      signal.throwIfAborted()
      const { done, value } = await copies.next()
      if (done === true) this.#fail(`${entry.path} is missing`)
      await this.#compareEntry(entry, value as TreeEntry)
      paths += 1
      progress.advance({ items: 1 })
    }
    const { done } = await copies.next()
    if (done !== true) this.#fail('it has more paths than the original')
    await this.#requireInTree(paths)
  }

  async #compareEntry(entry: TreeEntry, copy: TreeEntry): Promise<void> {
    const said = ({ record }: TreeEntry) =>
      encodeEntry({ ...record, object: NO_MAC, chunks: 0, entropy: 0 })
    const isSame = entry.path === copy.path && equalBytes(said(entry), said(copy))
    const hasContent = entry.objectMac !== undefined
    if (!isSame || hasContent !== (copy.objectMac !== undefined)) {
      this.#fail(`${entry.path} is described differently`)
    }
    if (copy.objectMac === undefined) return
    const { size } = await this.#verifyContent(copy.objectMac, copy.path)
    if (copy.kind === 'file' && size !== copy.size) {
      this.#fail(`${copy.path} has ${size} bytes instead of ${copy.size}`)
    }
  }

  async #verifyContent(objectMac: string, what: string): Promise<{ size: number }> {
    const { destination, readBack } = this.#copy
    const object = await this.#reader.object(objectMac)
    if (this.#seen.has(objectMac)) return { size: contentBytes(object) }
    for (const { contentMac } of object.chunks) {
      if (!destination.index.has(ResourceType.CHUNK, contentMac))
        this.#fail(`a part of ${what} is missing`)
    }
    if (readBack)
      for await (const _ of readContent(destination, object, what))
        this.#copy.signal.throwIfAborted()
    this.#seen.add(objectMac)
    return { size: contentBytes(object) }
  }

  /** The walk follows the listings; every path must stand in the tree, too, with the same entry. */
  async #requireInTree(paths: number): Promise<void> {
    const { destination, header } = this.#copy
    const { root } = header.sources[0]!.vfs
    let found = 0
    for await (const [, mac] of new BtreeReader(destination, TreeKind.VFS, root).entries()) {
      if (!destination.index.has(ResourceType.VFS_ENTRY, mac)) this.#fail('an entry is missing')
      found += 1
    }
    if (found !== paths) this.#fail(`its tree has ${found} paths instead of ${paths}`)
  }

  /** What the side trees say, without the names that each repository gives to contents. */
  async #compareRecords(what: string, tree: 'xattrs' | 'errors'): Promise<void> {
    const { source, original, destination, header } = this.#copy
    const said = await this.#recordsOf(source, original.header, tree)
    const copied = await this.#recordsOf(destination, header, tree)
    const isSame = said.size === copied.size && [...said].every((record) => copied.has(record))
    if (!isSame) this.#fail(`its ${what} differ`)
  }

  async #recordsOf(
    repository: Repository,
    header: HeaderRecord,
    tree: 'xattrs' | 'errors',
  ): Promise<Set<string>> {
    const records = new Set<string>()
    const kind = tree === 'xattrs' ? TreeKind.XATTRS : TreeKind.ERRORS
    const root = header.sources[0]!.vfs[tree]
    for await (const [, mac] of new BtreeReader(repository, kind, root).entries()) {
      const bytes =
        tree === 'xattrs' ? await this.#xattr(repository, mac) : await errorOf(repository, mac)
      records.add(Buffer.from(bytes).toString('latin1'))
    }
    return records
  }

  async #xattr(repository: Repository, mac: string): Promise<Uint8Array> {
    const record = decodeXattr(await repository.readBlob(ResourceType.XATTR_ENTRY, mac))
    if (repository === this.#copy.destination) {
      const what = `attribute ${record.name} of ${record.path}`
      const { size } = await this.#verifyContent(record.object, what)
      if (size !== record.size) this.#fail(`${what} has ${size} bytes instead of ${record.size}`)
    }
    return encodeXattr({ ...record, object: NO_MAC })
  }

  /** Damage here is not damage of the original. */
  async #sound<T>(what: string, read: () => Promise<T>): Promise<T> {
    try {
      return await read()
    } catch (thrown) {
      if (!(thrown instanceof DamagedRepositoryError)) throw thrown
      return this.#fail(`${what}: ${thrown.message}`)
    }
  }

  #fail(what: string): never {
    throw new CopyDiffersError(this.#copy.destination.store.location, what)
  }
}

async function errorOf(repository: Repository, mac: string): Promise<Uint8Array> {
  return encodeError(decodeError(await repository.readBlob(ResourceType.ERROR_ENTRY, mac)))
}

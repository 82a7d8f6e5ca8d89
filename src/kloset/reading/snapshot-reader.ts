/**
 * Reads one snapshot: its tree, and the contents of its files.
 *
 * Every path has an entry in the VFS tree; usually each directory has a dirpack besides, which
 * lists it in one read. Either can stand in for the other: plakar itself leaves dangling entries
 * in the tree now and then, while the dirpack is sound.
 * @module
 */

import { concatBytes } from '../../util/bytes.ts'
import { CodedError } from '../../util/coded-error.ts'
import { DamagedContentError, DamagedRepositoryError, MalformedRecordError } from '../damage.ts'
import { decodeEntry } from '../records/entry.ts'
import { decodeError, type ErrorRecord } from '../records/error.ts'
import { type HeaderRecord, indexMac } from '../records/header.ts'
import { decodeObject, type ObjectRecord } from '../records/object.ts'
import { baseName, normalizePath, parentPath } from '../records/path-order.ts'
import type { Repository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'
import { BtreeReader, TreeKind } from './btree-reader.ts'
import { contentBytes, readContent } from './content-reader.ts'
import { readDirpack } from './dirpack.ts'
import { readHeader } from './snapshot-header.ts'
import { type TreeEntry, treeEntry } from './tree-entry.ts'

export type { TreeEntry }

/** The snapshot has no file, or no folder, at a path. */
export class PathNotFoundError extends CodedError {
  readonly code = 'PATH_NOT_FOUND'
  constructor(snapshot: string, path: string, wanted = 'nothing') {
    super(`snapshot ${snapshot.slice(0, 8)} has ${wanted} at ${path}`, {
      hint: 'List what is there with: ls SNAPSHOT:/',
    })
  }
}

/** A file is larger than whoever reads it at once is ready for. */
export class FileTooLargeError extends CodedError {
  readonly code = 'FILE_TOO_LARGE'
  constructor(path: string, maxBytes: number) {
    super(`${path} has more than ${maxBytes} bytes, too many to be read at once`, {
      hint: 'The snapshot may have been made by another program. Restore the file instead.',
    })
  }
}

/**
 * @param id all 64 digits; see findSnapshot for prefixes
 * @throws {SnapshotNotFoundError}
 * @throws {DamagedRepositoryError} when its header is damaged
 */
export async function openSnapshot(repository: Repository, id: string): Promise<SnapshotReader> {
  return new SnapshotReader(repository, await readHeader(repository, id))
}

export class SnapshotReader {
  readonly id: string
  readonly header: HeaderRecord
  readonly #repository: Repository
  readonly #tree: BtreeReader
  readonly #dirpacks: BtreeReader | undefined

  constructor(repository: Repository, header: HeaderRecord) {
    const source = header.sources[0]!
    this.id = header.identifier
    this.header = header
    this.#repository = repository
    this.#tree = new BtreeReader(repository, TreeKind.VFS, source.vfs.root)
    const dirpacks = indexMac(source, 'dirpack')
    if (dirpacks !== undefined) {
      this.#dirpacks = new BtreeReader(repository, TreeKind.INDEX, dirpacks)
    }
  }

  /** What lies at `path`, or undefined. Links are not followed. */
  async entry(path: string): Promise<TreeEntry | undefined> {
    const wanted = normalizePath(path)
    try {
      const mac = await this.#tree.find(wanted)
      return mac === undefined ? undefined : await this.#entryAt(wanted, mac)
    } catch (error) {
      if (!(error instanceof DamagedRepositoryError)) throw error
      const entry = await this.#entryInDirpack(wanted)
      if (entry === undefined) throw error
      return entry
    }
  }

  /**
   * The children of a directory, ascending bytewise.
   * @throws {PathNotFoundError} when there is no directory
   */
  async *list(directory: string): AsyncGenerator<TreeEntry> {
    const path = normalizePath(directory)
    const entries = (await this.#soundDirpack(path)) ?? this.#childrenInTree(path)
    let isEmpty = true
    for await (const entry of entries) {
      isEmpty = false
      yield entry
    }
    if (isEmpty) await this.#requireDirectory(path)
  }

  /**
   * What lies at `path`, and everything below it, parents before children.
   * @throws {PathNotFoundError}
   */
  async *walk(path: string): AsyncGenerator<TreeEntry> {
    const top = await this.entry(path)
    if (top === undefined) throw new PathNotFoundError(this.id, path)
    yield top
    const open = top.kind === 'directory' ? [this.list(top.path)] : []
    for (let level = open.at(-1); level !== undefined; level = open.at(-1)) {
      const { done, value } = await level.next()
      if (done) open.pop()
      else {
        yield value
        if (value.kind === 'directory') open.push(this.list(value.path))
      }
    }
  }

  /**
   * What names the list of a directory's children, or undefined where it has no sound one. Where it is
   * the same for two directories of a repository, so are all their children, but for what is in folders.
   */
  async listingMac(directory: string): Promise<string | undefined> {
    return this.#dirpacks?.find(normalizePath(directory))
  }

  /** Every path, as the tree orders them, without reading what lies there. */
  async *paths(): AsyncGenerator<string> {
    for await (const [path] of this.#tree.entries()) yield path
  }

  /** What could not be read when the snapshot was made, by path. */
  async *errors(): AsyncGenerator<ErrorRecord> {
    const { errors } = this.header.sources[0]!.vfs
    const tree = new BtreeReader(this.#repository, TreeKind.ERRORS, errors)
    for await (const [, mac] of tree.entries()) {
      yield decodeError(await this.#repository.readBlob(ResourceType.ERROR_ENTRY, mac))
    }
  }

  /**
   * The bytes of a file. Each chunk is verified before it is given out, the whole at the end.
   * @throws {DamagedRepositoryError} at the latest after the last byte
   */
  async *content(entry: TreeEntry): AsyncGenerator<Uint8Array> {
    if (entry.kind !== 'file') throw new PathNotFoundError(this.id, entry.path, 'no file')
    if (entry.objectMac !== undefined) {
      yield* readContent(this.#repository, await this.object(entry.objectMac), entry.path)
    } else if (entry.size > 0) {
      throw new DamagedContentError(entry.path, 'its entry names no content')
    }
  }

  async object(mac: string): Promise<ObjectRecord> {
    return decodeObject(await this.#repository.readBlob(ResourceType.OBJECT, mac))
  }

  /**
   * A whole file, for small ones.
   * @throws {PathNotFoundError}
   * @throws {FileTooLargeError} before more than `maxBytes` are read
   */
  async readFile(path: string, maxBytes: number): Promise<Uint8Array> {
    const entry = await this.entry(path)
    if (entry?.kind !== 'file') throw new PathNotFoundError(this.id, path, 'no file')
    const object = entry.objectMac === undefined ? undefined : await this.object(entry.objectMac)
    if (object !== undefined && contentBytes(object) > maxBytes) {
      throw new FileTooLargeError(path, maxBytes)
    }
    const parts: Uint8Array[] = []
    for await (const part of this.content(entry)) parts.push(part)
    return concatBytes(parts)
  }

  async #entryAt(path: string, mac: string): Promise<TreeEntry> {
    const bytes = await this.#repository.readBlob(ResourceType.VFS_ENTRY, mac)
    const entry = treeEntry(decodeEntry(bytes))
    if (entry.path === path) return entry
    throw new MalformedRecordError(`the entry of ${path}`, `it says it is ${entry.path}`)
  }

  async #entryInDirpack(path: string): Promise<TreeEntry | undefined> {
    if (path === '/') return undefined
    const siblings = await this.#soundDirpack(parentPath(path))
    return siblings?.find((entry) => entry.name === baseName(path))
  }

  /** Undefined when there is none, or it is damaged: the tree may still tell. */
  async #soundDirpack(directory: string): Promise<TreeEntry[] | undefined> {
    try {
      return await this.#dirpack(directory)
    } catch (error) {
      if (error instanceof DamagedRepositoryError) return undefined
      throw error
    }
  }

  async #dirpack(directory: string): Promise<TreeEntry[] | undefined> {
    const mac = await this.#dirpacks?.find(directory)
    if (mac === undefined) return undefined
    const listed = await readDirpack(this.#repository, directory, mac)
    return listed.map(({ entry }) => entry)
  }

  async *#childrenInTree(directory: string): AsyncGenerator<TreeEntry> {
    const prefix = directory === '/' ? '/' : `${directory}/`
    for await (const [path, mac] of this.#tree.entries(prefix)) {
      if (path === prefix) continue // the root, which is its own prefix
      if (!path.startsWith(prefix) || path.includes('/', prefix.length)) return
      yield await this.#entryAt(path, mac)
    }
  }

  async #requireDirectory(path: string): Promise<void> {
    const entry = await this.entry(path)
    if (entry?.kind !== 'directory') throw new PathNotFoundError(this.id, path, 'no folder')
  }
}

/**
 * The paths of a snapshot in the making: files and symlinks as they are added, directories implied
 * unless one has an entry of its own.
 *
 * A library may have a million entries, so each is kept small, and nothing is encoded before the
 * tree is complete.
 * @module
 */
import { CodedError } from '../../util/coded-error.ts'
import type { Timestamp } from '../msgpack/timestamp.ts'
import type { TreeEntry } from '../reading/snapshot-reader.ts'
import { isEntryName, parentPath } from '../records/path-order.ts'

/** A file whose content is in the repository. */
export interface FileDraft {
  kind: 'file'
  modified: Timestamp
  objectMac: string
  size: number
  chunks: number
  entropy: number
  contentType: string
}

export interface SymlinkDraft {
  kind: 'symlink'
  modified: Timestamp
  target: string
}

/**
 * An entry that came with everything a file system says about it: a special file, a file that has an
 * owner. Encoded it takes a tenth of the memory of the record.
 */
export interface RecordDraft {
  kind: 'record'
  /** The VFS_ENTRY blob. */
  bytes: Uint8Array
  contentType: string
  /** Undefined where there is no content. */
  objectMac: string | undefined
}

export type LeafDraft = FileDraft | SymlinkDraft | RecordDraft

/** A path that Kloset cannot hold. */
export class InvalidPathError extends CodedError {
  readonly code = 'INVALID_PATH'
  constructor(path: string) {
    super(`${JSON.stringify(path)} is not an absolute, clean path`)
  }
}

/** Two things were to stand at the same place. */
export class PathTakenError extends CodedError {
  readonly code = 'PATH_TAKEN'
  constructor(path: string) {
    super(`there is something at ${JSON.stringify(path)} already`)
  }
}

export class TreeDraft {
  readonly #leaves = new Map<string, LeafDraft>()
  /** With the encoded entry of those that have one of their own. */
  readonly #directories = new Map<string, Uint8Array | undefined>([['/', undefined]])

  /**
   * @throws {InvalidPathError} for anything but `/name/name…`
   * @throws {PathTakenError} when the path, or one above it, is taken
   */
  add(path: string, leaf: LeafDraft): void {
    if (!isCleanPath(path)) throw new InvalidPathError(path)
    if (this.#leaves.has(path) || this.#directories.has(path)) throw new PathTakenError(path)
    this.#addDirectory(parentPath(path))
    this.#leaves.set(path, leaf)
  }

  /**
   * A directory with an entry of its own. What lies in it may have been added before.
   * @throws {InvalidPathError}
   * @throws {PathTakenError} when it has one already, or something else stands there
   */
  addDirectory(path: string, bytes: Uint8Array): void {
    if (path !== '/' && !isCleanPath(path)) throw new InvalidPathError(path)
    if (this.#directories.get(path) !== undefined) throw new PathTakenError(path)
    this.#addDirectory(path)
    this.#directories.set(path, bytes)
  }

  /** A file or symlink as it was in an earlier snapshot. */
  carryOver({ path, kind, record }: TreeEntry): void {
    const modified = record.fileInfo.modTime
    if (kind === 'symlink') {
      this.add(path, { kind, modified, target: record.symlinkTarget })
    } else if (kind === 'file') {
      const { object: objectMac, chunks, entropy, contentType, fileInfo } = record
      const content = { objectMac, size: fileInfo.size, chunks, entropy, contentType }
      this.add(path, { kind, modified, ...content })
    } else {
      throw new TypeError(`only files and symlinks are carried over, ${path} is neither`)
    }
  }

  leaf(path: string): LeafDraft | undefined {
    return this.#leaves.get(path)
  }

  /** The encoded entry of a directory, if it has one of its own. */
  directory(path: string): Uint8Array | undefined {
    return this.#directories.get(path)
  }

  /** The objects that are to be there; files that share one give it several times. */
  *objects(): Generator<[path: string, objectMac: string]> {
    for (const [path, leaf] of this.#leaves) {
      if (leaf.kind !== 'symlink' && leaf.objectMac !== undefined) yield [path, leaf.objectMac]
    }
  }

  /** Every path once, directories included, in any order. */
  paths(): string[] {
    return [...this.#directories.keys(), ...this.#leaves.keys()]
  }

  #addDirectory(path: string): void {
    if (this.#directories.has(path)) return
    if (this.#leaves.has(path)) throw new PathTakenError(path)
    this.#addDirectory(parentPath(path))
    this.#directories.set(path, undefined)
  }
}

/** kloset 1.2 refuses such names on reading, too. */
function isCleanPath(path: string): boolean {
  const [first, ...names] = path.split('/')
  return first === '' && names.length > 0 && names.every(isEntryName)
}

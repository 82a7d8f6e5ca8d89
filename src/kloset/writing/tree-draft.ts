/**
 * The paths of a snapshot in the making: files and symlinks as they are added, directories implied.
 *
 * A library may have a million entries, so each is kept small, and nothing is encoded before the
 * tree is complete.
 * @module
 */
import { CodedError } from '../../util/coded-error.ts'
import type { Timestamp } from '../msgpack/timestamp.ts'
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

export type LeafDraft = FileDraft | SymlinkDraft

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
  readonly #directories = new Set<string>(['/'])

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

  leaf(path: string): LeafDraft | undefined {
    return this.#leaves.get(path)
  }

  *files(): Generator<[path: string, file: FileDraft]> {
    for (const [path, leaf] of this.#leaves) if (leaf.kind === 'file') yield [path, leaf]
  }

  /** Every path once, directories included, in any order. */
  paths(): string[] {
    return [...this.#directories, ...this.#leaves.keys()]
  }

  #addDirectory(path: string): void {
    if (this.#directories.has(path)) return
    if (this.#leaves.has(path)) throw new PathTakenError(path)
    this.#addDirectory(parentPath(path))
    this.#directories.add(path)
  }
}

/** kloset 1.2 refuses such names on reading, too. */
function isCleanPath(path: string): boolean {
  const [first, ...names] = path.split('/')
  return first === '' && names.length > 0 && names.every(isEntryName)
}

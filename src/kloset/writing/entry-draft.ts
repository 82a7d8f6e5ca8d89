/**
 * The entry of each kind of path. A library has no owners, groups or inodes, so those are zero; an
 * entry that was given as a record stays what it is.
 * @module
 */
import { VERSION_1_0_0 } from '../format-version.ts'
import type { Timestamp } from '../msgpack/timestamp.ts'
import { decodeEntry, type EntryRecord, emptyEntry } from '../records/entry.ts'
import { FileMode } from '../records/file-mode.ts'
import { baseName, parentPath } from '../records/path-order.ts'
import type { FileDraft, LeafDraft, SymlinkDraft } from './tree-draft.ts'

/** What plakar writes for everything that is neither a regular file nor a directory. */
const NOT_REGULAR = 'application/x-not-regular-file'

/** `|` of the high bit is negative in JavaScript. */
const DIRECTORY_MODE = (FileMode.DIRECTORY | 0o755) >>> 0
const SYMLINK_MODE = FileMode.SYMLINK | 0o777
const FILE_MODE = 0o644

export function directoryEntry(path: string, modified: Timestamp): EntryRecord {
  return entryAt(path, { modified, mode: DIRECTORY_MODE, size: 0 })
}

export function leafEntry(path: string, leaf: LeafDraft): EntryRecord {
  if (leaf.kind === 'record') return decodeEntry(leaf.bytes)
  return leaf.kind === 'file' ? fileEntry(path, leaf) : symlinkEntry(path, leaf)
}

export function contentTypeOf(leaf: LeafDraft): string {
  return leaf.kind === 'symlink' ? NOT_REGULAR : leaf.contentType
}

function fileEntry(path: string, file: FileDraft): EntryRecord {
  const { objectMac: object, contentType, entropy, chunks, size, modified } = file
  return {
    ...entryAt(path, { modified, mode: FILE_MODE, size }),
    object,
    contentType,
    entropy,
    chunks,
  }
}

function symlinkEntry(path: string, { target, modified }: SymlinkDraft): EntryRecord {
  return {
    ...entryAt(path, { modified, mode: SYMLINK_MODE, size: 0 }),
    symlinkTarget: target,
    contentType: NOT_REGULAR,
  }
}

function entryAt(
  path: string,
  { modified, mode, size }: { modified: Timestamp; mode: number; size: number },
): EntryRecord {
  const empty = emptyEntry()
  return {
    ...empty,
    version: VERSION_1_0_0,
    parentPath: parentPath(path),
    fileInfo: { ...empty.fileInfo, name: baseName(path), size, mode, modTime: modified, nlink: 1 },
  }
}

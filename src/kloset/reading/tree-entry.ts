/**
 * One path of a snapshot, as readers see it.
 * @module
 */
import { MalformedRecordError } from '../damage.ts'
import { NO_MAC } from '../mac-hex.ts'
import { timestampToDate } from '../msgpack/timestamp.ts'
import type { EntryRecord } from '../records/entry.ts'
import { type EntryKind, kindOfMode } from '../records/file-mode.ts'
import { isEntryName, joinPath } from '../records/path-order.ts'

export interface TreeEntry {
  path: string
  name: string
  kind: EntryKind
  /** Go's file mode, see records/file-mode.ts. */
  mode: number
  /** Bytes; for anything but files whatever the file system said. */
  size: number
  modified: Date
  symlinkTarget?: string
  objectMac?: string
  contentType?: string
  record: EntryRecord
}

/**
 * @throws {MalformedRecordError} when its name could lead a restore out of the directory
 */
export function treeEntry(record: EntryRecord): TreeEntry {
  const { parentPath, fileInfo, symlinkTarget, object, contentType } = record
  const { name, mode, size, modTime } = fileInfo
  const isRoot = name === '/' && (parentPath === '/' || parentPath === '')
  if (!isRoot && !isEntryName(name)) {
    throw new MalformedRecordError('a file entry', `${JSON.stringify(name)} cannot be a name`)
  }
  const kind = kindOfMode(mode)
  return {
    path: joinPath(parentPath, name),
    name,
    kind,
    mode,
    size,
    modified: timestampToDate(modTime),
    ...(kind === 'symlink' ? { symlinkTarget } : {}),
    ...(object === NO_MAC ? {} : { objectMac: object }),
    ...(contentType === '' ? {} : { contentType }),
    record,
  }
}

/**
 * A dirpack: all entries of one directory in one stream, so that listing it takes one read instead
 * of one for each child. Frames in ascending order of names:
 *
 *   offset  size  field
 *        0     1  kind     1 directory, 2 anything else
 *        1     4  length   of what follows, little-endian
 *        5     n  entry    the same bytes as the VFS_ENTRY blob
 *    5 + n    32  MAC of the entry
 *
 * @module
 */

import { compareNames } from '../../util/byte-names.ts'
import { concatBytes, equalBytes } from '../../util/bytes.ts'
import type { Mac } from '../crypto/mac.ts'
import { MalformedRecordError } from '../damage.ts'
import { MAC_BYTES, macToHex } from '../mac-hex.ts'
import { decodeEntry, type EntryRecord } from '../records/entry.ts'
import { decodeObject } from '../records/object.ts'
import type { Repository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'
import { readContent } from './content-reader.ts'
import { type TreeEntry, treeEntry } from './tree-entry.ts'

const FRAME_HEADER_BYTES = 5

export interface DirpackFrame {
  entryMac: string
  record: EntryRecord
}

/** An entry as a dirpack lists it. */
export interface ListedEntry {
  entryMac: string
  entry: TreeEntry
}

/**
 * The entries of one directory.
 * @param objectMac of the dirpack
 * @throws {DamagedRepositoryError} also when an entry belongs elsewhere, or comes twice
 */
export async function readDirpack(
  repository: Repository,
  directory: string,
  objectMac: string,
): Promise<ListedEntry[]> {
  const what = `the listing of ${directory}`
  const object = decodeObject(await repository.readBlob(ResourceType.OBJECT, objectMac))
  const parts: Uint8Array[] = []
  for await (const part of readContent(repository, object, what)) parts.push(part)
  const entries: ListedEntry[] = []
  for (const { entryMac, record } of decodeDirpack(concatBytes(parts), repository.mac)) {
    const entry = treeEntry(record)
    const previous = entries.at(-1)?.entry
    if (entry.name === '/' || record.parentPath !== directory) {
      throw new MalformedRecordError(what, `${entry.path} does not belong there`)
    }
    if (previous !== undefined && compareNames(previous.name, entry.name) >= 0) {
      throw new MalformedRecordError(what, 'its names are not in order')
    }
    entries.push({ entryMac, entry })
  }
  return entries
}

/** @throws {MalformedRecordError} */
export function* decodeDirpack(bytes: Uint8Array, mac: Pick<Mac, 'of'>): Generator<DirpackFrame> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 0; at < bytes.length; ) {
    if (at + FRAME_HEADER_BYTES > bytes.length) throw malformed('it ends inside a frame')
    const start = at + FRAME_HEADER_BYTES
    const end = start + view.getUint32(at + 1, true)
    if (end > bytes.length) throw malformed('it ends inside a frame')
    if (end - start < MAC_BYTES) throw malformed('a frame is too short')
    yield decodeFrame(bytes.subarray(start, end), mac)
    at = end
  }
}

function decodeFrame(frame: Uint8Array, mac: Pick<Mac, 'of'>): DirpackFrame {
  const entry = frame.subarray(0, frame.length - MAC_BYTES)
  const stored = frame.subarray(entry.length)
  if (!equalBytes(mac.of(entry), stored)) throw malformed("an entry's MAC does not match")
  return { entryMac: macToHex(stored), record: decodeEntry(entry) }
}

function malformed(detail: string): MalformedRecordError {
  return new MalformedRecordError('a directory listing', detail)
}

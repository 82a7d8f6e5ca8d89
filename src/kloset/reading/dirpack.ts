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
import { equalBytes } from '../../util/bytes.ts'
import type { Mac } from '../crypto/mac.ts'
import { MalformedRecordError } from '../damage.ts'
import { MAC_BYTES, macToHex } from '../mac-hex.ts'
import { decodeEntry, type EntryRecord } from '../records/entry.ts'

const FRAME_HEADER_BYTES = 5

export interface DirpackFrame {
  entryMac: string
  record: EntryRecord
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

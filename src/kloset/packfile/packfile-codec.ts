/**
 * The end of a packfile: which blob lies where in it.
 *
 *   body = data ‖ encode(index) ‖ encode(footer) ‖ u32 length of encode(footer)
 *
 * One 56-byte record of the index:
 *
 *   offset  size  field
 *        0     4  type      resource type, see resource-type.ts
 *        4     4  version   format version of the blob
 *        8    32  mac       the blob's identity
 *       40     8  offset    from the start of the data
 *       48     4  length    stored bytes, after compression and encryption
 *       52     4  flags     0
 *
 * The 56-byte footer:
 *
 *        0     8  timestamp ns since 1970; 0 in a `.ptar`
 *        8     4  count     of index records
 *       12     8  indexOffset  length of the data
 *       20    32  indexMac  MAC of the plain index
 *       52     4  flags     0
 *
 * Integers are little-endian. Source: kloset packfile.go, format 1.0.0.
 * @module
 */
import { MalformedPackfileError } from '../damage.ts'
import { MAC_BYTES } from '../mac-hex.ts'
import { unixNanoseconds } from '../msgpack/timestamp.ts'

export const BLOB_RECORD_BYTES = 56
export const FOOTER_BYTES = 56

export interface BlobRecord {
  type: number
  version: number
  mac: Uint8Array
  /** From the start of the data. */
  offset: number
  /** Stored bytes. */
  length: number
  flags: number
}

export interface Footer<Moment = Date | bigint> {
  timestamp: Moment
  count: number
  /** Where the data ends and the index starts. */
  indexOffset: number
  indexMac: Uint8Array
}

export function encodeIndex(records: readonly BlobRecord[]): Uint8Array {
  const index = new Uint8Array(records.length * BLOB_RECORD_BYTES)
  const view = new DataView(index.buffer)
  records.forEach((record, ordinal) => {
    const at = ordinal * BLOB_RECORD_BYTES
    view.setUint32(at, record.type, true)
    view.setUint32(at + 4, record.version, true)
    index.set(record.mac, at + 8)
    view.setBigUint64(at + 40, BigInt(record.offset), true)
    view.setUint32(at + 48, record.length, true)
    view.setUint32(at + 52, record.flags, true)
  })
  return index
}

/** @throws {MalformedPackfileError} unless the index is whole records */
export function decodeIndex(index: Uint8Array): BlobRecord[] {
  if (index.length % BLOB_RECORD_BYTES !== 0) {
    throw new MalformedPackfileError('the index ends inside a record', index.length)
  }
  const view = new DataView(index.buffer, index.byteOffset, index.byteLength)
  return Array.from({ length: index.length / BLOB_RECORD_BYTES }, (_, ordinal) =>
    decodeRecord(index, view, ordinal * BLOB_RECORD_BYTES),
  )
}

export function encodeFooter(footer: Footer): Uint8Array {
  const bytes = new Uint8Array(FOOTER_BYTES)
  const view = new DataView(bytes.buffer)
  view.setBigInt64(0, unixNanoseconds(footer.timestamp), true)
  view.setUint32(8, footer.count, true)
  view.setBigUint64(12, BigInt(footer.indexOffset), true)
  bytes.set(footer.indexMac, 20)
  return bytes
}

/** @throws {MalformedPackfileError} */
export function decodeFooter(bytes: Uint8Array): Footer<bigint> {
  if (bytes.length !== FOOTER_BYTES) {
    throw new MalformedPackfileError(`the footer has ${bytes.length} bytes, not ${FOOTER_BYTES}`)
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return {
    timestamp: view.getBigInt64(0, true),
    count: view.getUint32(8, true),
    indexOffset: readOffset(view, 12),
    indexMac: bytes.slice(20, 20 + MAC_BYTES),
  }
}

function decodeRecord(index: Uint8Array, view: DataView, at: number): BlobRecord {
  return {
    type: view.getUint32(at, true),
    version: view.getUint32(at + 4, true),
    mac: index.slice(at + 8, at + 8 + MAC_BYTES),
    offset: readOffset(view, at + 40),
    length: view.getUint32(at + 48, true),
    flags: view.getUint32(at + 52, true),
  }
}

/** A u64 that has to be a position in a file. */
function readOffset(view: DataView, at: number): number {
  const offset = Number(view.getBigUint64(at, true))
  if (!Number.isSafeInteger(offset)) throw new MalformedPackfileError('an offset is too large', at)
  return offset
}

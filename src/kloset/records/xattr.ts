/**
 * An XATTR_ENTRY blob: one extended attribute of a path. Its value is stored as a file is.
 * @module
 */
import { field, i64, mac, str, struct, u8, u32 } from '../msgpack/schema.ts'
import { decodeRecord, encodeRecord } from './record-codec.ts'

export interface XattrRecord {
  version: number
  path: string
  name: string
  /** Bytes of the value. */
  size: number
  /** 0 extended attribute, 1 alternate data stream. */
  type: number
  object: string
}

const xattr = struct<XattrRecord>({
  version: field('version', u32),
  path: field('path', str),
  name: field('name', str),
  size: field('size', i64),
  type: field('type', u8),
  object: field('object', mac),
})

export function encodeXattr(record: XattrRecord): Uint8Array {
  return encodeRecord(xattr, record)
}

/** @throws {MalformedRecordError} */
export function decodeXattr(bytes: Uint8Array): XattrRecord {
  return decodeRecord(xattr, bytes, 'an extended attribute')
}

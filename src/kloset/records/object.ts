/**
 * An OBJECT blob: what a file consists of. Entries refer to it by the MAC of these bytes, which is
 * not the MAC of the content.
 *
 * Source: kloset objects.go, record version 1.0.0.
 * @module
 */
import { f64, field, list, mac, omit, str, struct, u32 } from '../msgpack/schema.ts'
import { decodeRecord, encodeRecord } from './record-codec.ts'

export interface ObjectRecord {
  version: number
  /** MAC of the whole content. */
  contentMac: string
  chunks: ChunkRecord[]
  contentType: string
  /** Shannon entropy in bits per byte. */
  entropy: number
  flags: number
}

export interface ChunkRecord {
  version: number
  contentMac: string
  /** Plain bytes. */
  length: number
  entropy: number
  flags: number
}

const chunk = struct<ChunkRecord>({
  version: field('version', u32),
  contentMac: field('contentMAC', mac),
  length: field('length', u32),
  entropy: field('entropy', f64),
  flags: field('flags', u32),
})

const object = struct<ObjectRecord>({
  version: field('version', u32),
  contentMac: field('contentMAC', mac),
  chunks: field('chunks', list(chunk)),
  contentType: omit('content_type', str),
  entropy: omit('entropy', f64),
  flags: field('flags', u32),
})

export function encodeObject(record: ObjectRecord): Uint8Array {
  return encodeRecord(object, record)
}

/** @throws {MalformedRecordError} */
export function decodeObject(bytes: Uint8Array): ObjectRecord {
  return decodeRecord(object, bytes, 'an object')
}

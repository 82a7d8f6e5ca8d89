/**
 * An ERROR_ENTRY blob: a path that could not be read when the snapshot was made, and why.
 * @module
 */
import { field, str, struct, u32 } from '../msgpack/schema.ts'
import { decodeRecord, encodeRecord } from './record-codec.ts'

export interface ErrorRecord {
  version: number
  path: string
  error: string
}

const errorItem = struct<ErrorRecord>({
  version: field('version', u32),
  path: field('name', str),
  error: field('error', str),
})

export function encodeError(record: ErrorRecord): Uint8Array {
  return encodeRecord(errorItem, record)
}

/** @throws {MalformedRecordError} */
export function decodeError(bytes: Uint8Array): ErrorRecord {
  return decodeRecord(errorItem, bytes, 'an error record')
}

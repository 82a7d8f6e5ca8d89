/**
 * What a lock file says.
 * @module
 */
import { bool, field, str, struct, time, u32 } from '../msgpack/schema.ts'
import type { Timestamp } from '../msgpack/timestamp.ts'
import { decodeRecord, encodeRecord } from './record-codec.ts'

export interface LockRecord {
  version: number
  /** When its owner last showed that it is alive. */
  timestamp: Timestamp
  hostname: string
  exclusive: boolean
}

const lock = struct<LockRecord>({
  version: field('version', u32),
  timestamp: field('timestamp', time),
  hostname: field('hostname', str),
  exclusive: field('exclusive', bool),
})

export function encodeLock(record: LockRecord): Uint8Array {
  return encodeRecord(lock, record)
}

/** @throws {MalformedRecordError} */
export function decodeLock(bytes: Uint8Array): LockRecord {
  return decodeRecord(lock, bytes, 'a lock')
}

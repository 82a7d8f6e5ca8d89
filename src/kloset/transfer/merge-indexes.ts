/**
 * The index of one packfile out of those of several: sorted by the text `type:mac`, each blob once.
 * @module
 */
import { Buffer } from 'node:buffer'
import { concatBytes } from '../../util/bytes.ts'
import { BLOB_RECORD_BYTES, type BlobRecord, decodeIndex } from '../packfile/packfile-codec.ts'

const MAC_AT = 8
const MAC_END = 40

/** @param indexes encoded, with offsets that hold for the whole */
export function mergeIndexes(indexes: readonly Uint8Array[]): {
  index: Uint8Array
  records: BlobRecord[]
} {
  const all = Buffer.from(concatBytes(indexes))
  const count = all.length / BLOB_RECORD_BYTES
  const order = Uint32Array.from({ length: count }, (_, ordinal) => ordinal)
  order.sort((a, b) => compareRecords(all, a, b))
  const kept = order.filter((ordinal, at) => at === 0 || !isSame(all, order[at - 1]!, ordinal))
  const index = new Uint8Array(kept.length * BLOB_RECORD_BYTES)
  for (const [at, ordinal] of kept.entries()) {
    const from = ordinal * BLOB_RECORD_BYTES
    index.set(all.subarray(from, from + BLOB_RECORD_BYTES), at * BLOB_RECORD_BYTES)
  }
  return { index, records: decodeIndex(index) }
}

/** The colon stands between: type 10 comes before type 1. */
function compareRecords(all: Buffer, a: number, b: number): number {
  const [typeA, typeB] = [typeOf(all, a), typeOf(all, b)]
  if (typeA !== typeB) return `${typeA}:` < `${typeB}:` ? -1 : 1
  return compareMacs(all, a, b) || a - b
}

function isSame(all: Buffer, a: number, b: number): boolean {
  return typeOf(all, a) === typeOf(all, b) && compareMacs(all, a, b) === 0
}

function typeOf(all: Buffer, ordinal: number): number {
  return all.readUInt32LE(ordinal * BLOB_RECORD_BYTES)
}

function compareMacs(all: Buffer, a: number, b: number): number {
  const [atA, atB] = [a * BLOB_RECORD_BYTES, b * BLOB_RECORD_BYTES]
  return all.compare(all, atB + MAC_AT, atB + MAC_END, atA + MAC_AT, atA + MAC_END)
}

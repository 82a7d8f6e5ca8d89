/**
 * LZ4 blocks: sequences of
 *
 *   token     u8      high half: number of literals, low half: match length - 4
 *   ...       u8      255s and a last byte that add to the number of literals when the half is 15
 *   literals  bytes
 *   offset    u16 LE  where the match starts, counted back from here; never 0
 *   ...       u8      the same for the match length
 *
 * The last sequence ends after its literals. Source: LZ4 block format.
 * @module
 */
import { DamagedEncodingError } from '../crypto/damaged-encoding-error.ts'

const MIN_MATCH_BYTES = 4

/** Decoded length of `block`, without decoding it; at most `limit`, else damaged. */
export function measureBlock(block: Uint8Array, limit: number): number {
  const cursor = { at: 0 }
  let total = 0
  while (cursor.at < block.length) {
    const token = block[cursor.at++]!
    const literals = readLength(block, cursor, token >> 4)
    total += literals
    cursor.at += literals
    if (cursor.at === block.length) return checked(total, limit)
    cursor.at += 2
    if (cursor.at > block.length) break
    total += readLength(block, cursor, token & 15) + MIN_MATCH_BYTES
    checked(total, limit)
  }
  throw new DamagedEncodingError('an LZ4 block ends inside a sequence')
}

/**
 * Decodes `block`, which `measureBlock` has found sound, into `out` from `start` on. Matches may
 * reach back to `floor`: the start of the block, or of the frame when its blocks are linked.
 */
export function decodeBlock(
  block: Uint8Array,
  out: Uint8Array,
  start: number,
  floor: number,
): void {
  const cursor = { at: 0 }
  let to = start
  while (cursor.at < block.length) {
    const token = block[cursor.at++]!
    const literals = readLength(block, cursor, token >> 4)
    copyLiterals(block, cursor.at, literals, out, to)
    to += literals
    cursor.at += literals
    if (cursor.at === block.length) return
    const offset = block[cursor.at]! | (block[cursor.at + 1]! << 8)
    cursor.at += 2
    if (offset === 0 || to - offset < floor) {
      throw new DamagedEncodingError('an LZ4 match starts before its data')
    }
    const length = readLength(block, cursor, token & 15) + MIN_MATCH_BYTES
    copyMatch(out, to, offset, length)
    to += length
  }
}

function readLength(block: Uint8Array, cursor: { at: number }, half: number): number {
  let length = half
  if (half === 15) {
    let more = 255
    while (more === 255) {
      if (cursor.at >= block.length) {
        throw new DamagedEncodingError('an LZ4 block ends inside a length')
      }
      more = block[cursor.at++]!
      length += more
    }
  }
  return length
}

function checked(total: number, limit: number): number {
  if (total > limit) throw new DamagedEncodingError(`an LZ4 block holds more than ${limit} bytes`)
  return total
}

/** A call costs more than copying a few bytes one by one. */
const SHORT_BYTES = 24

function copyLiterals(
  from: Uint8Array,
  at: number,
  length: number,
  out: Uint8Array,
  to: number,
): void {
  if (length > SHORT_BYTES) out.set(from.subarray(at, at + length), to)
  else for (let i = 0; i < length; i++) out[to + i] = from[at + i]!
}

/** A match longer than its offset repeats itself, so it must be copied from the front. */
function copyMatch(out: Uint8Array, to: number, offset: number, length: number): void {
  const from = to - offset
  if (offset >= length && length > SHORT_BYTES) out.copyWithin(to, from, from + length)
  else for (let i = 0; i < length; i++) out[to + i] = out[from + i]!
}

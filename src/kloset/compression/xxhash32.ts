/**
 * xxHash32, seed 0: the checksum of LZ4 frames.
 * Source: xxHash fast digest algorithm, doc/xxhash_spec.md.
 * @module
 */
const PRIME_1 = 0x9e3779b1
const PRIME_2 = 0x85ebca77
const PRIME_3 = 0xc2b2ae3d
const PRIME_4 = 0x27d4eb2f
const PRIME_5 = 0x165667b1

/** An unsigned 32-bit number. */
export function xxHash32(data: Uint8Array): number {
  const view = new DataView(data.buffer, data.byteOffset, data.length)
  const striped = data.length & ~15
  let hash = data.length >= 16 ? stripes(view, striped) : PRIME_5
  hash = (hash + data.length) | 0
  let at = striped
  for (; at + 4 <= data.length; at += 4) {
    hash = Math.imul(rotate(hash + Math.imul(view.getInt32(at, true), PRIME_3), 17), PRIME_4)
  }
  for (; at < data.length; at++) {
    hash = Math.imul(rotate(hash + Math.imul(data[at]!, PRIME_5), 11), PRIME_1)
  }
  return avalanche(hash)
}

/** Four lanes over all complete stripes of 16 bytes, joined. */
function stripes(view: DataView, end: number): number {
  let a = (PRIME_1 + PRIME_2) | 0
  let b = PRIME_2 | 0
  let c = 0
  let d = -PRIME_1 | 0
  for (let at = 0; at < end; at += 16) {
    a = round(a, view.getInt32(at, true))
    b = round(b, view.getInt32(at + 4, true))
    c = round(c, view.getInt32(at + 8, true))
    d = round(d, view.getInt32(at + 12, true))
  }
  return (rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18)) | 0
}

function round(lane: number, word: number): number {
  return Math.imul(rotate((lane + Math.imul(word, PRIME_2)) | 0, 13), PRIME_1)
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits))
}

function avalanche(hash: number): number {
  const first = Math.imul(hash ^ (hash >>> 15), PRIME_2)
  const second = Math.imul(first ^ (first >>> 13), PRIME_3)
  return (second ^ (second >>> 16)) >>> 0
}

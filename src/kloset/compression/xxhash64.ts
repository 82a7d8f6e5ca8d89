/**
 * xxHash64, seed 0: the low half of it is the checksum of Zstandard frames.
 *
 * 64-bit words are pairs of 32-bit numbers here: BigInt takes half a second for 8 MiB, this 40 ms.
 * Source: xxHash fast digest algorithm, doc/xxhash_spec.md.
 * @module
 */

/** High and low half, each taken modulo 2^32. */
interface Word {
  high: number
  low: number
}

const PRIME_1 = word(0x9e3779b1, 0x85ebca87)
const PRIME_2 = word(0xc2b2ae3d, 0x27d4eb4f)
const PRIME_3 = word(0x165667b1, 0x9e3779f9)
const PRIME_4 = word(0x85ebca77, 0xc2b2ae63)
const PRIME_5 = word(0x27d4eb2f, 0x165667c5)

const STRIPE_BYTES = 32

/** The lower 32 bits, unsigned, as Zstandard stores them. */
export function xxHash64Low(data: Uint8Array): number {
  return xxHash64(data).low >>> 0
}

/** 16 hex digits. */
export function xxHash64Hex(data: Uint8Array): string {
  const { high, low } = xxHash64(data)
  return [high, low].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('')
}

function xxHash64(data: Uint8Array): Word {
  const view = new DataView(data.buffer, data.byteOffset, data.length)
  const striped = data.length - (data.length % STRIPE_BYTES)
  const hash = striped > 0 ? stripes(view, striped) : word(PRIME_5.high, PRIME_5.low)
  add(hash, word(Math.floor(data.length / 2 ** 32), data.length))
  tail(view, striped, hash)
  return avalanche(hash)
}

/** Four lanes over all complete stripes, joined. */
function stripes(view: DataView, end: number): Word {
  const lanes = [word(0, 0), word(0, 0), word(0, 0), word(0, 0)] as const
  add(lanes[0], PRIME_1)
  add(lanes[0], PRIME_2)
  add(lanes[1], PRIME_2)
  lanes[3].low = -PRIME_1.low | 0
  lanes[3].high = (~PRIME_1.high + (PRIME_1.low === 0 ? 1 : 0)) | 0
  for (let at = 0; at < end; at += STRIPE_BYTES) {
    for (let lane = 0; lane < 4; lane++) {
      const from = at + lane * 8
      round(lanes[lane]!, view.getInt32(from + 4, true), view.getInt32(from, true))
    }
  }
  const hash = word(0, 0)
  const turns = [1, 7, 12, 18]
  for (const [n, lane] of lanes.entries()) {
    const turned = word(lane.high, lane.low)
    rotate(turned, turns[n]!)
    add(hash, turned)
  }
  for (const lane of lanes) {
    const merged = word(0, 0)
    round(merged, lane.high, lane.low)
    mix(hash, merged)
    multiply(hash, PRIME_1)
    add(hash, PRIME_4)
  }
  return hash
}

/** What is left behind the last stripe: words of 8 bytes, one of 4, single bytes. */
function tail(view: DataView, start: number, hash: Word): void {
  let at = start
  for (; at + 8 <= view.byteLength; at += 8) {
    const lane = word(0, 0)
    round(lane, view.getInt32(at + 4, true), view.getInt32(at, true))
    mix(hash, lane)
    rotate(hash, 27)
    multiply(hash, PRIME_1)
    add(hash, PRIME_4)
  }
  if (at + 4 <= view.byteLength) {
    const lane = word(0, view.getInt32(at, true))
    multiply(lane, PRIME_1)
    mix(hash, lane)
    rotate(hash, 23)
    multiply(hash, PRIME_2)
    add(hash, PRIME_3)
    at += 4
  }
  for (; at < view.byteLength; at++) {
    const lane = word(0, view.getUint8(at))
    multiply(lane, PRIME_5)
    mix(hash, lane)
    rotate(hash, 11)
    multiply(hash, PRIME_1)
  }
}

function avalanche(hash: Word): Word {
  mix(hash, word(0, hash.high >>> 1)) // hash >> 33
  multiply(hash, PRIME_2)
  mix(hash, word(hash.high >>> 29, (hash.high << 3) | (hash.low >>> 29))) // hash >> 29
  multiply(hash, PRIME_3)
  mix(hash, word(0, hash.high)) // hash >> 32
  return hash
}

/** lane = rotate(lane + input × PRIME_2, 31) × PRIME_1 */
function round(lane: Word, high: number, low: number): void {
  product(high, low, PRIME_2)
  const sum = (lane.low >>> 0) + (productLow >>> 0)
  const sumHigh = (lane.high + productHigh + (sum > 0xffff_ffff ? 1 : 0)) | 0
  const sumLow = sum | 0
  product((sumHigh << 31) | (sumLow >>> 1), (sumLow << 31) | (sumHigh >>> 1), PRIME_1)
  lane.high = productHigh
  lane.low = productLow
}

function word(high: number, low: number): Word {
  return { high: high | 0, low: low | 0 }
}

function add(into: Word, { high, low }: Word): void {
  const sum = (into.low >>> 0) + (low >>> 0)
  into.high = (into.high + high + (sum > 0xffff_ffff ? 1 : 0)) | 0
  into.low = sum | 0
}

function mix(into: Word, { high, low }: Word): void {
  into.high ^= high
  into.low ^= low
}

/** To the left; `bits` is 1 … 31. */
function rotate(value: Word, bits: number): void {
  const { high, low } = value
  value.high = (high << bits) | (low >>> (32 - bits))
  value.low = (low << bits) | (high >>> (32 - bits))
}

function multiply(value: Word, by: Word): void {
  product(value.high, value.low, by)
  value.high = productHigh
  value.low = productLow
}

let productHigh = 0
let productLow = 0

/** Low 64 bits of a product, by halves of 16 bits; left in two variables, not in a new object. */
function product(high: number, low: number, by: Word): void {
  const [a0, a1] = [low & 0xffff, low >>> 16]
  const [b0, b1] = [by.low & 0xffff, by.low >>> 16]
  const lowest = a0 * b0
  const middle = a1 * b0 + Math.floor(lowest / 0x10000)
  const other = a0 * b1 + (middle % 0x10000)
  const carried = a1 * b1 + Math.floor(middle / 0x10000) + Math.floor(other / 0x10000)
  productHigh = (carried + Math.imul(high, by.low) + Math.imul(low, by.high)) | 0
  productLow = ((other & 0xffff) << 16) | (lowest & 0xffff)
}

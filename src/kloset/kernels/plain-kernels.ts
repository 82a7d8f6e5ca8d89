/**
 * The loops in plain TypeScript: the readable twin of `kernels/`, and what runs where WebAssembly
 * does not. Much slower, see kernels.bench.ts.
 * @module
 */
import type { Loops } from './loops.ts'
import { ADDRESS } from './memory-map.ts'

/** What division by x adds to the top 32 bits: bits 127, 126, 125 and 120. */
const REDUCTION = 0xe1000000

export function plainLoops(memory: Uint8Array): Loops {
  const words = new DataView(memory.buffer, memory.byteOffset, memory.byteLength)
  return {
    polyval(sum, key, data, length) {
      for (let at = 0; at < length; at += 16) {
        const blockBytes = Math.min(16, length - at)
        for (let i = 0; i < blockBytes; i++) memory[sum + i]! ^= memory[data + at + i]!
        multiply(words, sum, key)
      }
    },

    counterBlocks(out, tag, first, count) {
      const block = memory.slice(tag, tag + 16)
      block[15]! |= 0x80
      const counter = new DataView(block.buffer)
      const start = counter.getUint32(0, true)
      for (let n = 0; n < count; n++) {
        counter.setUint32(0, start + first + n, true) // keeps the low 32 bits
        memory.set(block, out + n * 16)
      }
    },

    xor(out, a, b, length) {
      for (let at = 0; at < length; at++) memory[out + at] = memory[a + at]! ^ memory[b + at]!
    },

    scanGear: (state, data, length, mask) => scan(words, memory, state, data, length, mask),
  }
}

/**
 * sum <- sum · key · x^-128 in GF(2^128): for each set bit k of sum, from 127 down, adds
 * key · x^(k-128), which is key divided by x as often. Words are little-endian, lowest first.
 */
function multiply(words: DataView, sum: number, key: number): void {
  let [v0, v1, v2, v3] = load(words, key)
  const factor = load(words, sum)
  let [r0, r1, r2, r3] = [0, 0, 0, 0]
  for (let k = 127; k >= 0; k--) {
    const reduction = -(v0 & 1) & REDUCTION
    v0 = (v0 >>> 1) | (v1 << 31)
    v1 = (v1 >>> 1) | (v2 << 31)
    v2 = (v2 >>> 1) | (v3 << 31)
    v3 = (v3 >>> 1) ^ reduction
    const chosen = -((factor[k >> 5]! >>> (k & 31)) & 1)
    r0 ^= v0 & chosen
    r1 ^= v1 & chosen
    r2 ^= v2 & chosen
    r3 ^= v3 & chosen
  }
  for (const [at, word] of [r0, r1, r2, r3].entries()) words.setInt32(sum + at * 4, word, true)
}

function load(words: DataView, at: number): [number, number, number, number] {
  return [
    words.getInt32(at, true),
    words.getInt32(at + 4, true),
    words.getInt32(at + 8, true),
    words.getInt32(at + 12, true),
  ]
}

/** The 64-bit fingerprint as two halves with a carry: faster than BigInt. */
function scan(
  words: DataView,
  memory: Uint8Array,
  state: number,
  data: number,
  length: number,
  mask: bigint,
): number {
  const table = new Int32Array(memory.buffer, memory.byteOffset + ADDRESS.gearTable, 512)
  const maskLow = Number(mask & 0xffffffffn) | 0
  const maskHigh = Number(mask >> 32n) | 0
  let low = words.getInt32(state, true)
  let high = words.getInt32(state + 4, true)
  for (let at = 0; at < length; at++) {
    const entry = memory[data + at]! << 1
    const addend = table[entry]!
    high = (high << 1) | (low >>> 31)
    low = ((low << 1) + addend) | 0
    const carry = low >>> 0 < addend >>> 0 ? 1 : 0
    high = (high + table[entry + 1]! + carry) | 0
    if ((high & maskHigh) === 0 && (low & maskLow) === 0) return at
  }
  words.setInt32(state, low, true)
  words.setInt32(state + 4, high, true)
  return length
}

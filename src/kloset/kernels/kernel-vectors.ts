/**
 * One known answer per loop, checked each time kernels are loaded (about 20 µs): a compiler or
 * processor that computes wrongly must not encrypt anybody's photos.
 *
 * POLYVAL: RFC 8452, appendix A, and a longer message that goes through the tables, its answer
 * computed with @noble/ciphers. Gear: computed with BigInt in kernels.test.ts.
 * @module
 */
import { equalBytes, fromHex } from '../../util/bytes.ts'
import type { Loops } from './loops.ts'
import { ADDRESS } from './memory-map.ts'

type LoopsOverMemory = Loops & { memory: Uint8Array }

const KEY = fromHex('25629347589242761d31f826ba4b757b')
const TWO_BLOCKS = fromHex('4f4f95668c83dfb6401762bb2d01a262d1a24ddd2721d006bbe45f20d3c9f362')
const LONG_MESSAGE = Uint8Array.from({ length: 1037 }, (_, i) => (i * 7 + 3) & 0xff)
const TAG = fromHex('feffffff000102030405060708090a0b')
const BOUNDARY_MASK = 0xff80000000000000n

/** Whether the loops over `memory` give the published answers. Overwrites the fixed areas. */
export function agreesWithVectors(kernels: LoopsOverMemory): boolean {
  return (
    hex(polyval(kernels, TWO_BLOCKS)) === 'f7a3b47b846119fae5b7866cf5e5b77e' &&
    hex(polyval(kernels, LONG_MESSAGE)) === 'ef97161debbfd8874fcd014300dac1ac' &&
    counts(kernels) &&
    xors(kernels) &&
    findsBoundary(kernels)
  )
}

function polyval({ memory, ...loops }: LoopsOverMemory, message: Uint8Array) {
  memory.set(KEY, ADDRESS.key)
  memory.fill(0, ADDRESS.sum, ADDRESS.sum + 16)
  memory.set(message, ADDRESS.plainSlice)
  loops.polyval(ADDRESS.sum, ADDRESS.key, ADDRESS.plainSlice, message.length)
  return memory.slice(ADDRESS.sum, ADDRESS.sum + 16)
}

/** The counter wraps within 32 bits, and the top bit of the last byte is set. */
function counts({ memory, ...loops }: LoopsOverMemory): boolean {
  memory.set(TAG, ADDRESS.tag)
  memory.fill(0, ADDRESS.keyStream, ADDRESS.keyStream + 32)
  loops.counterBlocks(ADDRESS.keyStream, ADDRESS.tag, 1, 2)
  const blocks = memory.subarray(ADDRESS.keyStream, ADDRESS.keyStream + 32)
  const expected = 'ffffffff000102030405060708090a8b00000000000102030405060708090a8b'
  return hex(blocks) === expected
}

function xors({ memory, ...loops }: LoopsOverMemory): boolean {
  memory.set(LONG_MESSAGE, ADDRESS.plainSlice)
  memory.set(LONG_MESSAGE.subarray(100), ADDRESS.keyStream)
  const { sealedSlice, plainSlice, keyStream } = ADDRESS
  memory.fill(0, sealedSlice, sealedSlice + 99)
  loops.xor(sealedSlice, plainSlice, keyStream, 99)
  const result = memory.subarray(sealedSlice, sealedSlice + 99)
  const expected = LONG_MESSAGE.subarray(0, 99).map((byte, i) => byte ^ LONG_MESSAGE[100 + i]!)
  return equalBytes(result, expected)
}

function findsBoundary({ memory, ...loops }: LoopsOverMemory): boolean {
  memory.set(LONG_MESSAGE, ADDRESS.plainSlice)
  memory.fill(0, ADDRESS.fingerprint, ADDRESS.fingerprint + 8)
  const length = LONG_MESSAGE.length
  return loops.scanGear(ADDRESS.fingerprint, ADDRESS.plainSlice, length, BOUNDARY_MASK) === 24
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

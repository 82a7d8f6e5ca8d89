/**
 * Huffman-coded literals of a Zstandard block.
 *
 *   tree      u8 < 128   that many bytes of FSE-coded weights, two states taking turns
 *             u8 ≥ 128   u8 − 127 weights of 4 bits, the first in the high half
 *             The weight of the last symbol is what is missing to a power of two. A code has
 *             longest + 1 − weight bits; weight 0 has none.
 *   streams   one, or four: u16 LE length of the first three, then the four
 *
 * Source: RFC 8878, sections 4.2 and 3.1.1.3.1.
 * @module
 */
import { BackwardBits, damagedZstd } from './zstd-bits.ts'
import { FseState, readFseTable } from './zstd-fse.ts'

/** What the next `longest` bits of a stream mean. */
export interface HuffmanTable {
  longest: number
  symbols: Uint8Array
  bits: Uint8Array
}

const MAX_CODE_BITS = 11
/** The weight of the last symbol is not stored. */
const MAX_STORED_WEIGHTS = 255
const WEIGHT_LIMITS = { accuracy: 6, symbols: MAX_CODE_BITS + 2 }
const JUMP_TABLE_BYTES = 6

/** @throws {DamagedEncodingError} */
export function readHuffmanTable(bytes: Uint8Array): { table: HuffmanTable; bytesRead: number } {
  const header = bytes[0]
  if (header === undefined) damagedZstd('ends inside a block')
  const direct = header - 127
  const length = header < 128 ? header : Math.ceil(direct / 2)
  if (1 + length > bytes.length) damagedZstd('ends inside a Huffman tree')
  const body = bytes.subarray(1, 1 + length)
  const weights = header < 128 ? codedWeights(body) : directWeights(body, direct)
  return { table: huffmanTable(weights), bytesRead: 1 + length }
}

function directWeights(body: Uint8Array, count: number): number[] {
  return Array.from({ length: count }, (_, n) =>
    n % 2 === 0 ? body[n >> 1]! >> 4 : body[n >> 1]! & 15,
  )
}

function codedWeights(body: Uint8Array): number[] {
  const { table, bytesRead } = readFseTable(body, WEIGHT_LIMITS)
  const input = new BackwardBits(body.subarray(bytesRead))
  const states = [new FseState(table, input), new FseState(table, input)]
  if (input.left < 0) damagedZstd('ends inside a Huffman tree')
  const weights: number[] = []
  for (let turn = 0; ; turn ^= 1) {
    weights.push(states[turn]!.symbol)
    states[turn]!.advance(input)
    // the bits are used up: the other state holds the last weight
    if (input.left < 0) return [...weights, states[turn ^ 1]!.symbol]
    if (weights.length >= MAX_STORED_WEIGHTS) damagedZstd('has a Huffman tree without an end')
  }
}

function huffmanTable(weights: readonly number[]): HuffmanTable {
  if (weights.length > MAX_STORED_WEIGHTS) damagedZstd('has a Huffman tree of too many symbols')
  let sum = 0
  for (const weight of weights) {
    if (weight > MAX_CODE_BITS) damagedZstd('has a Huffman code that is too long')
    if (weight > 0) sum += 1 << (weight - 1)
  }
  const longest = 32 - Math.clz32(sum)
  const missing = (1 << longest) - sum
  if (sum === 0 || longest > MAX_CODE_BITS || (missing & (missing - 1)) !== 0) {
    damagedZstd('has a Huffman tree that does not add up')
  }
  return fillTable([...weights, 32 - Math.clz32(missing)], longest)
}

/** Codes with the smallest weight, the longest ones, come first; equal ones by symbol. */
function fillTable(weights: readonly number[], longest: number): HuffmanTable {
  const symbols = new Uint8Array(1 << longest)
  const bits = new Uint8Array(1 << longest)
  let at = 0
  for (let weight = 1; weight <= longest; weight++) {
    for (const [symbol, own] of weights.entries()) {
      if (own !== weight) continue
      const end = at + (1 << (weight - 1))
      symbols.fill(symbol, at, end)
      bits.fill(longest + 1 - weight, at, end)
      at = end
    }
  }
  return { longest, symbols, bits }
}

/** Decodes to fill `out` exactly. @throws {DamagedEncodingError} */
export function readHuffmanStreams(
  bytes: Uint8Array,
  table: HuffmanTable,
  out: Uint8Array,
  streams: 1 | 4,
): void {
  if (streams === 1) {
    readStream(bytes, table, out)
    return
  }
  const each = (out.length + 3) >> 2
  if (bytes.length < JUMP_TABLE_BYTES || out.length < 3 * each) {
    damagedZstd('has literals that do not fit into four streams')
  }
  let at = JUMP_TABLE_BYTES
  for (let n = 0; n < 4; n++) {
    const length = bytes[2 * n]! | (bytes[2 * n + 1]! << 8)
    const end = n < 3 ? at + length : bytes.length
    if (end > bytes.length) damagedZstd('has literals that end too early')
    readStream(
      bytes.subarray(at, end),
      table,
      out.subarray(n * each, n < 3 ? (n + 1) * each : undefined),
    )
    at = end
  }
}

function readStream(bytes: Uint8Array, table: HuffmanTable, out: Uint8Array): void {
  const { longest, symbols, bits } = table
  const input = new BackwardBits(bytes)
  for (let at = 0; at < out.length; at++) {
    const code = input.peek(longest)
    out[at] = symbols[code]!
    input.left -= bits[code]!
  }
  if (input.left !== 0) damagedZstd('has literals of another length')
}

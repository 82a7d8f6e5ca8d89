/**
 * Finite state entropy: the tables with which Zstandard codes lengths, offsets and weights.
 *
 *   4 bits             accuracy − 5; the table has 2^accuracy states
 *   per symbol         its probability + 1 in as few bits as what remains needs; −1 is "less than
 *                      one", which takes one state
 *     after a zero     2 bits: that many symbols more have none; 3 goes on
 *
 * Source: RFC 8878, section 4.1.1.
 * @module
 */
import { type BackwardBits, damagedZstd, ForwardBits } from './zstd-bits.ts'

export interface FseTable {
  accuracy: number
  /** By state: the symbol, and where to go from there: base + so many bits. */
  symbols: Uint8Array
  bits: Uint8Array
  bases: Uint16Array
}

/**
 * @param limits what this use of a table may have
 * @throws {DamagedEncodingError}
 */
export function readFseTable(
  bytes: Uint8Array,
  limits: { accuracy: number; symbols: number },
): { table: FseTable; bytesRead: number } {
  const input = new ForwardBits(bytes)
  const accuracy = input.read(4) + 5
  if (accuracy > limits.accuracy) damagedZstd('has a table that is too large')
  const probabilities: number[] = []
  for (let remaining = 1 << accuracy; remaining > 0; ) {
    const probability = readProbability(input, remaining)
    remaining -= Math.abs(probability)
    probabilities.push(probability)
    if (probability === 0) skipZeros(input, probabilities, limits.symbols)
    if (remaining < 0 || probabilities.length > limits.symbols) {
      damagedZstd('has a table that does not add up')
    }
  }
  return { table: fseTable(probabilities, accuracy), bytesRead: input.bytesRead }
}

function readProbability(input: ForwardBits, remaining: number): number {
  const bits = 32 - Math.clz32(remaining + 1)
  const value = input.read(bits)
  const lowMask = (1 << (bits - 1)) - 1
  const threshold = (1 << bits) - 2 - remaining
  if ((value & lowMask) < threshold) {
    input.unread() // small values take one bit less
    return (value & lowMask) - 1
  }
  return (value > lowMask ? value - threshold : value) - 1
}

function skipZeros(input: ForwardBits, probabilities: number[], limit: number): void {
  for (let zeros = 3; zeros === 3 && probabilities.length <= limit; ) {
    zeros = input.read(2)
    for (let n = 0; n < zeros; n++) probabilities.push(0)
  }
}

/** The table of `probabilities`, which add up to 2^accuracy. */
export function fseTable(probabilities: readonly number[], accuracy: number): FseTable {
  const size = 1 << accuracy
  const symbols = new Uint8Array(size)
  const next = spread(probabilities, symbols)
  const bits = new Uint8Array(size)
  const bases = new Uint16Array(size)
  for (let state = 0; state < size; state++) {
    const ordinal = next[symbols[state]!]!++
    bits[state] = accuracy - (31 - Math.clz32(ordinal))
    bases[state] = (ordinal << bits[state]!) - size
  }
  return { accuracy, symbols, bits, bases }
}

/** Deals the states out to the symbols; returns how many each has, which is where it counts from. */
function spread(probabilities: readonly number[], symbols: Uint8Array): number[] {
  const size = symbols.length
  const step = (size >> 1) + (size >> 3) + 3
  let high = size
  for (const [symbol, probability] of probabilities.entries()) {
    if (probability === -1) symbols[--high] = symbol
  }
  let at = 0
  for (const [symbol, probability] of probabilities.entries()) {
    for (let n = 0; n < probability; n++) {
      symbols[at] = symbol
      do at = (at + step) & (size - 1)
      while (at >= high)
    }
  }
  return probabilities.map((probability) => Math.abs(probability))
}

/** A table with one symbol, which takes no bits. */
export function constantTable(symbol: number): FseTable {
  return {
    accuracy: 0,
    symbols: Uint8Array.of(symbol),
    bits: new Uint8Array(1),
    bases: new Uint16Array(1),
  }
}

/** One of the interleaved states of a stream. */
export class FseState {
  readonly #table: FseTable
  #state: number

  constructor(table: FseTable, input: BackwardBits) {
    this.#table = table
    this.#state = input.read(table.accuracy)
  }

  get symbol(): number {
    return this.#table.symbols[this.#state]!
  }

  advance(input: BackwardBits): void {
    this.#state = this.#table.bases[this.#state]! + input.read(this.#table.bits[this.#state]!)
  }
}

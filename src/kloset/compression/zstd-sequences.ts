/**
 * The sequences of a Zstandard block: so many literals, then so many bytes again from so far back.
 *
 *   count     u8 below 128 · u8 128 … 254 and u8 · 255 and u16 LE, + 0x7f00
 *   modes     u8: bits 7-6 literal lengths, 5-4 offsets, 3-2 match lengths, 1-0 zero;
 *             0 predefined table, 1 one symbol (u8), 2 a table follows, 3 that of the last block
 *   tables    in that order
 *   stream    backward: the three states, then for each sequence the extra bits of offset, match
 *             and literals, and the next states of literals, match and offset
 *
 * Source: RFC 8878, section 3.1.1.3.2; its tables are in section 3.1.1.3.2.1.
 * @module
 */
import { BackwardBits, damagedZstd } from './zstd-bits.ts'
import { constantTable, FseState, type FseTable, fseTable, readFseTable } from './zstd-fse.ts'

/** One of the three kinds of codes. */
interface Kind {
  predefined: FseTable
  accuracy: number
  symbols: number
}

export interface SequenceTables {
  literals: FseTable
  offsets: FseTable
  matches: FseTable
}

/** How long the last three distances were, the latest first. */
export type RecentOffsets = [number, number, number]

export interface Sequences {
  count: number
  tables: SequenceTables | undefined
  stream: Uint8Array
}

const LITERALS: Kind = {
  predefined: fseTable(
    [
      4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1,
      1, -1, -1, -1, -1,
    ],
    6,
  ),
  accuracy: 9,
  symbols: 36,
}
const MATCHES: Kind = {
  predefined: fseTable(
    [
      1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
      1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1,
    ],
    6,
  ),
  accuracy: 9,
  symbols: 53,
}
const OFFSETS: Kind = {
  predefined: fseTable(
    [1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1],
    5,
  ),
  accuracy: 8,
  symbols: 32,
}

const LITERAL_BITS = [
  ...Array<number>(16).fill(0),
  ...[1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
]
const MATCH_BITS = [
  ...Array<number>(32).fill(0),
  ...[1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
]
const LITERAL_BASES = basesOf(LITERAL_BITS, 0)
const MATCH_BASES = basesOf(MATCH_BITS, 3)

/** Each code begins where the one before it ends. */
function basesOf(bits: readonly number[], first: number): number[] {
  let base = first
  return bits.map((count) => {
    const own = base
    base += 2 ** count
    return own
  })
}

/**
 * @param previous tables of the last block that had any
 * @throws {DamagedEncodingError}
 */
export function readSequences(bytes: Uint8Array, previous: SequenceTables | undefined): Sequences {
  const { count, at } = readCount(bytes)
  if (count === 0) {
    if (at !== bytes.length) damagedZstd('has bytes behind its last sequence')
    return { count, tables: previous, stream: new Uint8Array(0) }
  }
  const modes = bytes[at]
  if (modes === undefined) damagedZstd('ends inside a block')
  if ((modes & 3) !== 0) damagedZstd('has an unknown kind of sequences')
  let from = at + 1
  const read = (kind: Kind, mode: number, last: FseTable | undefined) => {
    const { table, bytesRead } = readTable(bytes.subarray(from), kind, mode & 3, last)
    from += bytesRead
    return table
  }
  const tables = {
    literals: read(LITERALS, modes >> 6, previous?.literals),
    offsets: read(OFFSETS, modes >> 4, previous?.offsets),
    matches: read(MATCHES, modes >> 2, previous?.matches),
  }
  return { count, tables, stream: bytes.subarray(from) }
}

function readCount(bytes: Uint8Array): { count: number; at: number } {
  const [first, second = 0, third = 0] = bytes
  if (first === undefined) damagedZstd('ends inside a block')
  if (first < 128) return { count: first, at: 1 }
  if (first < 255) return { count: ((first - 128) << 8) | second, at: 2 }
  return { count: (second | (third << 8)) + 0x7f00, at: 3 }
}

function readTable(
  bytes: Uint8Array,
  { predefined, accuracy, symbols }: Kind,
  mode: number,
  previous: FseTable | undefined,
): { table: FseTable; bytesRead: number } {
  if (mode === 0) return { table: predefined, bytesRead: 0 }
  if (mode === 2) return readFseTable(bytes, { accuracy, symbols })
  if (mode === 3) {
    if (previous === undefined) damagedZstd('repeats a table it never had')
    return { table: previous, bytesRead: 0 }
  }
  const symbol = bytes[0]
  if (symbol === undefined || symbol >= symbols) damagedZstd('has an unknown code')
  return { table: constantTable(symbol), bytesRead: 1 }
}

/** Where the content of a block grows. */
export interface BlockOutput {
  /** Holds what the frame gave so far; has room for a whole block more. */
  content: Uint8Array
  /** Where the frame starts in `content`; nothing before it may be copied. */
  frameAt: number
  at: number
  maxBlockBytes: number
  windowBytes: number
}

/**
 * Writes a block's content to `out`, and remembers the distances in `recent`.
 * @throws {DamagedEncodingError}
 */
export function executeSequences(
  { count, tables, stream }: Sequences,
  literals: Uint8Array,
  out: BlockOutput,
  recent: RecentOffsets,
): void {
  const end = out.at + out.maxBlockBytes
  let literalsAt = 0
  if (count > 0 && tables !== undefined) {
    const reader = new SequenceReader(tables, stream)
    for (let n = 0; n < count; n++) {
      const { literalBytes, matchBytes, offsetValue } = reader.next(n === count - 1)
      const distance = distanceOf(offsetValue, literalBytes, recent)
      if (literalBytes > literals.length - literalsAt) damagedZstd('uses literals it does not have')
      if (out.at + literalBytes + matchBytes > end) damagedZstd('has a block that is too long')
      out.content.set(literals.subarray(literalsAt, literalsAt + literalBytes), out.at)
      literalsAt += literalBytes
      out.at += literalBytes
      if (distance > out.at - out.frameAt || distance > out.windowBytes) {
        damagedZstd('refers to bytes before its start')
      }
      copyMatch(out, distance, matchBytes)
    }
    reader.end()
  }
  const rest = literals.subarray(literalsAt)
  if (out.at + rest.length > end) damagedZstd('has a block that is too long')
  out.content.set(rest, out.at)
  out.at += rest.length
}

class SequenceReader {
  readonly #input: BackwardBits
  readonly #literals: FseState
  readonly #offsets: FseState
  readonly #matches: FseState

  constructor({ literals, offsets, matches }: SequenceTables, stream: Uint8Array) {
    this.#input = new BackwardBits(stream)
    this.#literals = new FseState(literals, this.#input)
    this.#offsets = new FseState(offsets, this.#input)
    this.#matches = new FseState(matches, this.#input)
  }

  next(isLast: boolean): { literalBytes: number; matchBytes: number; offsetValue: number } {
    const input = this.#input
    const [literal, match] = [this.#literals.symbol, this.#matches.symbol]
    const offsetValue = 2 ** this.#offsets.symbol + input.read(this.#offsets.symbol)
    const matchBytes = MATCH_BASES[match]! + input.read(MATCH_BITS[match]!)
    const literalBytes = LITERAL_BASES[literal]! + input.read(LITERAL_BITS[literal]!)
    if (!isLast) {
      this.#literals.advance(input)
      this.#matches.advance(input)
      this.#offsets.advance(input)
    }
    if (input.left < 0) damagedZstd('ends inside its sequences')
    return { literalBytes, matchBytes, offsetValue }
  }

  end(): void {
    if (this.#input.left !== 0) damagedZstd('has bits behind its last sequence')
  }
}

/** Values 1 to 3 name one of the recent distances, shifted by one when there are no literals. */
function distanceOf(value: number, literalBytes: number, recent: RecentOffsets): number {
  if (value > 3) {
    recent.unshift(value - 3)
    recent.length = 3
    return value - 3
  }
  const ordinal = value - (literalBytes === 0 ? 0 : 1)
  const distance = ordinal === 3 ? recent[0] - 1 : recent[ordinal]!
  if (distance === 0) damagedZstd('refers to bytes that are not there yet')
  if (ordinal > 1) recent[2] = recent[1]
  if (ordinal > 0) recent[1] = recent[0]
  recent[0] = distance
  return distance
}

/** What was written a moment ago may be part of what is copied: byte by byte then. */
function copyMatch(out: BlockOutput, distance: number, length: number): void {
  const { content, at } = out
  if (distance >= length) content.copyWithin(at, at - distance, at - distance + length)
  else for (let n = 0; n < length; n++) content[at + n] = content[at - distance + n]!
  out.at += length
}

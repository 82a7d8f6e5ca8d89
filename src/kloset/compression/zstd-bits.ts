/**
 * The two directions in which Zstandard packs bits. Both count from the low bit of each byte.
 *
 *   forward    descriptions of FSE tables: from the first byte on
 *   backward   everything coded with a table: from the last byte down; the highest bit that is set
 *              in it only marks where the stream starts
 *
 * Source: RFC 8878, sections 4.1.1 and 4.2.2.
 * @module
 */
import { DamagedEncodingError } from '../crypto/damaged-encoding-error.ts'

/** @throws {DamagedEncodingError} always: what every part of the Zstandard reader says */
export function damagedZstd(what: string): never {
  throw new DamagedEncodingError(`its Zstandard frame ${what}`)
}

export class ForwardBits {
  readonly #bytes: Uint8Array
  #bit = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Whole bytes that were touched. */
  get bytesRead(): number {
    return Math.ceil(this.#bit / 8)
  }

  /** Up to 16 bits. */
  read(count: number): number {
    if (this.#bit + count > this.#bytes.length * 8) damagedZstd('ends inside a table')
    const value = bitsAt(this.#bytes, this.#bit, count)
    this.#bit += count
    return value
  }

  /** Takes the last bit back. */
  unread(): void {
    this.#bit -= 1
  }
}

export class BackwardBits {
  readonly #bytes: Uint8Array
  /** Bits that are left; negative when more were asked for, which reads as zeros. */
  left: number

  constructor(bytes: Uint8Array) {
    const last = bytes.at(-1) ?? 0
    if (last === 0) damagedZstd('has a bit stream without a start')
    this.#bytes = bytes
    this.left = bytes.length * 8 - 1 - Math.clz32(last << 24)
  }

  /** Up to 31 bits; zeros where the stream has no more, see {@link left}. */
  read(count: number): number {
    if (count > 24) return this.read(count - 16) * 0x10000 + this.read(16)
    this.left -= count
    if (this.left >= 0) return bitsAt(this.#bytes, this.left, count)
    const present = count + this.left
    return present <= 0 ? 0 : bitsAt(this.#bytes, 0, present) << -this.left
  }

  /** What {@link read} would return, for up to 11 bits. */
  peek(count: number): number {
    const value = this.read(count)
    this.left += count
    return value
  }
}

/** Up to 24 bits; bytes behind the end are zeros. */
function bitsAt(bytes: Uint8Array, bit: number, count: number): number {
  const at = bit >>> 3
  const word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
  return (word >>> (bit & 7)) & ((1 << count) - 1)
}

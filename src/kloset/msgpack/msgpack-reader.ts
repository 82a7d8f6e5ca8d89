/**
 * Reads msgpack from untrusted bytes. Whoever reads says what it expects; any integer width is
 * taken for a number, `str` and `bin` for one another, as the reference decoder does. Every length
 * and count is compared with the bytes that remain before anything is allocated, and skipping
 * needs no recursion, so neither size nor depth can be driven by the input.
 * @module
 */
import { decodeName } from '../../util/byte-names.ts'
import type { Timestamp } from './timestamp.ts'

/** Not msgpack, or not what the schema expects. Decoders of records turn it into their own error. */
export class MsgpackError extends Error {
  override name = 'MsgpackError'
}

const EXT_TIME = -1
const NS_PER_SECOND = 1_000_000_000

/** Size of the number behind a code, in bytes; negative for signed ones. */
const INTEGER_WIDTHS: Record<number, number> = {
  204: 1,
  205: 2,
  206: 4,
  207: 8,
  208: -1,
  209: -2,
  210: -4,
  211: -8,
}

export class MsgpackReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get remaining(): number {
    return this.#bytes.length - this.#at
  }

  /** @throws {MsgpackError} unless every byte was read */
  end(): void {
    if (this.remaining > 0) throw new MsgpackError(`${this.remaining} bytes too many`)
  }

  /** Consumes a nil when one is next. */
  takeNil(): boolean {
    if (this.#bytes[this.#at] !== 0xc0) return false
    this.#at += 1
    return true
  }

  bool(): boolean {
    const code = this.#code()
    if (code !== 0xc2 && code !== 0xc3) throw this.#unexpected('a boolean', code)
    return code === 0xc3
  }

  /** An integer that a JavaScript number holds exactly. */
  integer(): number {
    const value = this.bigint()
    const number = Number(value)
    if (!Number.isSafeInteger(number)) throw new MsgpackError(`number out of range: ${value}`)
    return number
  }

  bigint(): bigint {
    const code = this.#code()
    if (code < 0x80) return BigInt(code)
    if (code >= 0xe0) return BigInt(code - 0x100)
    const width = INTEGER_WIDTHS[code]
    if (width === undefined) throw this.#unexpected('an integer', code)
    return this.#integer(width)
  }

  /** A float of either width, or an integer. */
  float(): number {
    const code = this.#bytes[this.#at]
    if (code === 0xcb) return this.#view.getFloat64(this.#take(9) + 1)
    if (code === 0xca) return this.#view.getFloat32(this.#take(5) + 1)
    return Number(this.bigint())
  }

  str(): string {
    return decodeName(this.bytesInPlace())
  }

  /** Bytes of a `bin` or `str`, copied. */
  bin(): Uint8Array {
    return this.bytesInPlace().slice()
  }

  /** Bytes of a `bin` or `str`, as a view of the input. */
  bytesInPlace(): Uint8Array {
    const code = this.#code()
    const length = this.#byteLength(code)
    if (length === undefined) throw this.#unexpected('a string or bytes', code)
    const start = this.#take(length)
    return this.#bytes.subarray(start, start + length)
  }

  /** How many elements follow. Never more than bytes remain. */
  arrayHeader(): number {
    const code = this.#code()
    if (code >= 0x90 && code <= 0x9f) return this.#bounded(code & 0x0f)
    if (code === 0xdc) return this.#bounded(this.#view.getUint16(this.#take(2)))
    if (code === 0xdd) return this.#bounded(this.#view.getUint32(this.#take(4)))
    throw this.#unexpected('a list', code)
  }

  /** How many pairs follow. Never more than bytes remain. */
  mapHeader(): number {
    const code = this.#code()
    if (code >= 0x80 && code <= 0x8f) return this.#bounded(code & 0x0f)
    if (code === 0xde) return this.#bounded(this.#view.getUint16(this.#take(2)))
    if (code === 0xdf) return this.#bounded(this.#view.getUint32(this.#take(4)))
    throw this.#unexpected('a map', code)
  }

  time(): Timestamp {
    const { type, start, length } = this.#extension()
    if (type !== EXT_TIME) throw new MsgpackError(`extension ${type} is not a time`)
    const time = this.#timeAt(start, length)
    if (time.nanoseconds >= NS_PER_SECOND) throw new MsgpackError('nanoseconds out of range')
    return time
  }

  /** Passes over one value, whatever it is. */
  skip(): void {
    for (let pending = 1; pending > 0; pending--) {
      pending += this.#skipOne()
      if (pending - 1 > this.remaining) throw new MsgpackError('ends inside a value')
    }
  }

  /** Passes over one value or the header of a container; returns how many values follow it. */
  #skipOne(): number {
    const code = this.#bytes[this.#at]
    if (code === undefined) throw new MsgpackError('ends where a value should be')
    if (isMap(code)) return 2 * this.mapHeader()
    if (isArray(code)) return this.arrayHeader()
    if (isExtension(code)) this.#extension()
    else if (code === 0xcb || code === 0xca) this.float()
    else if (code === 0xc0 || code === 0xc2 || code === 0xc3) this.#at += 1
    else if (code < 0x80 || code >= 0xe0 || code in INTEGER_WIDTHS) this.bigint()
    else this.bytesInPlace()
    return 0
  }

  #timeAt(at: number, length: number): Timestamp {
    if (length === 4) return { seconds: BigInt(this.#view.getUint32(at)), nanoseconds: 0 }
    if (length === 8) {
      const packed = this.#view.getBigUint64(at)
      return { seconds: packed & 0x3_ffff_ffffn, nanoseconds: Number(packed >> 34n) }
    }
    if (length !== 12) throw new MsgpackError(`a time cannot have ${length} bytes`)
    return { nanoseconds: this.#view.getUint32(at), seconds: this.#view.getBigInt64(at + 4) }
  }

  #extension(): { type: number; start: number; length: number } {
    const code = this.#code()
    const length = this.#extensionLength(code)
    if (length === undefined) throw this.#unexpected('an extension', code)
    const type = this.#view.getInt8(this.#take(1))
    return { type, start: this.#take(length), length }
  }

  #extensionLength(code: number): number | undefined {
    if (code >= 0xd4 && code <= 0xd8) return 1 << (code - 0xd4)
    if (code === 0xc7) return this.#view.getUint8(this.#take(1))
    if (code === 0xc8) return this.#view.getUint16(this.#take(2))
    return code === 0xc9 ? this.#view.getUint32(this.#take(4)) : undefined
  }

  #byteLength(code: number): number | undefined {
    if (code >= 0xa0 && code <= 0xbf) return code & 0x1f
    if (code === 0xd9 || code === 0xc4) return this.#view.getUint8(this.#take(1))
    if (code === 0xda || code === 0xc5) return this.#view.getUint16(this.#take(2))
    if (code === 0xdb || code === 0xc6) return this.#view.getUint32(this.#take(4))
    return undefined
  }

  #integer(width: number): bigint {
    const at = this.#take(Math.abs(width))
    if (width === 8) return this.#view.getBigUint64(at)
    if (width === -8) return this.#view.getBigInt64(at)
    if (width === 4) return BigInt(this.#view.getUint32(at))
    if (width === -4) return BigInt(this.#view.getInt32(at))
    if (width === 2) return BigInt(this.#view.getUint16(at))
    if (width === -2) return BigInt(this.#view.getInt16(at))
    return BigInt(width === 1 ? this.#view.getUint8(at) : this.#view.getInt8(at))
  }

  #code(): number {
    return this.#view.getUint8(this.#take(1))
  }

  /** Moves past `count` bytes and returns where they start. */
  #take(count: number): number {
    if (count > this.remaining) throw new MsgpackError('ends inside a value')
    const start = this.#at
    this.#at += count
    return start
  }

  #bounded(count: number): number {
    if (count > this.remaining) throw new MsgpackError(`promises ${count} elements and ends`)
    return count
  }

  #unexpected(what: string, code: number): MsgpackError {
    return new MsgpackError(`expected ${what}, found code 0x${code.toString(16)}`)
  }
}

function isMap(code: number): boolean {
  return (code >= 0x80 && code <= 0x8f) || code === 0xde || code === 0xdf
}

function isArray(code: number): boolean {
  return (code >= 0x90 && code <= 0x9f) || code === 0xdc || code === 0xdd
}

function isExtension(code: number): boolean {
  return (code >= 0xc7 && code <= 0xc9) || (code >= 0xd4 && code <= 0xd8)
}

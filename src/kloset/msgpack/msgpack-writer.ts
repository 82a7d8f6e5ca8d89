/**
 * Writes msgpack exactly as Go's `vmihailenco/msgpack` does by default: integers keep their
 * declared width however small the value is, only `int` is compact. Which width a field has is in
 * the record schemas. Equal bytes mean equal MACs, and so deduplication with Plakar's own writing.
 *
 *   u8 cc   u16 cd   u32 ce   u64 cf   i64 d3   f64 cb   bool c2/c3   nil c0
 *   str a0…bf, d9, da, db   bin c4, c5, c6   array 90…9f, dc, dd   map 80…8f, de
 *   time d6 ff + u32 s | d7 ff + u64 (ns << 34 | s) | c7 0c ff + u32 ns + i64 s
 *
 * @module
 */
import { encodeName } from '../../util/byte-names.ts'
import type { Timestamp } from './timestamp.ts'

const FIRST_CAPACITY = 512

export class MsgpackWriter {
  #bytes = new Uint8Array(FIRST_CAPACITY)
  #view = new DataView(this.#bytes.buffer)
  #length = 0

  /** What was written so far, as a fresh array. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }

  nil(): void {
    this.#byte(0xc0)
  }

  bool(value: boolean): void {
    this.#byte(value ? 0xc3 : 0xc2)
  }

  u8(value: number): void {
    this.#byte(0xcc)
    this.#byte(value)
  }

  u16(value: number): void {
    this.#byte(0xcd)
    this.#u16(value)
  }

  u32(value: number): void {
    this.#byte(0xce)
    this.#u32(value)
  }

  u64(value: bigint): void {
    this.#byte(0xcf)
    const at = this.#reserve(8) // may replace the view
    this.#view.setBigUint64(at, value)
  }

  i64(value: bigint): void {
    this.#byte(0xd3)
    const at = this.#reserve(8) // may replace the view
    this.#view.setBigInt64(at, value)
  }

  f64(value: number): void {
    this.#byte(0xcb)
    const at = this.#reserve(8) // may replace the view
    this.#view.setFloat64(at, value)
  }

  /** A Go `int`: the shortest form. */
  int(value: number): void {
    if (value >= 0) this.#compactUnsigned(value)
    else this.#compactNegative(value)
  }

  str(text: string): void {
    const bytes = encodeName(text)
    this.#header(bytes.length, { fix: 0xa0, fixLimit: 32, u8: 0xd9, u16: 0xda, u32: 0xdb })
    this.#raw(bytes)
  }

  bin(bytes: Uint8Array): void {
    this.#header(bytes.length, { fix: 0, fixLimit: 0, u8: 0xc4, u16: 0xc5, u32: 0xc6 })
    this.#raw(bytes)
  }

  arrayHeader(count: number): void {
    this.#header(count, { fix: 0x90, fixLimit: 16, u8: undefined, u16: 0xdc, u32: 0xdd })
  }

  mapHeader(count: number): void {
    this.#header(count, { fix: 0x80, fixLimit: 16, u8: undefined, u16: 0xde, u32: 0xdf })
  }

  time({ seconds, nanoseconds }: Timestamp): void {
    if (seconds < 0n || seconds >= 1n << 34n) this.#time12(seconds, nanoseconds)
    else if (nanoseconds === 0 && seconds < 1n << 32n) {
      this.#raw([0xd6, 0xff])
      this.#u32(Number(seconds))
    } else {
      this.#raw([0xd7, 0xff])
      const at = this.#reserve(8) // may replace the view
      this.#view.setBigUint64(at, (BigInt(nanoseconds) << 34n) | seconds)
    }
  }

  #time12(seconds: bigint, nanoseconds: number): void {
    this.#raw([0xc7, 12, 0xff])
    this.#u32(nanoseconds)
    const at = this.#reserve(8) // may replace the view
    this.#view.setBigInt64(at, seconds)
  }

  #compactUnsigned(value: number): void {
    if (value < 0x80) this.#byte(value)
    else if (value < 0x100) this.u8(value)
    else if (value < 0x10000) this.u16(value)
    else if (value < 0x1_0000_0000) this.u32(value)
    else this.u64(BigInt(value))
  }

  #compactNegative(value: number): void {
    if (value >= -0x20) this.#byte(value & 0xff)
    else if (value >= -0x80) this.#raw([0xd0, value & 0xff])
    else if (value >= -0x8000) {
      this.#byte(0xd1)
      this.#u16(value & 0xffff)
    } else if (value >= -0x8000_0000) {
      this.#byte(0xd2)
      this.#u32(value >>> 0)
    } else this.i64(BigInt(value))
  }

  #header(length: number, codes: LengthCodes): void {
    if (length < codes.fixLimit) this.#byte(codes.fix | length)
    else if (length < 0x100 && codes.u8 !== undefined) this.#raw([codes.u8, length])
    else if (length < 0x10000) {
      this.#byte(codes.u16)
      this.#u16(length)
    } else {
      this.#byte(codes.u32)
      this.#u32(length)
    }
  }

  #byte(value: number): void {
    const at = this.#reserve(1)
    this.#bytes[at] = value
  }

  #u16(value: number): void {
    const at = this.#reserve(2) // may replace the view
    this.#view.setUint16(at, value)
  }

  #u32(value: number): void {
    const at = this.#reserve(4) // may replace the view
    this.#view.setUint32(at, value)
  }

  #raw(bytes: ArrayLike<number>): void {
    const at = this.#reserve(bytes.length)
    this.#bytes.set(bytes, at)
  }

  /** Makes room for `count` bytes and returns where they start. */
  #reserve(count: number): number {
    const at = this.#length
    this.#length += count
    if (this.#length > this.#bytes.length) this.#grow()
    return at
  }

  #grow(): void {
    const larger = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length))
    larger.set(this.#bytes)
    this.#bytes = larger
    this.#view = new DataView(larger.buffer)
  }
}

interface LengthCodes {
  fix: number
  fixLimit: number
  u8: number | undefined
  u16: number
  u32: number
}

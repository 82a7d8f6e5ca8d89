/**
 * The bytes of a state in the making.
 * @module
 */
import { macFromHex } from '../mac-hex.ts'

/** u8 type, u32 length of what follows. */
export const ENTRY_HEADER_BYTES = 5

/** An array of the final size, filled from the front. */
export class StateBytes {
  readonly bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(length: number) {
    this.bytes = new Uint8Array(length)
    this.#view = new DataView(this.bytes.buffer)
  }

  /** What every entry begins with. */
  entry(type: number, length: number): void {
    this.u8(type)
    this.u32(length)
  }

  raw(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.#at)
    this.#at += bytes.length
  }

  u8(value: number): void {
    this.bytes[this.#at] = value
    this.#at += 1
  }

  u32(value: number): void {
    this.#view.setUint32(this.#at, value, true)
    this.#at += 4
  }

  i64(value: bigint): void {
    this.#view.setBigInt64(this.#at, value, true)
    this.#at += 8
  }

  mac(hex: string): void {
    this.raw(macFromHex(hex))
  }
}

/**
 * Which blobs a check has read and found sound: one bit for each place in the index.
 * @module
 */
import { macFromHex } from '../mac-hex.ts'
import type { Repository } from '../repository.ts'

export class SoundBlobs {
  readonly #index: Repository['index']
  readonly #bits: Uint8Array

  constructor(index: Repository['index']) {
    this.#index = index
    this.#bits = new Uint8Array(Math.ceil(index.blobs / 8))
  }

  add(row: number): void {
    this.#bits[row >> 3]! |= 1 << (row & 7)
  }

  has(row: number): boolean {
    return (this.#bits[row >> 3]! & (1 << (row & 7))) !== 0
  }

  /** Whether a blob was found sound in any of its places. */
  hasBlob(type: number, mac: string): boolean {
    return this.#index.rowsOf(type, macFromHex(mac)).some((row) => this.has(row))
  }
}

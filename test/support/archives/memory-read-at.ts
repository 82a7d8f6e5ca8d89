/**
 * A file in memory, for what reads archives.
 * @module
 */
import type { ReadAt } from '../../../src/archives/read-at.ts'

export class MemoryReadAt implements ReadAt {
  readonly #bytes: Uint8Array
  /** How often it was read. */
  reads = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get size(): number {
    return this.#bytes.length
  }

  async read(into: Uint8Array, offset: number): Promise<number> {
    this.reads += 1
    const piece = this.#bytes.subarray(offset, offset + into.length)
    into.set(piece)
    return piece.length
  }
}

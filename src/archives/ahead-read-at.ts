/**
 * Few large reads in place of many small ones, for archives far away, where each read is a request.
 *
 * Two windows are kept: the end of the file, where the directory of a zip lies, and the piece last
 * read. How far may be read ahead is told by whoever knows what is wanted: not one byte beyond it
 * is asked for.
 * @module
 */
import { type ReadAt, readUpTo } from './read-at.ts'

const MIB = 2 ** 20

interface Window {
  offset: number
  bytes: Uint8Array
}

export interface AheadOptions {
  /** Bytes of one read at most, unless more are asked for at once. */
  pieceBytes?: number
  /** Bytes at the end of the file that are read at once, when any of them is wanted. */
  tailBytes?: number
}

export class AheadReadAt implements ReadAt {
  readonly #source: ReadAt
  readonly #pieceBytes: number
  readonly #tailAt: number
  #tail: Promise<Window> | undefined
  #piece: Window = { offset: 0, bytes: new Uint8Array() }
  #until = 0

  constructor(source: ReadAt, { pieceBytes = 8 * MIB, tailBytes = MIB / 4 }: AheadOptions = {}) {
    this.#source = source
    this.#pieceBytes = pieceBytes
    this.#tailAt = Math.max(0, source.size - tailBytes)
  }

  get size(): number {
    return this.#source.size
  }

  /** All up to here is wanted, and may be read before it is asked for. */
  wantUntil(offset: number): void {
    this.#until = Math.min(offset, this.size)
  }

  async read(into: Uint8Array, offset: number): Promise<number> {
    const window = await this.#windowAt(offset, into.length)
    const found = window.bytes.subarray(offset - window.offset).subarray(0, into.length)
    into.set(found)
    return found.length
  }

  async #windowAt(offset: number, length: number): Promise<Window> {
    if (offset >= this.#tailAt && offset >= this.#until) {
      this.#tail ??= this.#fetch(this.#tailAt, this.size - this.#tailAt)
      return this.#tail
    }
    const { offset: from, bytes } = this.#piece
    const isThere = offset >= from && offset + length <= from + bytes.length
    if (!isThere) {
      const ahead = Math.min(this.#pieceBytes, this.#until - offset)
      this.#piece = await this.#fetch(offset, Math.max(length, ahead))
    }
    return this.#piece
  }

  async #fetch(offset: number, length: number): Promise<Window> {
    return { offset, bytes: await readUpTo(this.#source, offset, length) }
  }
}

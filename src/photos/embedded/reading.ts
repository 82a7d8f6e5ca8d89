/**
 * How a parser gets at a file that it cannot hold: it yields the range it needs next and is
 * resumed with the bytes. Whoever drives it may have a disk, a stream or an archive; the parser
 * reads top to bottom like ordinary code.
 *
 * Ranges never go backwards, so that one pass over a stream satisfies them all. Only the *head*,
 * which is kept, may be looked at again.
 * @module
 */
import { concatBytes } from '../../util/bytes.ts'

export interface ByteRange {
  offset: number
  length: number
}

/** Yields what it wants; is resumed with it, or with less where the file ends. */
export type Reading<T> = Generator<ByteRange, T, Uint8Array>

/** A file on its way past: the kept head, and whatever lies ahead. */
export class MediaBytes {
  /** Bytes in the file, where known. */
  readonly size: number | undefined
  #head: Uint8Array = new Uint8Array(0)
  /** End of what was asked for so far; before it, only the head is left. */
  #position = 0

  constructor(size: number | undefined) {
    this.size = size
  }

  get head(): Uint8Array {
    return this.#head
  }

  /** Makes the head at least `length` bytes long, unless the file is shorter or already past it. */
  *readHead(length: number): Reading<Uint8Array> {
    const have = this.#head.length
    if (length > have && this.#position <= have) {
      const rest = yield { offset: have, length: length - have }
      this.#head = have === 0 ? rest : concatBytes([this.#head, rest])
      this.#position = this.#head.length
    }
    return this.#head
  }

  /** The bytes at `offset`; fewer where the file ends, none where it has gone past. */
  *read(offset: number, length: number): Reading<Uint8Array> {
    const known = this.#head.subarray(offset, offset + length)
    const from = offset + known.length
    if (known.length >= length || from < this.#position) return known

    const rest = yield { offset: from, length: length - known.length }
    this.#position = from + rest.length
    return known.length === 0 ? rest : concatBytes([known, rest])
  }
}

/** Big-endian view of `bytes`, for parsers that know the lengths they read. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** ASCII of `length` bytes at `at`; shorter where `bytes` end. */
export function asciiAt(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length))
}

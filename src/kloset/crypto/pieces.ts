/**
 * Several byte arrays read as one, a slice at a time, without joining them first: the header of
 * a frame, the photo where it lies, the end mark.
 * @module
 */
import type { Kernels } from '../kernels/kernels.ts'

export class Pieces {
  /** Bytes not taken yet. */
  bytesLeft: number
  private readonly parts: readonly Uint8Array[]
  private part = 0
  private offset = 0

  constructor(parts: readonly Uint8Array[]) {
    this.parts = parts
    this.bytesLeft = parts.reduce((sum, part) => sum + part.length, 0)
  }

  /**
   * Address of the next `length` bytes in the kernels' memory: where they are, if they lie
   * there in one piece, else `scratch`, to which they are copied.
   */
  take(length: number, kernels: Kernels, scratch: number): number {
    this.skipEmpty()
    const part = this.parts[this.part]
    const home = part === undefined ? undefined : kernels.addressOf(part)
    if (home !== undefined && part!.length - this.offset >= length) {
      const address = home + this.offset
      this.advance(length)
      return address
    }
    this.copy(kernels.memory.subarray(scratch, scratch + length))
    return scratch
  }

  private copy(into: Uint8Array): void {
    let at = 0
    while (at < into.length) {
      this.skipEmpty()
      const piece = this.parts[this.part]!.subarray(this.offset, this.offset + into.length - at)
      into.set(piece, at)
      at += piece.length
      this.advance(piece.length)
    }
  }

  private advance(bytes: number): void {
    this.offset += bytes
    this.bytesLeft -= bytes
  }

  private skipEmpty(): void {
    while (this.part < this.parts.length && this.offset === this.parts[this.part]!.length) {
      this.part++
      this.offset = 0
    }
  }
}

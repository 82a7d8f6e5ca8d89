/**
 * Reads a stream of chunks into the caller's buffers.
 * @module
 */
export class ChunkReader {
  readonly #chunks: AsyncIterator<Uint8Array>
  #chunk: Uint8Array = new Uint8Array()

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  /** Fills `into` as far as the chunk at hand reaches; 0 at the end. */
  read(into: Uint8Array): number | Promise<number> {
    if (this.#chunk.length > 0) return this.#copy(into)
    return this.#pull().then(() => this.#copy(into))
  }

  /** Lets go of the stream before its end. */
  async close(): Promise<void> {
    await this.#chunks.return?.()
  }

  #copy(into: Uint8Array): number {
    const length = Math.min(into.length, this.#chunk.length)
    into.set(this.#chunk.subarray(0, length))
    this.#chunk = this.#chunk.subarray(length)
    return length
  }

  async #pull(): Promise<void> {
    while (this.#chunk.length === 0) {
      const { done, value } = await this.#chunks.next()
      if (done) return
      this.#chunk = value
    }
  }
}

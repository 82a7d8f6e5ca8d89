/**
 * A sliding view of a content that is read piece by piece: always the next chunk's worth of bytes,
 * whatever the size of the whole.
 * @module
 */

/** Fills `into` and returns how many bytes it wrote; 0 at the end. */
export type Read = (into: Uint8Array) => number | Promise<number>

export class InputWindow {
  readonly #memory: Uint8Array
  readonly #wantedBytes: number
  #start = 0
  #end = 0
  #ended = false

  /**
   * @param memory at least twice `wantedBytes`, so that bytes are seldom moved
   * @param wantedBytes how far ahead one must see to cut a chunk
   */
  constructor(memory: Uint8Array, wantedBytes: number) {
    this.#memory = memory
    this.#wantedBytes = wantedBytes
  }

  /** Makes ready for another content. */
  reset(): void {
    this.#start = 0
    this.#end = 0
    this.#ended = false
  }

  /** Reads until `wantedBytes` are there, or the end. */
  async fill(read: Read): Promise<void> {
    if (this.#ended || this.available >= this.#wantedBytes) return
    this.#memory.copyWithin(0, this.#start, this.#end)
    this.#end -= this.#start
    this.#start = 0
    while (!this.#ended && this.#end < this.#memory.length) {
      const bytes = await read(this.#memory.subarray(this.#end))
      if (bytes === 0) this.#ended = true
      this.#end += bytes
    }
  }

  get available(): number {
    return this.#end - this.#start
  }

  /** True when nothing follows what is available. */
  get ended(): boolean {
    return this.#ended
  }

  /** What is available, `wantedBytes` at most. Valid until the next {@link fill}. */
  peek(): Uint8Array {
    return this.#memory.subarray(this.#start, Math.min(this.#end, this.#start + this.#wantedBytes))
  }

  advance(bytes: number): void {
    this.#start += bytes
  }
}

/** Reads pieces one after the other as one stream. Empty pieces are passed over. */
export function readFrom(pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Read {
  const rest = iterate(pieces)
  let piece: Uint8Array = new Uint8Array()
  return async (into) => {
    while (piece.length === 0) {
      const next = await rest.next()
      if (next.done === true) return 0
      piece = next.value
    }
    const taken = piece.subarray(0, into.length)
    into.set(taken)
    piece = piece.subarray(taken.length)
    return taken.length
  }
}

async function* iterate(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* pieces
}

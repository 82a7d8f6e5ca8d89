/**
 * Stores one stream of bytes as chunks and the object that lists them.
 *
 * read → FastCDC → MAC of the chunk → known? → compress and encrypt into the pack. Memory does not
 * depend on the length of the stream but for a list of its chunks.
 * @module
 */

import { sampleEntropy } from '../chunking/entropy.ts'
import type { Chunker } from '../chunking/fastcdc.ts'
import type { IncrementalHash } from '../crypto/blake3.ts'
import type { Mac } from '../crypto/mac.ts'
import type { Style } from '../encoding.ts'
import { VERSION_1_0_0 } from '../format-version.ts'
import { macToHex } from '../mac-hex.ts'
import { type ChunkRecord, encodeObject, type ObjectRecord } from '../records/object.ts'
import { ResourceType } from '../resource-type.ts'
import type { BlobSet } from './blob-set.ts'
import { InputWindow, type Read } from './input-window.ts'
import type { PackWriter } from './pack-writer.ts'

/**
 * From so many bits per byte on, bytes are taken for compressed media and stored as they are
 * (stack.md, section 2): trying to compress a JPEG costs time and gains nothing.
 */
const INCOMPRESSIBLE_BITS_PER_BYTE = 7.8

/** Native code frees its buffers only when the event loop turns; see stack.md, section 2. */
const YIELD_EVERY_BYTES = 8 * 1024 * 1024

export interface ObjectWriterOptions {
  mac: Mac
  chunker: Chunker
  packs: PackWriter
  /** Blobs that are stored, or that some thread of this backup is about to store. */
  known: BlobSet
  /** Working memory of {@link windowBytes}. */
  window: Uint8Array
}

export interface ByteStream {
  read: Read
  /** Called once, at the end, with the length. Returns the MIME type. @throws to refuse it all */
  finish(sizeBytes: number): string
  /** Bits per byte of what lies there, where that is known already. */
  entropyOf?(offset: number, length: number): number | undefined
}

export interface StoreOptions {
  /** How to encode every chunk; otherwise each chunk's entropy decides. */
  style?: Style
  /**
   * `new`: what the repository does not have. `everything`: a second copy beside what belongs to it.
   * `nothing`: only tells what the object would be.
   */
  keep?: 'new' | 'everything' | 'nothing'
}

export interface StoredObject {
  /** MAC of the OBJECT blob. */
  objectMac: string
  size: number
  chunks: number
  entropy: number
  contentType: string
}

/** Memory an object writer needs for its window. */
export function windowBytes(maxChunkBytes: number): number {
  return Math.max(2 * maxChunkBytes, 64 * 1024)
}

export class ObjectWriter {
  readonly #options: ObjectWriterOptions
  readonly #window: InputWindow
  readonly #whole: IncrementalHash
  #previous: Promise<unknown> = Promise.resolve()
  #bytesSinceYield = 0

  constructor(options: ObjectWriterOptions) {
    this.#options = options
    this.#window = new InputWindow(options.window, options.chunker.maxBytes)
    this.#whole = options.mac.start()
  }

  /**
   * Stores a stream, after those that were given before: they share one window.
   */
  store(stream: ByteStream, options: StoreOptions = {}): Promise<StoredObject> {
    const turn = this.#previous.then(() => this.#storeNow(stream, options))
    this.#previous = turn.catch(() => {}) // whoever called gets to see it
    return turn
  }

  async #storeNow(stream: ByteStream, options: StoreOptions): Promise<StoredObject> {
    const { chunks, contentMac, size } = await this.#storeChunks(stream, options)
    const entropy = weightedEntropy(chunks, size)
    const contentType = stream.finish(size)
    const object = { version: VERSION_1_0_0, contentMac, chunks, contentType, entropy, flags: 0 }
    const objectMac = await this.#storeObject(object, options)
    return { objectMac, size, chunks: chunks.length, entropy, contentType }
  }

  async #storeChunks({ read, entropyOf }: ByteStream, options: StoreOptions) {
    const { chunker } = this.#options
    const chunks: ChunkRecord[] = []
    let size = 0
    this.#window.reset()
    this.#whole.reset()
    for (;;) {
      await this.#window.fill(read)
      const ahead = this.#window.peek()
      if (ahead.length === 0 && chunks.length > 0) break
      const bytes = ahead.subarray(0, ahead.length === 0 ? 0 : chunker.cut(ahead))
      const known = entropyOf?.(size, bytes.length)
      chunks.push(await this.#storeChunk(bytes, known, options))
      this.#whole.update(bytes)
      this.#window.advance(bytes.length)
      size += bytes.length
      await this.#breathe(bytes.length)
    }
    return { chunks, size, contentMac: macToHex(this.#whole.digest()) }
  }

  async #storeChunk(
    bytes: Uint8Array,
    knownEntropy: number | undefined,
    options: StoreOptions,
  ): Promise<ChunkRecord> {
    const { mac, packs } = this.#options
    const { style } = options
    const chunkMac = mac.of(bytes)
    const entropy = style === undefined ? (knownEntropy ?? sampleEntropy(bytes)) : 0
    if (this.#isWanted(ResourceType.CHUNK, chunkMac, options)) {
      const chosen = style ?? (entropy >= INCOMPRESSIBLE_BITS_PER_BYTE ? 'store' : 'compress')
      await packs.add({ type: ResourceType.CHUNK, mac: chunkMac, bytes, style: chosen })
    }
    const contentMac = macToHex(chunkMac)
    return { version: VERSION_1_0_0, contentMac, length: bytes.length, entropy, flags: 0 }
  }

  async #storeObject(object: ObjectRecord, options: StoreOptions): Promise<string> {
    const { mac, packs } = this.#options
    const bytes = encodeObject(object)
    const objectMac = mac.of(bytes)
    if (this.#isWanted(ResourceType.OBJECT, objectMac, options)) {
      await packs.add({ type: ResourceType.OBJECT, mac: objectMac, bytes, style: 'compress' })
    }
    return macToHex(objectMac)
  }

  #isWanted(type: ResourceType, mac: Uint8Array, { keep = 'new' }: StoreOptions): boolean {
    if (keep === 'nothing') return false
    return this.#options.known.claim(type, mac) || keep === 'everything'
  }

  async #breathe(bytes: number): Promise<void> {
    this.#bytesSinceYield += bytes
    if (this.#bytesSinceYield < YIELD_EVERY_BYTES) return
    this.#bytesSinceYield = 0
    await new Promise(setImmediate)
  }
}

/** Entropy of an object: that of its chunks, weighted by length. */
function weightedEntropy(chunks: readonly ChunkRecord[], size: number): number {
  if (size === 0) return 0
  const sum = chunks.reduce((total, chunk) => total + chunk.entropy * chunk.length, 0)
  return sum / size
}

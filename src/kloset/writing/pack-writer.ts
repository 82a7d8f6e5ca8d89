/**
 * Turns a stream of blobs into packfiles in the store.
 *
 * Two areas take turns: while one is checked, written and synced, the other is filled. A packfile
 * is reported when the store has said that it is durable, never before.
 * @module
 */
import { type Store, StoreWriteError } from '../../stores/store.ts'
import { PackBuilder, type PackTools, type PlainBlob, TRAILING_BYTES } from './pack-builder.ts'
import type { WriteGuard } from './write-guard.ts'

/** A packfile that is durable in the store. */
export interface WrittenPack {
  name: string
  /** Plain index: of a million small blobs, objects would be too much to hold. */
  index: Uint8Array
  sizeBytes: number
}

export interface PackWriterOptions {
  store: Store
  tools: PackTools
  guard: WriteGuard
  /** Gives memory for one area; called twice. */
  allocate: (bytes: number) => Uint8Array
  /** A packfile is closed once its blobs reach so many bytes. */
  targetBytes: number
  /** Of so many blobs, one is decoded and compared before its packfile is written; 1 = all. */
  checkOneIn: number
  now: () => Date
  onWritten: (pack: WrittenPack) => void
}

/**
 * Room for one blob behind the target. Chunks are at most 8 MiB; an object record of 24 MiB would
 * describe a file of 250 GiB. What is larger still gets a packfile of its own.
 */
const LARGEST_COMMON_BLOB_BYTES = 24 * 1024 * 1024

/** Verifying lets other work in after so many bytes. */
const YIELD_EVERY_BYTES = 4 * 1024 * 1024

/** Memory one writer asks its `allocate` for. */
export function packWriterBytes(targetBytes: number): number {
  return 2 * areaBytes(targetBytes)
}

function areaBytes(targetBytes: number): number {
  return targetBytes + LARGEST_COMMON_BLOB_BYTES + TRAILING_BYTES
}

export class PackWriter {
  readonly #options: PackWriterOptions
  #filling: PackBuilder
  #resting: PackBuilder
  /** The packfile being written; resolved when there is none. Never rejects. */
  #writing: Promise<void> = Promise.resolve()

  constructor(options: PackWriterOptions) {
    this.#options = options
    const { allocate, targetBytes, tools } = options
    this.#filling = new PackBuilder(allocate(areaBytes(targetBytes)), tools)
    this.#resting = new PackBuilder(allocate(areaBytes(targetBytes)), tools)
  }

  /** Adds a blob. Its bytes may be reused when this resolves. */
  async add(blob: PlainBlob): Promise<void> {
    const { guard, targetBytes, tools } = this.#options
    guard.check()
    while (!this.#filling.fits(blob.bytes.length) || this.#filling.bytes >= targetBytes) {
      if (this.#filling.isEmpty) {
        const room = tools.encoding.maxEncodedBytes(blob.bytes.length) + TRAILING_BYTES
        return this.#writeAlone(blob, new PackBuilder(new Uint8Array(room), tools))
      }
      await this.#close(this.#filling)
    }
    try {
      this.#filling.append(blob)
    } catch (thrown) {
      throw guard.fail(thrown)
    }
  }

  /** Resolves when every blob added so far is durable and reported, also in a cancelled run. */
  async flush(): Promise<void> {
    if (!this.#filling.isEmpty) await this.#close(this.#filling)
    await this.#writing
    this.#options.guard.checkFailure()
  }

  /** Resolves when nothing is being written any more, however that ended. */
  async settle(): Promise<void> {
    await this.#writing
  }

  /** Starts to write `builder`, unless someone else did while this waited for its turn. */
  async #close(builder: PackBuilder): Promise<void> {
    await this.#writing
    this.#options.guard.checkFailure()
    if (builder !== this.#filling) return
    this.#filling = this.#resting
    this.#resting = builder
    this.#writing = this.#write(builder)
  }

  async #writeAlone(blob: PlainBlob, builder: PackBuilder): Promise<void> {
    builder.append(blob)
    await this.#write(builder)
    this.#options.guard.checkFailure()
  }

  /** Never rejects: a failure is kept by the guard, which everyone asks. */
  async #write(builder: PackBuilder): Promise<void> {
    const { store, guard, now, onWritten } = this.#options
    try {
      await this.#verify(builder)
      const { name, parts, index, sizeBytes } = builder.seal(now())
      guard.checkFailure()
      await store.put('packfile', name, parts)
      await requireSize(store, name, sizeBytes)
      builder.clear()
      onWritten({ name, index, sizeBytes })
    } catch (thrown) {
      guard.fail(thrown)
    }
  }

  async #verify(builder: PackBuilder): Promise<void> {
    let sinceYield = 0
    for (let blob = 0; blob < builder.blobs; blob += this.#options.checkOneIn) {
      sinceYield += builder.verify(blob)
      if (sinceYield < YIELD_EVERY_BYTES) continue
      await new Promise(setImmediate)
      this.#options.guard.checkFailure()
      sinceYield = 0
    }
  }
}

/** Proxies and full disks have been seen to keep a part of a file and to report success. */
async function requireSize(store: Store, name: string, sizeBytes: number): Promise<void> {
  const stored = await store.size('packfile', name)
  if (stored === sizeBytes) return
  const cause = new Error(`${stored} of ${sizeBytes} bytes are there after it was written`)
  throw new StoreWriteError(`packfile ${name}`, cause)
}

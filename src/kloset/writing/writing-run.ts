/**
 * What goes on while a snapshot is written, and how that ends: with the state that is the snapshot,
 * or without one.
 *
 * What was stored is named in a state from time to time, so that a run which dies is not for
 * nothing. At the end no state may name what is not durable, none may be written under a lock that
 * was lost, and what was relied on must still be there.
 * @module
 */
import { macFromHex } from '../mac-hex.ts'
import { encodeHeader, type HeaderRecord } from '../records/header.ts'
import { ResourceType } from '../resource-type.ts'
import type { ContentStorage } from '../workers/content-storage.ts'
import type { ThreadWriter } from '../workers/thread-writer.ts'
import type { KeptLock } from './kept-lock.ts'
import type { Publication, StateExtras } from './publication.ts'
import type { Reliance } from './reliance.ts'
import type { WriteGuard } from './write-guard.ts'

/** A packfile that this run stored. */
export interface PackReceipt {
  name: string
  sizeBytes: number
  /** MAC of its plain index. */
  indexMac: Uint8Array
}

interface WritingRunParts {
  /** Of the snapshot. */
  id: string
  /** Under which the snapshot is published. */
  stateId: string
  guard: WriteGuard
  lock: KeptLock
  reliance: Reliance
  writer: ThreadWriter
  contents: ContentStorage
  publication: Publication
  written: readonly PackReceipt[]
}

/** A slow source may take long to fill a packfile; see also publication.ts. */
const CHECKPOINT_EVERY_MS = 2 * 60_000

export class WritingRun {
  /** Every packfile so far. */
  readonly written: readonly PackReceipt[]
  readonly #parts: WritingRunParts
  readonly #timer: NodeJS.Timeout
  /** Those made by themselves, one after the other. */
  #checkpoints: Promise<void> = Promise.resolve()

  constructor(parts: WritingRunParts) {
    this.written = parts.written
    this.#parts = parts
    this.#timer = setInterval(() => {
      // A failure is kept by the guard, which every later operation asks.
      this.#checkpoints = this.#checkpoints.then(() => this.checkpoint()).catch(() => {})
    }, CHECKPOINT_EVERY_MS).unref()
  }

  /** Bytes that were added to the store so far. */
  get bytesStored(): number {
    return this.#parts.publication.bytesStored
  }

  /** Makes what was stored so far usable by the next backup. */
  async checkpoint(): Promise<void> {
    const { guard, contents, writer, publication } = this.#parts
    guard.check()
    await Promise.all([contents.flush(), writer.packs.flush()])
    await publication.publish()
  }

  /** From here on none is made but by {@link checkpoint}. */
  async stopCheckpoints(): Promise<void> {
    clearInterval(this.#timer)
    await this.#checkpoints
    await this.#parts.publication.stop()
  }

  /** Publishes the snapshot, whose tree is stored, and gives the lock back. */
  async publish(
    header: HeaderRecord,
    also?: StateExtras,
  ): Promise<{ id: string; bytesStored: number }> {
    const { id, stateId, writer, publication, lock, reliance } = this.#parts
    await this.stopCheckpoints()
    await this.#writeHeader(header)
    // From here on a state publishes the snapshot: nobody can cancel it any more.
    await writer.packs.flush()
    await lock.confirm()
    await publication.publish(stateId, also)
    await reliance.confirm(
      id,
      this.written.map(({ name }) => name),
    )
    await this.close()
    return { id, bytesStored: this.bytesStored }
  }

  /** Gives everything back; what a cancelled run has stored becomes part of the repository. */
  async close(): Promise<void> {
    const { guard, contents, writer, lock } = this.#parts
    await this.stopCheckpoints()
    await contents[Symbol.asyncDispose]()
    if (guard.cancelled) await this.#putAway().catch(() => {}) // then it is stored once more
    await writer.packs.settle()
    await lock[Symbol.asyncDispose]()
  }

  async #putAway(): Promise<void> {
    const { writer, publication, lock } = this.#parts
    await writer.packs.flush()
    await lock.confirm()
    await publication.publish()
  }

  async #writeHeader(header: HeaderRecord): Promise<void> {
    const { id, writer } = this.#parts
    await writer.packs.add({
      type: ResourceType.SNAPSHOT,
      mac: macFromHex(id),
      bytes: encodeHeader(header),
      style: 'compress',
    })
  }
}

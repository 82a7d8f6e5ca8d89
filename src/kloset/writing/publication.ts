/**
 * Makes durable packfiles part of the repository, by states that name them.
 *
 * Only what a store has confirmed gets here, so a state can never name a packfile that is missing.
 * @module
 */
import { randomBytes } from 'node:crypto'
import { macToHex } from '../mac-hex.ts'
import { BLOB_RECORD_BYTES, decodeIndex } from '../packfile/packfile-codec.ts'
import type { Repository } from '../repository.ts'
import type { BlobLocation, StateDraft } from '../state/state-codec.ts'
import type { WrittenPack } from './pack-writer.ts'
import type { WriteGuard } from './write-guard.ts'

/** What a killed backup loses is at most this, and what was not yet in packfiles. */
const PUBLISH_EVERY_BYTES = 256 * 1024 * 1024
/** A state of many small blobs takes 90 bytes each, several times over while it is written. */
const PUBLISH_EVERY_BLOBS = 100_000

/** What a state may say besides what is new. */
export type StateExtras = Partial<Pick<StateDraft, 'timestamp' | 'coloured' | 'deleted'>>

export class Publication {
  readonly #repository: Repository
  readonly #guard: WriteGuard
  readonly #now: () => Date
  #pending: WrittenPack[] = []
  #pendingBytes = 0
  #pendingBlobs = 0
  #stopped = false
  #previous: Promise<void> = Promise.resolve()
  #bytesStored = 0

  constructor(repository: Repository, guard: WriteGuard, now: () => Date) {
    this.#repository = repository
    this.#guard = guard
    this.#now = now
  }

  /** Size of all packfiles and states so far. */
  get bytesStored(): number {
    return this.#bytesStored
  }

  /** A packfile is durable. Every now and then, what came together is published by itself. */
  add(pack: WrittenPack): void {
    this.#pending.push(pack)
    this.#pendingBytes += pack.sizeBytes
    this.#pendingBlobs += pack.index.length / BLOB_RECORD_BYTES
    this.#bytesStored += pack.sizeBytes
    if (this.#stopped || !this.#isMuch()) return
    this.#pendingBytes = 0
    this.#pendingBlobs = 0
    this.publish().catch(() => {}) // kept by the guard, which every later operation asks
  }

  /** Publishes what was added so far, after publications that are under way. */
  publish(stateId = randomId(), also: StateExtras = {}): Promise<void> {
    const turn = this.#previous.then(() => this.#publishNow(stateId, also))
    this.#previous = turn.catch(() => {}) // whoever called gets to see it
    return turn
  }

  /** From now on only {@link publish} publishes. Resolves when nothing is under way. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.#previous
  }

  #isMuch(): boolean {
    return this.#pendingBytes >= PUBLISH_EVERY_BYTES || this.#pendingBlobs >= PUBLISH_EVERY_BLOBS
  }

  async #publishNow(stateId: string, also: StateExtras): Promise<void> {
    this.#guard.checkFailure()
    const packs = this.#pending
    if (packs.length === 0) return
    this.#pending = []
    this.#pendingBytes = 0
    this.#pendingBlobs = 0
    try {
      const sizeBytes = await this.#repository.publish(
        {
          parent: this.#repository.index.latestState,
          timestamp: this.#now(),
          locations: packs.flatMap(locationsOf),
          packfiles: packs.map(({ name }) => ({ packfile: name })),
          ...also,
        },
        stateId,
      )
      this.#bytesStored += sizeBytes // packfiles were counted meanwhile
    } catch (thrown) {
      throw this.#guard.fail(thrown)
    }
  }
}

export function randomId(): string {
  return macToHex(randomBytes(32))
}

function locationsOf({ name, index }: WrittenPack): BlobLocation[] {
  return decodeIndex(index).map(({ type, mac, offset, length }) => ({
    type,
    mac: macToHex(mac),
    packfile: name,
    offset,
    length,
  }))
}

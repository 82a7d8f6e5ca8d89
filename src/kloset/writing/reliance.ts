/**
 * What a writer relied on: that nothing it refers to was swept, or is about to be, while it worked.
 *
 * Its lock should have kept every maintenance away. But a computer that slept may find that others
 * took its lock for one left behind. So once its state is published, and before anybody is told that
 * something is saved, the writer looks again: its lock must be there, nobody may hold an exclusive
 * one, and no packfile that was live when it began may have been given up since, unless nothing of
 * this snapshot lies in it. Else the snapshot is taken back.
 * @module
 */
import type { Clock } from '../../util/clock.ts'
import { toError } from '../../util/coded-error.ts'
import { BlobNotFoundError, DamagedRepositoryError } from '../damage.ts'
import { walkReferences } from '../maintenance/reference-walk.ts'
import type { Repository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'
import { isExcluded } from '../state/locks.ts'
import { randomMac } from '../state/random-mac.ts'
import { StateEntryType } from '../state/state-codec.ts'
import { type KeptLock, LockLostError } from './kept-lock.ts'

/** Who wants to exclude everybody puts a lock, sees ours, and takes it back: that may take a while. */
const LOOKS = 20
const LOOK_EVERY_MS = 500
/** How often a question is put to a store that does not answer. */
const QUESTIONS = 5

export class Reliance {
  readonly #repository: Repository
  readonly #lock: KeptLock
  readonly #lockId: string
  readonly #clock: Clock
  /** Packfiles that were live when the writer began. */
  readonly #packfiles: readonly string[]

  constructor(repository: Repository, lock: KeptLock, lockId: string, clock: Clock) {
    this.#repository = repository
    this.#lock = lock
    this.#lockId = lockId
    this.#clock = clock
    this.#packfiles = [...repository.index.packfiles()]
  }

  /**
   * Asked when the snapshot is published, before it is called saved.
   * @param ownPackfiles what the writer stored itself
   * @throws {LockLostError} and then the snapshot was taken back
   */
  async confirm(snapshotId: string, ownPackfiles: readonly string[]): Promise<void> {
    try {
      await this.#ask(() => this.#lock.confirm())
      await this.#ask(() => this.#requireNobodyExclusive())
      await this.#ask(() => this.#requireNothingGivenUp(snapshotId, ownPackfiles))
    } catch (thrown) {
      await this.#takeBack(snapshotId, toError(thrown))
    }
  }

  /** A store that does not answer at once says nothing about what was lost. */
  async #ask(question: () => Promise<void>): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        return await question()
      } catch (thrown) {
        const isAnswer = thrown instanceof LockLostError || thrown instanceof DamagedRepositoryError
        if (isAnswer || tries === QUESTIONS) throw thrown
        await this.#clock.sleep(LOOK_EVERY_MS)
      }
    }
  }

  async #requireNobodyExclusive(): Promise<void> {
    for (let looks = 1; await isExcluded(this.#repository, this.#lockId); looks++) {
      if (looks === LOOKS) throw new LockLostError('another program works on it alone')
      await this.#clock.sleep(LOOK_EVERY_MS)
    }
  }

  async #requireNothingGivenUp(snapshotId: string, ownPackfiles: readonly string[]): Promise<void> {
    const { index } = this.#repository
    await this.#repository.refresh()
    this.#repository.requireSoundStates()
    const live = new Set(index.packfiles())
    if ([...this.#packfiles, ...ownPackfiles].every((name) => live.has(name))) return
    const met = new Set<string>()
    await walkReferences(this.#repository, snapshotId, {
      signal: new AbortController().signal, // what is published cannot be cancelled
      meet: (type, mac) => {
        const key = `${type}:${mac}`
        if (met.has(key)) return false
        met.add(key)
        if (index.has(type, mac)) return true
        throw new BlobNotFoundError(type, mac, this.#repository.store.location)
      },
    })
  }

  /**
   * Its place is taken back, not the snapshot itself: nobody asked for it to be deleted, and a copy
   * of the same snapshot may be made again.
   */
  async #takeBack(snapshotId: string, cause: Error): Promise<never> {
    const { index } = this.#repository
    const draft = {
      parent: index.latestState,
      timestamp: this.#clock.now(),
      ...{ locations: [], packfiles: [] },
      deleted: index.snapshotLocations(snapshotId).map(({ packfile }) => ({
        ...{ entryType: StateEntryType.LOCATION, blobType: ResourceType.SNAPSHOT },
        ...{ mac: snapshotId, packfile },
      })),
    }
    try {
      await this.#repository.publish(draft, randomMac())
    } catch (thrown) {
      const { message } = toError(thrown)
      throw new LockLostError(
        `${cause.message}; snapshot ${snapshotId.slice(0, 12)}… may not be whole, and could not be taken back (${message}): remove it with "rm"`,
        { cause },
      )
    }
    const detail = `${cause.message}; the snapshot was taken back`
    throw cause instanceof LockLostError ? cause : new LockLostError(detail, { cause })
  }
}

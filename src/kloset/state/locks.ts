/**
 * Locks as Plakar understands them: backups share, maintenance excludes, readers take none. Whoever
 * holds one rewrites it every now and then; one that is not rewritten was left behind by a program
 * that died, and may be removed.
 *
 * Plakar decides that by comparing the time in the lock with its own clock. We do not trust that two
 * clocks agree, when it is about removing somebody else's lock:
 *
 * - A lock whose time is within ten minutes of ours, or that changed while we looked, is *busy*.
 * - Any other is *observed*: only when it did not change for more than ten minutes on our own
 *   stopwatch is it *stale*, whatever time it says.
 *
 * Whoever wants a lock looks first, puts its own, and looks again. So two who exclude each other
 * may both fail, but never both succeed.
 *
 * A lock that cannot be read names no owner and no time. Locks appear atomically, so it is the
 * trace of a crash rather than one being written; Plakar is blocked by it for good. A backup
 * passes over it, and says so; who wants to exclude everybody does not.
 * @module
 */
import { equalBytes } from '../../util/bytes.ts'
import type { Clock } from '../../util/clock.ts'
import { CodedError } from '../../util/coded-error.ts'
import { timestampToDate } from '../msgpack/timestamp.ts'
import type { LockRecord } from '../records/lock.ts'
import type { Repository } from '../repository.ts'
import { putLock, readLock, readOtherLocks, type StoredLock } from './lock-file.ts'

/** How often a lock should be refreshed; Plakar does so every five minutes. */
export const LOCK_REFRESH_MS = 60_000
/** Without a refresh for so long, a lock is stale. */
export const LOCK_STALE_MS = 10 * 60_000

/** How often a lock that is in the way is looked at. */
const LOOK_EVERY_MS = 15_000
/** Enough to find out that a lock is stale. */
const OBSERVE_MS = LOCK_STALE_MS + 4 * LOOK_EVERY_MS

/** Somebody else holds a lock that excludes ours. */
export class RepositoryBusyError extends CodedError {
  readonly code = 'REPOSITORY_BUSY'
  constructor(location: string, detail: string, hint: string) {
    super(`${location} is in use: ${detail}`, { hint })
  }
}

export interface LockOptions {
  exclusive: boolean
  clock: Clock
  /** How long to wait for one who is at work; by default not at all. */
  waitMs?: number
  /** How long to watch a lock that may have been left behind; by default until that is certain. */
  observeMs?: number
  /** Told before waiting: what is in the way. */
  onWait?: (what: string) => void
  signal?: AbortSignal
}

export interface AcquiredLock {
  /** Ids of locks that cannot be read and were passed over. Plakar will not write while they exist. */
  unreadable: string[]
  /** Ids of locks that were left behind, and are gone now. */
  removed: string[]
}

/**
 * Takes a lock under `id`.
 * @throws {RepositoryBusyError} when somebody holds one that excludes it; for an exclusive one also
 * when there is one that cannot be read
 */
export async function acquireLock(
  repository: Repository,
  id: string,
  options: LockOptions,
): Promise<AcquiredLock> {
  repository.requireSoundStates()
  const seen = new Observation(options.clock)
  const patience = new Patience(repository, options)
  for (;;) {
    const before = await survey(repository, id, seen, options)
    if (before.inTheWay === undefined) {
      const now = options.clock.now()
      const { exclusive } = options
      await settle(repository, id, () => putLock(repository, id, { exclusive, now }))
      const after = await settle(repository, id, () => survey(repository, id, seen, options))
      if (after.inTheWay === undefined) {
        const removed = await settle(repository, id, () =>
          removeStale(repository, after.stale, seen),
        )
        return { unreadable: after.unreadable, removed }
      }
      await release(repository, id)
      await patience.wait(after.inTheWay)
    } else {
      await patience.wait(before.inTheWay)
    }
  }
}

/** Shows that the owner of a lock is alive. It stays what it was: shared or exclusive. */
export function refresh(
  repository: Repository,
  id: string,
  { exclusive, clock }: Pick<LockOptions, 'exclusive' | 'clock'>,
): Promise<void> {
  return putLock(repository, id, { exclusive, now: clock.now() })
}

/** Gives a lock back. When this resolves, it is gone from the store. */
export async function release(repository: Repository, id: string): Promise<void> {
  await repository.store.remove('lock', id)
}

/** Whether somebody else holds a lock that excludes everybody; stale ones count as well. */
export async function isExcluded(repository: Repository, ownId: string): Promise<boolean> {
  const locks = await readOtherLocks(repository, ownId)
  return locks.some(({ record }) => record?.exclusive === true)
}

interface Obstacle {
  lock: LockRecord
  /** At work, as opposed to: perhaps left behind. */
  isBusy: boolean
}

interface Survey {
  inTheWay: Obstacle | undefined
  /** In the way no longer. */
  stale: StoredLock[]
  unreadable: string[]
}

async function survey(
  repository: Repository,
  ownId: string,
  seen: Observation,
  { exclusive, clock }: LockOptions,
): Promise<Survey> {
  const stale: StoredLock[] = []
  const unreadable: string[] = []
  const obstacles: Obstacle[] = []
  for (const lock of await readOtherLocks(repository, ownId)) {
    if (lock.record === undefined) {
      if (exclusive) throw blockedBy(repository, lock.id)
      unreadable.push(lock.id)
    } else if (exclusive || lock.record.exclusive) {
      const standing = seen.judge(lock, lock.record, clock.now())
      if (standing === 'stale') stale.push(lock)
      else obstacles.push({ lock: lock.record, isBusy: standing === 'busy' })
    }
  }
  const inTheWay = obstacles.find(({ isBusy }) => isBusy) ?? obstacles[0]
  return { inTheWay, stale, unreadable }
}

/** What was seen of others' locks, and when on our stopwatch. */
class Observation {
  readonly #clock: Clock
  readonly #seen = new Map<string, { bytes: Uint8Array; since: number; hasChanged: boolean }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  judge(lock: StoredLock, record: LockRecord, now: Date): 'busy' | 'observed' | 'stale' {
    const ticks = this.#clock.ticksMs()
    const known = this.#seen.get(lock.id)
    const isSame = known !== undefined && equalBytes(known.bytes, lock.bytes)
    if (!isSame) {
      const hasChanged = known !== undefined
      this.#seen.set(lock.id, { bytes: lock.bytes, since: ticks, hasChanged })
      return hasChanged || isRecent(record, now) ? 'busy' : 'observed'
    }
    if (ticks - known.since > LOCK_STALE_MS) return 'stale'
    return known.hasChanged || isRecent(record, now) ? 'busy' : 'observed'
  }

  isAsSeen({ id, bytes }: StoredLock): boolean {
    const known = this.#seen.get(id)
    return known !== undefined && equalBytes(known.bytes, bytes)
  }
}

/** Waits for what is in the way, within what was asked for. */
class Patience {
  readonly #repository: Repository
  readonly #options: LockOptions
  readonly #startedAt: number
  #lastTold = ''

  constructor(repository: Repository, options: LockOptions) {
    this.#repository = repository
    this.#options = options
    this.#startedAt = options.clock.ticksMs()
  }

  /** @throws {RepositoryBusyError} when patience is at its end */
  async wait({ lock, isBusy }: Obstacle): Promise<void> {
    const { clock, waitMs = 0, observeMs = OBSERVE_MS, signal, onWait } = this.#options
    const most = isBusy ? waitMs : Math.max(waitMs, observeMs)
    const left = most - (clock.ticksMs() - this.#startedAt)
    if (left <= 0) throw busy(this.#repository, lock, isBusy)
    const what = isBusy
      ? `Waiting for ${describe(lock)}`
      : `Watching for ten minutes whether ${describe(lock)} is still at work`
    if (what !== this.#lastTold) onWait?.(what)
    this.#lastTold = what
    await clock.sleep(Math.min(left, LOOK_EVERY_MS), signal)
  }
}

/** Runs `look`; gives the lock back when it throws. */
async function settle<T>(repository: Repository, id: string, look: () => Promise<T>): Promise<T> {
  try {
    return await look()
  } catch (error) {
    await release(repository, id).catch(() => {}) // it goes stale; why we failed matters more
    throw error
  }
}

/** Removes locks that were left behind, unless one came to life this very moment. */
async function removeStale(
  repository: Repository,
  stale: readonly StoredLock[],
  seen: Observation,
): Promise<string[]> {
  const removed: string[] = []
  for (const { id, record } of stale) {
    const lock = await readLock(repository, id)
    if (lock === undefined) continue
    if (!seen.isAsSeen(lock)) throw busy(repository, lock.record ?? record!, true)
    await release(repository, id)
    removed.push(id)
  }
  return removed
}

function isRecent({ timestamp }: LockRecord, now: Date): boolean {
  return Math.abs(now.getTime() - timestampToDate(timestamp).getTime()) <= LOCK_STALE_MS
}

function describe({ exclusive, hostname }: LockRecord): string {
  return `${exclusive ? 'maintenance' : 'a backup'} on ${hostname}`
}

function busy({ store }: Repository, lock: LockRecord, isBusy: boolean): RepositoryBusyError {
  const since = timestampToDate(lock.timestamp).toISOString()
  return new RepositoryBusyError(
    store.location,
    `${describe(lock)} holds a lock, last confirmed ${since}`,
    isBusy
      ? 'Wait until it is done and try again. A lock left by a program that died ends after ten minutes.'
      : 'It may have been left behind. That is certain once it did not change for ten minutes: wait longer.',
  )
}

function blockedBy({ store }: Repository, id: string): RepositoryBusyError {
  return new RepositoryBusyError(
    store.location,
    `the lock ${id} cannot be read`,
    'When no other program uses the repository, remove that file from its folder "locks".',
  )
}

/**
 * Locks as Plakar understands them: `locks/<id>` holds `wrap(LOCK, 1.0.0, encode(record))`. Backups
 * share, maintenance excludes, readers take none. A lock that nobody refreshed for ten minutes is
 * stale: whoever meets it may remove it.
 *
 * Whoever wants a lock puts its own first and looks for others then. So two who exclude each other
 * may both fail, but never both succeed.
 *
 * A lock that cannot be read names no owner and no time. Locks appear atomically, so it is the
 * trace of a crash rather than one being written; Plakar is blocked by it for good. A backup
 * passes over it, and says so; who wants to exclude everybody does not.
 * @module
 */
import { hostname } from 'node:os'
import { NotInStoreError } from '../../stores/store.ts'
import { CodedError } from '../../util/coded-error.ts'
import { DamagedEncodingError } from '../crypto/damaged-encoding-error.ts'
import { DamagedRepositoryError } from '../damage.ts'
import { VERSION_1_0_0 } from '../format-version.ts'
import { timestampFromDate, timestampToDate } from '../msgpack/timestamp.ts'
import { decodeLock, encodeLock, type LockRecord } from '../records/lock.ts'
import type { Repository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'
import { unwrap, wrap } from '../wrapper.ts'

/** How often a lock should be refreshed; Plakar does so every five minutes. */
export const LOCK_REFRESH_MS = 60_000
/** Without a refresh for so long, a lock is stale. */
export const LOCK_STALE_MS = 10 * 60_000

/** A lock has about 250 bytes. */
const MAX_LOCK_BYTES = 65_536

/** Somebody else holds a lock that excludes ours. */
export class RepositoryBusyError extends CodedError {
  readonly code = 'REPOSITORY_BUSY'
  constructor(location: string, detail: string, hint: string) {
    super(`${location} is in use: ${detail}`, { hint })
  }
}

export interface AcquiredLock {
  /** Ids of locks that cannot be read and were passed over. Plakar will not write while they exist. */
  unreadable: string[]
}

type Clock = () => Date

/**
 * Takes the lock of a backup under `id`.
 * @throws {RepositoryBusyError} when somebody holds an exclusive one
 */
export async function acquireShared(
  repository: Repository,
  id: string,
  clock: Clock,
): Promise<AcquiredLock> {
  repository.requireSoundStates()
  await putLock(repository, id, false, clock)
  return settle(repository, id, async () => {
    const { fresh, unreadable } = await otherLocks(repository, id, clock)
    const exclusive = fresh.find((lock) => lock.exclusive)
    if (exclusive !== undefined) throw busy(repository, exclusive)
    return { unreadable }
  })
}

/**
 * Takes the lock of a maintenance under `id`.
 * @throws {RepositoryBusyError} when anybody holds one, or one cannot be read
 */
export async function acquireExclusive(
  repository: Repository,
  id: string,
  clock: Clock,
): Promise<void> {
  repository.requireSoundStates()
  await putLock(repository, id, true, clock)
  await settle(repository, id, async () => {
    const { fresh, unreadable } = await otherLocks(repository, id, clock)
    if (fresh[0] !== undefined) throw busy(repository, fresh[0])
    if (unreadable[0] !== undefined) throw blockedBy(repository, unreadable[0])
  })
}

/** Shows that the owner of a lock is alive. It stays what it was: shared or exclusive. */
export async function refresh(
  repository: Repository,
  id: string,
  clock: Clock,
  exclusive = false,
): Promise<void> {
  await putLock(repository, id, exclusive, clock)
}

/** Gives a lock back. When this resolves, it is gone from the store. */
export async function release(repository: Repository, id: string): Promise<void> {
  await repository.store.remove('lock', id)
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

async function putLock(
  { store, mac, encoding }: Repository,
  id: string,
  exclusive: boolean,
  clock: Clock,
): Promise<void> {
  const body = encodeLock({
    version: VERSION_1_0_0,
    timestamp: timestampFromDate(clock()),
    hostname: hostname(),
    exclusive,
  })
  const encoded = encoding.encode(body, 'compress')
  await store.put('lock', id, wrap(ResourceType.LOCK, VERSION_1_0_0, [encoded], mac))
}

/** Everybody else's locks; stale ones are removed on the way. */
async function otherLocks(
  repository: Repository,
  ownId: string,
  clock: Clock,
): Promise<{ fresh: LockRecord[]; unreadable: string[] }> {
  const fresh: LockRecord[] = []
  const unreadable: string[] = []
  for await (const id of repository.store.list('lock')) {
    if (id === ownId) continue
    const lock = await readLock(repository, id)
    if (lock === 'unreadable') unreadable.push(id)
    else if (lock === 'gone') continue
    else if (isStale(lock, clock())) await release(repository, id)
    else fresh.push(lock)
  }
  return { fresh, unreadable }
}

async function readLock(
  { store, mac, encoding }: Repository,
  id: string,
): Promise<LockRecord | 'gone' | 'unreadable'> {
  try {
    const { body } = unwrap(await store.get('lock', id), ResourceType.LOCK, mac)
    return decodeLock(encoding.decode(body, MAX_LOCK_BYTES))
  } catch (error) {
    if (error instanceof NotInStoreError) return 'gone'
    const isDamage =
      error instanceof DamagedRepositoryError || error instanceof DamagedEncodingError
    if (isDamage) return 'unreadable'
    throw error
  }
}

function isStale({ timestamp }: LockRecord, now: Date): boolean {
  return now.getTime() - timestampToDate(timestamp).getTime() > LOCK_STALE_MS
}

function busy({ store }: Repository, lock: LockRecord): RepositoryBusyError {
  const what = lock.exclusive ? 'maintenance' : 'a backup'
  const since = timestampToDate(lock.timestamp).toISOString()
  return new RepositoryBusyError(
    store.location,
    `${what} on ${lock.hostname} holds a lock, last confirmed ${since}`,
    'Wait until it is done and try again. A lock left by a program that died ends after ten minutes.',
  )
}

function blockedBy({ store }: Repository, id: string): RepositoryBusyError {
  return new RepositoryBusyError(
    store.location,
    `the lock ${id} cannot be read`,
    'When no other program uses the repository, remove that file from its folder "locks".',
  )
}

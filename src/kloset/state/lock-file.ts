/**
 * Locks in the store: `locks/<id>` holds `wrap(LOCK, 1.0.0, encode(record))`, rewritten under the
 * same name to show that its owner is alive.
 * @module
 */
import { hostname } from 'node:os'
import { NotInStoreError } from '../../stores/store.ts'
import { DamagedEncodingError } from '../crypto/damaged-encoding-error.ts'
import { DamagedRepositoryError } from '../damage.ts'
import { VERSION_1_0_0 } from '../format-version.ts'
import { timestampFromDate } from '../msgpack/timestamp.ts'
import { decodeLock, encodeLock, type LockRecord } from '../records/lock.ts'
import type { Repository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'
import { unwrap, wrap } from '../wrapper.ts'

/** A lock has about 250 bytes. */
const MAX_LOCK_BYTES = 65_536

/** A lock as it stands in the store. */
export interface StoredLock {
  id: string
  /** Two that differ were written at different times. */
  bytes: Uint8Array
  /** Undefined when it cannot be read: it names no owner and no time. */
  record: LockRecord | undefined
}

/** Writes a lock of ours. `purpose` follows the name of the computer. */
export async function putLock(
  { store, mac, encoding }: Repository,
  id: string,
  { exclusive, now, purpose = '' }: { exclusive: boolean; now: Date; purpose?: string },
): Promise<void> {
  const body = encodeLock({
    version: VERSION_1_0_0,
    timestamp: timestampFromDate(now),
    hostname: hostname() + purpose,
    exclusive,
  })
  const encoded = encoding.encode(body, 'compress')
  await store.put('lock', id, wrap(ResourceType.LOCK, VERSION_1_0_0, [encoded], mac))
}

/** Undefined when there is none of that name. */
export async function readLock(
  repository: Repository,
  id: string,
): Promise<StoredLock | undefined> {
  try {
    const bytes = await repository.store.get('lock', id)
    return { id, bytes, record: decode(repository, bytes) }
  } catch (error) {
    if (error instanceof NotInStoreError) return undefined
    throw error
  }
}

/** Everybody's locks but those under `ownId`. */
export async function readOtherLocks(repository: Repository, ownId: string): Promise<StoredLock[]> {
  const locks: StoredLock[] = []
  for await (const id of repository.store.list('lock')) {
    if (id === ownId) continue
    const lock = await readLock(repository, id)
    if (lock !== undefined) locks.push(lock)
  }
  return locks
}

function decode({ mac, encoding }: Repository, bytes: Uint8Array): LockRecord | undefined {
  try {
    const { body } = unwrap(bytes, ResourceType.LOCK, mac)
    return decodeLock(encoding.decode(body, MAX_LOCK_BYTES))
  } catch (error) {
    if (error instanceof DamagedRepositoryError) return undefined
    if (error instanceof DamagedEncodingError) return undefined
    throw error
  }
}

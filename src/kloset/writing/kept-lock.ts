/**
 * The shared lock of a backup, kept alive while it runs.
 *
 * A lock that nobody refreshed for ten minutes may be removed by others, and then packfiles may be
 * swept that this backup relies on. So a lock that vanished, or could not be refreshed for half of
 * that time, ends the backup: it must not publish any more.
 * @module
 */

import { NotInStoreError } from '../../stores/store.ts'
import { CodedError } from '../../util/coded-error.ts'
import type { Repository } from '../repository.ts'
import { acquireShared, LOCK_REFRESH_MS, LOCK_STALE_MS, refresh, release } from '../state/locks.ts'
import type { WriteGuard } from './write-guard.ts'

const LOST_AFTER_MS = LOCK_STALE_MS / 2

/** The backup's lock is gone: another program may have cleaned up meanwhile. */
export class LockLostError extends CodedError {
  readonly code = 'LOCK_LOST'
  constructor(detail: string, options: { cause?: unknown } = {}) {
    super(`the backup's lock was lost: ${detail}`, {
      hint: 'This happens when the computer sleeps or the store does not answer. Run the backup again: what was stored is kept.',
      ...options,
    })
  }
}

export class KeptLock implements AsyncDisposable {
  readonly #repository: Repository
  readonly #id: string
  readonly #guard: WriteGuard
  readonly #now: () => Date
  readonly #timer: NodeJS.Timeout
  /** On the clock that nobody sets and that does not stop while the computer works. */
  #confirmedAt = performance.now()
  #refreshing: Promise<void> = Promise.resolve()
  #released = false

  private constructor(repository: Repository, id: string, guard: WriteGuard, now: () => Date) {
    this.#repository = repository
    this.#id = id
    this.#guard = guard
    this.#now = now
    this.#timer = setInterval(() => {
      this.#refreshing = this.#refreshing.then(() => this.#refresh())
    }, LOCK_REFRESH_MS).unref()
  }

  static async acquire(
    repository: Repository,
    id: string,
    guard: WriteGuard,
    now: () => Date,
  ): Promise<KeptLock> {
    await acquireShared(repository, id, now)
    return new KeptLock(repository, id, guard, now)
  }

  /** @throws when the lock was lost */
  async confirm(): Promise<void> {
    await this.#refreshing
    await this.#requirePresence()
    this.#guard.checkFailure()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#released) return
    this.#released = true
    clearInterval(this.#timer)
    await this.#refreshing
    // A lock that cannot be removed goes stale by itself; it must not turn a snapshot that was
    // saved into a failure, nor hide the failure that is under way.
    await release(this.#repository, this.#id).catch(() => {})
  }

  async #refresh(): Promise<void> {
    try {
      await this.#requirePresence()
      await refresh(this.#repository, this.#id, this.#now)
      this.#confirmedAt = performance.now()
    } catch (thrown) {
      if (performance.now() - this.#confirmedAt < LOST_AFTER_MS) return // it may get better
      this.#guard.fail(new LockLostError('it could not be refreshed', { cause: thrown }))
    }
  }

  async #requirePresence(): Promise<void> {
    try {
      await this.#repository.store.size('lock', this.#id)
    } catch (thrown) {
      if (!(thrown instanceof NotInStoreError)) throw thrown
      throw this.#guard.fail(new LockLostError('another program removed it'))
    }
  }
}

/**
 * A lock that is kept alive while work goes on: the shared one of a backup, or the exclusive one of
 * a maintenance.
 *
 * A lock that is not rewritten for ten minutes may be removed by others, and then packfiles may be
 * swept that this work relies on. So a lock that vanished, or could not be rewritten for half of
 * that time, ends the work: it must not publish any more.
 *
 * The stopwatch stands still while a computer sleeps; the calendar does not. A calendar that ran
 * ahead of the stopwatch is no proof of a loss (somebody may have set it), and none is needed: a lock
 * that others removed meanwhile is missed at the next look.
 * @module
 */

import { NotInStoreError } from '../../stores/store.ts'
import { CodedError } from '../../util/coded-error.ts'
import type { Repository } from '../repository.ts'
import {
  type AcquiredLock,
  acquireLock,
  LOCK_REFRESH_MS,
  LOCK_STALE_MS,
  type LockOptions,
  refresh,
  release,
} from '../state/locks.ts'
import type { WriteGuard } from './write-guard.ts'

const LOST_AFTER_MS = LOCK_STALE_MS / 2

/** Our lock is gone: another program may have cleaned up meanwhile. */
export class LockLostError extends CodedError {
  readonly code = 'LOCK_LOST'
  constructor(detail: string, options: { cause?: unknown } = {}) {
    super(`the lock on the repository was lost: ${detail}`, {
      hint: 'This happens when the computer sleeps or the store does not answer. Run the same command again: what was stored is kept.',
      ...options,
    })
  }
}

export interface KeptLockOptions extends LockOptions {
  repository: Repository
  id: string
  /** Told when the lock is lost, and asked whether it was. */
  guard: Pick<WriteGuard, 'fail' | 'checkFailure'>
}

export class KeptLock implements AsyncDisposable {
  /** Locks in the store that nobody can read. */
  readonly unreadable: readonly string[]
  /** Locks that were left behind and are gone now. */
  readonly removed: readonly string[]
  readonly #options: KeptLockOptions
  readonly #timer: NodeJS.Timeout
  #confirmedAt: number
  /** Looks and rewrites, one after the other. Never rejects. */
  #turn: Promise<void> = Promise.resolve()
  #released = false

  private constructor(options: KeptLockOptions, { unreadable, removed }: AcquiredLock) {
    this.#options = options
    this.unreadable = unreadable
    this.removed = removed
    this.#confirmedAt = options.clock.ticksMs()
    this.#timer = setInterval(() => void this.keepAlive(), LOCK_REFRESH_MS).unref()
  }

  /** @throws {RepositoryBusyError} */
  static async acquire(options: KeptLockOptions): Promise<KeptLock> {
    return new KeptLock(options, await acquireLock(options.repository, options.id, options))
  }

  /** @throws when the lock was lost; the guard keeps that, too */
  async confirm(): Promise<void> {
    await this.#inTurn(() => this.#requireOurs())
    this.#options.guard.checkFailure()
  }

  /** Rewrites the lock; happens by itself every minute. What goes wrong is kept by the guard. */
  async keepAlive(): Promise<void> {
    const { repository, id, guard, clock } = this.#options
    try {
      await this.#inTurn(async () => {
        if (this.#released) return
        await this.#requireOurs()
        await refresh(repository, id, this.#options)
        this.#confirmedAt = clock.ticksMs()
      })
    } catch (thrown) {
      if (clock.ticksMs() - this.#confirmedAt < LOST_AFTER_MS) return // it may get better
      guard.fail(new LockLostError('it could not be refreshed', { cause: thrown }))
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#released) return
    this.#released = true
    clearInterval(this.#timer)
    await this.#turn
    // A lock that cannot be removed goes stale by itself; it must not turn a snapshot that was
    // saved into a failure, nor hide the failure that is under way. But it hinders others until
    // then, so it is tried twice.
    const { repository, id } = this.#options
    const giveBack = () => release(repository, id)
    await giveBack()
      .catch(giveBack)
      .catch(() => {})
  }

  async #inTurn(act: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(act)
    this.#turn = turn.catch(() => {}) // whoever called gets to see it
    await turn
  }

  async #requireOurs(): Promise<void> {
    const { repository, id, guard } = this.#options
    try {
      await repository.store.size('lock', id)
    } catch (thrown) {
      if (!(thrown instanceof NotInStoreError)) throw thrown
      throw guard.fail(new LockLostError('another program removed it'))
    }
  }
}

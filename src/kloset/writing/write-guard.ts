/**
 * What stands between a failed write and a published snapshot.
 *
 * Every part of one writer shares one guard and asks it before it writes anything. The first
 * failure is kept for good: from then on every operation of this writer throws it, so that no
 * state can ever name a packfile that did not reach the store.
 *
 * A cancelled run is stopped at the same gate, but only at its entrance: what was let in before is
 * still put away, so that the next run goes on from there.
 * @module
 */
import { CodedError, toError } from '../../util/coded-error.ts'
import { LockLostError } from './kept-lock.ts'

/** Something could not be written; nothing of this snapshot will be published. */
export class WriterFailedError extends CodedError {
  readonly code = 'WRITER_FAILED'
  constructor(location: string, cause: Error) {
    const next = hintOf(cause) ?? 'Mend the cause and run the backup again.'
    super(`writing to ${location} failed: ${cause.message}`, {
      hint: `No snapshot was made. ${next}`,
      cause,
    })
  }
}

/** Errors of worker threads arrive as plain ones that have a hint. */
function hintOf(error: Error): string | undefined {
  return 'hint' in error && typeof error.hint === 'string' ? error.hint : undefined
}

export class WriteGuard {
  readonly #location: string
  readonly #signal: AbortSignal
  #failure: WriterFailedError | LockLostError | undefined

  constructor(location: string, signal: AbortSignal) {
    this.#location = location
    this.#signal = signal
  }

  /**
   * Asked before anything new is begun.
   * @throws {WriterFailedError | LockLostError} the first failure; or the signal's reason after an abort
   */
  check(): void {
    this.checkFailure()
    this.#signal.throwIfAborted()
  }

  /**
   * Asked while what was begun is put away.
   * @throws {WriterFailedError | LockLostError} the first failure
   */
  checkFailure(): void {
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Notes that something could not be written. Returns what every operation throws from now on. */
  fail(thrown: unknown): Error {
    if (this.#signal.aborted && thrown === this.#signal.reason) return toError(thrown)
    if (thrown instanceof WriterFailedError || thrown instanceof LockLostError) {
      this.#failure ??= thrown
    }
    this.#failure ??= new WriterFailedError(this.#location, toError(thrown))
    return this.#failure
  }

  get failed(): boolean {
    return this.#failure !== undefined
  }

  /** Stopped by whoever started the run; nothing went wrong. */
  get cancelled(): boolean {
    return !this.failed && this.#signal.aborted
  }
}

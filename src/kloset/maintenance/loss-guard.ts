import { toError } from '../../util/coded-error.ts'

/** Remembers for good that the lock was lost. */
export class LossGuard {
  #failure: Error | undefined

  fail(thrown: unknown): Error {
    this.#failure ??= toError(thrown)
    return this.#failure
  }

  checkFailure(): void {
    if (this.#failure !== undefined) throw this.#failure
  }
}

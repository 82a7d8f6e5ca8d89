/**
 * What a remote store throws when asking again may help: it was busy, the connection broke, an
 * answer was incomplete. It says nothing about the stored bytes: never take it for damage.
 *
 * A backend throws it and does not retry; the wrapper that retries looks for this class alone.
 * @module
 */
import { CodedError } from '../util/coded-error.ts'

export class TransientStoreError extends CodedError {
  readonly code = 'STORE_UNREACHABLE'
  /** How long the service asked to be left alone; undefined when it did not say. */
  readonly retryAfterMs: number | undefined

  constructor(message: string, options: { retryAfterMs?: number; cause?: unknown } = {}) {
    super(message, {
      hint: 'Check the connection, then run the same command again: it continues where it stopped.',
      ...(options.cause === undefined ? {} : { cause: options.cause }),
    })
    this.retryAfterMs = options.retryAfterMs
  }
}

/**
 * Encoded bytes that cannot be turned back: changed, cut short, or made with another key.
 * @module
 */
import { CodedError } from '../../util/coded-error.ts'

export class DamagedEncodingError extends CodedError {
  readonly code = 'ENCODING_DAMAGED'

  /** `what` completes "stored bytes are damaged: …". */
  constructor(what: string, options: { cause?: unknown } = {}) {
    super(`stored bytes are damaged: ${what}`, {
      ...options,
      hint: 'Run "check" to learn which files are affected, then import them again.',
    })
  }
}

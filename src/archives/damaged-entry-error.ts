/**
 * One file inside an archive does not hold what the archive promises.
 * @module
 */
import { CodedError } from '../util/coded-error.ts'

export class DamagedEntryError extends CodedError {
  readonly code = 'DAMAGED_ENTRY'

  /** `whatIsWrong` completes the sentence "PATH in PART …". */
  constructor(path: string, part: string, whatIsWrong: string, options: { cause?: unknown } = {}) {
    super(`${path} in ${part} ${whatIsWrong}`, {
      ...options,
      hint: `Download ${part} again and repeat the backup: what is stored already stays.`,
    })
  }
}

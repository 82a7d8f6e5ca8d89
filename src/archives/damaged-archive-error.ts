/**
 * An archive file is not what it should be.
 * @module
 */
import { CodedError } from '../util/coded-error.ts'

export class DamagedArchiveError extends CodedError {
  readonly code = 'DAMAGED_ARCHIVE'

  /** `whatIsWrong` completes a sentence that begins with the archive's name: "is cut off". */
  constructor(whatIsWrong: string, options: { cause?: unknown } = {}) {
    super(whatIsWrong, { ...options, hint: 'Download this part of the export again.' })
  }
}

/**
 * A file with the name of an archive is something else.
 * @module
 */
import { CodedError } from '../util/coded-error.ts'

export class NotAnArchiveError extends CodedError {
  readonly code = 'NOT_AN_ARCHIVE'

  /** `whatItIs` completes a sentence that begins with the file's name: "is a web page". */
  constructor(whatItIs: string) {
    super(whatItIs, { hint: 'Download this part of the export again.' })
  }
}

/**
 * What was named as a source does not exist.
 * @module
 */
import { CodedError } from '../util/coded-error.ts'

export class SourceNotFoundError extends CodedError {
  readonly code = 'SOURCE_NOT_FOUND'

  constructor(path: string, options: { cause?: unknown } = {}) {
    super(`there is no file or folder ${path}`, {
      ...options,
      hint: 'Check the spelling, and whether the disk that holds it is connected.',
    })
  }
}

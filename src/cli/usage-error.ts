/**
 * The command line could not be understood, or asks for what there is not.
 * @module
 */
import { CodedError } from '../util/coded-error.ts'

export class UsageError extends CodedError {
  readonly code = 'USAGE'
}

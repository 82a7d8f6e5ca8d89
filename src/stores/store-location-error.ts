/**
 * A location that names a kind of store this program knows, and then makes no sense, or holds what
 * does not belong into a location.
 * @module
 */
import { CodedError } from '../util/coded-error.ts'

export class StoreLocationError extends CodedError {
  readonly code = 'STORE_LOCATION'
  constructor(detail: string, hint: string) {
    super(detail, { hint })
  }
}

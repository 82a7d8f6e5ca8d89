/**
 * What a store on the network throws when it understood a request and does not allow it. Asking
 * again does not help; another permission does.
 * @module
 */
import { CodedError } from '../util/coded-error.ts'

/** The credentials may not do this, here. */
export class StoreAccessDeniedError extends CodedError {
  readonly code = 'STORE_ACCESS_DENIED'
  /** @param action what was tried, as in "read CONFIG" */
  constructor(action: string, location: string, reason: string, options: { cause?: unknown } = {}) {
    super(`${location} does not allow to ${action}: ${reason}`, {
      hint: 'Ask whoever manages the store for the permission, or use other credentials.',
      ...options,
    })
  }
}

/** The credentials may write, and not delete: saving, checking and restoring work all the same. */
export class StoreDeleteForbiddenError extends CodedError {
  readonly code = 'STORE_DELETE_FORBIDDEN'
  constructor(path: string, location: string, reason: string, options: { cause?: unknown } = {}) {
    super(`${location} does not allow to delete ${path}: ${reason}`, {
      hint: 'Saving, checking and restoring work without it. To free space, use credentials that may delete.',
      ...options,
    })
  }
}

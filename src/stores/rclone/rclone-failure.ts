/**
 * What a failure of rclone means for whoever uses the store. rclone has tried several times itself
 * when it gives up, and passes on what the service said in words: only words that speak of the
 * network or of too many requests make it worth waiting.
 * @module
 */
import { HttpFailure } from '../../external/http-exchange.ts'
import { RcloneRefusal } from '../../external/rclone/rclone-errors.ts'
import { StoreAccessDeniedError } from '../access-errors.ts'
import { StoreReadError, StoreWriteError } from '../store.ts'
import { TransientStoreError } from '../transient-error.ts'

const NETWORK =
  /timeout|timed out|deadline exceeded|connection|broken pipe|reset by peer|unexpected EOF|no such host|network|temporar|try again|too many requests|rate ?limit|slow ?down|\b(408|429|500|502|503|504|509)\b|server error|unavailable|TLS handshake|couldn't connect|dial tcp/i
const FULL = /no space left|disk full|insufficient (storage|space)|not enough space/i
const QUOTA = /quota/i
const DENIED =
  /permission denied|access ?denied|forbidden|unauthori[sz]ed|not authori[sz]ed|invalid_grant|\b(401|403)\b|read-only/i

/** The error to throw for `error`, which came up while `path` was read or written. */
export function storeErrorOf(error: unknown, doing: 'read' | 'write', path: string): unknown {
  if (error instanceof HttpFailure) {
    return new TransientStoreError(`rclone did not answer about ${path}: ${error.message}`, {
      cause: error,
    })
  }
  if (!(error instanceof RcloneRefusal)) return error
  const { message } = error
  if (FULL.test(message)) return new StoreWriteError(path, withCode('ENOSPC', error))
  if (QUOTA.test(message) && doing === 'write') {
    return new StoreWriteError(path, withCode('EDQUOT', error))
  }
  if (DENIED.test(message)) {
    return new StoreAccessDeniedError(doing, path, message, { cause: error })
  }
  if (NETWORK.test(message)) {
    return new TransientStoreError(`rclone cannot ${doing} ${path} now: ${message}`, {
      cause: error,
    })
  }
  const StoreError = doing === 'read' ? StoreReadError : StoreWriteError
  return new StoreError(path, error)
}

function withCode(code: string, cause: Error): Error {
  return Object.assign(new Error(cause.message, { cause }), { code })
}

/**
 * Why a copy ended: because something is damaged, or because a store did not answer.
 * @module
 */
import { SnapshotNotCopiedError } from '../kloset/transfer/copy-snapshot.ts'
import { StoreReadError } from '../stores/store.ts'
import { outcomeOfError } from './outcome.ts'

/** A disk that does not answer says nothing about the bytes: that is told as what it is. */
export function asRunError(thrown: unknown, location: string): unknown {
  if (!(thrown instanceof SnapshotNotCopiedError)) return thrown
  const unanswered = thrown.failures.find((failure) => outcomeOfError(failure) !== 'damaged')
  if (unanswered === undefined) return thrown
  return new StoreReadError(`${unanswered.path} in ${location}`, new Error(unanswered.message))
}

/**
 * Why a maintenance does not begin, or ends early. In doubt it deletes nothing.
 * @module
 */
import { CodedError } from '../../util/coded-error.ts'
import { DamagedRepositoryError } from '../damage.ts'

/** What a snapshot needs is unknown, so nothing can be called unneeded. */
export class UnreadableSnapshotError extends DamagedRepositoryError {
  readonly code = 'UNREADABLE_SNAPSHOT'
  constructor(id: string, cause: Error) {
    super(
      `snapshot ${id.slice(0, 12)}… cannot be read, so nothing was cleaned up: ${cause.message}`,
      {
        hint: 'Run "check --full". When it cannot be healed, remove that snapshot with "rm", then run this again.',
        cause,
      },
    )
  }
}

/** A packfile that snapshots need is not in the store. */
export class PackfileMissingError extends DamagedRepositoryError {
  readonly code = 'DAMAGED_STORE'
  constructor(packfile: string, location: string) {
    super(
      `packfile ${packfile.slice(0, 12)}…, which snapshots need, is missing from ${location}; nothing was cleaned up`,
      { hint: 'Run "check" to list what depends on it. Is the whole store connected?' },
    )
  }
}

/** What was to take the place of many states does not say the same. It was not written. */
export class MergeDiffersError extends CodedError {
  readonly code = 'MERGE_DIFFERS'
  constructor(detail: string) {
    super(`merged states would not say what the single ones say: ${detail}`, {
      hint: 'Nothing was changed. Run "tintype doctor", then this again; please report it when it happens twice.',
    })
  }
}

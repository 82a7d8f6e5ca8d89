/**
 * Takes the removal of snapshots back. That all they consist of is still there is for the caller to
 * find out.
 * @module
 */
import { NO_MAC } from '../mac-hex.ts'
import { unixNanoseconds } from '../msgpack/timestamp.ts'
import type { Repository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'
import { randomMac } from './random-mac.ts'
import { StateEntryType } from './state-codec.ts'

/**
 * Publishes that snapshots are not removed: all of them or, when it fails, none. It counts for
 * removals that happened before it; one of a clock that is ahead is before it, too.
 */
export async function restoreRemoved(
  repository: Repository,
  ids: readonly string[],
  now: () => Date,
): Promise<void> {
  const type = ResourceType.SNAPSHOT
  const times = ids.map((id) => repository.index.colouredSince(type, id) ?? 0n)
  const timestamp = [unixNanoseconds(now()), ...times].reduce((a, b) => (a > b ? a : b))
  await repository.publish(
    {
      parent: repository.index.latestState,
      timestamp,
      locations: [],
      packfiles: [],
      deleted: ids.map((mac) => ({
        entryType: StateEntryType.COLOURED,
        blobType: type,
        mac,
        packfile: NO_MAC,
      })),
    },
    randomMac(),
  )
}

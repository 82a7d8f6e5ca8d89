/**
 * Takes snapshots out of the list. One state says so; their data stays until a maintenance finds,
 * days later, that nothing needs it.
 *
 * No lock is needed: a removal commutes with everything, and a maintenance that runs at the same
 * time sees the snapshot or not; either is right.
 * @module
 */
import { unixNanoseconds } from '../msgpack/timestamp.ts'
import type { Repository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'
import { randomMac } from './random-mac.ts'
import type { StateDraft } from './state-codec.ts'

/** What a state says to remove snapshots, for those who have more to say in the same state. */
export function removalEntries(
  { index }: Pick<Repository, 'index'>,
  ids: readonly string[],
  now: Date,
): NonNullable<StateDraft['coloured']> {
  const type = ResourceType.SNAPSHOT
  return ids.map((mac) => ({ type, mac, when: effectiveWhen(index, type, mac, now) }))
}

/**
 * Publishes the removal of snapshots: all of them or, when it fails, none.
 * @returns the size of the state in bytes; 0 when there was nothing to do
 */
export async function removeSnapshots(
  repository: Repository,
  ids: readonly string[],
  now: () => Date,
): Promise<number> {
  if (ids.length === 0) return 0
  const timestamp = now()
  return repository.publish(
    {
      parent: repository.index.latestState,
      timestamp,
      locations: [],
      packfiles: [],
      coloured: removalEntries(repository, ids, timestamp),
    },
    randomMac(),
  )
}

/**
 * When a colour is to begin: now, but after it was last taken back, or it would not count. A clock
 * that went backwards, or another computer's that is ahead, makes the difference.
 */
export function effectiveWhen(
  index: Repository['index'],
  type: ResourceType,
  mac: string,
  now: Date,
): bigint {
  const when = unixNanoseconds(now)
  const takenBack = index.colourTakenBack(type, mac)
  return takenBack !== undefined && takenBack >= when ? takenBack + 1n : when
}

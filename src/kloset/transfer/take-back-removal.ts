/**
 * What a state must say besides, so that a snapshot that was deleted is there again under its old
 * id: the deletion is taken back, and headers that still lie about do not count, or plakar would list
 * the snapshot once for each and call its id ambiguous.
 * @module
 */
import { NO_MAC } from '../mac-hex.ts'
import { unixNanoseconds } from '../msgpack/timestamp.ts'
import { ResourceType } from '../resource-type.ts'
import { StateEntryType } from '../state/state-codec.ts'
import type { StateIndex } from '../state/state-index.ts'
import type { StateExtras } from '../writing/publication.ts'

/** Nothing for a snapshot that never was there. */
export function takeBackRemoval(index: StateIndex, id: string, now: Date): StateExtras {
  if (!index.wasRemoved(id)) return {}
  const header = { blobType: ResourceType.SNAPSHOT, mac: id }
  const colour = { entryType: StateEntryType.COLOURED, ...header, packfile: NO_MAC }
  const places = index.snapshotLocations(id).map(({ packfile }) => ({
    entryType: StateEntryType.LOCATION,
    ...header,
    packfile,
  }))
  return { deleted: [colour, ...places], timestamp: timestampAfter(index, id, now) }
}

/** A state takes back what was deleted until its own time, by whatever clock that was. */
function timestampAfter(index: StateIndex, id: string, now: Date): bigint {
  const removed = index.colouredSince(ResourceType.SNAPSHOT, id) ?? 0n
  const when = unixNanoseconds(now)
  return when > removed ? when : removed
}

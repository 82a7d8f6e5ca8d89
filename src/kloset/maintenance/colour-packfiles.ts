/**
 * Colouring a packfile announces that it will be swept; from then on no writer relies on it. It
 * can be taken back until it is swept.
 * @module
 */
import { NO_MAC } from '../mac-hex.ts'
import { unixNanoseconds } from '../msgpack/timestamp.ts'
import type { Repository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'
import { effectiveWhen } from '../state/remove-snapshots.ts'
import { type Deletion, type StateDraft, StateEntryType } from '../state/state-codec.ts'
import { type MaintenanceWork, publishEntries } from './maintenance-work.ts'

const PACKFILE = ResourceType.PACKFILE

export function colourEntries(
  { index }: Repository,
  packfiles: readonly string[],
  now: Date,
): NonNullable<StateDraft['coloured']> {
  return packfiles.map((mac) => ({
    ...{ type: PACKFILE, mac },
    when: effectiveWhen(index, PACKFILE, mac, now),
  }))
}

export function uncolourEntry(packfile: string): Deletion {
  const entryType = StateEntryType.COLOURED
  return { entryType, blobType: PACKFILE, mac: packfile, packfile: NO_MAC }
}

export async function colour(work: MaintenanceWork, packfiles: readonly string[]): Promise<void> {
  if (packfiles.length === 0) return
  const timestamp = work.clock.now()
  const coloured = colourEntries(work.repository, packfiles, timestamp)
  await publishEntries(work, { timestamp, coloured })
}

/**
 * Takes colours back, in a state of its own. Its time is not before theirs, or it would not count:
 * a clock that is ahead may have coloured them.
 */
export async function rescue(work: MaintenanceWork, packfiles: readonly string[]): Promise<void> {
  if (packfiles.length === 0) return
  const { index } = work.repository
  const times = packfiles.map((name) => index.colouredSince(PACKFILE, name) ?? 0n)
  const latest = times.reduce((a, b) => (a > b ? a : b), unixNanoseconds(work.clock.now()))
  await publishEntries(work, { timestamp: latest, deleted: packfiles.map(uncolourEntry) })
}

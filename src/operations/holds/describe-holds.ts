import { listSnapshots } from '../../kloset/reading/snapshot-list.ts'
import { openSnapshot, type SnapshotReader } from '../../kloset/reading/snapshot-reader.ts'
import type { Repository } from '../../kloset/repository.ts'
import { IMPORTER_TYPE } from '../snapshot-tree.ts'
import { type CoveredCounts, countCovered } from './covered-lines.ts'
import { type Hold, isInForce } from './hold-record.ts'
import { allHolds } from './holds.ts'

/** A hold with what it covers at present. */
export interface HoldLine extends Hold {
  inForce: boolean
  /**
   * Snapshots it names that are there; or what it covers in the newest snapshot of the library, and
   * nothing when there is none.
   */
  coversNow: { snapshots: number } | CoveredCounts | undefined
}

/** Every hold that was not released, oldest first. */
export async function describeHolds(repository: Repository, now: Date): Promise<HoldLine[]> {
  const holds = allHolds(repository)
  const onLines = holds.filter(({ covers }) => covers !== 'everything' && !('snapshots' in covers))
  const newest = onLines.length === 0 ? undefined : await newestLibrary(repository)
  const counts = newest && (await countCovered(newest, onLines))
  return holds.map((hold) => ({
    ...hold,
    inForce: isInForce(hold, now),
    coversNow: coversNow(repository, hold, counts),
  }))
}

function coversNow(
  { index }: Repository,
  { id, covers }: Hold,
  counts: ReadonlyMap<string, CoveredCounts> | undefined,
): HoldLine['coversNow'] {
  if (covers === 'everything') return { snapshots: index.snapshots().length }
  if (!('snapshots' in covers)) return counts?.get(id)
  return { snapshots: covers.snapshots.filter((each) => index.hasSnapshot(each)).length }
}

async function newestLibrary(repository: Repository): Promise<SnapshotReader | undefined> {
  const headers = await listSnapshots(repository)
  const newest = headers.find(({ sources }) => sources[0]?.importer.type === IMPORTER_TYPE)
  return newest && openSnapshot(repository, newest.identifier)
}

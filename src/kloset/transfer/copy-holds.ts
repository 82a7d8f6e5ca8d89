/**
 * Holds go where the snapshots go: what must not be deleted here must not be deleted there. A hold
 * that was released at the destination stays released; one that is released here has to be released
 * there as well.
 * @module
 */
import type { Repository } from '../repository.ts'
import { randomId } from '../writing/publication.ts'

/** @returns how many the destination did not have */
export async function copyHolds(
  source: Repository,
  destination: Repository,
  now: () => Date,
): Promise<number> {
  const { index } = destination
  const missing = source.index.holds().filter(({ id }) => !index.knowsHold(id))
  if (missing.length === 0) return 0
  const parent = index.latestState
  const draft = { parent, timestamp: now(), locations: [], packfiles: [], holds: missing }
  await destination.publish(draft, randomId())
  return missing.length
}

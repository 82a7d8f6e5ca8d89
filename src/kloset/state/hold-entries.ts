/**
 * Holds as the journal carries them: one state begins a hold, another one ends it. What a hold
 * covers stands in its body, which nobody here looks into.
 *
 * No lock is needed: whoever removes or cleans looks for holds when it decides.
 * @module
 */
import type { Repository } from '../repository.ts'
import { randomMac } from './random-mac.ts'
import type { StateDraft } from './state-codec.ts'

/**
 * @param body JSON of at most `MAX_HOLD_BYTES`
 * @returns the id of the hold, 64 hex digits
 */
export async function publishHold(
  repository: Repository,
  body: Uint8Array,
  now: () => Date,
): Promise<string> {
  const id = randomMac()
  const when = now()
  await publishEntries(repository, when, { holds: [{ id, when, body }] })
  return id
}

/** Ends a hold for good. */
export async function releaseHold(
  repository: Repository,
  id: string,
  now: () => Date,
): Promise<void> {
  const when = now()
  await publishEntries(repository, when, { released: [{ hold: id, when }] })
}

async function publishEntries(
  repository: Repository,
  timestamp: Date,
  entries: Pick<StateDraft, 'holds' | 'released'>,
): Promise<void> {
  const parent = repository.index.latestState
  const draft = { parent, timestamp, locations: [], packfiles: [], ...entries }
  await repository.publish(draft, randomMac())
}

/**
 * Writes few states that say what many said, and removes those. Whoever opens the repository reads
 * every state, and each is a request.
 *
 * Nothing is published before a fresh index, made from the new states and those that stay, was
 * compared with the one there is; nothing is removed before each new state was read back. Whatever
 * ends this earlier leaves states that say things twice, which is no harm, and the next run begins
 * again.
 *
 * States of several megabytes stay as they are: merging them saves no requests worth their bytes.
 * So do those with entries of types that nobody here knows.
 * @module
 */
import { VERSION_1_1_0 } from '../format-version.ts'
import { NO_MAC } from '../mac-hex.ts'
import type { Repository } from '../repository.ts'
import { randomMac } from '../state/random-mac.ts'
import { decodeState, encodeState, type StateDraft } from '../state/state-codec.ts'
import { loadState } from '../state/state-file.ts'
import { StateIndex } from '../state/state-index.ts'
import { differenceBetween } from './compare-indexes.ts'
import { MergeDiffersError } from './maintenance-errors.ts'
import type { Ground, MaintenanceWork } from './maintenance-work.ts'
import { MergedEntries } from './merged-entries.ts'

/** With fewer there is nothing to be gained. */
export const COMPACT_FROM_STATES = 8
/** About 9 MB a state before it is encoded. */
const LOCATIONS_A_STATE = 100_000
/** Stored bytes; about half of what a full merged state has. */
const SMALL_STATE_BYTES = 4 * 1024 * 1024

/** Removed between one look around and the next. */
const LOOK_EVERY_STATES = 64

export interface Compacted {
  /** States in the store, before and after. */
  before: number
  after: number
  /** How many took the place of how many. */
  merged: number
  into: number
}

/** @param from so many small states are worth it */
export async function compactStates(
  work: MaintenanceWork,
  ground: Ground,
  from = COMPACT_FROM_STATES,
): Promise<Compacted> {
  const { repository, progress } = work
  const listed = await listStates(repository)
  const result = { before: listed.length, after: listed.length, merged: 0, into: 0 }
  const small = await smallStates(work, listed)
  if (small.length < from) return result
  progress.stage('Merging states', { items: small.length })
  const entries = new MergedEntries()
  const old: string[] = []
  for (const id of small) {
    work.signal.throwIfAborted()
    if (entries.add(await loadState(repository, id))) old.push(id)
    progress.advance({ items: 1 })
  }
  if (old.length < from || !(await ground.stillStands())) return result
  const drafts = mergedDrafts(repository, entries, old)
  await requireSame(work, new Set(old), drafts)
  const into = await publishMerged(work, drafts)
  const remaining = await removeStates(work, ground, old)
  const merged = old.length - remaining
  return { ...result, merged, into, after: result.before + into - merged }
}

async function listStates({ store }: Repository): Promise<string[]> {
  const ids: string[] = []
  for await (const id of store.list('state')) ids.push(id)
  return ids
}

async function smallStates(
  { repository, signal }: MaintenanceWork,
  ids: readonly string[],
): Promise<string[]> {
  const small: string[] = []
  for (const id of ids) {
    signal.throwIfAborted()
    if ((await repository.store.size('state', id)) < SMALL_STATE_BYTES) small.push(id)
  }
  return small
}

/** New states, made anew whenever they are asked for: all at once they would take much memory. */
type Drafts = () => Generator<StateDraft>

function mergedDrafts(repository: Repository, entries: MergedEntries, old: string[]): Drafts {
  const { index } = repository
  const deleted = new Set(index.deletedPackfiles())
  const rest = entries.rest(index, deleted, old)
  // Not now: a colour that was taken back at that time must not take back one that begins meanwhile.
  const { timestamp } = entries
  return function* () {
    let last: StateDraft['locations'] = []
    for (const locations of entries.locations(deleted, LOCATIONS_A_STATE)) {
      if (last.length > 0) yield { parent: NO_MAC, timestamp, locations: last, packfiles: [] }
      last = locations
    }
    // The last one says which states are not needed any more: by then all the others are there.
    yield { parent: NO_MAC, timestamp, locations: last, ...rest }
  }
}

/** @throws {MergeDiffersError} unless the new states and those that stay say what all say now */
async function requireSame(
  { repository, signal }: MaintenanceWork,
  old: ReadonlySet<string>,
  drafts: Drafts,
): Promise<void> {
  const fresh = new StateIndex()
  for (const draft of drafts()) {
    const id = randomMac()
    fresh.ingest(id, decodeState(encodeState(draft, id), VERSION_1_1_0))
  }
  for (const id of await listStates(repository)) {
    if (old.has(id) || !repository.index.hasState(id)) continue
    signal.throwIfAborted()
    fresh.ingest(id, await loadState(repository, id))
  }
  const difference = differenceBetween(repository.index, fresh)
  if (difference !== undefined) throw new MergeDiffersError(difference)
}

async function publishMerged(work: MaintenanceWork, drafts: Drafts): Promise<number> {
  let published = 0
  for (const draft of drafts()) {
    work.signal.throwIfAborted()
    await work.lock?.confirm()
    await work.repository.publish(draft, randomMac())
    published += 1
  }
  return published
}

/** Returns how many are left because something appeared meanwhile. */
async function removeStates(
  work: MaintenanceWork,
  ground: Ground,
  old: readonly string[],
): Promise<number> {
  for (const [at, id] of old.entries()) {
    if (at % LOOK_EVERY_STATES === 0 && !(await ground.stillStands())) return old.length - at
    await work.repository.store.remove('state', id)
  }
  return 0
}

/**
 * Deletes packfiles for good. First a state says so, then the files go: what a crash leaves in
 * between is a file that nobody misses, and the next run removes it.
 *
 * Only what an earlier run coloured, a grace period ago, gets here. All the same everything is looked
 * at once more: before each batch that our lock is there and that no state appeared that needs more
 * than was found; and of every needed blob that is to go because another packfile has it, too,
 * that the other copy can be read and is right.
 * @module
 */
import { macToHex, NO_MAC } from '../mac-hex.ts'
import { type Deletion, StateEntryType } from '../state/state-codec.ts'
import { rescue, uncolourEntry } from './colour-packfiles.ts'
import { type Ground, type MaintenanceWork, publishEntries } from './maintenance-work.ts'
import type { Marks } from './marks.ts'
import { findSafeCopy } from './sound-copy.ts'

/** Deleted between one look around and the next. */
const BATCH = 256

export interface Swept {
  packfiles: string[]
  bytes: number
  /** Not swept after all: the other copy of something in them is not right. */
  rescued: string[]
  /** Something appeared meanwhile; the rest is left to the next run. */
  endedEarly: boolean
}

export async function sweep(
  work: MaintenanceWork,
  packfiles: readonly string[],
  marks: Marks,
  ground: Ground,
): Promise<Swept> {
  const swept: Swept = { packfiles: [], bytes: 0, rescued: [], endedEarly: false }
  work.progress.stage('Deleting what is not needed', { items: packfiles.length })
  for (let at = 0; at < packfiles.length; at += BATCH) {
    const batch = packfiles.slice(at, at + BATCH)
    const irreplaceable = await withoutSoundCopy(work, batch, marks)
    if (!(await ground.stillStands())) return { ...swept, endedEarly: true }
    await rescue(work, [...irreplaceable])
    swept.rescued.push(...irreplaceable)
    const going = batch.filter((name) => !irreplaceable.has(name))
    if (going.length === 0) continue
    const deleted = going.flatMap((name) => [packfileDeletion(name), uncolourEntry(name)])
    await publishEntries(work, { deleted })
    swept.bytes += await unlink(work, going)
    swept.packfiles.push(...going)
  }
  return swept
}

/** Removes files of packfiles that states say are deleted. Returns how many bytes that freed. */
export async function unlink(
  { repository, progress }: MaintenanceWork,
  packfiles: readonly string[],
): Promise<number> {
  let bytes = 0
  for (const name of packfiles) {
    bytes += await repository.store.size('packfile', name).catch(() => 0)
    await repository.store.remove('packfile', name)
    progress.advance({ items: 1 })
  }
  return bytes
}

function packfileDeletion(packfile: string): Deletion {
  return { entryType: StateEntryType.PACKFILE, blobType: 0, mac: NO_MAC, packfile }
}

/** Packfiles that hold something needed of which no sound copy lies in one that stays. */
async function withoutSoundCopy(
  { repository, signal }: MaintenanceWork,
  packfiles: readonly string[],
  marks: Marks,
): Promise<Set<string>> {
  const irreplaceable = new Set<string>()
  for (const { type, mac, packfile } of repository.index.blobsIn(new Set(packfiles))) {
    if (irreplaceable.has(packfile) || !marks.has(type, mac)) continue
    signal.throwIfAborted()
    const safe = await findSafeCopy(repository, type, macToHex(mac))
    if (safe === undefined) irreplaceable.add(packfile)
  }
  return irreplaceable
}

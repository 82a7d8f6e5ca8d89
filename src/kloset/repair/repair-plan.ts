/**
 * What a repair would do, found by reading alone. Only what can be done without losing anything is
 * part of a plan: a repair adds, and sets aside; it throws nothing away.
 * @module
 */
import { NotInStoreError } from '../../stores/store.ts'
import { toError } from '../../util/coded-error.ts'
import type { Progress } from '../../util/progress.ts'
import { DamagedRepositoryError } from '../damage.ts'
import { macToHex } from '../mac-hex.ts'
import type { Repository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'
import { readLock } from '../state/lock-file.ts'
import { loadState } from '../state/state-file.ts'
import { orphanPackfiles } from './orphan-packs.ts'
import { type FoundBlob, FoundBlobs, lackOf } from './unlisted-snapshots.ts'
import { type VerifiedPack, verifyPack } from './verified-pack.ts'

/** A file that nobody can read goes into the quarantine. */
export interface SetAsideAction {
  what: 'set-aside'
  kind: 'state' | 'lock'
  name: string
  reason: string
}

/** A packfile that no state names becomes part of the repository. */
export interface AdoptAction {
  what: 'adopt'
  pack: VerifiedPack
}

/** A snapshot that no state lists, but of which everything was found, is listed again. */
export interface RelistAction extends FoundBlob {
  what: 'relist'
  id: string
}

/** The sound blobs of a damaged packfile move to a new one; the old goes into the quarantine. */
export interface RescueAction {
  what: 'rescue'
  pack: VerifiedPack
}

/** Nothing can be done here, but somebody should know. */
export interface Remark {
  what: 'remark'
  code: 'PACKFILE_MISSING' | 'PACKFILE_UNREADABLE' | 'SNAPSHOT_NOT_WHOLE'
  name: string
  message: string
}

export type RepairStep = SetAsideAction | AdoptAction | RescueAction | RelistAction | Remark

export interface PlanOptions {
  /** Reads every packfile, not only those that no state names. */
  full: boolean
  progress: Progress
  signal: AbortSignal
}

/** In the order in which the steps are to be done. */
export async function planRepair(
  repository: Repository,
  options: PlanOptions,
): Promise<RepairStep[]> {
  const unreadable = [
    ...(await unreadableLocks(repository)),
    ...(await unreadableStates(repository)),
  ]
  const packs = [
    ...(await orphans(repository, options)),
    ...(await knownPacks(repository, options)),
  ]
  return [...unreadable, ...(await judgeSnapshots(repository, packs, options))]
}

/** Whether a snapshot is whole shows when all packfiles are known. */
async function judgeSnapshots(
  repository: Repository,
  steps: readonly RepairStep[],
  { signal }: PlanOptions,
): Promise<RepairStep[]> {
  const found = new FoundBlobs()
  for (const step of steps) if (step.what === 'adopt') found.add(step.pack)
  const judged: RepairStep[] = []
  for (const step of steps) {
    const lack = step.what === 'relist' ? await lackOf(repository, step, found, signal) : undefined
    if (step.what !== 'relist' || lack === undefined) judged.push(step)
    else judged.push({ what: 'remark', code: 'SNAPSHOT_NOT_WHOLE', name: step.id, message: lack })
  }
  return judged
}

async function unreadableLocks(repository: Repository): Promise<RepairStep[]> {
  const steps: RepairStep[] = []
  for await (const name of repository.store.list('lock')) {
    const looks = [await readLock(repository, name), await readLock(repository, name)]
    if (looks.some((lock) => lock === undefined || lock.record !== undefined)) continue
    const reason = 'it names no owner and no time, and Plakar does not write while it is there'
    steps.push({ what: 'set-aside', kind: 'lock', name, reason })
  }
  return steps
}

/** Each is read once more: a disk or network that stumbles once is not damage. */
async function unreadableStates(repository: Repository): Promise<RepairStep[]> {
  const steps: RepairStep[] = []
  for (const name of repository.damagedStates.keys()) {
    try {
      await loadState(repository, name)
    } catch (error) {
      if (!(error instanceof DamagedRepositoryError)) throw error
      steps.push({ what: 'set-aside', kind: 'state', name, reason: error.message })
    }
  }
  return steps
}

async function orphans(repository: Repository, options: PlanOptions): Promise<RepairStep[]> {
  options.progress.stage('Looking for packfiles that no state names')
  const steps: RepairStep[] = []
  for await (const name of orphanPackfiles(repository)) {
    const pack = await verified(repository, name, options)
    if ('what' in pack) steps.push(pack)
    else if (pack.sound.length > 0) {
      steps.push({ what: 'adopt', pack }, ...unlistedSnapshots(repository, pack))
      if (isDamaged(pack)) steps.push({ what: 'rescue', pack })
    }
  }
  return steps
}

async function knownPacks(repository: Repository, options: PlanOptions): Promise<RepairStep[]> {
  const names = [...repository.index.publishedPackfiles()]
  options.progress.stage('Looking at packfiles', { items: names.length })
  const steps: RepairStep[] = []
  for (const name of names) {
    steps.push(...(await stepsFor(repository, name, options)))
    options.progress.advance({ items: 1 })
  }
  return steps
}

async function stepsFor(
  repository: Repository,
  name: string,
  options: PlanOptions,
): Promise<RepairStep[]> {
  options.signal.throwIfAborted()
  if (!(await isThere(repository, name))) {
    const message = 'it is missing; photos in it are stored again by a backup that still has them'
    return [{ what: 'remark', code: 'PACKFILE_MISSING', name, message }]
  }
  if (!options.full) return []
  const pack = await verified(repository, name, options)
  if ('what' in pack) return [pack]
  const snapshots = unlistedSnapshots(repository, pack)
  return isDamaged(pack) ? [...snapshots, { what: 'rescue', pack }] : snapshots
}

function isDamaged({ damaged, isWhole }: VerifiedPack): boolean {
  return damaged.length > 0 || !isWhole
}

async function isThere({ store }: Repository, name: string): Promise<boolean> {
  try {
    await store.size('packfile', name)
    return true
  } catch (error) {
    if (error instanceof NotInStoreError) return false
    throw error
  }
}

async function verified(
  repository: Repository,
  name: string,
  { signal, progress }: PlanOptions,
): Promise<VerifiedPack | Remark> {
  signal.throwIfAborted()
  try {
    const pack = await verifyPack(repository, name)
    progress.advance({ bytes: pack.sizeBytes })
    return pack
  } catch (error) {
    if (!(error instanceof DamagedRepositoryError)) throw error
    const message = `${toError(error).message}; it is left as it is`
    return { what: 'remark', code: 'PACKFILE_UNREADABLE', name, message }
  }
}

function unlistedSnapshots({ index }: Repository, pack: VerifiedPack): RelistAction[] {
  return pack.sound.flatMap((record): RelistAction[] => {
    const id = macToHex(record.mac)
    const isUnlisted =
      record.type === ResourceType.SNAPSHOT && !index.knows(id) && !index.wasRemoved(id)
    return isUnlisted ? [{ what: 'relist', id, packfile: pack.name, record }] : []
  })
}

/**
 * What a repair would do, found by reading alone. Only what can be done without losing anything is
 * part of a plan: a repair adds, and sets aside; it throws nothing away.
 * @module
 */
import { toError } from '../../util/coded-error.ts'
import type { Progress } from '../../util/progress.ts'
import { DamagedRepositoryError } from '../damage.ts'
import { isThere } from '../read-stored.ts'
import { readHeader } from '../reading/snapshot-header.ts'
import type { Repository } from '../repository.ts'
import { readLock } from '../state/lock-file.ts'
import { loadState } from '../state/state-file.ts'
import { orphanPackfiles } from './orphan-packs.ts'
import {
  examineSnapshot,
  FoundBlobs,
  type FoundHeader,
  type PackContents,
  readFound,
  spareHeaders,
  unlistedHeaders,
} from './unlisted-snapshots.ts'
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

/**
 * A snapshot that no state lists, but of which everything was found, is listed again; also one that
 * was removed, when its header was stored again since: then the state is lost that took the removal
 * back; and one that is listed, when its header cannot be read where it should be.
 */
export interface RelistAction {
  what: 'relist'
  id: string
  /** Plain bytes of its header. */
  header: Uint8Array
  /** Packfiles with its header. */
  foundIn: string[]
  /** Packfiles it needs that are about to be swept. */
  doomed: Set<string>
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
  const headers: FoundHeader[] = []
  const packs = [
    ...(await orphans(repository, headers, options)),
    ...(await knownPacks(repository, headers, options)),
  ]
  const snapshots = await judgeSnapshots(repository, headers, foundIn(packs), options)
  return [...unreadable, ...packs, ...snapshots]
}

function foundIn(steps: readonly RepairStep[]): FoundBlobs {
  const found = new FoundBlobs()
  for (const step of steps) {
    if (step.what === 'adopt') found.add(contentsOf(step.pack))
    if (step.what === 'rescue') found.addDamaged({ ...step.pack, records: step.pack.damaged })
    if (step.what === 'remark' && step.code === 'PACKFILE_MISSING') found.addMissing(step.name)
  }
  return found
}

/** Whether a snapshot is whole shows when all packfiles are known. The newest header counts. */
async function judgeSnapshots(
  repository: Repository,
  headers: readonly FoundHeader[],
  found: FoundBlobs,
  { signal }: PlanOptions,
): Promise<RepairStep[]> {
  const newestFirst = headers.toSorted((a, b) => (a.made < b.made ? 1 : a.made > b.made ? -1 : 0))
  const judged = new Map<string, RepairStep>()
  for (const { id, packfile, record } of newestFirst) {
    if (judged.has(id) || (await isHeaderReadable(repository, id))) continue
    const header = await readFound(repository, { packfile, record })
    const { lack, doomed } = await examineSnapshot(repository, { id, header }, found, signal)
    const foundIn = headers.filter((other) => other.id === id).map((other) => other.packfile)
    if (lack === undefined) judged.set(id, { what: 'relist', id, header, foundIn, doomed })
    else judged.set(id, notWhole(id, lack))
  }
  return [...judged.values()]
}

function notWhole(name: string, { message }: DamagedRepositoryError): Remark {
  return { what: 'remark', code: 'SNAPSHOT_NOT_WHOLE', name, message }
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

async function orphans(
  repository: Repository,
  headers: FoundHeader[],
  options: PlanOptions,
): Promise<RepairStep[]> {
  options.progress.stage('Looking for packfiles that no state names')
  const steps: RepairStep[] = []
  for await (const name of orphanPackfiles(repository)) {
    const pack = await verified(repository, name, options)
    if ('what' in pack) steps.push(pack)
    else if (pack.sound.length > 0) {
      steps.push({ what: 'adopt', pack })
      headers.push(...headersIn(repository, pack))
      if (isDamaged(pack)) steps.push({ what: 'rescue', pack })
    }
  }
  return steps
}

async function knownPacks(
  repository: Repository,
  headers: FoundHeader[],
  options: PlanOptions,
): Promise<RepairStep[]> {
  const names = [...repository.index.publishedPackfiles()]
  options.progress.stage('Looking at packfiles', { items: names.length })
  const steps: RepairStep[] = []
  for (const name of names) {
    steps.push(...(await stepsFor(repository, name, headers, options)))
    options.progress.advance({ items: 1 })
  }
  return steps
}

async function stepsFor(
  repository: Repository,
  name: string,
  headers: FoundHeader[],
  options: PlanOptions,
): Promise<RepairStep[]> {
  options.signal.throwIfAborted()
  if (!(await isThere(repository.store, 'packfile', name))) {
    const message = 'it is missing; photos in it are stored again by a backup that still has them'
    return [{ what: 'remark', code: 'PACKFILE_MISSING', name, message }]
  }
  if (!options.full) return []
  const pack = await verified(repository, name, options)
  if ('what' in pack) return [pack]
  headers.push(...headersIn(repository, pack))
  return isDamaged(pack) ? [{ what: 'rescue', pack }] : []
}

function isDamaged({ damaged, isWhole }: VerifiedPack): boolean {
  return damaged.length > 0 || !isWhole
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

/** Without what is damaged. */
function contentsOf({ name, made, sound }: VerifiedPack): PackContents {
  return { name, made, records: sound }
}

/** Of snapshots that should be listed, or that are and cannot be read, perhaps. */
function headersIn(repository: Repository, pack: VerifiedPack): FoundHeader[] {
  const contents = contentsOf(pack)
  return [...unlistedHeaders(repository, contents), ...spareHeaders(repository, contents)]
}

async function isHeaderReadable(repository: Repository, id: string): Promise<boolean> {
  if (!repository.index.hasSnapshot(id)) return false
  try {
    await readHeader(repository, id)
    return true
  } catch (error) {
    if (error instanceof DamagedRepositoryError) return false
    throw error
  }
}

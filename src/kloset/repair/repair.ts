/**
 * Mends what can be mended without losing anything: what a repair writes is added, and what it
 * takes away lies in the quarantine afterwards. Doing it twice does what doing it once did.
 *
 * The order matters. What cannot be read is out of the way first, because a state that cannot be
 * read forbids to write; then blobs become part of the repository, then snapshots that consist of
 * them, then damaged packfiles are replaced.
 * @module
 */
import type { Clock } from '../../util/clock.ts'
import type { Progress } from '../../util/progress.ts'
import { DamagedRepositoryError } from '../damage.ts'
import { macToHex } from '../mac-hex.ts'
import type { Repository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'
import { randomMac } from '../state/random-mac.ts'
import type { BlobLocation } from '../state/state-codec.ts'
import { KeptLock } from '../writing/kept-lock.ts'
import { listAgain } from '../writing/list-again.ts'
import { WriteGuard } from '../writing/write-guard.ts'
import { setAside } from './quarantine.ts'
import { planRepair, type RepairStep, type SetAsideAction } from './repair-plan.ts'
import { rescuePack } from './rescue-pack.ts'
import { examineSnapshot, FoundBlobs } from './unlisted-snapshots.ts'
import type { VerifiedPack } from './verified-pack.ts'

export interface RepairOptions {
  /** Without it, the repair only tells what it would do. */
  apply: boolean
  /** Reads every packfile, not only those that no state names. */
  full: boolean
  clock: Clock
  progress: Progress
  signal: AbortSignal
}

export interface RepairReport {
  steps: RepairStep[]
  applied: boolean
  /** Ids of snapshots that are listed again. */
  snapshots: string[]
}

/** @throws {RepositoryBusyError} when it is to be applied and somebody works on the repository */
export async function repairRepository(
  repository: Repository,
  options: RepairOptions,
): Promise<RepairReport> {
  const listed = repository.index.snapshots()
  await repository.reread() // a state that was damaged since it was read is damaged all the same
  const planned = await planRepair(repository, options)
  const report: RepairReport = { steps: planned, applied: false, snapshots: [] }
  if (!options.apply) return report
  await setAsideAll(repository, planned, options)
  await repository.refresh()
  const guard = new WriteGuard(repository.store.location, options.signal)
  const { clock, signal, progress } = options
  await using lock = await KeptLock.acquire({
    ...{ repository, id: randomMac(), guard, clock, signal, exclusive: true },
    onWait: (what) => progress.stage(`Waiting: ${what}`),
  })
  // Alone now: what others did since the plan was made counts.
  await repository.refresh()
  const steps = await planRepair(repository, options)
  await setAsideAll(repository, steps, options)
  await repository.refresh()
  report.steps = [...planned.filter(({ what }) => what === 'set-aside'), ...steps]
  await carryOut(repository, steps, lock, report, options)
  report.snapshots.push(...(await takeBackRemovals(repository, listed, options)))
  report.applied = true
  return report
}

/**
 * Snapshots that this computer knew as listed, and that now count as removed: only a state that is
 * damaged said that their removal was taken back.
 */
async function takeBackRemovals(
  repository: Repository,
  listed: readonly string[],
  { clock, signal }: RepairOptions,
): Promise<string[]> {
  const { index } = repository
  const again: string[] = []
  for (const id of listed) {
    if (index.hasSnapshot(id) || !index.isUnwanted(id)) continue
    const snapshot = await storedSnapshot(repository, id)
    if (snapshot === undefined) continue
    const { doomed } = await examineSnapshot(repository, snapshot, new FoundBlobs(), signal)
    await listAgain(repository, [snapshot], doomed, clock.now())
    again.push(id)
  }
  return again
}

/** Undefined when its header is damaged, so that nobody could read the snapshot anyway. */
async function storedSnapshot(repository: Repository, id: string) {
  try {
    return { id, header: await repository.readBlob(ResourceType.SNAPSHOT, id) }
  } catch (error) {
    if (error instanceof DamagedRepositoryError) return undefined
    throw error
  }
}

async function setAsideAll(
  { store }: Repository,
  steps: readonly RepairStep[],
  { clock }: RepairOptions,
): Promise<void> {
  const when = clock.now().toISOString()
  const isSetAside = (step: RepairStep): step is SetAsideAction => step.what === 'set-aside'
  for (const { kind, name, reason } of steps.filter(isSetAside)) {
    await setAside(store, { kind, name, when, reason })
  }
}

async function carryOut(
  repository: Repository,
  steps: readonly RepairStep[],
  lock: KeptLock,
  report: RepairReport,
  options: RepairOptions,
): Promise<void> {
  const { clock, progress, signal } = options
  for (const step of steps) {
    if (step.what !== 'adopt') continue
    progress.stage(`Taking in packfile ${step.pack.name.slice(0, 12)}…`)
    await lock.confirm()
    await adopt(repository, step.pack, clock)
  }
  for (const step of steps) {
    if (step.what !== 'relist') continue
    await lock.confirm()
    await listAgain(repository, [step], step.doomed, clock.now())
    report.snapshots.push(step.id)
  }
  for (const step of steps) {
    if (step.what !== 'rescue') continue
    signal.throwIfAborted()
    progress.stage(`Replacing packfile ${step.pack.name.slice(0, 12)}…`)
    await lock.confirm()
    await rescuePack(repository, step.pack, clock)
  }
}

async function adopt(repository: Repository, pack: VerifiedPack, clock: Clock): Promise<void> {
  const isAdopted = ({ type }: { type: number }) => type !== ResourceType.SNAPSHOT
  const locations = pack.sound.filter(isAdopted).map(
    ({ type, mac, offset, length, version }): BlobLocation => ({
      ...{ type, mac: macToHex(mac), packfile: pack.name, offset, length, version },
    }),
  )
  await publish(repository, { locations, packfiles: [{ packfile: pack.name }] }, clock)
}

async function publish(
  repository: Repository,
  what: { locations: BlobLocation[]; packfiles: { packfile: string }[] },
  clock: Clock,
): Promise<void> {
  const draft = { parent: repository.index.latestState, timestamp: clock.now(), ...what }
  await repository.publish(draft, randomMac())
}

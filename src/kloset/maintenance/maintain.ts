/**
 * Maintenance: gives back the space of what no snapshot needs, slowly and in two phases.
 *
 *   lock everybody out → read all states → mark what snapshots need, from the snapshots themselves
 *   → rescue coloured packfiles that are needed after all → colour those that are not needed
 *   → sweep those that an earlier run coloured, a grace period ago → repack those that hold little
 *   → merge states → unlock
 *
 * It may be killed between any two calls of the store. In doubt it does nothing: when a state or a
 * snapshot cannot be read, when a packfile that is needed is missing, when a clock went backwards
 * since packfiles were coloured, when most of the repository would go.
 *
 * A dry run takes no lock and writes nothing; it decides the same.
 * @module
 */
import type { Clock } from '../../util/clock.ts'
import type { Progress } from '../../util/progress.ts'
import { unixNanoseconds } from '../msgpack/timestamp.ts'
import type { Repository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'
import { randomMac } from '../state/random-mac.ts'
import { KeptLock } from '../writing/kept-lock.ts'
import { colour, rescue } from './colour-packfiles.ts'
import { compactStates } from './compact-states.ts'
import { decide, type PackDecisions } from './decisions.ts'
import { LossGuard } from './loss-guard.ts'
import { emptyReport, type MaintenanceReport, type Refusal } from './maintenance-report.ts'
import { Ground, type MaintenanceWork } from './maintenance-work.ts'
import { type Marks, markNeeded } from './marks.ts'
import { NOT_NEEDED, type PackUse, packUses } from './pack-use.ts'
import { repack } from './repack.ts'
import { lookAtPackfiles, requireReplaced } from './store-packfiles.ts'
import { sweep, unlink } from './sweep.ts'
import { findUnlisted, markUnlisted, neededOrphans } from './unlisted.ts'

export type { MaintenanceReport }

export interface MaintenanceOptions {
  clock: Clock
  progress: Progress
  signal: AbortSignal
  /** How long a packfile stays coloured before it is swept. */
  graceMs: number
  /** Decides, and does nothing. */
  dryRun: boolean
  /** Packfiles of which a smaller share is needed are repacked; 0 repacks none. See repack.ts first. */
  repackBelow: number
  /** Small states are merged when there are so many; false merges none. */
  compactFrom: number | false
  /** More than half of all packfiles may go. */
  yesReally: boolean
  /** Snapshots that holds protect, removed ones too; asked when the states were read. */
  keep?: (repository: Repository) => Promise<readonly string[]>
  /** How long to wait for somebody who is at work. */
  waitMs?: number
}

export const DEFAULT_GRACE_MS = 7 * 24 * 60 * 60_000
export const DEFAULT_REPACK_BELOW = 0.5

/** Clocks that agree within this are said to agree. */
const CLOCK_TOLERANCE_NS = 10n * 60n * 1_000_000_000n
const NS_PER_MS = 1_000_000n

/** @throws {RepositoryBusyError | LockLostError | DamagedRepositoryError} */
export async function maintain(
  repository: Repository,
  options: MaintenanceOptions,
): Promise<MaintenanceReport> {
  const { clock, progress, signal } = options
  if (options.dryRun) return run({ repository, lock: undefined, clock, progress, signal }, options)
  const guard = new LossGuard()
  await using lock = await KeptLock.acquire({
    ...{ repository, id: randomMac(), guard, exclusive: true, clock, signal },
    ...(options.waitMs === undefined ? {} : { waitMs: options.waitMs }),
    onWait: (what) => progress.stage(what),
  })
  const report = await run({ repository, lock, clock, progress, signal }, options)
  return { ...report, locksRemoved: [...lock.removed] }
}

async function run(work: MaintenanceWork, options: MaintenanceOptions): Promise<MaintenanceReport> {
  const { repository, progress, signal } = work
  progress.stage('Reading states')
  await repository.refresh()
  repository.requireSoundStates()
  const { index } = repository
  const held = (await options.keep?.(repository)) ?? []
  const live = index.snapshots()
  const roots = new Set([...live, ...held])
  const ground = new Ground(work, roots)
  const found = await lookAtPackfiles(repository, signal)
  const unlisted = await findUnlisted(repository, found.orphans, signal)
  const room = unlisted.needs.size
  const marks = await markNeeded(repository, roots, { progress, signal, room })
  markUnlisted(marks, unlisted)
  requireReplaced(repository, found.absent, marks)
  const needed = neededOrphans(unlisted, marks)
  const orphans = found.orphans.map((orphan) => ({ ...orphan, isNeeded: needed.has(orphan.name) }))
  const uses = packUses(repository, marks)
  for (const name of found.absent) uses.set(name, NOT_NEEDED)
  const coloured = colouredOf(repository, [...uses.keys(), ...orphans.map(({ name }) => name)])
  const decisions = decide(
    { uses, coloured, orphans },
    {
      now: unixNanoseconds(work.clock.now()),
      graceNs: BigInt(options.graceMs) * NS_PER_MS,
      repackBelow: options.repackBelow,
    },
  )
  const report: MaintenanceReport = {
    ...emptyReport(options.dryRun),
    snapshots: live.length,
    held: [...roots].filter((id) => !index.hasSnapshot(id)),
    unlisted: unlisted.ids,
    packfiles: uses.size,
    blobs: marks.size,
    decisions,
    leftovers: found.leftovers,
    refusals: refusalsOf(decisions, uses, coloured, work, options),
  }
  if (options.dryRun) return report
  return act({ work, options, ground, marks, uses }, report)
}

interface Step {
  work: MaintenanceWork
  options: MaintenanceOptions
  ground: Ground
  marks: Marks
  uses: ReadonlyMap<string, PackUse>
}

async function act(step: Step, report: MaintenanceReport): Promise<MaintenanceReport> {
  const { work, options, ground } = step
  const { decisions } = report
  await ground.stillStands() // the lock, above all: finding out may have taken hours
  await rescue(work, decisions.rescue)
  let done: MaintenanceReport = { ...report, rescued: decisions.rescue }
  if (report.refusals.length === 0) done = await giveUpSpace(step, done)
  if (options.compactFrom === false) return done
  return { ...done, states: await compactStates(work, ground, options.compactFrom) }
}

/** Everything that takes something away, one day. */
async function giveUpSpace(
  { work, ground, marks, uses }: Step,
  report: MaintenanceReport,
): Promise<MaintenanceReport> {
  const { decisions } = report
  if (!(await ground.stillStands())) return { ...report, endedEarly: true }
  const leftoverBytes = await unlink(work, report.leftovers)
  await colour(work, decisions.colour)
  const swept = await sweep(work, decisions.sweep, marks, ground)
  const repacked = await repack(work, decisions.repack, uses, marks, ground)
  return {
    ...report,
    coloured: decisions.colour,
    rescued: [...report.rescued, ...swept.rescued],
    swept: swept.packfiles,
    repacked,
    bytesFreed: leftoverBytes + swept.bytes,
    endedEarly: swept.endedEarly || repacked.endedEarly,
  }
}

function colouredOf({ index }: Repository, packfiles: readonly string[]): Map<string, bigint> {
  const coloured = new Map<string, bigint>()
  for (const name of packfiles) {
    const since = index.colouredSince(ResourceType.PACKFILE, name)
    if (since !== undefined) coloured.set(name, since)
  }
  return coloured
}

function refusalsOf(
  decisions: PackDecisions,
  uses: ReadonlyMap<string, PackUse>,
  coloured: ReadonlyMap<string, bigint>,
  { clock }: MaintenanceWork,
  { yesReally }: MaintenanceOptions,
): Refusal[] {
  if (yesReally) return []
  const refusals: Refusal[] = []
  const now = unixNanoseconds(clock.now())
  const ahead = decisions.ahead.filter((name) => coloured.get(name)! > now + CLOCK_TOLERANCE_NS)
  if (ahead.length > 0) {
    refusals.push({
      code: 'CLOCK_WENT_BACKWARDS',
      message: `${ahead.length} of the packfiles were coloured at a time that the clock of this computer has not reached. Nothing was coloured or deleted.`,
    })
  }
  const isPublished = (name: string) => uses.has(name)
  const going = [...decisions.colour, ...decisions.sweep].filter(isPublished).length
  if (going * 2 > uses.size) {
    refusals.push({
      code: 'TOO_MUCH_WOULD_GO',
      message: `${going} of ${uses.size} packfiles would go, more than half. Nothing was coloured or deleted.`,
    })
  }
  return refusals
}

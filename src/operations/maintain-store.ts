/**
 * `maintenance`: gives back the space of what no snapshot needs (kloset/maintenance), holds observed.
 * @module
 */
import { COMPACT_FROM_STATES } from '../kloset/maintenance/compact-states.ts'
import {
  DEFAULT_GRACE_MS,
  DEFAULT_REPACK_BELOW,
  type MaintenanceReport,
  maintain,
} from '../kloset/maintenance/maintain.ts'
import type { Repository } from '../kloset/repository.ts'
import type { Clock } from '../util/clock.ts'
import { heldSnapshots } from './holds/coverage.ts'
import type { RunStatus } from './outcome.ts'
import type { WorkOptions } from './work-options.ts'

export interface MaintainOptions extends WorkOptions {
  clock: Clock
  dryRun: boolean
  /** How long what is not needed stays before it is deleted; a week when absent. */
  graceMs?: number
  repack: boolean
  compact: boolean
  /** More than half of all packfiles may go. */
  yesReally: boolean
}

export interface MaintenanceOutcome extends MaintenanceReport {
  /** `incomplete`: something was refused, cannot be read, or was left to the next run. */
  status: RunStatus
  graceMs: number
  seconds: number
}

export async function maintainStore(
  repository: Repository,
  options: MaintainOptions,
): Promise<MaintenanceOutcome> {
  const { clock, progress, signal, dryRun, yesReally, graceMs = DEFAULT_GRACE_MS } = options
  const startedAt = clock.ticksMs()
  const report = await maintain(repository, {
    ...{ clock, progress, signal, dryRun, yesReally, graceMs },
    repackBelow: options.repack ? DEFAULT_REPACK_BELOW : 0,
    compactFrom: options.compact ? COMPACT_FROM_STATES : false,
    keep: (opened) => heldSnapshots(opened, clock.now(), signal),
  })
  const seconds = (clock.ticksMs() - startedAt) / 1000
  return { ...report, status: statusOf(report), graceMs, seconds }
}

function statusOf({ refusals, endedEarly, repacked }: MaintenanceReport): RunStatus {
  const isAllDone = refusals.length === 0 && !endedEarly && repacked.unreadable.length === 0
  return isAllDone ? 'complete' : 'incomplete'
}

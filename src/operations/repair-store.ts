/**
 * `repair`: what damage hid comes back, and nothing is thrown away (kloset/repair).
 * @module
 */
import { quarantined } from '../kloset/repair/quarantine.ts'
import { repairRepository } from '../kloset/repair/repair.ts'
import type { RepairStep } from '../kloset/repair/repair-plan.ts'
import type { Repository } from '../kloset/repository.ts'
import type { Clock } from '../util/clock.ts'
import type { WorkOptions } from './work-options.ts'

export interface RepairStoreOptions extends WorkOptions {
  apply: boolean
  /** Reads every packfile. */
  full: boolean
  clock: Clock
}

/** One thing a repair does, or would do; `leave`: nothing can be done about it here. */
export interface RepairLine {
  action: 'set-aside' | 'adopt' | 'rescue' | 'relist' | 'leave'
  subject: string
  detail: string
}

export interface RepairOutcome {
  applied: boolean
  lines: RepairLine[]
  /** Ids of snapshots that are listed again. */
  snapshots: string[]
  /** Something is damaged or missing that a repair cannot bring back. */
  isLeftDamaged: boolean
}

export async function repairStore(
  repository: Repository,
  options: RepairStoreOptions,
): Promise<RepairOutcome> {
  const report = await repairRepository(repository, options)
  const lines = report.steps.map(lineOf)
  const lost = ({ action }: RepairLine) => action === 'leave' || action === 'rescue'
  const { applied, snapshots } = report
  return { applied, lines, snapshots, isLeftDamaged: lines.some(lost) }
}

/** A file that an earlier repair replaced. */
export interface QuarantineLine {
  id: string
  kind: string
  name: string
  /** ISO instant. */
  when: string
  reason: string
  bytes: number
}

export async function listQuarantine({ store }: Repository): Promise<QuarantineLine[]> {
  const lines: QuarantineLine[] = []
  for await (const { bytes, ...file } of quarantined(store)) {
    lines.push({ ...file, bytes: bytes.length })
  }
  return lines.sort((a, b) => (a.when < b.when ? -1 : 1))
}

/** Deletes for good what earlier repairs replaced. */
export async function emptyQuarantine(repository: Repository): Promise<QuarantineLine[]> {
  const lines = await listQuarantine(repository)
  for (const { id } of lines) await repository.store.remove('quarantine', id)
  return lines
}

function lineOf(step: RepairStep): RepairLine {
  switch (step.what) {
    case 'set-aside':
      return { action: step.what, subject: `${step.kind} ${step.name}`, detail: step.reason }
    case 'adopt': {
      const detail = `no state names it; ${step.pack.sound.length} blobs in it are sound`
      return { action: step.what, subject: `packfile ${step.pack.name}`, detail }
    }
    case 'rescue': {
      const { sound, damaged, name } = step.pack
      const detail =
        damaged.length > 0
          ? `${damaged.length} of its blobs are damaged; the other ${sound.length} move to a new one`
          : 'its envelope is damaged; its blobs are sound, and move to a new one'
      return { action: step.what, subject: `packfile ${name}`, detail }
    }
    case 'relist': {
      const detail = 'all of it is there, but no state lists it, or its header is lost'
      return { action: step.what, subject: `snapshot ${step.id}`, detail }
    }
    case 'remark': {
      const kind = step.code === 'SNAPSHOT_NOT_WHOLE' ? 'snapshot' : 'packfile'
      return { action: 'leave', subject: `${kind} ${step.name}`, detail: step.message }
    }
  }
}

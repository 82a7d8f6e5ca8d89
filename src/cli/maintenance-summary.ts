/**
 * What a maintenance decided and did, in words and as lines.
 * @module
 */
import type { MaintenanceOutcome } from '../operations/maintain-store.ts'
import { formatBytes, formatDuration, plural } from './format.ts'
import { type SummaryOptions, section, verdictLine } from './inventory-summary.ts'
import { printable } from './printable.ts'

const NS_PER_MS = 1_000_000n

export function* maintenanceLines(outcome: MaintenanceOutcome): Generator<object> {
  const { decisions } = outcome
  const orphans = new Set(decisions.orphans)
  const line = (packfile: string, decision: string) => ({ type: 'packfile', packfile, decision })
  for (const packfile of decisions.colour) {
    yield { ...line(packfile, 'announce'), orphan: orphans.has(packfile) }
  }
  for (const { packfile, until } of decisions.waiting) {
    yield { ...line(packfile, 'wait'), until: instantOf(until) }
  }
  for (const packfile of decisions.sweep) yield line(packfile, 'delete')
  for (const packfile of decisions.rescue) yield line(packfile, 'rescue')
  for (const packfile of decisions.repack) yield line(packfile, 'repack')
  for (const packfile of decisions.ahead) yield line(packfile, 'clock-ahead')
  for (const packfile of decisions.leftAlone) yield line(packfile, 'leave')
  for (const refusal of outcome.refusals) yield { type: 'problem', ...refusal }
  for (const packfile of outcome.repacked.unreadable) {
    yield { type: 'problem', code: 'PACKFILE_UNREADABLE', subject: packfile, message: UNREADABLE }
  }
  yield resultLine(outcome)
}

const UNREADABLE = 'something that is needed in it cannot be read; it was left as it is'

function resultLine(outcome: MaintenanceOutcome): object {
  const { status, dryRun, snapshots, held, unlisted, packfiles, blobs, repacked, states } = outcome
  return {
    type: 'result',
    ...{ status, dryRun, snapshots, held, unlisted, packfiles, blobs },
    announced: outcome.coloured.length,
    rescued: outcome.rescued.length,
    deleted: outcome.swept.length + (dryRun ? 0 : outcome.leftovers.length),
    waiting: outcome.decisions.waiting.length,
    repacked: repacked.packfiles.length,
    bytesRepacked: repacked.bytes,
    statesMerged: states?.merged ?? 0,
    locksRemoved: outcome.locksRemoved.length,
    bytesFreed: outcome.bytesFreed,
    seconds: Math.round(outcome.seconds * 1000) / 1000,
  }
}

export function maintenanceSummary(
  outcome: MaintenanceOutcome,
  options: SummaryOptions & { now: Date },
): string[] {
  const verdict = verdictOf(outcome, options)
  if (options.quiet) return [verdict]
  const { snapshots, packfiles, seconds, held, unlisted } = outcome
  const looked = `  Looked at ${plural(snapshots, 'snapshot')} and ${plural(packfiles, 'packfile')} in ${formatDuration(seconds)}`
  return [
    verdict,
    looked,
    ...(held.length === 0
      ? []
      : [`  ${plural(held.length, 'removed snapshot')} kept, because a hold covers what is in it`]),
    ...(unlisted.length === 0
      ? []
      : [`  ${plural(unlisted.length, 'snapshot')} kept that no state lists; see: repair`]),
    ...(outcome.dryRun ? wouldDo(outcome) : done(outcome)),
    ...waitingLines(outcome),
    ...section('What was not done', attention(outcome), options.style),
    ...section('Next', next(outcome, options), options.style),
  ]
}

function verdictOf(outcome: MaintenanceOutcome, { style }: SummaryOptions): string {
  if (outcome.dryRun) return style.strong('A dry run: nothing was changed.')
  const { bytesFreed } = outcome
  return verdictLine(outcome.status, style, {
    complete: bytesFreed > 0 ? `Done: ${formatBytes(bytesFreed)} freed.` : nothingFreed(outcome),
    incomplete: `Not everything was done: ${formatBytes(bytesFreed)} freed.`,
    failed: 'Nothing was done.',
  })
}

function nothingFreed({ coloured, repacked, decisions }: MaintenanceOutcome): string {
  const announced = coloured.length + repacked.packfiles.length + decisions.waiting.length
  if (announced > 0) return 'Done. Nothing was deleted yet.'
  return 'Done: everything in the store is needed.'
}

function wouldDo({ decisions, leftovers }: MaintenanceOutcome): string[] {
  const { colour, sweep, rescue, repack } = decisions
  return counted([
    [sweep.length + leftovers.length, 'would be deleted'],
    [colour.length, 'would be announced for deletion'],
    [rescue.length, 'would be kept after all'],
    [repack.length, 'would be repacked'],
  ])
}

function done(outcome: MaintenanceOutcome): string[] {
  const { repacked, states, locksRemoved } = outcome
  return [
    ...counted([
      [outcome.swept.length + outcome.leftovers.length, 'deleted'],
      [outcome.coloured.length, 'announced for deletion'],
      [outcome.rescued.length, 'kept after all'],
      [repacked.packfiles.length, `repacked into ${repacked.into.length}`],
    ]),
    ...(states && states.merged > 0
      ? [`  ${plural(states.merged, 'state')} merged into ${states.into}`]
      : []),
    ...(locksRemoved.length > 0
      ? [`  ${plural(locksRemoved.length, 'lock')} of programs that died removed`]
      : []),
  ]
}

function counted(counts: readonly [number, string][]): string[] {
  return counts
    .filter(([count]) => count > 0)
    .map(([count, what]) => `  ${plural(count, 'packfile')} ${what}`)
}

function waitingLines({ decisions, dryRun, coloured }: MaintenanceOutcome): string[] {
  const { waiting } = decisions
  if (waiting.length === 0 || (!dryRun && coloured.length > 0)) return []
  const first = waiting.reduce((min, { until }) => (until < min ? until : min), waiting[0]!.until)
  return [
    `  ${plural(waiting.length, 'packfile')} announced earlier; the first may go on ${instantOf(first).slice(0, 10)}`,
  ]
}

function attention(outcome: MaintenanceOutcome): string[] {
  const { refusals, repacked, endedEarly, decisions } = outcome
  return [
    ...refusals.map(({ message, code }) => `  - ${message} (${code})`),
    ...repacked.unreadable.map((name) => `  - packfile ${name.slice(0, 12)}…: ${UNREADABLE}`),
    ...(endedEarly
      ? ['  - Somebody changed the repository meanwhile; the next run does the rest.']
      : []),
    ...(decisions.leftAlone.length > 0
      ? [
          `  - ${plural(decisions.leftAlone.length, 'packfile')} that no state names: a backup under way or a repair may need them, or they cannot be read`,
        ]
      : []),
  ].map(printable)
}

function next(outcome: MaintenanceOutcome, { suggest }: SummaryOptions): string[] {
  const { coloured, graceMs, refusals, repacked } = outcome
  if (outcome.dryRun) return [`  ${suggest('maintenance')}`]
  const lines: string[] = []
  if (coloured.length + repacked.packfiles.length > 0) {
    const after = graceMs === 0 ? 'now' : `after ${formatDuration(graceMs / 1000)}`
    lines.push(
      `  ${suggest('maintenance')}  ${after}, to delete what was announced; until then it can be taken back`,
    )
  }
  if (refusals.some(({ code }) => code === 'TOO_MUCH_WOULD_GO')) {
    lines.push(`  ${suggest('maintenance --yes-really')}  if that is what you want`)
  }
  if (repacked.unreadable.length > 0) lines.push(`  ${suggest('check --full')}`)
  return lines
}

function instantOf(ns: bigint): string {
  const date = new Date(Number(ns / NS_PER_MS))
  return Number.isNaN(date.getTime()) ? 'unknown' : date.toISOString()
}

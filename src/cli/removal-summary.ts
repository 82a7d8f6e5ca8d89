/**
 * What is to become of each snapshot and why, in words and as lines.
 * @module
 */
import type { Decision, HeldReason, RemovalPlan } from '../operations/retention/removal-plan.ts'
import type { KeepReason, Protection } from '../operations/retention/retention.ts'
import { formatColumns, formatCount, formatInstant, plural } from './format.ts'
import { type SummaryOptions, section } from './inventory-summary.ts'
import { printable } from './printable.ts'

const PROTECTIONS: Record<Protection, string> = {
  newest: 'the newest of its source',
  'newest-complete': 'the newest complete one of its source',
  'before-loss': 'a later one has far fewer photos',
  future: 'it is dated in the future',
}

export function decisionLines({ decisions }: RemovalPlan): object[] {
  return decisions.map(({ snapshot, action, reasons }) => ({
    type: 'decision',
    ...{ snapshot: snapshot.id, taken: snapshot.taken, action },
    reasons: reasons.map(reasonLine),
  }))
}

/** `applied`: whether it was done, or only shown. */
export function removalResultLine({ decisions, removes }: RemovalPlan, applied: boolean): object {
  return {
    ...{ type: 'result', status: 'complete', applied },
    kept: decisions.length - removes.length,
    removed: removes.length,
  }
}

export interface RemovalWords extends SummaryOptions {
  applied: boolean
  /** Why something goes that nothing keeps. */
  because: string
  /** How long a maintenance waits before it deletes. */
  graceDays: number
}

export function removalSummary(
  plan: RemovalPlan,
  { applied, because, graceDays, ...options }: RemovalWords,
): string[] {
  const verdict = verdictOf(plan, applied, options)
  if (options.quiet) return [verdict]
  return [
    ...decisionTable(plan.decisions, because, options),
    ...(plan.decisions.length > 0 ? [''] : []),
    verdict,
    ...section('Next', adviceOf(plan, applied, graceDays, options), options.style),
  ]
}

export function reasonText(reason: KeepReason | HeldReason): string {
  if (reason.kind === 'held') {
    const { name, reason: why, end } = reason.hold
    const until = end === undefined ? '' : ` until ${end.slice(0, 10)}`
    return `held by "${name}"${until}: ${why}`
  }
  if (reason.kind !== 'rule') return PROTECTIONS[reason.kind]
  const { rule, bucket, rank } = reason
  const place = rank === undefined ? [] : [`no. ${formatCount(rank)}`]
  const details = [...(bucket === undefined ? [] : [bucket]), ...place]
  return details.length === 0 ? rule : `${rule} (${details.join(', ')})`
}

function reasonLine(reason: KeepReason | HeldReason): object {
  if (reason.kind !== 'held') return reason
  const { id, name, reason: why, author, end } = reason.hold
  return { kind: 'held', hold: id, name, reason: why, author, end }
}

function decisionTable(
  decisions: readonly Decision[],
  because: string,
  { style }: SummaryOptions,
): string[] {
  const rows = decisions.map(({ snapshot, action, reasons }) => [
    action,
    snapshot.id.slice(0, 8),
    formatInstant(snapshot.taken),
    snapshot.items === undefined ? '' : plural(snapshot.items, 'item'),
    snapshot.status === 'complete' ? '' : printable(snapshot.status),
    reasons.map((reason) => printable(reasonText(reason))).join('; ') || because,
  ])
  return formatColumns(rows, '<<<><<').map((line, at) =>
    decisions[at]!.action === 'remove' ? style.warning(line) : line,
  )
}

function verdictOf(
  { decisions, removes, snapshots }: RemovalPlan,
  applied: boolean,
  { style }: SummaryOptions,
): string {
  if (decisions.length === 0) return 'No snapshot is like that; nothing is to be done.'
  const all = plural(snapshots, 'snapshot')
  if (removes.length === 0) {
    const stay = snapshots === 1 ? 'the only snapshot stays' : `all ${all} stay`
    return style.strong(style.good(`Nothing to remove: ${stay}.`))
  }
  const some = `${formatCount(removes.length)} of ${all}`
  return applied
    ? style.strong(style.good(`Removed ${some}.`))
    : style.strong(style.warning(`Would remove ${some}. Nothing was done.`))
}

function adviceOf(
  { removes }: RemovalPlan,
  applied: boolean,
  graceDays: number,
  { suggest }: SummaryOptions,
): string[] {
  if (removes.length === 0) return []
  if (!applied) return ['  Run the same command with --apply to do it.']
  const [first] = removes
  return [
    `  ${suggest(`rm --undo ${first!.slice(0, 8)}`)}  takes it back, until a maintenance deleted the data`,
    `  ${suggest('maintenance')}  frees the space: it marks what nothing needs, and deletes it ${graceDays} days later`,
  ]
}

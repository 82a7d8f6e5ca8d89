/**
 * What a drill showed, in words and as lines.
 * @module
 */
import type { LastDrill } from '../config/known-stores.ts'
import type { DrillProblem, DrillReport } from '../operations/run-drill.ts'
import { formatBytes, formatCount, formatDuration, plural } from './format.ts'
import { type SummaryOptions, section } from './inventory-summary.ts'
import { printable } from './printable.ts'

const NAMED = 10

export function* drillLines(report: DrillReport): Generator<object> {
  const { problems, seconds, ...result } = report
  for (const problem of problems) yield { type: 'problem', ...problem }
  yield { type: 'result', ...result, seconds: Math.round(seconds * 1000) / 1000 }
}

/** What this machine remembers of it. */
export function drillNote(report: DrillReport, at: Date): LastDrill {
  const { status, snapshot, items, of, seconds } = report
  return { at: at.toISOString(), status, snapshot, items, of, seconds }
}

/** With `quiet` a drill that went well says nothing: cron mails what it says. */
export function drillSummary(report: DrillReport, options: SummaryOptions): string[] {
  const { style, quiet } = options
  if (report.status === 'sound' && quiet) return []
  const chosen = `${plural(report.items, 'item')} of ${formatCount(report.of)}`
  const came = [
    `${plural(report.files, 'file')} (${formatBytes(report.bytes)})`,
    ...(report.links > 0 ? [plural(report.links, 'album link')] : []),
  ].join(' and ')
  return [
    verdictOf(report, options),
    `  ${chosen} were chosen at random from snapshot ${report.snapshot.slice(0, 8)}`,
    `  ${came} came back in ${formatDuration(report.seconds)}; nothing was written to disk`,
    ...(report.status === 'sound'
      ? [comparedLine(report), ...section('How much that says', chanceLines(report), style)]
      : [`  The same sample again: --seed ${printable(report.seed)}`]),
    ...section('What did not come back', problemLines(report.problems, options), style),
    ...section('Next', adviceOf(report, options), style),
  ]
}

function comparedLine({ compared, datedAsTaken }: DrillReport): string {
  return compared
    ? `  The bytes are those of the import (SHA-256); ${formatCount(datedAsTaken)} carry the time of capture`
    : '  Tintype did not make this snapshot: there was no catalogue to compare the bytes with'
}

function verdictOf({ status, problems }: DrillReport, { style }: SummaryOptions): string {
  if (status === 'sound') return style.strong(style.good('The drill went well.'))
  const files = plural(problems.length, 'problem')
  if (status === 'unread') {
    return style.strong(style.bad(`Cannot tell: the store did not answer (${files}).`))
  }
  return style.strong(style.bad(`The drill failed: not everything came back (${files}).`))
}

function chanceLines({ notices, of, items, seed }: DrillReport): string[] {
  const { percent, damaged, chance, itemsForNearCertainty } = notices
  if (items === of) return ['  Every item was tried.']
  return [
    `  Were ${percent} % of all items damaged (${formatCount(damaged)}), a drill of this size would notice with ${percentOf(chance)}.`,
    ...(itemsForNearCertainty <= items
      ? []
      : [
          `  99 % takes --items ${itemsForNearCertainty}; certainty takes "check --full". Other days, other samples.`,
        ]),
    `  The same sample again: --seed ${printable(seed)}`,
  ]
}

/** Rounded towards doubt: never 100 % unless it is. */
function percentOf(chance: number): string {
  return `${(Math.floor(chance * 1000) / 10).toString()} %`
}

function problemLines(problems: readonly DrillProblem[], { verbose }: SummaryOptions): string[] {
  const named = verbose ? problems.length : NAMED
  const lines = problems
    .slice(0, named)
    .map(({ path, message, code }) => `  - ${printable(path)}: ${printable(message)} (${code})`)
  const more = problems.length - lines.length
  return more > 0 ? [...lines, `  … and ${formatCount(more)} more; --verbose names all`] : lines
}

function adviceOf({ status }: DrillReport, { suggest }: SummaryOptions): string[] {
  if (status === 'sound') return []
  if (status === 'unread')
    return ['  Check that the store can be reached, then run the drill again.']
  return [
    '  Change nothing in the store, and keep the archives the photos came from.',
    `  ${suggest('check --full')}  lists everything that is affected`,
  ]
}

/**
 * What a sync did, in words and as lines.
 * @module
 */
import type { SyncedSnapshot, SyncReport } from '../operations/sync-repositories.ts'
import { formatBytes, formatCount, formatDuration, formatInstant, plural } from './format.ts'
import { type SummaryOptions, section, verdictLine } from './inventory-summary.ts'
import { printable } from './printable.ts'

/** Problems of one snapshot that are named without --verbose. */
const NAMED = 5

export function* syncLines(report: SyncReport): Generator<object> {
  for (const { problems, ...snapshot } of report.snapshots) {
    yield { type: 'snapshot', ...snapshot }
    for (const problem of problems) yield { type: 'problem', snapshot: snapshot.id, ...problem }
  }
  const { status, from, to, holds, bytesRead, bytesStored } = report
  const seconds = Math.round(report.seconds * 1000) / 1000
  const counts = countsOf(report.snapshots)
  yield { type: 'result', status, from, to, ...counts, holds, bytesRead, bytesStored, seconds }
}

export function syncSummary(
  report: SyncReport,
  options: Pick<SummaryOptions, 'style' | 'quiet' | 'verbose'>,
): string[] {
  const { copied, present, removed, failed } = countsOf(report.snapshots)
  const to = printable(report.to)
  const verdict = verdictLine(report.status, options.style, {
    complete:
      copied > 0
        ? `Copied ${plural(copied, 'snapshot')} to ${to} and verified ${copied === 1 ? 'it' : 'them'} there.`
        : present > 0
          ? `${to} has every snapshot already; nothing was to be copied.`
          : `Nothing was to be copied to ${to}.`,
    incomplete: `Copied ${plural(copied, 'snapshot')} to ${to}, but not ${plural(failed, 'other')}: see below.`,
    failed: `Nothing was copied to ${to}: no snapshot could be read in full.`,
  })
  if (options.quiet) return [verdict]
  const amounts = `${formatBytes(report.bytesRead)} read, ${formatBytes(report.bytesStored)} stored, ${formatDuration(report.seconds)}`
  const lines = [
    ...(copied > 0 ? [`  ${amounts}`] : []),
    ...(present > 0
      ? [
          `  ${plural(present, 'snapshot')} were there before`.replace(
            /^ {2}1 snapshot were/,
            '  1 snapshot was',
          ),
        ]
      : []),
    ...(removed > 0
      ? [
          `  ${plural(removed, 'snapshot')} stayed deleted there (--restore-removed brings them back)`,
        ]
      : []),
    ...(report.holds > 0 ? [`  ${plural(report.holds, 'hold')} copied`] : []),
  ]
  return [
    verdict,
    ...lines,
    ...section('What to look at', problemLines(report, options), options.style),
  ]
}

function problemLines(
  { snapshots }: SyncReport,
  { verbose }: Pick<SummaryOptions, 'verbose'>,
): string[] {
  return snapshots
    .filter(({ status }) => status === 'failed')
    .flatMap(({ id, taken, problems }) => {
      const named = verbose ? problems : problems.slice(0, NAMED)
      const more = problems.length - named.length
      const when = taken === undefined ? '' : ` of ${formatInstant(taken)}`
      return [
        `  Snapshot ${id.slice(0, 8)}${when} was not copied:`,
        ...named.map(({ path, message }) => `  - ${printable(path)}: ${printable(message)}`),
        ...(more > 0 ? [`  … and ${formatCount(more)} more; --verbose names all`] : []),
      ]
    })
}

function countsOf(snapshots: readonly SyncedSnapshot[]) {
  const count = (wanted: SyncedSnapshot['status']) =>
    snapshots.filter(({ status }) => status === wanted).length
  return {
    copied: count('copied'),
    present: count('present'),
    removed: count('removed'),
    failed: count('failed'),
  }
}

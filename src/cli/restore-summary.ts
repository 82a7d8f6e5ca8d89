/**
 * What a restore did, in words and as lines.
 * @module
 */
import type { RestoreReport } from '../operations/restore-library.ts'
import { formatBytes, formatCount, formatDuration, plural } from './format.ts'
import { type SummaryOptions, section, verdictLine } from './inventory-summary.ts'
import { printable } from './printable.ts'

const NAMED = 5

export function restoreResultLine(report: RestoreReport): object {
  const { status, destination, written, bytes, skipped, failed } = report
  const seconds = Math.round(report.seconds * 1000) / 1000
  return { type: 'result', status, destination, written, bytes, skipped, failed, seconds }
}

export function restoreSummary(report: RestoreReport, options: SummaryOptions): string[] {
  const where = printable(report.destination)
  const files = `${plural(report.written, 'file')} (${formatBytes(report.bytes)})`
  const time = formatDuration(report.seconds)
  const verdict = verdictLine(report.status, options.style, {
    complete: `Restored ${files} to ${where} in ${time}.`,
    incomplete: `Restored ${files} to ${where} in ${time}, but not everything: see below.`,
    failed: `Nothing was restored to ${where}.`,
  })
  if (options.quiet) return [verdict]
  const skipped = report.skipped > 0 ? [`  ${plural(report.skipped, 'file')} already there`] : []
  return [
    verdict,
    ...skipped,
    ...section('What to look at', problemsOf(report, options), options.style),
  ]
}

/** What a dry run would do. */
export function plannedLines(report: RestoreReport): string[] {
  const planned = report.planned ?? []
  const bytes = planned.reduce((sum, file) => sum + file.bytes, 0)
  const total = `${plural(planned.length, 'file')} (${formatBytes(bytes)})`
  return [
    ...planned.map((file) => printable(file.path)),
    '',
    `Would write ${total} to ${printable(report.destination)}. Nothing was written.`,
  ]
}

function problemsOf({ problems, failed }: RestoreReport, { verbose }: SummaryOptions): string[] {
  const named = verbose ? problems.length : NAMED
  const lines = problems
    .slice(0, named)
    .map(({ path, message }) => `  - ${printable(path)}: ${printable(message)}`)
  const more = problems.length - lines.length
  if (more > 0) lines.push(`  … and ${formatCount(more)} more; --verbose names all`)
  return failed > 0 ? [`  ${plural(failed, 'file')} could not be restored`, ...lines] : lines
}

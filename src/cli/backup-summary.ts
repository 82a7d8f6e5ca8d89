/**
 * What a backup did, in words: what was there, what is safe now, what needs attention.
 * @module
 */
import type { ImportReport } from '../operations/import-library.ts'
import { completenessLines } from './completeness.ts'
import { extentLines } from './extent-words.ts'
import {
  formatBytes,
  formatColumns,
  formatCount,
  formatDuration,
  formatRate,
  plural,
} from './format.ts'
import {
  attentionSection,
  type SummaryOptions,
  section,
  sumLines,
  verdictLine,
} from './inventory-summary.ts'
import { summaryFields } from './item-line.ts'
import { printable } from './printable.ts'

/** The last line of `backup --json`. */
export function backupResultLine(report: ImportReport): object {
  const { status, snapshot, items, added, changed, unchanged, vanished, failed, refused } = report
  const counts = { items, added, changed, unchanged, vanished, failed, refused }
  const { bytesRead, bytesStored, seconds } = report
  const amounts = { bytesRead, bytesStored, seconds: Math.round(seconds * 1000) / 1000 }
  const summary = summaryFields(report.summary)
  const { extent, summary: found } = report
  const line = { type: 'result', status, snapshot, ...counts, ...amounts, summary }
  return {
    ...line,
    ...(extent ? { extent } : {}),
    ...(found.verdict ? { verdict: found.verdict } : {}),
  }
}

/** Everything but the closing line `snapshot ID`. */
export function backupSummary(
  report: ImportReport,
  storeLocation: string,
  options: SummaryOptions,
): string[] {
  const { style, suggest } = options
  const verdict = verdictLine(report.status, style, {
    complete: `Saved. The library now holds ${itemsOf(report)}, with everything that belongs to them.`,
    incomplete: `Saved, but not everything: what is missing is named below. The library now holds ${itemsOf(report)}.`,
    failed: 'Nothing was saved.',
  })
  if (options.quiet) return [verdict]
  if (report.status === 'failed') return [verdict, ...reasonLines(report, options), '']
  return [
    verdict,
    ...section('What was there', sumLines(report.summary), style),
    ...section('What became of it', outcomeLines(report), style),
    ...section('Is all of it here?', completenessLines(report.summary.verdict, style), style),
    ...attentionSection(report.problems, suggest('report'), options),
    ...section('Where it is', [`  ${printable(storeLocation)}`], style),
    ...section('Next', nextLines(suggest), style),
    '',
  ]
}

/** Why nothing was saved. There is no snapshot that could be asked later. */
function reasonLines({ summary, problems }: ImportReport, options: SummaryOptions): string[] {
  const found = summary.entries > 0 ? sumLines(summary) : []
  return [
    ...section('What was there', found, options.style),
    ...attentionSection(problems, 'inspect --verbose, or --json', options),
  ]
}

function itemsOf({ items }: ImportReport): string {
  return plural(items, 'photo or video', 'photos and videos')
}

function outcomeLines(report: ImportReport): string[] {
  const rows: [number, string][] = [
    [report.added, 'new in the store'],
    [report.changed, 'changed since the last backup'],
    [report.unchanged, 'already safe, unchanged'],
    [report.vanished, 'vanished from Google Photos, kept here'],
    [report.failed, report.failed === 1 ? 'file could not be read' : 'files could not be read'],
    [report.refused, report.refused === 1 ? 'file refused' : 'files refused'],
  ]
  const counted = rows.filter(([count]) => count > 0)
  const lines = formatColumns(
    counted.map(([count, words]) => [formatCount(count), words]),
    '><',
  )
  return [...lines, ...extentLines(report.extent), ...foldedLines(report), speedLine(report)].map(
    (line) => `  ${line}`,
  )
}

function foldedLines({ summary }: ImportReport): string[] {
  if (summary.copies === 0) return []
  return [`${plural(summary.copies, 'copy was', 'copies were')} recognised and stored only once`]
}

function speedLine({ bytesRead, bytesStored, seconds }: ImportReport): string {
  const rate = seconds > 0 ? ` (${formatRate(bytesRead / seconds)})` : ''
  const read = `${formatBytes(bytesRead)} read in ${formatDuration(seconds)}${rate}`
  return `${read}; the store grew by ${formatBytes(bytesStored)}`
}

function nextLines(suggest: (command: string) => string): string[] {
  return formatColumns(
    [
      [suggest('check --full'), 'read every byte back and prove that it is right'],
      [suggest('items'), 'list the photos'],
      [suggest('restore --to DIR'), 'get everything back as files'],
    ],
    '<<',
  ).map((line) => `  ${line}`)
}

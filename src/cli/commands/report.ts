import type { StoredReport } from '../../operations/stored-report.ts'
import { defineCommand } from '../command.ts'
import { formatColumns, formatCount } from '../format.ts'
import {
  attentionSection,
  meaningLines,
  type SummaryOptions,
  section,
  sumLines,
  verdictLine,
} from '../inventory-summary.ts'
import { problemLine, summaryLine } from '../item-line.ts'
import { printable } from '../printable.ts'

export const report = defineCommand({
  name: 'report',
  summary: 'Show what a backup found, and all that was missing or odd',
  description: ['The report is stored with the snapshot: it tells the same years later.'],
  options: {},
  argument: {
    name: 'SNAPSHOT',
    min: 0,
    max: 1,
    describe: 'Beginning of an id; the latest when absent',
  },
  examples: [{ line: 'report latest', does: 'everything about the newest backup' }],
  needsStore: true,

  async run({ args }, { terminal, json, quiet, openRepository, suggest }) {
    await using repository = await openRepository({ copiesNearby: true })
    const { readReport } = await import('../../operations/read-catalogue.ts')
    const stored = await readReport(repository, args[0] ?? 'latest')

    if (json) {
      await terminal.jsonLines(stored.problems.map(problemLine))
      await terminal.json(summaryLine(stored.summary))
    } else {
      const style = { style: terminal.style, verbose: true, quiet, suggest }
      await terminal.lines(reportText(stored, style))
    }
    return 'done'
  },
})

export function reportText(
  stored: StoredReport & { snapshot: string },
  options: SummaryOptions,
): string[] {
  const { style } = options
  const verdict = verdictLine(stored.status, style, {
    complete: 'Complete: nothing was missing or refused.',
    incomplete: 'Not complete: something was missing, damaged or refused.',
    failed: 'Failed.',
  })
  const heading = `  import ${printable(stored.import)} in snapshot ${stored.snapshot.slice(0, 8)}`
  if (options.quiet) return [verdict]
  return [
    verdict,
    heading,
    ...section(
      'What was there',
      [...sumLines(stored.summary), ...meaningLines(stored.summary)],
      style,
    ),
    ...section('What became of it', countLines(stored), style),
    ...attentionSection(stored.problems, '', options),
  ]
}

function countLines(stored: StoredReport): string[] {
  const counts: [number, string][] = [
    [stored.items, 'photos and videos in the library'],
    [stored.added, 'new'],
    [stored.changed, 'changed'],
    [stored.unchanged, 'unchanged'],
    [stored.failed, 'files could not be read'],
    [stored.refused, 'files refused'],
  ]
  const rows = counts.map(([count, words]) => [formatCount(count), words])
  return formatColumns(rows, '><').map((line) => `  ${line}`)
}

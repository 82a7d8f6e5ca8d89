/**
 * What a source holds, in words, with the sum that shows that nothing was lost on the way.
 * @module
 */

import { outcomeOfStatus, type RunStatus, statusOfReading } from '../operations/outcome.ts'
import type { Problem } from '../photos/library.ts'
import type { ExportSummary, Inventory, InventorySummary } from '../sources/source.ts'
import { completenessLines } from './completeness.ts'
import { formatBytes, formatColumns, formatCount, formatList, plural } from './format.ts'
import { printable } from './printable.ts'
import { problemLines } from './problem-groups.ts'
import type { Style } from './style.ts'
import { classRows } from './sum-rows.ts'

/** How many problems of each kind a summary names. */
const NAMED = 3

export interface SummaryOptions {
  style: Style
  verbose: boolean
  /** Only the verdict. */
  quiet: boolean
  /** A command to type next, for this store. */
  suggest: (command: string) => string
}

/** The whole answer of `inspect`. */
export function inventorySummary(inventory: Inventory, options: SummaryOptions): string[] {
  const { summary, problems } = inventory
  const verdict = verdictOf(summary, problems, options.style)
  if (options.quiet) return [verdict]
  const { style, suggest } = options
  const found = summary.entries > 0
  return [
    verdict,
    ...section('What is in it', found ? sumLines(summary) : [], style),
    ...section('What that means', found ? meaningLines(summary) : [], style),
    ...section(sourcesTitle(summary.exports), exportLines(summary.exports), style),
    ...section('Is all of it here?', completenessLines(summary.verdict, style), style),
    ...attentionSection(problems, 'inspect --verbose, or --json', options),
    ...section('Next', summary.items > 0 ? [`  ${suggest('backup SOURCE…')}`] : [], style),
  ]
}

function verdictOf(summary: InventorySummary, problems: readonly Problem[], style: Style): string {
  const status = statusOfReading(problems, summary.items)
  const missing = summary.exports.flatMap((each) => each.missing).length
  if (missing > 0) {
    const text = `Not complete: ${plural(missing, 'archive is', 'archives are')} missing.`
    return style.strong(style.warning(text))
  }
  return verdictLine(status, style, {
    complete: `All ${formatCount(summary.entries)} files are accounted for; nothing seems to be missing.`,
    incomplete: 'Readable, but something is missing, damaged or was refused.',
    failed: 'No photos or videos were found here.',
  })
}

/** The first line of every closing summary. */
export function verdictLine(
  status: RunStatus,
  style: Style,
  words: Readonly<Record<RunStatus, string>>,
): string {
  const outcome = outcomeOfStatus(status)
  const colour = { done: style.good, incomplete: style.warning, failed: style.bad }
  const paint = colour[outcome as keyof typeof colour] ?? style.bad
  return style.strong(paint(words[status]))
}

/** A blank line, a title and its lines; nothing when there are none. */
export function section(title: string, lines: readonly string[], style: Style): string[] {
  return lines.length === 0 ? [] : ['', style.strong(title), ...lines]
}

/** The classes of entries, adding up to all of them. */
export function sumLines(summary: InventorySummary): string[] {
  const rows = classRows(summary).map(([count, words], at) => [
    at === 0 ? '' : '+',
    formatCount(count),
    words,
  ])
  const total = ['=', formatCount(summary.entries), `files in all, ${formatBytes(summary.bytes)}`]
  return formatColumns([...rows, total], '<><').map((line) => `  ${line}`)
}

/** What the files mean to their owner. */
export function meaningLines(summary: InventorySummary): string[] {
  const parts = [
    [summary.edited, 'edited version'],
    [summary.clips, 'motion clip'],
    [summary.copies, 'second copy', 'second copies (albums, duplicates)'],
  ] as const
  const belonging = parts
    .filter(([count]) => count > 0)
    .map(([count, one, many]) => plural(count, one, many))
  const items = `  ${plural(summary.items, 'photo or video', 'photos and videos')} as you know them`
  const lines = [`${items}, ${plural(summary.albums, 'album')}`]
  if (belonging.length > 0) lines.push(`  with ${formatList(belonging)}`)
  return lines
}

/** Of the id of a source that is no export (sources/folder). */
const FOLDER = /^folder:/

function exportLines(exports: readonly ExportSummary[]): string[] {
  return exports.flatMap(({ id, parts, missing }) => [
    FOLDER.test(id)
      ? `  ${printable(id.replace(FOLDER, ''))}: a folder of photos`
      : `  ${printable(id)}: ${partsText(parts)}`,
    ...missing.map((part) => `    missing: ${printable(part)}`),
  ])
}

const ARCHIVE = /\.(zip|tgz|tar\.gz)$/i

/** An extracted export has no archives. */
function partsText(parts: readonly string[]): string {
  const archives = parts.filter((name) => ARCHIVE.test(name)).length
  const others = parts.length - archives
  const counts = [
    ...(archives > 0 || others === 0 ? [plural(archives, 'archive')] : []),
    ...(others > 0 ? [plural(others, 'unpacked part')] : []),
  ]
  return formatList(counts)
}

function sourcesTitle(exports: readonly ExportSummary[]): string {
  return exports.some(({ id }) => FOLDER.test(id)) ? 'Folders' : 'Archives'
}

/** What needs a person's attention, and where all of it can be seen. */
export function attentionSection(
  problems: readonly Problem[],
  seeAll: string,
  { style, verbose }: SummaryOptions,
): string[] {
  const named = verbose ? Number.POSITIVE_INFINITY : NAMED
  const lines = problemLines(problems, { style, named })
  if (!verbose && problems.length > NAMED) lines.push(`  See all of it with: ${seeAll}`)
  return section('What to look at', lines, style)
}

/**
 * Differences between snapshots, in words and as lines.
 * @module
 */
import type { RecordChanges } from '../operations/diff/compare-catalogues.ts'
import type { Difference, DiffReport } from '../operations/diff-snapshots.ts'
import { formatList, plural } from './format.ts'
import { photoCountsText } from './history-text.ts'
import { printable } from './printable.ts'
import type { Style } from './style.ts'

const KINDS = { file: 'a file', directory: 'a folder', symlink: 'a link', other: 'something else' }

export function differenceText(difference: Difference, style: Style): string {
  const slash = difference.kind === 'directory' ? '/' : ''
  const path = printable(difference.path) + slash
  switch (difference.change) {
    case 'added':
      return style.good(`+ ${path}`)
    case 'removed':
      return style.bad(`- ${path}`)
    case 'moved':
      return `> ${printable(difference.from)} -> ${path}`
    case 'changed':
      return style.warning(`~ ${path}  (${formatList(difference.aspects)})`)
    case 'type':
      return style.warning(
        `! ${path}  (was ${KINDS[difference.before]}, is ${KINDS[difference.kind]})`,
      )
  }
}

export function diffResultLine(report: DiffReport): object {
  const { equal, left, right, counts, library, photos } = report
  const seconds = Math.round(report.seconds * 1000) / 1000
  const { type: otherKind, ...others } = counts
  return {
    type: 'result',
    status: 'complete',
    equal,
    left,
    right,
    ...others,
    otherKind,
    library,
    photos,
    seconds,
  }
}

export function diffSummary(
  { equal, counts, library, photos, left, right }: DiffReport,
  { style, quiet, summaryOnly }: { style: Style; quiet: boolean; summaryOnly: boolean },
): string[] {
  const pair = `${left.slice(0, 8)} and ${right.slice(0, 8)}`
  if (equal) return [style.strong(`No difference between ${pair}.`)]
  const numbers = [
    [counts.added, 'new'],
    [counts.removed, 'gone'],
    [counts.moved, 'moved'],
    [counts.changed, 'changed'],
    [counts.type, 'of another kind'],
  ] as const
  const verdict = style.strong(`Between ${pair}, files and folders: ${wordsFor(numbers)}.`)
  const gap = quiet || summaryOnly ? [] : ['']
  if (library === undefined || quiet) return [...gap, verdict]
  return [
    ...gap,
    verdict,
    `  Photos and videos: ${recordWords(library.items)}`,
    `  Albums: ${recordWords(library.albums)}`,
    ...(photos ? [`  What became of them: ${photoCountsText(photos)}`] : []),
  ]
}

function recordWords({ added, removed, changed, same }: RecordChanges): string {
  return wordsFor([
    [added, 'new'],
    [removed, 'gone'],
    [changed, 'changed'],
    [same, 'as before'],
  ])
}

function wordsFor(numbers: readonly (readonly [number, string])[]): string {
  const words = numbers
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${plural(count, word, word)}`)
  return words.length === 0 ? 'none' : words.join(', ')
}

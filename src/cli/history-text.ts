/**
 * Changes of photos, in words and as lines.
 * @module
 */
import type { PhotoCounts, PhotoDifference } from '../operations/history/diff-photos.ts'
import type { FieldChange, ItemChanges } from '../operations/history/item-changes.ts'
import type { HistoryEvent, ItemHistory } from '../operations/history/item-history.ts'
import { formatList, plural } from './format.ts'
import { printable } from './printable.ts'
import type { Style } from './style.ts'

export function eventLine({ item, ...event }: HistoryEvent): object {
  const { files, ...fields } = item ?? {}
  return { type: 'event', ...event, ...(item ? { item: { ...fields, files } } : {}) }
}

export function historyText(history: ItemHistory, style: Style): string[] {
  const { id, title, path, events, snapshots } = history
  const heading = style.strong(`${printable(title)}  (${id.slice(0, 8)}, ${printable(path)})`)
  const looked = `${plural(events.length, 'change')} in ${plural(snapshots, 'snapshot')}`
  return [heading, ...events.flatMap((event) => eventText(event, style)), style.faint(looked)]
}

function eventText(event: HistoryEvent, style: Style): string[] {
  const { change, taken, snapshot, source, item, albums = [], changes } = event
  const when = `${taken.slice(0, 16).replace('T', ' ')}  ${snapshot.slice(0, 8)}`
  const head = (words: string) => `${when}  ${words}  ${style.faint(printable(source))}`
  if (change === 'gone') return [head(style.bad('no longer in the library'))]
  if (change === 'changed') {
    return [head(style.warning('changed')), ...changeLines(changes!).map((line) => `    ${line}`)]
  }
  const files = item!.files.map(({ path }) => `    + ${printable(path)}`)
  const titles = albums.map((title) => `    in album ${printable(title)}`)
  return [head(style.good('added')), ...files, ...titles]
}

export function changeLines({ presence, content, metadata, albums }: ItemChanges): string[] {
  return [
    ...(presence === 'vanished' ? ['vanished from Google Photos; kept here'] : []),
    ...(presence === 'returned' ? ['back in Google Photos'] : []),
    ...content.added.map((path) => `+ ${printable(path)}`),
    ...content.removed.map((path) => `- ${printable(path)}`),
    ...content.changed.map((path) => `~ ${printable(path)}`),
    ...metadata.map(fieldText),
    ...albums.joined.map((title) => `into album ${printable(title)}`),
    ...albums.left.map((title) => `out of album ${printable(title)}`),
  ]
}

function fieldText({ field, before, after }: FieldChange): string {
  return `${field}: ${valueText(before)} -> ${valueText(after)}`
}

function valueText(value: unknown): string {
  if (value === undefined) return '(none)'
  return printable(typeof value === 'string' ? `"${value}"` : JSON.stringify(value))
}

const SIGNS = {
  added: '+',
  removed: '-',
  vanished: '?',
  returned: '!',
  content: '~',
  metadata: '~',
  albums: '>',
} as const

export function photoText({ path, what, changes }: PhotoDifference, style: Style): string[] {
  const words = what.includes('added') || what.includes('removed') ? '' : `  (${formatList(what)})`
  const line = `${SIGNS[what[0]!]} ${printable(path)}${words}`
  const paint = what[0] === 'added' ? style.good : what[0] === 'removed' ? style.bad : style.warning
  return [paint(line), ...(changes ? changeLines(changes).map((each) => `    ${each}`) : [])]
}

const WORDS: readonly (readonly [keyof PhotoCounts, string])[] = [
  ['added', 'new'],
  ['content', 'changed in content'],
  ['metadata', 'changed in metadata'],
  ['albums', 'moved between albums'],
  ['vanished', 'vanished from Google Photos'],
  ['returned', 'back in Google Photos'],
  ['removed', 'gone'],
]

export function photoCountsText(counts: PhotoCounts): string {
  const words = WORDS.filter(([key]) => counts[key] > 0).map(([key, word]) => {
    return plural(counts[key], word, word)
  })
  return words.length === 0 ? 'no photo changed' : words.join(', ')
}

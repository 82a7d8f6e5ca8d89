/**
 * An inventory as the lines of `inspect --json`: entries, items, albums, problems, summary; within
 * a kind by path or id. Absent values are left out, except where the contract says null.
 * @module
 */
import type { Entry, Inventory } from '../sources/source.ts'
import { albumLine, itemLine, problemLine, summaryLine } from './item-line.ts'
import { compareText, sortedBy } from './text-order.ts'

export function* inventoryLines(inventory: Inventory): Generator<object> {
  for (const entry of sortedEntries(inventory.entries)) yield entryLine(entry)
  for (const item of sortedBy(inventory.items, ({ id }) => id)) yield itemLine(item)
  for (const album of sortedBy(inventory.albums, ({ id }) => id)) yield albumLine(album)
  for (const problem of sortedBy(inventory.problems, ({ path }) => path)) yield problemLine(problem)
  yield summaryLine(inventory.summary)
}

/** The same path in two parts: by part. */
function sortedEntries(entries: readonly Entry[]): Entry[] {
  return [...entries].sort((a, b) => compareText(a.path, b.path) || compareText(a.part, b.part))
}

function entryLine(entry: Entry): object {
  const { path, part, bytes, reason } = entry
  const line = { type: 'entry', path, part, bytes, class: entry.class, reason }
  if (entry.class === 'other') {
    return { ...line, item: entry.item, kept: entry.kept && true, foreign: entry.foreign }
  }
  if (entry.class !== 'media') return line
  return {
    ...line,
    item: entry.item,
    role: entry.role,
    sidecar: entry.sidecar ?? null,
    via: entry.via ?? 'none',
    editedOf: entry.editedOf ?? null,
    clipOf: entry.clipOf ?? null,
    copyOf: entry.copyOf ?? null,
    mediaType: entry.mediaType,
  }
}

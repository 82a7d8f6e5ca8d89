/**
 * What became of photos between two snapshots of a library, photo by photo.
 * @module
 */
import type { SnapshotReader } from '../../kloset/reading/snapshot-reader.ts'
import type { KeptItem } from '../../photos/growth/library.ts'
import { catalogueOf, catalogueRecords } from '../holds/catalogue-lines.ts'
import {
  filesOf,
  hasAlbumChange,
  hasContentChange,
  type ItemChanges,
  itemChanges,
} from './item-changes.ts'

export type PhotoChange =
  | 'added'
  | 'content'
  | 'metadata'
  | 'albums'
  | 'vanished'
  | 'returned'
  | 'removed'

export interface PhotoDifference {
  id: string
  title: string
  path: string
  /** All that holds for it, the weightiest first. */
  what: PhotoChange[]
  changes?: ItemChanges
}

export type PhotoCounts = Record<PhotoChange, number>

export interface DiffPhotosOptions {
  signal: AbortSignal
  tell: (difference: PhotoDifference) => Promise<void>
}

/**
 * Tells the photos in the order of the newer catalogue, then those it lacks. Undefined when one of
 * the two snapshots was not made by Tintype.
 */
export async function diffPhotos(
  left: SnapshotReader,
  right: SnapshotReader,
  { signal, tell }: DiffPhotosOptions,
): Promise<PhotoCounts | undefined> {
  const catalogues = [await catalogueOf(left), await catalogueOf(right)]
  if (catalogues.includes(undefined)) return undefined
  const counts = noChanges()
  if (catalogues[0] === catalogues[1]) return counts
  const titles = { before: await albumTitles(left), after: await albumTitles(right) }
  const before = new Map<string, string>()
  for await (const { line, record } of catalogueRecords(left, 'items')) before.set(record.id, line)
  const note = async (difference: PhotoDifference) => {
    for (const change of difference.what) counts[change] += 1
    await tell(difference)
  }
  for await (const { line, record } of catalogueRecords(right, 'items')) {
    signal.throwIfAborted()
    const old = before.get(record.id)
    before.delete(record.id)
    if (old === undefined) await note({ ...nameOf(record), what: ['added'] })
    else if (old !== line) {
      const changes = itemChanges(JSON.parse(old) as KeptItem, record, titles)
      const what = kindsOf(changes)
      if (what.length > 0) await note({ ...nameOf(record), what, changes })
    }
  }
  for (const line of before.values()) {
    await note({ ...nameOf(JSON.parse(line) as KeptItem), what: ['removed'] })
  }
  return counts
}

function noChanges(): PhotoCounts {
  return { added: 0, content: 0, metadata: 0, albums: 0, vanished: 0, returned: 0, removed: 0 }
}

function nameOf(item: KeptItem) {
  return { id: item.id, title: item.title ?? '', path: filesOf(item)[0]?.path ?? '' }
}

function kindsOf(changes: ItemChanges): PhotoChange[] {
  return [
    ...(changes.presence ? [changes.presence] : []),
    ...(hasContentChange(changes) ? ['content' as const] : []),
    ...(changes.metadata.length > 0 ? ['metadata' as const] : []),
    ...(hasAlbumChange(changes) ? ['albums' as const] : []),
  ]
}

async function albumTitles(reader: SnapshotReader): Promise<Map<string, string>> {
  const titles = new Map<string, string>()
  for await (const { record } of catalogueRecords(reader, 'albums')) {
    titles.set(record.id, record.title)
  }
  return titles
}

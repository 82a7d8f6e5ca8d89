/**
 * What holds on albums and queries cover in one snapshot.
 * @module
 */
import type { SnapshotReader } from '../../kloset/reading/snapshot-reader.ts'
import type { KeptItem } from '../../photos/growth/library.ts'
import { isAlbum, matchesItem, parseItemQuery } from '../../photos/query/item-query.ts'
import { catalogueRecords, nameOfLine } from './catalogue-lines.ts'
import type { Hold } from './hold-record.ts'

/** What a hold covers in a snapshot, for people. */
export interface CoveredCounts {
  items: number
  albums: number
}

type AsksItem = (item: KeptItem) => boolean

/** Names of the covered lines, each with the holds that cover it. */
export async function coveredLines(
  reader: SnapshotReader,
  holds: readonly Hold[],
): Promise<Map<string, Hold[]>> {
  const lines = new Map<string, Hold[]>()
  await visitCovered(reader, holds, (line, hold) => {
    const name = nameOfLine(line)
    const known = lines.get(name)
    if (known) known.push(hold)
    else lines.set(name, [hold])
  })
  return lines
}

/** By the id of the hold. */
export async function countCovered(
  reader: SnapshotReader,
  holds: readonly Hold[],
): Promise<Map<string, CoveredCounts>> {
  const counts = new Map(holds.map(({ id }) => [id, { items: 0, albums: 0 }]))
  await visitCovered(reader, holds, (_, hold, kind) => {
    counts.get(hold.id)![kind]++
  })
  return counts
}

async function visitCovered(
  reader: SnapshotReader,
  holds: readonly Hold[],
  visit: (line: string, hold: Hold, kind: 'items' | 'albums') => void,
): Promise<void> {
  const titles = new Map<string, string>()
  const held = new Map<Hold, Set<string>>(holds.map((hold) => [hold, new Set()]))
  for await (const { line, record } of catalogueRecords(reader, 'albums')) {
    titles.set(record.id, record.title)
    for (const [hold, albums] of held) {
      if (!holdsAlbum(hold, record)) continue
      albums.add(record.id)
      visit(line, hold, 'albums')
    }
  }
  const asks = holds.map((hold) => [hold, asksItem(hold, held.get(hold)!, titles)] as const)
  for await (const { line, record } of catalogueRecords(reader, 'items')) {
    for (const [hold, covers] of asks) if (covers(record)) visit(line, hold, 'items')
  }
}

function holdsAlbum({ covers }: Hold, album: { id: string; title: string }): boolean {
  return typeof covers === 'object' && 'album' in covers && isAlbum(covers.album, album)
}

function asksItem(
  { covers }: Hold,
  albums: ReadonlySet<string>,
  titles: ReadonlyMap<string, string>,
): AsksItem {
  if (covers === 'everything') return () => true
  if ('query' in covers) {
    const query = understood(covers.query)
    return (item) => query === undefined || matchesItem(query, item, titles)
  }
  return (item) => item.albums.some((id) => albums.has(id))
}

/** Undefined for a query that a later version has words for: then it may mean any photo. */
function understood(query: string) {
  try {
    return parseItemQuery(query)
  } catch {
    return undefined
  }
}

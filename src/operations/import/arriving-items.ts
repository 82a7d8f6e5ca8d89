/**
 * Inventory items whose bytes are in the repository, ready to join the library.
 * @module
 */
import type { StoredContent } from '../../kloset/workers/content.ts'
import { captureIdentity } from '../../photos/growth/capture-identity.ts'
import type { ArrivingItem, KeptFile } from '../../photos/growth/library.ts'
import type { Item, ItemFile } from '../../photos/library.ts'
import type { MediaFacts } from '../../photos/media-facts.ts'
import type { Entry } from '../../sources/source.ts'
import { exportStamp, newestStamp, oldestStamp } from './export-stamp.ts'
import type { JoinedExports } from './join-exports.ts'
import type { LedgerRow } from './ledger.ts'
import { isFailure, type ReadContents } from './read-contents.ts'

export interface Arrivals {
  items: ArrivingItem[]
  /** What lies behind each SHA-256. */
  contents: Map<string, StoredContent>
}

export interface ArrivalOptions {
  /** Kind of the source. */
  kind: string
  /** With what earlier runs brought of the same exports. */
  joined?: JoinedExports
}

export function arrivingItems(read: ReadContents, { kind, joined }: ArrivalOptions): Arrivals {
  const contents = new Map<string, StoredContent>()
  const inventory = joined?.inventory ?? read.inventory
  const byIndex = new Map(inventory.entries.map((entry) => [entry.index, entry]))
  const exportsOf = exportsOfItems(inventory.entries, byIndex)
  const { earlier = new Map(), halves = new Set<number>() } = joined ?? {}
  const at = { read, byIndex, contents, earlier, halves }
  const items = inventory.items.map((item) => {
    const indexes = inventory.filesOfItem.get(item.id) ?? []
    return arrive(item, indexes, { ...at, kind, exports: exportsOf.get(item.id) ?? [] })
  })
  return { items: items.filter((item) => item.files.length > 0), contents }
}

interface Arriving {
  read: ReadContents
  byIndex: ReadonlyMap<number, Entry>
  contents: Map<string, StoredContent>
  earlier: ReadonlyMap<number, LedgerRow>
  /** Indexes of what came with other exports. */
  halves: ReadonlySet<number>
}

/** Those that hold a file of an item, or the sidecar that describes it. */
function exportsOfItems(
  entries: readonly Entry[],
  byIndex: ReadonlyMap<number, Entry>,
): Map<string, Set<string>> {
  const exportsOf = new Map<string, Set<string>>()
  for (const { item, exportId, describedBy } of entries) {
    if (item === undefined) continue
    const known = exportsOf.get(item) ?? new Set()
    exportsOf.set(item, known.add(exportId))
    if (describedBy !== undefined) known.add(byIndex.get(describedBy)!.exportId)
  }
  return exportsOf
}

function arrive(
  item: Item,
  indexes: readonly number[],
  at: Arriving & { kind: string; exports: Iterable<string> },
): ArrivingItem {
  const files = item.files.flatMap((file, position) => keep(file, indexes[position]!, at))
  const distinct = files.filter(
    (file, position) => files.findIndex((other) => other.sha256 === file.sha256) === position,
  )
  const original = indexes[0] === undefined ? undefined : at.byIndex.get(indexes[0])
  const facts = original && factsOf(original.index, at)
  const stamp = newestStamp(at.exports)
  const oldest = oldestStamp(at.exports)
  const capture = facts && captureIdentity(item.title, facts)
  const isEarlier = indexes.every((index) => at.earlier.has(index))
  const sidecar = at.byIndex.get(original?.describedBy ?? -1)
  return {
    ...{ ...item, files: distinct, described: isDescribed(original), from: at.kind },
    ...(stamp === undefined ? {} : { stamp }),
    ...(stamp === oldest ? {} : { oldestStamp: oldest }),
    ...(capture === undefined ? {} : { capture }),
    ...(isEarlier ? { isEarlier } : {}),
    ...(indexes.every((index) => at.halves.has(index)) ? { isElsewhere: true } : {}),
    ...(sidecar ? { describedStamp: exportStamp(sidecar.exportId) ?? '' } : {}),
  }
}

function factsOf(index: number, { read, byIndex, earlier }: Arriving): MediaFacts | undefined {
  const facts = read.facts.get(contentHolder(index, read, byIndex))
  return facts && !isFailure(facts) ? facts : earlier.get(index)?.facts
}

/** By a sidecar that says all there is to say: only such a one replaces what is known. */
function isDescribed(original: Entry | undefined): boolean {
  return typeof original?.sidecar === 'string' && original.describedInPart !== true
}

function keep(file: ItemFile, index: number, at: Arriving): KeptFile[] {
  const { read, byIndex, contents, earlier } = at
  const holder = contentHolder(index, read, byIndex)
  const stored = read.stored.get(holder)
  const facts = read.facts.get(holder)
  if (stored && facts && !isFailure(facts) && facts.sha256 !== undefined) {
    contents.set(facts.sha256, stored)
    return [keptFile(file, stored.size, stored.contentType, facts.sha256)]
  }
  const row = earlier.get(index) ?? earlier.get(holder)
  return row?.sha256 === undefined ? [] : [keptFile(file, row.bytes, file.mediaType, row.sha256)]
}

/** Written out, not spread: all files share one shape. */
function keptFile(file: ItemFile, bytes: number, mediaType: string, sha256: string): KeptFile {
  const { role, path } = file
  const kept: KeptFile = { role, path, bytes, mediaType, sha256 }
  if (file.embeddedClip) kept.embeddedClip = true
  return kept
}

/** The entry whose bytes were read for this one. */
export function contentHolder(
  index: number,
  read: ReadContents,
  byIndex: ReadonlyMap<number, Entry>,
): number {
  if (read.stored.has(index)) return index
  return byIndex.get(index)?.sameBytesAs ?? index
}

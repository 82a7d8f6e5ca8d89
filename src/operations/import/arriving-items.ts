/**
 * Inventory items whose bytes are in the repository, ready to join the library.
 * @module
 */
import type { StoredContent } from '../../kloset/workers/content.ts'
import type { ArrivingItem, KeptFile } from '../../photos/growth/library.ts'
import type { Item, ItemFile } from '../../photos/library.ts'
import type { Entry } from '../../sources/source.ts'
import { isFailure, type ReadContents } from './read-contents.ts'

export interface Arrivals {
  items: ArrivingItem[]
  /** What lies behind each SHA-256. */
  contents: Map<string, StoredContent>
}

export function arrivingItems(read: ReadContents): Arrivals {
  const contents = new Map<string, StoredContent>()
  const byIndex = new Map(read.inventory.entries.map((entry) => [entry.index, entry]))
  const items = read.inventory.items.map((item) => arrive(item, read, byIndex, contents))
  return { items: items.filter((item) => item.files.length > 0), contents }
}

function arrive(
  item: Item,
  read: ReadContents,
  byIndex: ReadonlyMap<number, Entry>,
  contents: Map<string, StoredContent>,
): ArrivingItem {
  const indexes = read.inventory.filesOfItem.get(item.id) ?? []
  const files = item.files.flatMap((file, at) => keep(file, indexes[at]!, read, byIndex, contents))
  const distinct = files.filter(
    (file, at) => files.findIndex((other) => other.sha256 === file.sha256) === at,
  )
  const original = indexes[0] === undefined ? undefined : byIndex.get(indexes[0])
  return { ...item, files: distinct, described: typeof original?.sidecar === 'string' }
}

function keep(
  file: ItemFile,
  index: number,
  read: ReadContents,
  byIndex: ReadonlyMap<number, Entry>,
  contents: Map<string, StoredContent>,
): KeptFile[] {
  const holder = contentHolder(index, read, byIndex)
  const stored = read.stored.get(holder)
  const facts = read.facts.get(holder)
  if (!stored || !facts || isFailure(facts) || facts.sha256 === undefined) return []
  contents.set(facts.sha256, stored)
  return [{ ...file, bytes: stored.size, mediaType: stored.contentType, sha256: facts.sha256 }]
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

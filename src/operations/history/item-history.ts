/**
 * `history`: every snapshot in which something about a photo changed, oldest first.
 *
 * Snapshots that share their catalogue with the one before are passed over without reading it.
 * @module
 */
import { posix } from 'node:path'
import { timestampToDate } from '../../kloset/msgpack/timestamp.ts'
import { listSnapshots } from '../../kloset/reading/snapshot-list.ts'
import { openSnapshot, type SnapshotReader } from '../../kloset/reading/snapshot-reader.ts'
import type { Repository } from '../../kloset/repository.ts'
import type { KeptItem } from '../../photos/growth/library.ts'
import { CodedError } from '../../util/coded-error.ts'
import { catalogueOf, catalogueRecords } from '../holds/catalogue-lines.ts'
import { contextValue } from '../list-snapshots.ts'
import { CONTEXT } from '../snapshot-tree.ts'
import { type ItemChanges, isUnchanged, itemChanges } from './item-changes.ts'

export interface HistoryEvent {
  snapshot: string
  /** ISO instant. */
  taken: string
  /** Exports that the snapshot was made from. */
  source: string
  change: 'added' | 'changed' | 'gone'
  /** For `added`: what it came with; albums by title. */
  item?: KeptItem
  albums?: string[]
  changes?: ItemChanges
}

export interface ItemHistory {
  id: string
  title: string
  path: string
  /** Snapshots of the library that were looked at. */
  snapshots: number
  events: HistoryEvent[]
}

/** @param name beginning of an item's id, or a path in a snapshot */
export async function itemHistory(
  repository: Repository,
  name: string,
  { signal }: { signal: AbortSignal },
): Promise<ItemHistory> {
  const readers = await librarySnapshots(repository)
  const found = await findItem(readers, name, signal)
  const events: HistoryEvent[] = []
  let last: Sight | undefined
  let catalogue: string | undefined
  for (const reader of [...readers].reverse()) {
    signal.throwIfAborted()
    const itsCatalogue = await catalogueOf(reader)
    if (itsCatalogue === catalogue) continue
    catalogue = itsCatalogue
    const sight = await look(reader, found.id)
    const event = eventBetween(last, sight)
    if (event) events.push({ ...whichSnapshot(reader), ...event })
    last = sight
  }
  const { id, title, files } = found
  return { id, title, path: files[0]!.path, snapshots: readers.length, events }
}

/** Newest first. */
async function librarySnapshots(repository: Repository): Promise<SnapshotReader[]> {
  const readers: SnapshotReader[] = []
  for (const { identifier } of await listSnapshots(repository)) {
    const reader = await openSnapshot(repository, identifier)
    if ((await catalogueOf(reader)) !== undefined) readers.push(reader)
  }
  return readers
}

/** In the newest snapshot that knows it. */
async function findItem(
  readers: readonly SnapshotReader[],
  name: string,
  signal: AbortSignal,
): Promise<KeptItem> {
  for (const reader of readers) {
    signal.throwIfAborted()
    const path = name.startsWith('/') ? await photoPath(reader, name) : undefined
    const found: KeptItem[] = []
    for await (const { record } of catalogueRecords(reader, 'items')) {
      if (isMeant(record, name, path)) found.push(record)
    }
    if (found.length > 1) throw new AmbiguousItemError(name, found)
    if (found[0]) return found[0]
  }
  throw new ItemNotFoundError(name)
}

function isMeant({ id, files }: KeptItem, name: string, path: string | undefined): boolean {
  return path === undefined ? id.startsWith(name.toLowerCase()) : files.some((f) => f.path === path)
}

/** A link in an album leads to its photo. */
async function photoPath(reader: SnapshotReader, path: string): Promise<string> {
  const target = (await reader.entry(path))?.symlinkTarget
  if (!target) return path
  return posix.resolve(posix.dirname(path), target)
}

interface Sight {
  item: KeptItem | undefined
  titles: Map<string, string>
}

async function look(reader: SnapshotReader, id: string): Promise<Sight> {
  const titles = new Map<string, string>()
  for await (const { record } of catalogueRecords(reader, 'albums')) {
    titles.set(record.id, record.title)
  }
  for await (const { record } of catalogueRecords(reader, 'items')) {
    if (record.id === id) return { item: record, titles }
  }
  return { item: undefined, titles }
}

type Event = Omit<HistoryEvent, 'snapshot' | 'taken' | 'source'>

function eventBetween(before: Sight | undefined, now: Sight): Event | undefined {
  const { item, titles } = now
  if (!item) return before?.item ? { change: 'gone' } : undefined
  if (!before?.item) {
    return { change: 'added', item, albums: item.albums.map((id) => titles.get(id) ?? id) }
  }
  const changes = itemChanges(before.item, item, { before: before.titles, after: titles })
  return isUnchanged(changes) ? undefined : { change: 'changed', changes }
}

function whichSnapshot({ id, header }: SnapshotReader) {
  const taken = timestampToDate(header.timestamp).toISOString()
  return { snapshot: id, taken, source: contextValue(header, CONTEXT.source) ?? '' }
}

/** Several items have ids that begin so. */
export class AmbiguousItemError extends CodedError {
  readonly code = 'AMBIGUOUS_ITEM'
  constructor(name: string, items: readonly KeptItem[]) {
    super(`${items.length} photos have an id that begins with "${name}"`, {
      hint: 'Give more of the id, or the path of the photo in the snapshot.',
    })
  }
}

/** No snapshot has such a photo. */
export class ItemNotFoundError extends CodedError {
  readonly code = 'ITEM_NOT_FOUND'
  constructor(name: string) {
    super(`no snapshot has a photo "${name}"`, {
      hint: 'Give the beginning of an id as "items" lists it, or a path as in /photos/2021/07/IMG_1.jpg.',
    })
  }
}

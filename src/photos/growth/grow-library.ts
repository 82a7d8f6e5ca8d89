/**
 * The library so far + one import = the library now.
 *
 * An arriving item is recognised by the bytes of its files, else by its link into Google Photos.
 * What a sidecar says now replaces what was known; files are only ever added. Nothing is removed.
 * @module
 */
import type { Album, FileRole } from '../library.ts'
import { guessZones, withoutGuess } from '../zone-guesses.ts'
import { assignPaths, type PathlessItem } from './assign-paths.ts'
import { growAlbums } from './grow-albums.ts'
import type { ArrivingItem, KeptFile, KeptItem, Library } from './library.ts'

export interface Growth {
  library: Library
  added: number
  changed: number
  unchanged: number
  /** Every file of `arriving`, by SHA-256, and where it now lies. */
  pathOf: Map<string, string>
}

export function growLibrary(
  before: Library,
  arriving: readonly ArrivingItem[],
  albums: readonly Album[],
): Growth {
  const items = new Map(before.items.map((item) => [item.id, asItself(structuredClone(item))]))
  const known = indexItems(items.values())
  const idOf = new Map<string, string>()
  const pathless: PathlessItem[] = []
  const touched = new Set<string>()
  for (const arrival of arriving.map(asItself).sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const item = recognise(arrival, known) ?? startItem(arrival, items)
    idOf.set(arrival.id, item.id)
    touched.add(item.id)
    const newFiles = addFiles(item, arrival, known, items)
    if (newFiles.length > 0) pathless.push({ item, newFiles })
    if (arrival.described && !isLoneClip(arrival, item)) describe(item, arrival)
    remember(item, known)
  }
  assignPaths(
    pathless,
    before.items.flatMap((item) => item.files.map((file) => file.path)),
  )
  sharePlaces(items.values())
  guessZones(items.values())
  const grown = growAlbums(before.albums, albums, idOf, items)
  linkAlbums(items, grown)
  return { ...count(before, items, touched), library: sorted(items, grown), pathOf: paths(items) }
}

/** Without guesses from other photos: a path must not depend on who came with it. */
function asItself<T extends ArrivingItem | KeptItem>(item: T): T {
  return item.taken === undefined ? item : { ...item, taken: withoutGuess(item.taken) }
}

interface Known {
  bySha: Map<string, KeptItem>
  byUrl: Map<string, KeptItem>
}

function indexItems(items: Iterable<KeptItem>): Known {
  const known: Known = { bySha: new Map(), byUrl: new Map() }
  for (const item of items) remember(item, known)
  return known
}

function remember(item: KeptItem, known: Known): void {
  for (const file of item.files) known.bySha.set(file.sha256, item)
  if (item.url !== undefined) known.byUrl.set(item.url, item)
}

/** By the bytes of a photo; a clip alone tells nothing, unless it was taken for an item so far. */
function recognise(arrival: ArrivingItem, known: Known): KeptItem | undefined {
  const byRank = [...arrival.files].sort((a, b) => rank(a) - rank(b))
  for (const file of byRank) {
    const item = known.bySha.get(file.sha256)
    if (item && (file.role !== 'clip' || roleIn(item, file) === 'original')) return item
  }
  return arrival.url === undefined ? undefined : known.byUrl.get(arrival.url)
}

function roleIn(item: KeptItem, file: KeptFile): FileRole | undefined {
  return item.files.find((kept) => kept.sha256 === file.sha256)?.role
}

/** True when what arrives as a photo of its own is known as the clip of `item`. */
function isLoneClip(arrival: ArrivingItem, item: KeptItem): boolean {
  return arrival.files.every((file) => roleIn(item, file) === 'clip')
}

const RANKS = { original: 0, raw: 1, edited: 2, copy: 3, clip: 4 }
const rank = (file: KeptFile): number => RANKS[file.role]

function startItem(arrival: ArrivingItem, items: Map<string, KeptItem>): KeptItem {
  const { described: _, ...fields } = arrival
  const item: KeptItem = { ...structuredClone(fields), files: [], albums: [] }
  items.set(item.id, item)
  return item
}

/** Adds the files that are new to the item; what was an item of its own so far joins it. */
function addFiles(
  item: KeptItem,
  arrival: ArrivingItem,
  known: Known,
  items: Map<string, KeptItem>,
): KeptFile[] {
  const added: KeptFile[] = []
  for (const file of arrival.files) {
    const here = item.files.find((other) => other.sha256 === file.sha256)
    if (here) {
      here.role = roleNow(here, file, arrival)
      continue
    }
    const elsewhere = known.bySha.get(file.sha256)
    const kept = elsewhere?.files.find((other) => other.sha256 === file.sha256)
    if (elsewhere?.files.length === 1) items.delete(elsewhere.id)
    item.files.push({ ...(kept ?? file), role: file.role })
    if (!kept) added.push(item.files.at(-1)!)
  }
  item.files.sort((a, b) => rank(a) - rank(b) || (a.sha256 < b.sha256 ? -1 : 1))
  return added
}

/** What came alone and was taken for a photo turns out to be the clip, or edit, of another. */
function roleNow(here: KeptFile, file: KeptFile, arrival: ArrivingItem): FileRole {
  const hasOriginal = arrival.files.some(({ role }) => role === 'original')
  return here.role === 'original' && hasOriginal ? file.role : here.role
}

/** Two items of one import can share the bytes of a clip: there is one file for both. */
function sharePlaces(items: Iterable<KeptItem>): void {
  const files = [...items].flatMap((item) => item.files)
  const placed = files.filter((file) => file.path.startsWith('/'))
  const pathOf = new Map(placed.map((file) => [file.sha256, file.path]))
  for (const file of files) file.path = pathOf.get(file.sha256) ?? file.path
}

/** What the newest sidecar says holds; what it does not say stays. */
function describe(item: KeptItem, arrival: ArrivingItem): void {
  const { id: _id, files: _files, albums: _albums, described: _described, ...said } = arrival
  const people = said.people.length > 0 ? said.people : item.people
  Object.assign(item, structuredClone({ ...said, people }))
}

function linkAlbums(items: Map<string, KeptItem>, albums: Library['albums']): void {
  for (const item of items.values()) item.albums = []
  for (const album of albums) for (const id of album.items) items.get(id)!.albums.push(album.id)
  for (const item of items.values()) item.albums.sort()
}

function count(
  before: Library,
  items: Map<string, KeptItem>,
  touched: Set<string>,
): Pick<Growth, 'added' | 'changed' | 'unchanged'> {
  const previous = new Map(before.items.map((item) => [item.id, JSON.stringify(item)]))
  const counts = { added: 0, changed: 0, unchanged: 0 }
  for (const [id, item] of items) {
    const old = previous.get(id)
    if (old === undefined) counts.added++
    else if (old !== JSON.stringify(item)) counts.changed++
    else if (touched.has(id)) counts.unchanged++
  }
  return counts
}

function sorted(items: Map<string, KeptItem>, albums: Library['albums']): Library {
  const inOrder = [...items.values()].sort((a, b) => (a.files[0]!.path < b.files[0]!.path ? -1 : 1))
  return { items: inOrder, albums }
}

function paths(items: Map<string, KeptItem>): Map<string, string> {
  const all = [...items.values()].flatMap((item) => item.files)
  return new Map(all.map((file) => [file.sha256, file.path]))
}

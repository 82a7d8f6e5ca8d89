/**
 * The library so far + one import = the library now.
 *
 * An arriving item is recognised by the bytes of its files, else by its link into Google Photos,
 * else as the same shot (capture-identity.ts). What the newest export says replaces what was known,
 * unless it says the same in other words; files are only ever added. Nothing is removed: what a
 * full export lacks is marked as vanished, and unmarked when it is seen again.
 * @module
 */
import type { Album, FileRole, SeenAlbum } from '../library.ts'
import { guessZones, withoutGuess } from '../zone-guesses.ts'
import { assignPaths, type PathlessItem } from './assign-paths.ts'
import { describeItem } from './describe-item.ts'
import { type Extent, type ExtentEvidence, judgeExtent } from './extent.ts'
import { growAlbums } from './grow-albums.ts'
import type { ArrivingItem, KeptFile, KeptItem, Library, Vanished } from './library.ts'
import { Sightings } from './sightings.ts'
import { settleStandIn, standInKey } from './stand-ins.ts'

export interface Growth {
  library: Library
  added: number
  changed: number
  unchanged: number
  /** Items that this import marked as vanished. */
  vanished: number
  extent: Extent
  /** Items that were recognised as the same shot, with the file that is another rendition of it. */
  sameShots: { id: string; path: string }[]
  /** Albums that could be several known ones: they stay apart. */
  ambiguousAlbums: SeenAlbum[]
  /** Every file of `arriving`, by SHA-256, and where it now lies. */
  pathOf: Map<string, string>
}

/** What is known of the import as a whole. */
export interface ImportCircumstances extends Omit<ExtentEvidence, 'albums' | 'newestStamp'> {
  /** Ids of its exports that no other export shares. */
  exports?: readonly string[]
  /** Places of photos that the export only describes: Google has them, and did not export them. */
  seenAt?: ReadonlySet<string>
  /** For `vanished`. */
  export?: string
  now?: string
}

export function growLibrary(
  before: Library,
  arriving: readonly ArrivingItem[],
  albums: readonly SeenAlbum[],
  circumstances: ImportCircumstances = {},
): Growth {
  const items = new Map(before.items.map((item) => [item.id, asItself(structuredClone(item))]))
  const sightings = new Sightings(before)
  const known = indexItems(items.values(), sightings)
  const idOf = new Map<string, string>()
  const pathless: PathlessItem[] = []
  const touched = new Set<string>()
  const here = new Set<string>()
  const sameShots: Growth['sameShots'] = []
  const inOrder = arriving.map(asItself).sort((a, b) => (a.id < b.id ? -1 : 1))
  const shots = findSameShots(inOrder, known)
  for (const arrival of inOrder) {
    const shot = shots.get(arrival)
    if (shot) sameShots.push({ id: shot.id, path: arrival.files[0]!.path })
    const item = recognise(arrival, known) ?? shot ?? startItem(arrival, items)
    idOf.set(arrival.id, item.id)
    if (!arrival.isElsewhere) touched.add(item.id)
    if (!arrival.isEarlier) here.add(item.id)
    settleStandIn(item, arrival)
    const newFiles = addFiles(item, arrival, known, items)
    if (newFiles.length > 0) pathless.push({ item, newFiles })
    const isOwn = !isLoneClip(arrival, item)
    if (isOwn) describeItem(item, arrival, sightings.of(item.id))
    sightings.note(item.id, arrival, isOwn)
    remember(item, known)
  }
  assignPaths(
    pathless,
    before.items.flatMap((item) => item.files.map((file) => file.path)),
  )
  sharePlaces(items.values())
  guessZones(items.values())
  const seen = new Set([...touched, ...itemsAt(circumstances.seenAt, items)])
  const extent = extentOf(before, albums, seen, circumstances)
  const present = extent.kind === 'full' ? touched : new Set<string>()
  const { ambiguous: ambiguousAlbums, ...grown } = growAlbums(before, albums, {
    ...{ idOf, items, present, exports: circumstances.exports ?? [] },
    ...{ seen: (id) => sightings.of(id).seen, vanished: vanishedBy(circumstances) },
  })
  linkAlbums(items, grown.albums)
  const vanished = markVanished(items, { extent, touched: seen, circumstances, sightings })
  const library = { items: inPathOrder(items), ...grown, sightings: sightings.forItems(items) }
  const found = { extent, sameShots, ambiguousAlbums }
  return { ...count(before, items, here), vanished, ...found, library, pathOf: paths(items) }
}

/** Ids of the items that have a file there. */
function itemsAt(places: ReadonlySet<string> = new Set(), items: ReadonlyMap<string, KeptItem>) {
  const found = [...(places.size > 0 ? items.values() : [])]
  return found.filter(({ files }) => files.some(({ path }) => places.has(path))).map(({ id }) => id)
}

/** Without guesses from other photos: a path must not depend on who came with it. */
function asItself<T extends ArrivingItem | KeptItem>(item: T): T {
  return item.taken === undefined ? item : { ...item, taken: withoutGuess(item.taken) }
}

interface Known {
  bySha: Map<string, KeptItem>
  byUrl: Map<string, KeptItem>
  byStandIn: Map<string, KeptItem>
  /** Undefined for a shot that several items share: then it proves nothing. */
  byShot: Map<string, KeptItem | undefined>
}

function indexItems(items: Iterable<KeptItem>, sightings: Sightings): Known {
  const known: Known = {
    ...{ bySha: new Map(), byUrl: new Map(), byStandIn: new Map(), byShot: new Map() },
  }
  for (const item of items) {
    remember(item, known)
    const { capture } = sightings.of(item.id)
    if (capture === undefined) continue
    known.byShot.set(capture, known.byShot.has(capture) ? undefined : item)
  }
  return known
}

function remember(item: KeptItem, known: Known): void {
  if (item.standIn) known.byStandIn.set(standInKey(item), item)
  for (const { sha256 } of item.files) {
    if (!item.standIn) known.bySha.set(sha256, item)
    else if (known.bySha.get(sha256) === item) known.bySha.delete(sha256)
  }
  if (item.url !== undefined) known.byUrl.set(item.url, item)
}

/** By the bytes of a photo; a clip alone tells nothing, unless it was taken for an item so far. */
function recognise(arrival: ArrivingItem, known: Known): KeptItem | undefined {
  const byUrl = arrival.url === undefined ? undefined : known.byUrl.get(arrival.url)
  if (arrival.standIn) return byUrl ?? known.byStandIn.get(standInKey(arrival))
  const byRank = [...arrival.files].sort((a, b) => rank(a) - rank(b))
  for (const file of byRank) {
    const item = known.bySha.get(file.sha256)
    if (item && (file.role !== 'clip' || roleIn(item, file) === 'original')) return item
  }
  return byUrl
}

/**
 * Arrivals that nothing else identifies and that are the same shot as one known item. One of each,
 * and an item that came itself has no second self: else they are brothers of a burst.
 */
function findSameShots(arriving: readonly ArrivingItem[], known: Known) {
  const identified = new Set<KeptItem>()
  const strangers = new Map<string, ArrivingItem | undefined>()
  for (const arrival of arriving) {
    const item = recognise(arrival, known)
    if (item) identified.add(item)
    const { capture } = arrival
    if (item || capture === undefined) continue
    strangers.set(capture, strangers.has(capture) ? undefined : arrival)
  }
  const found = new Map<ArrivingItem, KeptItem>()
  for (const [capture, arrival] of strangers) {
    const item = known.byShot.get(capture)
    const hasOtherLink = item?.url !== undefined && arrival?.url !== undefined
    if (arrival && item && !identified.has(item) && !hasOtherLink) found.set(arrival, item)
  }
  return found
}

function extentOf(
  before: Library,
  albums: readonly Album[],
  touched: ReadonlySet<string>,
  circumstances: ImportCircumstances,
): Extent {
  const sightings = new Sightings(before)
  const known = before.items.filter(
    ({ id, vanished }) => vanished === undefined && sightings.isFromTakeout(id),
  )
  const titles = new Set(albums.map(({ title }) => title))
  const knownAlbums = before.albums.filter(({ vanished }) => vanished === undefined)
  const present = knownAlbums.filter(({ title }) => titles.has(title)).length
  return judgeExtent(known, ({ id }) => touched.has(id), {
    ...circumstances,
    newestStamp: sightings.newest,
    albums: { known: knownAlbums.length, present },
  })
}

/** Marks what a full export lacks, unmarks what any import brought; how many were marked. */
function markVanished(
  items: ReadonlyMap<string, KeptItem>,
  {
    extent,
    touched,
    circumstances,
    sightings,
  }: {
    extent: Extent
    touched: ReadonlySet<string>
    circumstances: ImportCircumstances
    sightings: Sightings
  },
): number {
  let marked = 0
  for (const [id, item] of items) {
    if (touched.has(id)) delete item.vanished
    if (extent.kind !== 'full' || touched.has(id) || item.vanished) continue
    if (!sightings.isFromTakeout(id)) continue
    item.vanished = vanishedBy(circumstances)
    marked++
  }
  return marked
}

function vanishedBy({ stamp, now = '', export: exportId = '' }: ImportCircumstances): Vanished {
  return { since: instantOf(stamp) ?? now, export: exportId }
}

/** `20240102T030405Z` as `2024-01-02T03:04:05Z`. */
function instantOf(stamp: string | undefined): string | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(stamp ?? '')
  if (!match) return undefined
  const [, year, month, day, hour, minute, second] = match
  return `${year}-${month}-${day}T${hour}:${minute}:${second}Z`
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
  const { described: _described, from: _from, stamp: _stamp, amends: _, ...rest } = arrival
  const { capture: _capture, isEarlier: _isEarlier, ...more } = rest
  const { isElsewhere: _isElsewhere, describedStamp: _describedStamp, ...fields } = more
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
    const elsewhere = arrival.standIn ? undefined : known.bySha.get(file.sha256)
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
  const files = [...items].flatMap((item) => (item.standIn ? [] : item.files))
  const placed = files.filter((file) => file.path.startsWith('/'))
  const pathOf = new Map(placed.map((file) => [file.sha256, file.path]))
  for (const file of files) file.path = pathOf.get(file.sha256) ?? file.path
}

function linkAlbums(items: Map<string, KeptItem>, albums: Library['albums']): void {
  for (const item of items.values()) item.albums = []
  for (const album of albums) for (const id of album.items) items.get(id)!.albums.push(album.id)
  for (const item of items.values()) item.albums.sort()
}

function count(
  before: Library,
  items: Map<string, KeptItem>,
  here: ReadonlySet<string>,
): Pick<Growth, 'added' | 'changed' | 'unchanged'> {
  const previous = new Map(before.items.map((item) => [item.id, item]))
  const counts = { added: 0, changed: 0, unchanged: 0 }
  for (const [id, item] of items) {
    const old = previous.get(id)
    if (old === undefined) counts.added++
    else if (item.vanished && !old.vanished)
      continue // counted as such
    else if (JSON.stringify(old) !== JSON.stringify(item)) counts.changed++
    else if (here.has(id)) counts.unchanged++
  }
  return counts
}

function inPathOrder(items: Map<string, KeptItem>): KeptItem[] {
  return [...items.values()].sort((a, b) => (a.files[0]!.path < b.files[0]!.path ? -1 : 1))
}

function paths(items: Map<string, KeptItem>): Map<string, string> {
  const all = [...items.values()].flatMap((item) => item.files)
  return new Map(all.map((file) => [file.sha256, file.path]))
}

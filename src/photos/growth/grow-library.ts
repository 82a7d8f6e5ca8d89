/**
 * The library so far + one import = the library now.
 *
 * An arriving item is recognised by the bytes of its files, else by its link into Google Photos,
 * else as the same shot (capture-identity.ts). What the newest export says replaces what was known,
 * unless it says the same in other words; files are only ever added. Nothing is removed: what a
 * full export lacks is marked as vanished, and unmarked when it is seen again. Items of which an
 * earlier part of the same export got the grouping wrong are begun anew from the same files
 * (items-before.ts); in the end all is counted (lost-in-growth.ts).
 * @module
 */
import { isDeepStrictEqual } from 'node:util'
import type { Album, FileRole, SeenAlbum } from '../library.ts'
import { guessZones, withoutGuess } from '../zone-guesses.ts'
import { assignPaths, type PathlessItem } from './assign-paths.ts'
import { describeItem } from './describe-item.ts'
import { type Extent, type ExtentEvidence, judgeExtent } from './extent.ts'
import { freeId } from './free-id.ts'
import { growAlbums } from './grow-albums.ts'
import {
  idsAsBefore,
  type TakeBack,
  type TakenBack,
  takeBack,
  takeNothing,
} from './items-before.ts'
import type { ArrivingItem, KeptFile, KeptItem, Library, Vanished } from './library.ts'
import { firstLost, LostInGrowthError } from './lost-in-growth.ts'
import {
  findSameShots,
  forget,
  indexItems,
  type Known,
  rank,
  recognise,
  remember,
  roleIn,
  standing,
} from './recognise.ts'
import { Sightings } from './sightings.ts'
import { settleStandIn } from './stand-ins.ts'

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
  /** Those of which all runs so far are at hand. */
  joined?: readonly string[]
  /** Places of photos that the export only describes: Google has them, and did not export them. */
  seenAt?: ReadonlySet<string>
  /** For `vanished`. */
  export?: string
  now?: string
}

/**
 * `revise` takes back what earlier runs got wrong; it is not asked again if anything would be lost.
 * @throws {LostInGrowthError} instead of a library that lacks a photo
 */
export function growLibrary(
  before: Library,
  arriving: readonly ArrivingItem[],
  albums: readonly SeenAlbum[],
  circumstances: ImportCircumstances = {},
  revise: TakeBack = takeBack,
): Growth {
  const grown = (how: TakeBack) => {
    const { taken, ...growth } = grow(before, arriving, albums, circumstances, how)
    const lost = firstLost(before, arriving, growth.library)
    if (lost === undefined) return growth
    if (taken.items.size === 0) throw new LostInGrowthError(lost)
    return undefined
  }
  return grown(revise) ?? grown(takeNothing)!
}

function grow(
  before: Library,
  arriving: readonly ArrivingItem[],
  albums: readonly SeenAlbum[],
  circumstances: ImportCircumstances,
  revise: TakeBack,
): Growth & { taken: TakenBack } {
  const items = new Map(before.items.map((item) => [item.id, asItself(structuredClone(item))]))
  const sightings = new Sightings(before)
  const itemOf = new Map<ArrivingItem, KeptItem>()
  const pathless: PathlessItem[] = []
  const sameShots: Growth['sameShots'] = []
  const inOrder = arriving.map(asItself).sort((a, b) => (a.id < b.id ? -1 : 1))
  const taken = revise(items, inOrder, { sightings, exports: circumstances.joined ?? [] })
  const known = indexItems(items.values(), sightings, inOrder)
  const isKnown = new Set(items.values())
  const shots = findSameShots(inOrder, known, taken)
  for (const arrival of inOrder) {
    const shot = standing(shots.get(arrival), known)
    if (shot) sameShots.push({ id: shot.id, path: arrival.files[0]!.path })
    const item = recognise(arrival, known) ?? shot ?? startItem(arrival, items, taken)
    if (!isKnown.has(item)) known.begun.add(item)
    itemOf.set(arrival, item)
    settleStandIn(item, arrival)
    const newFiles = addFiles(item, arrival, { known, items, taken })
    if (newFiles.length > 0) pathless.push({ item, newFiles })
    const isOwn = !isLoneClip(arrival, item)
    if (isOwn) describeItem(item, arrival, sightings.of(item.id))
    sightings.note(item.id, arrival, isOwn)
    remember(item, known)
  }
  keepIds(itemOf, { items, sightings, taken })
  const { idOf, touched, here } = whereTheyAre(itemOf, known)
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
  stayAsTheyWere(items, before, taken)
  const library = { items: inPathOrder(items), ...grown, sightings: sightings.forItems(items) }
  const found = { extent, sameShots, ambiguousAlbums }
  const counts = count(before, items, here)
  return { ...counts, vanished, ...found, library, pathOf: paths(items), taken }
}

/** Of items that were begun anew. */
function keepIds(
  itemOf: ReadonlyMap<ArrivingItem, KeptItem>,
  at: { items: Map<string, KeptItem>; sightings: Sightings; taken: TakenBack },
): void {
  const { items, sightings, taken } = at
  const isBegun = (item: KeptItem) => items.get(item.id) === item
  const anew = [...itemOf].flatMap(([arrival, item]) => (taken.arriving.has(arrival) ? item : []))
  const begun = [...new Set(anew)].filter(isBegun)
  const idOf = idsAsBefore(begun, taken)
  for (const { id } of begun) if (idOf.has(id)) items.delete(id)
  sightings.rename(idOf)
  for (const item of begun) {
    item.id = idOf.get(item.id) ?? item.id
    items.set(item.id, item)
  }
}

/** Ids of the items that arrivals became; those in `touched` are in the export, those in `here` in this run. */
function whereTheyAre(itemOf: ReadonlyMap<ArrivingItem, KeptItem>, known: Known) {
  const idOf = new Map<string, string>()
  const touched = new Set<string>()
  const here = new Set<string>()
  for (const [arrival, item] of itemOf) {
    const { id } = standing(item, known)
    idOf.set(arrival.id, id)
    if (!arrival.isElsewhere) touched.add(id)
    if (!arrival.isEarlier) here.add(id)
  }
  return { idOf, touched, here }
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

/** True when what arrives as a photo of its own is known as the clip of `item`. */
function isLoneClip(arrival: ArrivingItem, item: KeptItem): boolean {
  return arrival.files.every((file) => roleIn(item, file) === 'clip')
}

function startItem(
  arrival: ArrivingItem,
  items: Map<string, KeptItem>,
  { items: were }: TakenBack,
): KeptItem {
  const { described: _described, from: _from, stamp: _stamp, amends: _, ...rest } = arrival
  const { capture: _capture, isEarlier: _isEarlier, ...more } = rest
  const { isElsewhere: _isElsewhere, describedStamp: _describedStamp, ...others } = more
  const { oldestStamp: _oldestStamp, ...fields } = others
  const isTaken = (id: string) => items.has(id) || were.has(id)
  const id = freeId(arrival.id, { has: isTaken })
  const item: KeptItem = { ...structuredClone(fields), id, files: [], albums: [] }
  items.set(item.id, item)
  return item
}

/** Adds the files that are new to the item; what was an item of its own so far joins it. */
function addFiles(
  item: KeptItem,
  arrival: ArrivingItem,
  { known, items, taken }: { known: Known; items: Map<string, KeptItem>; taken: TakenBack },
): KeptFile[] {
  const added: KeptFile[] = []
  for (const file of arrival.files) {
    const here = item.files.find((other) => other.sha256 === file.sha256)
    if (here) {
      here.role = roleNow(here, file, arrival)
      continue
    }
    const elsewhere = arrival.standIn ? undefined : known.bySha.get(file.sha256)
    const there = elsewhere?.files.find((other) => other.sha256 === file.sha256)
    const isOwn = (known.photoOf.get(file.sha256) ?? arrival) !== arrival
    if (elsewhere && there && elsewhere.files.length === 1 && !isOwn) {
      items.delete(elsewhere.id)
      forget(elsewhere, item, known)
      item.files.push(Object.assign(there, { role: file.role })) // itself: its path may be to come
      continue
    }
    const kept = there ?? taken.files.get(file.sha256)
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
  const isPlaced = ({ path }: KeptFile) => path.startsWith('/')
  const pathOf = new Map(files.filter(isPlaced).map((file) => [file.sha256, file.path]))
  for (const file of files) if (!isPlaced(file)) file.path = pathOf.get(file.sha256) ?? file.path
}

/** What was begun anew and came out the same is the same, to the order of its keys. */
function stayAsTheyWere(items: Map<string, KeptItem>, before: Library, taken: TakenBack): void {
  for (const old of before.items) {
    const now = taken.items.has(old.id) ? items.get(old.id) : undefined
    if (now && isDeepStrictEqual(now, old)) items.set(old.id, old)
  }
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

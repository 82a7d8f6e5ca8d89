/**
 * Which known item an arrival is: by the bytes of its files, else by its link into Google Photos,
 * else as the same shot (capture-identity.ts).
 * @module
 */
import type { FileRole } from '../library.ts'
import type { TakenBack } from './items-before.ts'
import type { ArrivingItem, KeptFile, KeptItem } from './library.ts'
import type { Sightings } from './sightings.ts'
import { standInKey } from './stand-ins.ts'

export interface Known {
  bySha: Map<string, KeptItem>
  byUrl: Map<string, KeptItem>
  byStandIn: Map<string, KeptItem>
  /** Stand-ins, by the id that their place in an export gives. */
  byPlace: Map<string, KeptItem>
  /** Undefined for a shot that several items share: then it proves nothing. */
  byShot: Map<string, KeptItem | undefined>
  /** Which arrival has a content as its photo. */
  photoOf: Map<string, ArrivingItem>
  /** Items that this import begins. */
  begun: Set<KeptItem>
  /** What was an item of its own, and of what it is a part now. */
  joined: Map<KeptItem, KeptItem>
}

export function indexItems(
  items: Iterable<KeptItem>,
  sightings: Sightings,
  arriving: readonly ArrivingItem[],
): Known {
  const known: Known = {
    ...{ bySha: new Map(), byUrl: new Map(), byStandIn: new Map(), byShot: new Map() },
    ...{ byPlace: new Map(), photoOf: new Map(), begun: new Set(), joined: new Map() },
  }
  for (const arrival of arriving) {
    for (const { sha256, role } of arrival.files) {
      if (role === 'original') known.photoOf.set(sha256, arrival)
    }
  }
  for (const item of items) {
    remember(item, known)
    const { capture } = sightings.of(item.id)
    if (capture === undefined) continue
    known.byShot.set(capture, known.byShot.has(capture) ? undefined : item)
  }
  return known
}

export function remember(item: KeptItem, known: Known): void {
  if (item.standIn) {
    known.byStandIn.set(standInKey(item), item)
    known.byPlace.set(item.id, item)
  }
  for (const { sha256 } of item.files) {
    if (isPhotoOfAnother(sha256, item, known)) continue
    if (!item.standIn) known.bySha.set(sha256, item)
    else if (known.bySha.get(sha256) === item) known.bySha.delete(sha256)
  }
  if (item.url !== undefined) known.byUrl.set(item.url, item)
}

/** Items can share a file; it is found as the one whose photo it is. */
function isPhotoOfAnother(sha256: string, item: KeptItem, { bySha, joined }: Known): boolean {
  const other = bySha.get(sha256)
  if (other === undefined || other === item || joined.has(other)) return false
  const isPhotoOf = ({ files }: KeptItem) =>
    files.some((file) => file.sha256 === sha256 && file.role === 'original')
  return isPhotoOf(other) && !isPhotoOf(item)
}

/** What was an item of its own is part of another one now; nothing is to be found by it any more. */
export function forget(item: KeptItem, whole: KeptItem, known: Known): void {
  known.joined.set(item, whole)
  if (item.url !== undefined && known.byUrl.get(item.url) === item) known.byUrl.delete(item.url)
}

/** An item, or what it became a part of. */
export function standing<T extends KeptItem | undefined>(item: T, known: Known): T
export function standing(item: KeptItem | undefined, { joined }: Known): KeptItem | undefined {
  let found = item
  for (let next = found; next; next = joined.get(next)) found = next
  return found
}

/** By the bytes of a photo; a clip alone tells nothing, unless it was taken for an item so far. */
export function recognise(arrival: ArrivingItem, known: Known): KeptItem | undefined {
  const byUrl = arrival.url === undefined ? undefined : known.byUrl.get(arrival.url)
  if (arrival.standIn) return byUrl ?? recogniseStandIn(arrival, known)
  const byRank = [...arrival.files].sort((a, b) => rank(a) - rank(b))
  for (const file of byRank) {
    const item = known.bySha.get(file.sha256)
    if (!item || isAnothers(item, file, arrival, known)) continue
    if (file.role !== 'clip' || roleIn(item, file) === 'original') return item
  }
  return byUrl
}

/** Its title and date may come later than itself; then it is the one of that place. */
function recogniseStandIn(arrival: ArrivingItem, { byStandIn, byPlace }: Known) {
  const there = byPlace.get(arrival.id)
  const isSame = there?.files.some(({ sha256 }) => sha256 === arrival.files[0]!.sha256)
  return byStandIn.get(standInKey(arrival)) ?? (isSame ? there : undefined)
}

/**
 * Two photos can share a rendition, and stay two: the photo of that item comes by itself. What comes
 * together as two items is never made one by its bytes.
 */
function isAnothers(
  item: KeptItem,
  file: KeptFile,
  arrival: ArrivingItem,
  { photoOf, begun }: Known,
): boolean {
  if (arrival.files[0]!.role !== 'original') return false
  const isPhoto = file.role === 'original' || roleIn(item, file) === 'original'
  if (isPhoto && !begun.has(item)) return false
  const photos = item.files.filter(({ role }) => role === 'original')
  return photos.some(({ sha256 }) => (photoOf.get(sha256) ?? arrival) !== arrival)
}

/**
 * Arrivals that nothing else identifies and that are the same shot as one known item. One of each,
 * and an item that came itself has no second self: else they are brothers of a burst.
 */
export function findSameShots(
  arriving: readonly ArrivingItem[],
  known: Known,
  { arriving: anew }: TakenBack,
) {
  const identified = new Set<KeptItem>()
  const strangers = new Map<string, ArrivingItem | undefined>()
  for (const arrival of arriving) {
    const item = recognise(arrival, known)
    if (item) identified.add(item)
    const { capture } = arrival
    if (item || capture === undefined || anew.has(arrival)) continue
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

export function roleIn(item: KeptItem, file: KeptFile): FileRole | undefined {
  return item.files.find((kept) => kept.sha256 === file.sha256)?.role
}

const RANKS = { original: 0, raw: 1, edited: 2, copy: 3, clip: 4 }
export const rank = (file: KeptFile): number => RANKS[file.role]

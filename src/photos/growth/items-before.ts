/**
 * The items as they were before the exports at hand, as far as earlier runs of these put files to the
 * wrong photo. In a piece of an export `IMG(1).jpg` looks like an edited `IMG.jpg` as long as its
 * sidecar is in another piece, and `IMG-edited.jpg` belongs to `IMG.HEIC` as long as `IMG.jpg` is.
 *
 * What does not fit what is known by now is taken back, to be begun anew; files keep their paths, and
 * the photo of an item its id. Nothing is taken back that anything else than these exports told
 * of, nor what they do not bring again to the last file.
 * @module
 */
import type { ArrivingItem, KeptFile, KeptItem } from './library.ts'
import { isSameInEssence } from './same-in-essence.ts'
import type { Sightings } from './sightings.ts'

export interface TakenBack {
  /** The items, as they were. */
  items: Map<string, KeptItem>
  /** Their files, by SHA-256. */
  files: Map<string, KeptFile>
  /** What begins anew. */
  arriving: Set<ArrivingItem>
}

export type TakeBack = (
  items: Map<string, KeptItem>,
  arriving: readonly ArrivingItem[],
  from: { sightings: Sightings; exports: readonly string[] },
) => TakenBack

/** Takes them out of `items`. */
export const takeBack: TakeBack = (items, arriving, { sightings, exports }) => {
  const taken: TakenBack = { items: new Map(), files: new Map(), arriving: new Set() }
  if (exports.length === 0 || items.size === 0) return taken
  for (const tangle of findTangles(items.values(), arriving)) {
    const mayGo = tangle.kept.every((item) => isOnlyOf(exports, item, sightings))
    if (!mayGo || !bringsAll(tangle) || !tangle.arriving.every(isWhole)) continue
    for (const item of tangle.kept) {
      items.delete(item.id)
      sightings.forget(item.id)
      taken.items.set(item.id, item)
      for (const file of item.files) taken.files.set(file.sha256, file)
    }
    for (const arrival of tangle.arriving) taken.arriving.add(arrival)
  }
  return taken
}

/** Items and arrivals that have files or links in common, directly or by way of others. */
interface Tangle {
  kept: KeptItem[]
  arriving: ArrivingItem[]
}

/** Those where items and arrivals do not go together one to one. */
function findTangles(items: Iterable<KeptItem>, arriving: readonly ArrivingItem[]): Tangle[] {
  const holders = byTrait(items)
  const bringers = byTrait(arriving)
  const followed = new Set<ArrivingItem>()
  const found: Tangle[] = []
  for (const arrival of arriving) {
    if (followed.has(arrival)) continue
    const tangle = follow(arrival, holders, bringers)
    for (const one of tangle.arriving) followed.add(one)
    if (tangle.kept.length > 0 && !isSettled(tangle)) found.push(tangle)
  }
  return found
}

function follow(
  arrival: ArrivingItem,
  holders: ReadonlyMap<string, KeptItem[]>,
  bringers: ReadonlyMap<string, ArrivingItem[]>,
): Tangle {
  const kept = new Set<KeptItem>()
  const arriving = new Set([arrival])
  const traits = new Set(traitsOf(arrival))
  const add = <T extends KeptItem | ArrivingItem>(to: Set<T>, found: readonly T[] = []) => {
    for (const one of found) {
      if (to.has(one)) continue
      to.add(one)
      for (const trait of traitsOf(one)) traits.add(trait)
    }
  }
  for (const trait of traits) {
    add(kept, holders.get(trait))
    add(arriving, bringers.get(trait))
  }
  return { kept: [...kept], arriving: [...arriving] }
}

/** What two of them are recognised by; the bytes of a stand-in join nothing. */
function traitsOf({ standIn, files, url }: KeptItem | ArrivingItem): string[] {
  if (standIn) return []
  const contents = files.map(({ sha256 }) => sha256)
  return url === undefined ? contents : [...contents, url]
}

function byTrait<T extends KeptItem | ArrivingItem>(all: Iterable<T>): Map<string, T[]> {
  const found = new Map<string, T[]>()
  for (const one of all) {
    for (const trait of traitsOf(one)) {
      const others = found.get(trait)
      if (others) others.push(one)
      else found.set(trait, [one])
    }
  }
  return found
}

/** Every arrival is one of the items, with all the files it had, as what they were, and says the same. */
function isSettled({ kept, arriving }: Tangle): boolean {
  if (kept.length !== arriving.length || haveSameLink(arriving)) return false
  const partners = new Set<ArrivingItem>()
  const byPhoto = new Map(arriving.map((arrival) => [arrival.files[0]!.sha256, arrival]))
  for (const item of kept) {
    const partner = byPhoto.get(item.files[0]!.sha256)
    if (!partner || !item.files.every((file) => has(partner, file))) return false
    if (!saysTheSame(item, partner)) return false
    partners.add(partner)
  }
  return partners.size === arriving.length
}

/** What an item says that its photo does not say any more was another one's. */
function saysTheSame(
  { id: _id, files: _files, albums: _albums, ...said }: KeptItem,
  arrival: object,
) {
  const now = new Map<string, unknown>(Object.entries(arrival))
  return Object.entries(said).every(([key, value]) => {
    return value === now.get(key) || isSameInEssence(value, now.get(key))
  })
}

function haveSameLink(arriving: readonly ArrivingItem[]): boolean {
  const links = arriving.flatMap(({ url }) => url ?? [])
  return new Set(links).size < links.length
}

const has = ({ files }: ArrivingItem, { sha256, role }: KeptFile) =>
  files.some((file) => file.sha256 === sha256 && file.role === role)

function isOnlyOf(exports: readonly string[], item: KeptItem, sightings: Sightings): boolean {
  const { from, first, seen } = sightings.of(item.id)
  if (item.standIn || item.vanished || from.join() !== 'takeout') return false
  return first !== undefined && first === seen && exports.some((id) => id.includes(first))
}

/** Of an arrival whose files and words are all of one export. */
function isWhole(arrival: ArrivingItem): boolean {
  const { isElsewhere, standIn, amends, from = 'takeout', stamp, oldestStamp = stamp } = arrival
  const isOfOthers = isElsewhere || standIn || amends !== undefined || from !== 'takeout'
  return !isOfOthers && stamp !== undefined && stamp === oldestStamp
}

function bringsAll({ kept, arriving }: Tangle): boolean {
  const brought = new Set(arriving.flatMap(({ files }) => files.map(({ sha256 }) => sha256)))
  const stamps = new Set(arriving.map(({ stamp }) => stamp))
  return (
    stamps.size === 1 && kept.every(({ files }) => files.every(({ sha256 }) => brought.has(sha256)))
  )
}

/**
 * New ids of items that were begun anew: an item stays where its photo is, and what was an item by
 * itself gives its id to what it joins.
 */
export function idsAsBefore(begun: readonly KeptItem[], { items }: TakenBack): Map<string, string> {
  const heirs = [...begun].sort(byId)
  const idOf = new Map<string, string>()
  const left = new Set([...items.values()].sort(byId))
  const give = (isHeir: (heir: KeptItem, photo: string) => boolean) => {
    const byPhoto = new Map<string, KeptItem[]>()
    for (const item of left) {
      const photo = item.files[0]!.sha256
      byPhoto.set(photo, [...(byPhoto.get(photo) ?? []), item])
    }
    for (const heir of heirs) {
      if (idOf.has(heir.id)) continue
      const own = heir.files.flatMap(({ sha256 }) => byPhoto.get(sha256) ?? [])
      const item = own.find((one) => left.has(one) && isHeir(heir, one.files[0]!.sha256))
      if (!item) continue
      idOf.set(heir.id, item.id)
      left.delete(item)
    }
  }
  give(({ files }, photo) => files[0]!.sha256 === photo)
  give(() => true)
  return idOf
}

const byId = (a: KeptItem, b: KeptItem) => (a.id < b.id ? -1 : 1)

/** For growing without. */
export const takeNothing: TakeBack = () => ({
  items: new Map(),
  files: new Map(),
  arriving: new Set(),
})

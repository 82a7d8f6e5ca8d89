/**
 * Albums across imports: recognised by what they are (match-albums.ts), within one export by their
 * folder; their own folder in the snapshot, once given, stays.
 *
 * What earlier runs of an export made of the albums is taken back first (albums-before.ts), and its
 * albums, as they are known now, are laid over what was there before it: so it does not matter in
 * what parts it comes.
 * @module
 */
import type { AlbumPlace, SeenAlbum } from '../library.ts'
import { type AlbumsBefore, albumsBefore, type KnownAlbum, placeKey } from './albums-before.ts'
import { describeAlbum } from './describe-album.ts'
import { freeId } from './free-id.ts'
import type { AlbumSighting, KeptAlbum, KeptItem, Library, Vanished } from './library.ts'
import { type AlbumEvidence, type Foreknowledge, matchAlbums } from './match-albums.ts'
import { byCaptureTime, placeAlbums } from './place-albums.ts'
import { joinWaiting, WaitingMembers } from './waiting-members.ts'

export interface AlbumGrowth {
  /** From ids of arriving items to ids of the library. */
  idOf: ReadonlyMap<string, string>
  items: ReadonlyMap<string, KeptItem>
  /** Items of a full export: one of them that an album does not list is not in it any more. */
  present: ReadonlySet<string>
  /** Exports of this import, with what earlier runs brought of them. */
  exports: readonly string[]
  /** Time stamp of the newest export that held an item. */
  seen: (id: string) => string | undefined
  /** For albums that a full export lacks. */
  vanished: Vanished
}

export interface GrownAlbums {
  albums: KeptAlbum[]
  albumSightings: AlbumSighting[]
  /** Albums that could be several known ones: they stay apart. */
  ambiguous: SeenAlbum[]
}

export function growAlbums(
  { albums, albumSightings = [] }: Pick<Library, 'albums' | 'albumSightings'>,
  arriving: readonly SeenAlbum[],
  growth: AlbumGrowth,
): GrownAlbums {
  const heard = new Set(growth.idOf.values())
  const before = albumsBefore(albums, albumSightings, {
    exports: growth.exports,
    places: new Set(arriving.flatMap(({ seenIn = [] }) => seenIn.map(placeKey))),
    knows: (id) => heard.has(id) || !growth.items.has(id),
  })
  const waiting = new WaitingMembers(growth.items)
  const arrivals = arriving.map((album) => arrivalOf(album, before, waiting, growth)).sort(byKey)
  const pins = pinned(arrivals, before.known)
  const matches = matchAlbums(arrivals, before.known, (arrival, known) =>
    foreknown(arrival, known, pins),
  )
  const beginner = new Beginner(albums, before)
  const grown = arrivals.map((arrival) => {
    const known = matches.known.get(arrival)
    return known
      ? grow(known, arrival, growth)
      : grow(beginner.begin(arrival), arrival, growth, true)
  })
  const touched = new Set(grown)
  const all = [...new Set([...before.known, ...grown])]
  for (const known of all) finish(known, touched.has(known), waiting, growth)
  if (growth.exports.length > 0) for (const { sighting } of all) settle(sighting, growth.exports)
  placeAlbums(beginner.placeless, albums, growth.items)
  const isApart = (arrival: Arrival) => arrival.seen.ambiguous || matches.ambiguous.has(arrival)
  all.sort((a, b) => (a.album.id < b.album.id ? -1 : 1))
  return {
    albums: all.map(({ album }) => album),
    albumSightings: all.map(({ sighting }) => sighting).filter(saysSomething),
    ambiguous: arrivals.filter(isApart).map(({ seen }) => seen),
  }
}

interface Arrival extends AlbumEvidence {
  seen: SeenAlbum
  stamp: string
}

function arrivalOf(
  seen: SeenAlbum,
  { unheard }: AlbumsBefore,
  waiting: WaitingMembers,
  { idOf, items }: AlbumGrowth,
): Arrival {
  const { seenIn = [], folders } = seen
  const members = new Set(seen.items.map((id) => idOf.get(id)!))
  for (const member of seen.waiting ?? []) members.add(waiting.find(member) ?? '')
  for (const place of seenIn) for (const id of unheard.get(placeKey(place)) ?? []) members.add(id)
  const key = [...folders, ...seenIn.map(placeKey), seen.id].join('\0')
  const stamps = seenIn.map((place) => stampOf(place)).sort()
  const present = new Set([...members].filter((id) => items.has(id)))
  return { ...seen, seen, members: present, key, stamp: stamps.at(-1) ?? '' }
}

const byKey = (a: Arrival, b: Arrival) => (a.key < b.key ? -1 : 1)
const stampOf = (place: AlbumPlace) => /\d{8}T\d{4,8}Z/.exec(place.export)?.[0] ?? ''

/** Known albums by the folders they had in the same exports; the newest export counts. */
function pinned(arrivals: readonly Arrival[], known: readonly KnownAlbum[]) {
  const knownAt = new Map<string, KnownAlbum>()
  for (const one of known)
    for (const place of one.sighting.seenIn) knownAt.set(placeKey(place), one)
  const pins = arrivals.flatMap((arrival) =>
    (arrival.seen.seenIn ?? []).flatMap((place) => {
      const one = knownAt.get(placeKey(place))
      return one ? { arrival, one, stamp: stampOf(place) } : []
    }),
  )
  const found = new Map<Arrival, KnownAlbum>()
  const used = new Set<KnownAlbum>()
  for (const { arrival, one } of pins.sort((a, b) => (a.stamp > b.stamp ? -1 : 1))) {
    if (found.has(arrival) || used.has(one)) continue
    found.set(arrival, one)
    used.add(one)
  }
  return found
}

function foreknown(
  arrival: Arrival,
  known: KnownAlbum,
  pins: ReadonlyMap<Arrival, KnownAlbum>,
): Foreknowledge {
  if (pins.get(arrival) === known) return 'one'
  const { seenIn = [] } = arrival.seen
  const places = known.sighting.seenIn.filter((place) =>
    seenIn.some((own) => own.export === place.export),
  )
  const isAnother = (place: AlbumPlace) => !seenIn.some((own) => placeKey(own) === placeKey(place))
  return places.some(isAnother) ? 'two' : undefined
}

/** Begins albums: those that earlier runs of the export began get their id and folder back. */
class Beginner {
  readonly placeless: KeptAlbum[] = []
  readonly #ids: Set<string>
  readonly #begun: Map<string, KeptAlbum>
  readonly #used = new Set<string>()

  constructor(albums: readonly KeptAlbum[], { begun }: AlbumsBefore) {
    this.#ids = new Set(albums.map(({ id }) => id))
    this.#begun = begun
  }

  begin(arrival: Arrival): KnownAlbum {
    const { ambiguous: _ambiguous, seenIn = [], waiting: _waiting, ...seen } = arrival.seen
    const begun = seenIn.flatMap((place) => this.#begun.get(placeKey(place)) ?? [])
    const own = begun.find(({ id }) => !this.#used.has(id))
    const id = own?.id ?? freeId(seen.id, this.#ids)
    this.#ids.add(id)
    this.#used.add(id)
    const album = { ...structuredClone(seen), id, items: [], path: own?.path ?? '' }
    if (!own) this.placeless.push(album)
    return { ...arrival, key: id, album, sighting: { album: id, seenIn: [] } }
  }
}

function grow(
  known: KnownAlbum,
  arrival: Arrival,
  growth: AlbumGrowth,
  isBegun = false,
): KnownAlbum {
  const { album, sighting } = known
  const { seen, stamp } = arrival
  const was = structuredClone({ album, sighting })
  const isWhole = growth.present.size > 0
  const isNewest = stamp >= (sighting.described ?? '')
  const isNews = (id: string) =>
    stamp >= (sighting.whole ?? '') || (growth.seen(id) ?? '') < sighting.whole!
  const were = new Set(album.items)
  const members = [...arrival.members].filter((id) => were.has(id) || isNews(id))
  const staying = album.items.filter((id) => !growth.present.has(id))
  album.items = byCaptureTime([...staying, ...members], growth.items)
  album.folders = [...new Set([...album.folders, ...seen.folders])].sort()
  delete album.vanished
  describeAlbum(album, seen, { isNewest, isWhole })
  note(sighting, arrival, isWhole)
  if (seen.seenIn) remember(sighting, isBegun ? undefined : was, seen.seenIn)
  else if (JSON.stringify(was.album) !== JSON.stringify(album)) forget(sighting)
  return known
}

function note(sighting: AlbumSighting, { seen, stamp }: Arrival, isWhole: boolean): void {
  const places = new Map(
    [...sighting.seenIn, ...(seen.seenIn ?? [])].map((at) => [placeKey(at), at]),
  )
  sighting.seenIn = [...places].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, place]) => place)
  if (stamp > (sighting.described ?? '')) sighting.described = stamp
  if (isWhole && stamp > (sighting.whole ?? '')) sighting.whole = stamp
  sighting.waiting = joinWaiting(sighting.waiting, seen.waiting)
}

/** Keeps what the album was before these exports, until another one changes it. */
function remember(
  sighting: AlbumSighting,
  was: AlbumSighting['before'],
  seenIn: readonly AlbumPlace[],
): void {
  forget(sighting)
  sighting.since = [...new Set(seenIn.map((place) => place.export))].sort()
  if (!was) return
  forget(was.sighting)
  sighting.before = was
}

/** Once another export was laid over it, what an export made of the albums is not decided anew. */
function settle(sighting: AlbumSighting, exports: readonly string[]): void {
  const isOfOthers = sighting.since?.some((id) => !exports.includes(id))
  if (isOfOthers) forget(sighting)
}

function forget(sighting: AlbumSighting): void {
  delete sighting.since
  delete sighting.before
}

/** What came with others' photos, and what is so of every album whatever came. */
function finish(
  { album, sighting }: KnownAlbum,
  isTouched: boolean,
  waiting: WaitingMembers,
  { items, present, vanished }: AlbumGrowth,
): void {
  const found = (sighting.waiting ?? []).map((member) => ({ member, id: waiting.find(member) }))
  const open = found.filter(({ id }) => id === undefined).map(({ member }) => member)
  const joining = found.flatMap(({ id }) => (id === undefined || present.has(id) ? [] : id))
  if (open.length > 0) sighting.waiting = open
  else delete sighting.waiting
  album.items = byCaptureTime([...album.items, ...joining], items)
  if (album.expected !== undefined && album.expected <= album.items.length) delete album.expected
  const isLacking = present.size > 0 && !isTouched && sighting.seenIn.length > 0
  if (isLacking) album.vanished ??= vanished
}

const saysSomething = ({ seenIn, waiting }: AlbumSighting) =>
  seenIn.length > 0 || waiting !== undefined

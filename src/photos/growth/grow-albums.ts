/**
 * Albums across imports: recognised by title and shared members, never by folder name alone; their
 * folder in the snapshot, once given, stays.
 * @module
 */
import type { Album } from '../library.ts'
import { describeAlbum } from './describe-album.ts'
import { collisionKey, fittingName, legalName } from './file-name.ts'
import type { KeptAlbum, KeptItem } from './library.ts'

export interface AlbumGrowth {
  /** From ids of arriving items to ids of the library. */
  idOf: ReadonlyMap<string, string>
  items: ReadonlyMap<string, KeptItem>
  /** Items of a full export: one of them that an album does not list is not in it any more. */
  present: ReadonlySet<string>
}

export function growAlbums(
  before: readonly KeptAlbum[],
  arriving: readonly Album[],
  { idOf, items, present }: AlbumGrowth,
): KeptAlbum[] {
  const albums = before.map((album) => structuredClone(album))
  const free = new Set(albums)
  const fresh: KeptAlbum[] = []
  const inOrder = [...arriving].sort((a, b) => (a.folders.join() < b.folders.join() ? -1 : 1))
  for (const album of inOrder) {
    const members = [...new Set(album.items.map((id) => idOf.get(id)!))]
    const known = closest(album, members, free)
    if (known) free.delete(known)
    if (known && isFolderName(known) && !isFolderName(album)) known.title = album.title
    const kept = known ?? startAlbum(album, albums, fresh)
    const staying = kept.items.filter((id) => !known || !present.has(id))
    kept.items = byCaptureTime(new Set([...staying, ...members]), items)
    kept.folders = [...new Set([...kept.folders, ...album.folders])].sort()
    describeAlbum(kept, album, present.size > 0)
  }
  for (const album of [...albums, ...fresh]) {
    album.items = byCaptureTime(new Set(album.items), items)
    if (album.expected !== undefined && album.expected <= album.items.length) delete album.expected
  }
  placeAlbums(fresh, albums, items)
  return [...albums, ...fresh].sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** The known album of this title with most members in common; alone of its title, it needs none. */
function closest(album: Album, members: string[], known: Set<KeptAlbum>): KeptAlbum | undefined {
  const namesakes = [...known].filter((other) => other.title === album.title)
  if (namesakes.length === 0) return sameFolder(album, members, known)
  if (namesakes.length < 2) return namesakes[0]
  const own = new Set(members)
  const shared = (other: KeptAlbum) => other.items.filter((id) => own.has(id)).length
  const best = namesakes.sort((a, b) => shared(b) - shared(a) || (a.id < b.id ? -1 : 1))[0]!
  return shared(best) > 0 ? best : undefined
}

/**
 * An album whose file came in another run than its photos is called as its folder, then: one of the
 * two titles is only that, and the folder and photos are the same.
 */
function sameFolder(
  album: Album,
  members: string[],
  known: ReadonlySet<KeptAlbum>,
): KeptAlbum | undefined {
  const own = new Set(members)
  const alike = [...known].filter(
    (other) =>
      other.folders.some((folder) => album.folders.includes(folder)) &&
      (isFolderName(other) || isFolderName(album)) &&
      (other.items.length === 0 || other.items.some((id) => own.has(id))),
  )
  return alike.length === 1 ? alike[0] : undefined
}

function isFolderName({ title, folders }: Album): boolean {
  const names = folders.map((folder) => folder.slice(folder.lastIndexOf('/') + 1))
  return names.some((name) => name === title || name.replace(/ ?\(\d+\)$/, '') === title)
}

function startAlbum(album: Album, albums: KeptAlbum[], fresh: KeptAlbum[]): KeptAlbum {
  const ids = new Set([...albums, ...fresh].map((other) => other.id))
  let id = album.id
  while (ids.has(id)) id = nextId(id)
  const kept = { ...structuredClone(album), id, items: [], path: '' }
  fresh.push(kept)
  return kept
}

function nextId(id: string): string {
  return ((BigInt(`0x${id}`) + 1n) & ((1n << 80n) - 1n)).toString(16).padStart(20, '0')
}

/** Members in the order they were taken; ids that are no longer items (joined ones) fall away. */
function byCaptureTime(ids: ReadonlySet<string>, items: ReadonlyMap<string, KeptItem>): string[] {
  const key = (id: string) => `${items.get(id)!.taken?.instant ?? '~'} ${id}`
  return [...ids].filter((id) => items.has(id)).sort((a, b) => (key(a) < key(b) ? -1 : 1))
}

/** `/albums/YYYY/MM TITLE`, the month of its last photo, as gphotos-sync had it. */
function placeAlbums(
  fresh: KeptAlbum[],
  placed: readonly KeptAlbum[],
  items: ReadonlyMap<string, KeptItem>,
): void {
  const taken = new Set(placed.map((album) => collisionKey(album.path)))
  for (const album of fresh) {
    const base = albumFolder(album, items)
    let path = base
    for (let number = 2; taken.has(collisionKey(path)); number++) path = `${base} (${number})`
    album.path = path
    taken.add(collisionKey(path))
  }
}

function albumFolder(album: KeptAlbum, items: ReadonlyMap<string, KeptItem>): string {
  const times = album.items.map(
    (id) => items.get(id)!.taken?.local ?? items.get(id)!.taken?.instant,
  )
  const last = times
    .filter((time) => time !== undefined && time.length >= 7)
    .sort()
    .at(-1)
  const title = fittingName(legalName(album.title === '' ? 'Untitled' : album.title), '')
  return last === undefined
    ? `/albums/undated/${title}`
    : `/albums/${last.slice(0, 4)}/${last.slice(5, 7)} ${title}`
}

/**
 * Where an album lies in the snapshot: `/albums/YYYY/MM TITLE`, the month of its last photo, as
 * gphotos-sync had it. Once given, it stays.
 * @module
 */
import { collisionKey, fittingName, legalName } from './file-name.ts'
import type { KeptAlbum, KeptItem } from './library.ts'

/** Sets `path` of every fresh album. */
export function placeAlbums(
  fresh: readonly KeptAlbum[],
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

/** Members in the order they were taken; ids that are no longer items (joined ones) fall away. */
export function byCaptureTime(
  ids: Iterable<string>,
  items: ReadonlyMap<string, KeptItem>,
): string[] {
  const key = (id: string) => `${items.get(id)!.taken?.instant ?? '~'} ${id}`
  return [...new Set(ids)].filter((id) => items.has(id)).sort((a, b) => (key(a) < key(b) ? -1 : 1))
}

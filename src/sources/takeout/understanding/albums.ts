/**
 * Albums and their members. The title is the album file's, the folder's name only stands in; two
 * folders with one title are two albums, one folder spread over parts is one, and the same album in
 * two exports is one (reference: albums-duplicates.md).
 * @module
 */

import { formatDay } from '../../../photos/file-name-date.ts'
import type { Album, Item } from '../../../photos/library.ts'
import type { AlbumFile } from './album-file.ts'
import { withoutFolderCounter } from './folder-names.ts'
import { shortId } from './ids.ts'
import { present } from './sidecar-json.ts'
import { compareText, groupBy, pushTo } from './text.ts'
import type { Folder, MediaFile, SidecarFile } from './tree.ts'

export interface AlbumMember {
  folder: Folder
  item: Item
}

/** Albums of all folders that are one. Sets `albums` of the items. */
export function findAlbums(folders: readonly Folder[], members: readonly AlbumMember[]): Album[] {
  const albumFolders = folders.filter(({ kind }) => kind === 'album').filter(isAlbum)
  const itemsOf = groupBy(members, ({ folder }) => folder)
  const albums = [...groupBy(albumFolders, albumKeys(albumFolders)).entries()].map(([key, same]) =>
    newAlbum(key, same, itemsOf),
  )
  const byId = new Map(members.map(({ item }) => [item.id, item]))
  for (const album of albums) for (const id of album.items) byId.get(id)!.albums.push(album.id)
  for (const item of byId.values()) item.albums.sort(compareText)
  return albums.sort((a, b) => compareText(a.id, b.id))
}

function isAlbum({ hasAlbumFile, media, sidecars }: Folder): boolean {
  return hasAlbumFile || media.length > 0 || sidecars.length > 0
}

/** Exports number equal titles anew; alone in its export, an album is known by title and date. */
function albumKeys(folders: readonly Folder[]): (folder: Folder) => string {
  const plainKey = (folder: Folder) => `${titleOf(folder)}\0${dateOf(folder) ?? ''}`
  const counts = groupBy(folders, (folder) => `${folder.exportId}\0${plainKey(folder)}`)
  const isShared = new Set(
    [...counts.values()].filter((same) => same.length > 1).map(([first]) => plainKey(first!)),
  )
  return (folder) => {
    const key = plainKey(folder)
    return titleOf(folder) === '' || isShared.has(key) ? `${key}\0${folder.name}` : key
  }
}

function newAlbum(
  key: string,
  folders: readonly Folder[],
  itemsOf: ReadonlyMap<Folder, AlbumMember[]>,
): Album {
  const items = new Set(folders.flatMap((folder) => itemsOf.get(folder) ?? []).map((m) => m.item))
  const files = folders.flatMap(({ albumFiles }) => albumFiles)
  return {
    ...present({
      description: files.map(({ description }) => description).find(Boolean),
      date: dateOf(folders[0]!),
    }),
    id: shortId('album', key),
    title: titleOf(folders[0]!),
    folders: [...new Set(folders.map(({ path }) => path))].sort(compareText),
    items: [...items].sort(compareItems).map(({ id }) => id),
  }
}

function titleOf({ albumFiles, untitled, name }: Folder): string {
  if (untitled) return ''
  const titled = albumFiles.map(({ title }) => title).filter((title) => title !== '')
  return titled.sort(compareText)[0] ?? withoutFolderCounter(name)
}

function dateOf({ albumFiles }: Folder): string | undefined {
  const dates = albumFiles.flatMap(({ dateSeconds }: AlbumFile) => dateSeconds ?? [])
  return dates.length > 0 ? formatDay(Math.min(...dates)) : undefined
}

/** By capture time, then id; without a time last. */
function compareItems(a: Item, b: Item): number {
  const time = ({ taken }: Item) => taken?.instant ?? taken?.local ?? '9999'
  return compareText(time(a), time(b)) || compareText(a.id, b.id)
}

/**
 * Items that sidecars without media speak of: the same title at the same second, and only one such
 * item. That is how album folders look whose photos lie in the year folders only.
 */
export function matchOrphans(
  orphans: readonly SidecarFile[],
  itemOf: ReadonlyMap<MediaFile, Item>,
): Map<SidecarFile, Item> {
  const byCapture = new Map<string, Item[]>()
  for (const [media, item] of orphans.length > 0 ? itemOf : []) {
    const key = captureKey(media.sidecar)
    if (key !== undefined) pushTo(byCapture, key, item)
  }
  const found = new Map<SidecarFile, Item>()
  for (const orphan of orphans) {
    const items = new Set(byCapture.get(captureKey(orphan) ?? '') ?? [])
    const [only] = items
    if (only && items.size === 1) found.set(orphan, only)
  }
  return found
}

function captureKey(sidecar: SidecarFile | undefined): string | undefined {
  const { title, takenSeconds } = sidecar?.record ?? {}
  return title === undefined || takenSeconds === undefined ? undefined : `${takenSeconds}\0${title}`
}

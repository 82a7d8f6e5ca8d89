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
import { present } from './present.ts'
import { compareText, groupBy, pushTo } from './text.ts'
import type { Folder, MediaFile, SidecarFile } from './tree.ts'

export interface AlbumMember {
  folder: Folder
  item: Item
}

/** Albums of all folders that are one. Sets `albums` of the items. */
export function findAlbums(
  folders: readonly Folder[],
  members: readonly AlbumMember[],
  missing: ReadonlyMap<Folder, number>,
): Album[] {
  const albumFolders = folders.filter(({ kind }) => kind === 'album').filter(isAlbum)
  const itemsOf = groupBy(members, ({ folder }) => folder)
  const albums = [...groupBy(albumFolders, albumKeys(albumFolders)).entries()].map(([key, same]) =>
    newAlbum(key, same, itemsOf, missing),
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
  missing: ReadonlyMap<Folder, number>,
): Album {
  const items = new Set(folders.flatMap((folder) => itemsOf.get(folder) ?? []).map((m) => m.item))
  const files = folders.flatMap(({ albumFiles }) => albumFiles)
  return {
    ...present({
      description: files.map(({ description }) => description).find(Boolean),
      date: dateOf(folders[0]!),
      ...said(files),
      expected: expectedCount(items.size, folders, missing),
    }),
    id: shortId('album', key),
    title: titleOf(folders[0]!),
    folders: [...new Set(folders.map(({ path }) => path))].sort(compareText),
    items: [...items].sort(compareItems).map(({ id }) => id),
  }
}

/** What the album files say beside title, description and date; the fullest of them counts. */
function said(files: readonly AlbumFile[]) {
  const longest = <T>(lists: readonly (readonly T[])[]): T[] | undefined => {
    const found = lists.reduce<readonly T[]>((a, b) => (b.length > a.length ? b : a), [])
    return found.length > 0 ? [...found] : undefined
  }
  return {
    access: files.map(({ access }) => access).find(Boolean),
    location: files.map(({ location }) => location).find(Boolean),
    position: files.map(({ coordinates }) => coordinates).find(Boolean),
    texts: longest(files.map(({ texts }) => texts)),
    places: longest(files.map(({ places }) => places)),
    remarks: longest(files.map(({ remarks }) => remarks)),
    more: files.map(({ more }) => more).find(Boolean),
  }
}

/**
 * How many items it should have, if that is more than it has: by the sidecars whose photo is in no
 * part, each in one of its exports; or by the number in the album file.
 */
function expectedCount(
  present: number,
  folders: readonly Folder[],
  missing: ReadonlyMap<Folder, number>,
): number | undefined {
  const byExport = groupBy(folders, ({ exportId }) => exportId)
  const lacks = [...byExport.values()].map((same) =>
    same.reduce((sum, folder) => sum + (missing.get(folder) ?? 0), 0),
  )
  const counts = folders.flatMap(({ albumFiles }) => albumFiles.flatMap(({ count }) => count ?? []))
  const expected = Math.max(present + Math.max(0, ...lacks), ...counts)
  return expected > present ? expected : undefined
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

/** How many photos of each folder are in no part, by the sidecars that wait for them. */
export function countMissing(
  orphans: readonly SidecarFile[],
  known: ReadonlyMap<SidecarFile, Item>,
): Map<Folder, number> {
  const lost = orphans.filter((orphan) => !known.has(orphan) && orphan.ambiguous === undefined)
  const byFolder = groupBy(lost, ({ folder }) => folder)
  return new Map([...byFolder].map(([folder, sidecars]) => [folder, sidecars.length]))
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

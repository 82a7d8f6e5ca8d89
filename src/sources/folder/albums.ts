/**
 * Albums of a folder: only where the tree says that it has any. Folders as such are no albums,
 * unless the person asks for it.
 *
 *   an album file of Google beside the photos         title and description from it
 *   the database of gphotos-sync                      with description; titles repeat, ids do not
 *   folders that hold nothing but links into the tree GooglePhotosTakeoutHelper, gphotos-sync
 *   folders beside ALL_PHOTOS                         GooglePhotosTakeoutHelper with copies
 *   albums-info.json                                  GooglePhotosTakeoutHelper, names only
 * @module
 */
import { createHash } from 'node:crypto'
import type { Album, Item } from '../../photos/library.ts'
import { ownPath } from './exported-paths.ts'
import { baseName, compareText, type FolderTree, folderOf } from './folder-tree.ts'
import {
  albumsOfHelper,
  type HelperRoots,
  helperRoots,
  isAmongAllPhotos,
  isHelperAlbum,
} from './helper-albums.ts'
import { matchSynced } from './match-synced.ts'
import type { Line } from './understand-folder.ts'

interface Found extends Omit<Album, 'id' | 'folders' | 'items'> {
  /** Where it was read from; several sources of one album share it. */
  folders: Set<string>
  items: Set<string>
}

/** Sets `albums` of the items. `matched`: albums that the rules for exports found. */
export function findFolderAlbums(
  tree: FolderTree,
  lines: readonly Line[],
  matched: readonly Album[],
  items: readonly Item[],
): Album[] {
  const found: Found[] = []
  const folders = byFolder(lines)
  const itemOf = new Map(lines.map(({ entry, file }) => [file.index, entry.item]))
  const helpers = helperRoots(lines)
  for (const album of fromAlbumFiles(folders, matched)) join(found, album)
  for (const [root] of tree.roots.entries()) {
    for (const album of fromDatabase(tree, root, lines)) join(found, album)
    for (const album of albumsOfHelper(root, lines)) join(found, album)
  }
  for (const [key, inFolder] of folders) {
    const title = titleOfFolder(key, inFolder, helpers, tree)
    if (title !== undefined) join(found, fromFolder(title, inFolder, itemOf))
  }
  return finish(found, items)
}

/** Lines of each folder, by root and path. */
function byFolder(lines: readonly Line[]): Map<string, Line[]> {
  const folders = new Map<string, Line[]>()
  for (const line of lines) {
    const key = `${line.file.root}\0${folderOf(line.file.path)}`
    const known = folders.get(key)
    if (known) known.push(line)
    else folders.set(key, [line])
  }
  return folders
}

const UNTITLED: Album = { id: '', title: '', folders: [], items: [] }

/** What different places of one tree say of one album. */
function join(found: Found[], album: Found): void {
  if (album.items.size === 0) return
  const known = sameAlbum(found, album)
  if (!known) {
    found.push(album)
    return
  }
  for (const item of album.items) known.items.add(item)
  for (const folder of album.folders) known.folders.add(folder)
  const { folders: _folders, items: _items, ...said } = album
  Object.assign(known, { ...said, ...known })
}

/** The one of its title; of several, or with ids of their own, the one that shares most with it. */
function sameAlbum(found: readonly Found[], album: Found): Found | undefined {
  const namesakes = found.filter(
    ({ title, remoteId }) =>
      title === album.title && (remoteId === undefined || album.remoteId === undefined),
  )
  if (namesakes.length === 1 && album.remoteId === undefined) return namesakes[0]
  const shared = (other: Found) => [...album.items].filter((id) => other.items.has(id)).length
  const [best] = [...namesakes].sort((a, b) => shared(b) - shared(a))
  return best && shared(best) > 0 ? best : undefined
}

function* fromAlbumFiles(
  folders: ReadonlyMap<string, Line[]>,
  matched: readonly Album[],
): Generator<Found> {
  const albumAt = new Map(matched.flatMap((album) => album.folders.map((f) => [ownPath(f), album])))
  for (const inFolder of folders.values()) {
    if (!inFolder.some(({ entry }) => entry.class === 'album')) continue
    const folder = folderOf(inFolder[0]!.file.path)
    const album = albumAt.get(folder)
    const items = new Set(inFolder.flatMap(({ entry }) => entry.item ?? []))
    const isTitled = album !== undefined && album.title !== '=' && album.title !== ''
    const { id: _id, folders: _folders, items: _items, ...said } = isTitled ? album : UNTITLED
    const title = isTitled ? album.title : baseName(folder)
    yield { ...said, title, folders: new Set([folder]), items }
  }
}

function* fromDatabase(tree: FolderTree, root: number, lines: readonly Line[]): Generator<Found> {
  const database = tree.roots[root]!.database
  if (!database) return
  const lineOf = new Map([...matchSynced(database.files, lines, root)].map(([l, s]) => [s, l]))
  for (const { remoteId, title, description, files } of database.albums) {
    const items = files.flatMap((at) => lineOf.get(database.files[at]!)?.entry.item ?? [])
    const album: Found = { title, remoteId, folders: new Set(), items: new Set(items) }
    yield description === undefined ? album : { ...album, description }
  }
}

/** The title when the folder is an album; undefined when it is only a folder. */
function titleOfFolder(
  key: string,
  inFolder: readonly Line[],
  helpers: HelperRoots,
  { foldersAsAlbums }: FolderTree,
): string | undefined {
  const folder = key.slice(key.indexOf('\0') + 1)
  if (folder === '' || inFolder.some(({ entry }) => entry.class === 'album')) return undefined
  const photos = inFolder.filter(({ entry }) => entry.class === 'media')
  const links = inFolder.filter(({ file }) => file.link && 'file' in file.link)
  if (links.length > 0 && photos.length === 0) {
    return isAmongAllPhotos(folder) ? undefined : withoutDate(folder)
  }
  if (photos.length > 0 && isHelperAlbum(photos[0]!.file, helpers)) return baseName(folder)
  return foldersAsAlbums && photos.length > 0 ? baseName(folder) : undefined
}

/** gphotos-sync: `albums/2019/05 Summer` and `albums/2019/0531 Summer`. */
function withoutDate(folder: string): string {
  const found = /(?:^|\/)\d{4}\/\d{2}(?:\d{2})? (.+)$/.exec(folder)
  return found?.[1] ?? baseName(folder)
}

function fromFolder(
  title: string,
  inFolder: readonly Line[],
  itemOf: ReadonlyMap<number, string | undefined>,
): Found {
  const items = inFolder.flatMap(({ entry, file }) => {
    const target = file.link && 'file' in file.link ? itemOf.get(file.link.file) : undefined
    return entry.item ?? target ?? []
  })
  return { title, folders: new Set([folderOf(inFolder[0]!.file.path)]), items: new Set(items) }
}

function finish(found: readonly Found[], items: readonly Item[]): Album[] {
  const byId = new Map(items.map((item) => [item.id, item]))
  const albums = found.map(({ title, folders, items: members, ...said }): Album => {
    const sorted = [...members].flatMap((id) => byId.get(id) ?? []).sort(byCaptureTime)
    return {
      ...said,
      id: idOf(title, said.remoteId),
      title,
      folders: [...folders].sort(compareText),
      items: sorted.map(({ id }) => id),
    }
  })
  for (const { id, items: members } of albums) for (const i of members) byId.get(i)!.albums.push(id)
  for (const item of items) item.albums.sort(compareText)
  return albums.sort((a, b) => compareText(a.id, b.id))
}

function idOf(title: string, remoteId: string | undefined): string {
  const name = remoteId === undefined ? title : `${title}\0${remoteId}`
  return createHash('sha256').update(`folder album\0${name}`).digest('hex').slice(0, 20)
}

function byCaptureTime(a: Item, b: Item): number {
  const time = ({ taken }: Item) => taken?.instant ?? taken?.local ?? '9999'
  return compareText(time(a), time(b)) || compareText(a.id, b.id)
}

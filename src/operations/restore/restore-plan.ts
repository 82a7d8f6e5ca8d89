/**
 * What a restore will write, one entry at a time: the snapshot's tree, chosen and arranged.
 * @module
 */
import type { SnapshotReader, TreeEntry } from '../../kloset/reading/snapshot-reader.ts'
import type { KeptItem, Library } from '../../photos/growth/library.ts'
import { readLibrary } from '../import/previous-library.ts'
import { PHOTOS_PATH } from '../snapshot-tree.ts'
import { NoSuchAlbumError } from './no-such-album-error.ts'

export type Layout = 'as-stored' | 'gphotos-sync'

/** `path`: where it goes, below the destination, with a leading slash. */
export interface PlannedEntry {
  entry: TreeEntry
  path: string
  /** The item a media file belongs to, where the snapshot has a catalogue. */
  item: KeptItem | undefined
}

export interface PlanOptions {
  layout: Layout
  /** Titles; empty means everything. */
  albums: readonly string[]
  /** Attach items to files, for writing their metadata. */
  withItems: boolean
}

export async function* planRestore(
  reader: SnapshotReader,
  start: TreeEntry,
  options: PlanOptions,
): AsyncGenerator<PlannedEntry> {
  const needsLibrary = options.withItems || options.albums.length > 0
  const library = needsLibrary ? await readLibrary(reader) : undefined
  const items = library ? itemsByPath(library) : new Map<string, KeptItem>()
  const chosen =
    library && options.albums.length > 0 ? chosenBy(library, options.albums) : undefined
  for await (const entry of reader.walk(start.path)) {
    if (!inLayout(entry.path, options.layout)) continue
    if (chosen && !chosen(entry)) continue
    yield { entry, path: entry.path, item: items.get(entry.path) }
  }
}

function itemsByPath(library: Library): Map<string, KeptItem> {
  const pairs = library.items.flatMap((item) =>
    item.files.map((file) => [file.path, item] as const),
  )
  return new Map(pairs)
}

/** gphotos-sync had photos and albums, and nothing beside them. */
function inLayout(path: string, layout: Layout): boolean {
  return layout === 'as-stored' || /^\/(photos|albums)?(\/|$)/.test(path)
}

/** The members of the albums and the albums' own links; folders come with what is in them. */
function chosenBy(library: Library, titles: readonly string[]): (entry: TreeEntry) => boolean {
  const albums = titles.flatMap((title) => {
    const found = library.albums.filter((album) => album.title === title)
    if (found.length === 0) throw new NoSuchAlbumError(title, library.albums)
    return found
  })
  const ids = new Set(albums.flatMap((album) => album.items))
  const members = library.items.filter((item) => ids.has(item.id))
  const paths = new Set(members.flatMap((item) => item.files.map((file) => file.path)))
  const folders = albums.map((album) => `${album.path}/`)
  return ({ path, kind }) =>
    kind !== 'directory' &&
    (path.startsWith(`${PHOTOS_PATH}/`)
      ? paths.has(path)
      : folders.some((folder) => path.startsWith(folder)))
}

/**
 * Writes what is new in a snapshot: the files that arrived, album links, catalogue, import folder.
 * @module
 */
import { posix } from 'node:path'
import type { StoredContent } from '../../kloset/workers/content.ts'
import type { SnapshotWriter } from '../../kloset/writing/snapshot-writer.ts'
import { albumLines, itemLines, sightingLines } from '../../photos/growth/catalogue-codec.ts'
import { collisionKey, splitExtension } from '../../photos/growth/file-name.ts'
import type { KeptItem, Library } from '../../photos/growth/library.ts'
import { utf8 } from '../../util/bytes.ts'
import {
  ALBUMS_PATH,
  LIBRARY_PATH,
  README_PATH,
  README_TEXT,
  RECOGNITION_PATH,
} from '../snapshot-tree.ts'

/**
 * `carried`: files that are in the snapshot already. `lost`: files of the library whose content is
 * nowhere. `now` dates what has no time of its own.
 */
export interface TreeToWrite {
  library: Library
  contents: ReadonlyMap<string, StoredContent>
  carried: ReadonlySet<string>
  lost: ReadonlySet<string>
  now: Date
}

/** Stands in the snapshot's list of errors, which other programs show. */
const LOST_MESSAGE = 'its content is no longer in the repository'

/** Files of a library that are neither in the snapshot nor among the contents at hand. */
export function lostFiles(
  { items }: Library,
  carried: ReadonlySet<string>,
  contents: ReadonlyMap<string, StoredContent>,
): Set<string> {
  const files = items.flatMap((item) => item.files)
  const lost = files.filter(({ path, sha256 }) => !carried.has(path) && !contents.has(sha256))
  return new Set(lost.map(({ path }) => path))
}

export async function writeLibraryTree(writer: SnapshotWriter, tree: TreeToWrite): Promise<void> {
  writePhotos(writer, tree)
  writeAlbums(writer, tree)
  await writeText(writer, LIBRARY_PATH, itemLines(tree.library.items), tree.now)
  await writeText(writer, ALBUMS_PATH, albumLines(tree.library.albums), tree.now)
  await writeText(writer, RECOGNITION_PATH, sightingLines(tree.library), tree.now)
  await writeText(writer, README_PATH, [README_TEXT], tree.now)
}

function writePhotos(writer: SnapshotWriter, tree: TreeToWrite): void {
  const written = new Set<string>()
  for (const item of tree.library.items) {
    for (const file of item.files) {
      if (written.has(file.path) || tree.carried.has(file.path)) continue
      written.add(file.path)
      if (tree.lost.has(file.path)) {
        writer.addError(file.path, LOST_MESSAGE)
        continue
      }
      const content = tree.contents.get(file.sha256)
      if (!content) throw new Error(`no content was read for ${file.path}`)
      writer.addFile(file.path, { content, modified: modifiedTime(item, tree.now) })
    }
  }
}

function writeAlbums(writer: SnapshotWriter, { library, now }: TreeToWrite): void {
  const items = new Map(library.items.map((item) => [item.id, item]))
  for (const album of library.albums) {
    const names = new Set<string>()
    for (const item of album.items.map((id) => items.get(id)!)) {
      for (const { path } of item.files) {
        const link = `${album.path}/${freeName(posix.basename(path), names)}`
        writer.addSymlink(link, posix.relative(album.path, path), modifiedTime(item, now))
      }
    }
  }
}

/** `name`, or `name (2)` when the album has one of that name from another month. */
function freeName(name: string, names: Set<string>): string {
  const { stem, extension } = splitExtension(name)
  let free = name
  for (let number = 2; names.has(collisionKey(free)); number++) {
    free = `${stem} (${number})${extension}`
  }
  names.add(collisionKey(free))
  return free
}

/** Text that is put together from lines and may be long: a piece of it at a time is in memory. */
export async function writeText(
  writer: SnapshotWriter,
  path: string,
  lines: Iterable<string>,
  modified: Date,
): Promise<void> {
  const content = await writer.storeBytes(piecesOf(lines), 'text/plain; charset=utf-8')
  writer.addFile(path, { content, modified })
}

const PIECE_UNITS = 256 * 1024

function* piecesOf(lines: Iterable<string>): Generator<Uint8Array> {
  let piece = ''
  for (const line of lines) {
    piece += line
    if (piece.length < PIECE_UNITS) continue
    yield utf8(piece)
    piece = ''
  }
  yield utf8(piece)
}

/** Capture instant; a wall clock without zone counts as UTC; else `fallback`. */
export function modifiedTime(item: KeptItem, fallback: Date): Date {
  const { instant, local } = item.taken ?? {}
  const time = instant ?? (local !== undefined && local.length > 10 ? `${local}Z` : local)
  const date = time === undefined ? fallback : new Date(time)
  return Number.isNaN(date.getTime()) ? fallback : date
}

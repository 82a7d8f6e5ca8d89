/**
 * What a drill chooses from: the items of a library, or the files of any other snapshot.
 * @module
 */
import type { SnapshotReader } from '../../kloset/reading/snapshot-reader.ts'
import { parseAlbums, parseItems } from '../../photos/growth/catalogue-codec.ts'
import type { KeptAlbum, KeptItem } from '../../photos/growth/library.ts'
import { fileLines } from '../file-lines.ts'
import { modifiedTime } from '../import/write-tree.ts'
import { ALBUMS_PATH, LIBRARY_PATH } from '../snapshot-tree.ts'

export interface Candidate {
  files: { path: string; sha256: string | undefined }[]
  /** Ids of its albums. */
  albums: readonly string[]
  /** Capture time; undefined when it is not known. */
  taken: Date | undefined
}

/** Whether the snapshot says of its files what they must be, independently of how they are stored. */
export async function hasCatalogue(reader: SnapshotReader): Promise<boolean> {
  return (await reader.entry(LIBRARY_PATH))?.kind === 'file'
}

/** One by one: libraries are large, samples small. */
export function candidatesIn(
  reader: SnapshotReader,
  fromCatalogue: boolean,
): AsyncGenerator<Candidate> {
  return fromCatalogue ? items(reader) : files(reader)
}

export async function countOf(all: AsyncIterable<unknown>): Promise<number> {
  let count = 0
  for await (const _ of all) count += 1
  return count
}

/** Folders of the albums with these ids. */
export async function albumFolders(
  reader: SnapshotReader,
  ids: ReadonlySet<string>,
): Promise<Map<string, string>> {
  const folders = new Map<string, string>()
  if (ids.size === 0) return folders
  for await (const album of records<KeptAlbum>(reader, ALBUMS_PATH, parseAlbums)) {
    if (ids.has(album.id)) folders.set(album.id, album.path)
  }
  return folders
}

async function* items(reader: SnapshotReader): AsyncGenerator<Candidate> {
  const unknown = new Date(Number.NaN)
  for await (const item of records<KeptItem>(reader, LIBRARY_PATH, parseItems)) {
    const taken = modifiedTime(item, unknown)
    yield {
      files: item.files.map(({ path, sha256 }) => ({ path, sha256 })),
      albums: item.albums,
      taken: Number.isNaN(taken.getTime()) ? undefined : taken,
    }
  }
}

async function* files(reader: SnapshotReader): AsyncGenerator<Candidate> {
  for await (const { kind, path } of reader.walk('/')) {
    if (kind !== 'file') continue
    yield { files: [{ path, sha256: undefined }], albums: [], taken: undefined }
  }
}

/** Each line is understood by itself, under the first line, which names the schema. */
async function* records<T>(
  reader: SnapshotReader,
  path: string,
  parse: (lines: string[]) => T[],
): AsyncGenerator<T> {
  let schema: string | undefined
  for await (const line of fileLines(reader, path)) {
    if (line === '') continue
    if (schema === undefined) schema = line
    yield* parse([schema, ...(line === schema ? [] : [line])])
  }
}

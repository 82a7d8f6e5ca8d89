/**
 * The library as the newest snapshot has it: what an import grows.
 * @module
 */

import { listSnapshots } from '../../kloset/reading/snapshot-list.ts'
import { openSnapshot, type SnapshotReader } from '../../kloset/reading/snapshot-reader.ts'
import type { Repository } from '../../kloset/repository.ts'
import { parseAlbums, parseItems } from '../../photos/growth/catalogue-codec.ts'
import { emptyLibrary, type Library } from '../../photos/growth/library.ts'
import { fileLines } from '../file-lines.ts'
import { ALBUMS_PATH, IMPORTER_TYPE, LIBRARY_PATH } from '../snapshot-tree.ts'

export interface PreviousLibrary {
  library: Library
  /** Undefined before the first import. */
  reader: SnapshotReader | undefined
}

/** Snapshots that other programs made in the same repository hold no library of ours. */
export async function readPreviousLibrary(repository: Repository): Promise<PreviousLibrary> {
  const headers = await listSnapshots(repository)
  const ours = headers.find((header) => header.sources[0]?.importer.type === IMPORTER_TYPE)
  if (!ours) return { library: emptyLibrary(), reader: undefined }
  const reader = await openSnapshot(repository, ours.identifier)
  return { library: await readLibrary(reader), reader }
}

export async function readLibrary(reader: SnapshotReader): Promise<Library> {
  const items = parseItems(await collect(fileLines(reader, LIBRARY_PATH)))
  const albums = parseAlbums(await collect(fileLines(reader, ALBUMS_PATH)))
  return { items, albums }
}

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const value of values) all.push(value)
  return all
}

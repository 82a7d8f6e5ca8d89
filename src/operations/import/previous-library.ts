/**
 * The library as the newest snapshot has it: what an import grows.
 * @module
 */

import { listSnapshots } from '../../kloset/reading/snapshot-list.ts'
import { openSnapshot, type SnapshotReader } from '../../kloset/reading/snapshot-reader.ts'
import type { HeaderRecord } from '../../kloset/records/header.ts'
import type { Repository } from '../../kloset/repository.ts'
import { parseAlbums, parseItems, parseSightings } from '../../photos/growth/catalogue-codec.ts'
import { emptyLibrary, type Library } from '../../photos/growth/library.ts'
import { CodedError } from '../../util/coded-error.ts'
import { fileLines } from '../file-lines.ts'
import { ALBUMS_PATH, IMPORTER_TYPE, LIBRARY_PATH, RECOGNITION_PATH } from '../snapshot-tree.ts'

export interface PreviousLibrary {
  library: Library
  /** Undefined before the first import. */
  reader: SnapshotReader | undefined
}

export async function readPreviousLibrary(repository: Repository): Promise<PreviousLibrary> {
  const reader = await newestLibrary(repository)
  if (reader === undefined) return { library: emptyLibrary(), reader: undefined }
  return { library: await readLibrary(reader), reader }
}

/** Undefined before the first import. */
export async function newestLibrary(repository: Repository): Promise<SnapshotReader | undefined> {
  const newest = await newestLibrarySnapshot(repository)
  return newest === undefined ? undefined : openSnapshot(repository, newest)
}

/**
 * Whether no snapshot of the library appeared since it was read. Two imports at once each grow the
 * library they began with, and the later one would leave out what the earlier one brought.
 */
export async function isNewest(
  repository: Repository,
  { reader }: PreviousLibrary,
): Promise<boolean> {
  await repository.refresh()
  return (await newestLibrarySnapshot(repository)) === reader?.id
}

/** Snapshots that other programs made in the same repository hold no library of ours. */
async function newestLibrarySnapshot(repository: Repository): Promise<string | undefined> {
  const headers = await listSnapshots(repository)
  const isOurs = ({ sources }: HeaderRecord) => sources[0]?.importer.type === IMPORTER_TYPE
  return headers.find(isOurs)?.identifier
}

/** Another import into the same repository was finished first. */
export class LibraryMovedOnError extends CodedError {
  readonly code = 'LIBRARY_MOVED_ON'
  constructor() {
    super(
      'another import into this repository was finished in the meantime; nothing was published',
      {
        hint: 'Run the same command again: what was stored is known and will not be read again.',
      },
    )
  }
}

export async function readLibrary(reader: SnapshotReader): Promise<Library> {
  const items = parseItems(await collect(fileLines(reader, LIBRARY_PATH)))
  const albums = parseAlbums(await collect(fileLines(reader, ALBUMS_PATH)))
  if (!(await reader.entry(RECOGNITION_PATH))) return { items, albums }
  const lines = await collect(fileLines(reader, RECOGNITION_PATH))
  return { items, albums, ...parseSightings(lines) }
}

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const value of values) all.push(value)
  return all
}

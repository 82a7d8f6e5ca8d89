/**
 * The catalogue as text: `/metadata/library.ndjson`, `/metadata/albums.ndjson`, and beside them
 * `/metadata/recognition.ndjson`.
 *
 * One JSON object a line. The first line names the schema, `{"schema":"tintype/items","version":1}`;
 * every further line is one item or album, in the shapes of library.ts. Readers pass over keys they
 * do not know; a higher version is refused.
 * @module
 */
import { CodedError } from '../../util/coded-error.ts'
import type { AlbumSighting, KeptAlbum, KeptItem, Library, Sighting } from './library.ts'

const VERSION = 1

export function* itemLines(items: Iterable<KeptItem>): Generator<string> {
  yield `${JSON.stringify({ schema: 'tintype/items', version: VERSION })}\n`
  for (const item of items) yield `${JSON.stringify(item)}\n`
}

export function* albumLines(albums: Iterable<KeptAlbum>): Generator<string> {
  yield `${JSON.stringify({ schema: 'tintype/albums', version: VERSION })}\n`
  for (const album of albums) yield `${JSON.stringify(album)}\n`
}

/** Those of items have an `id`, those of albums an `album`. */
export function* sightingLines({
  sightings = [],
  albumSightings = [],
}: Library): Generator<string> {
  yield `${JSON.stringify({ schema: 'tintype/recognition', version: VERSION })}\n`
  for (const sighting of sightings) yield `${JSON.stringify(sighting)}\n`
  for (const sighting of albumSightings) yield `${JSON.stringify(sighting)}\n`
}

/** @throws {UnreadableCatalogueError} */
export function parseSightings(
  lines: Iterable<string>,
): Required<Pick<Library, 'sightings' | 'albumSightings'>> {
  const all = parseLines(lines, 'tintype/recognition') as (Sighting | AlbumSighting)[]
  return {
    sightings: all.filter((sighting): sighting is Sighting => 'id' in sighting),
    albumSightings: all.filter((sighting): sighting is AlbumSighting => 'album' in sighting),
  }
}

/** @throws {UnreadableCatalogueError} */
export function parseItems(lines: Iterable<string>): KeptItem[] {
  return parseLines(lines, 'tintype/items') as KeptItem[]
}

/** @throws {UnreadableCatalogueError} */
export function parseAlbums(lines: Iterable<string>): KeptAlbum[] {
  return parseLines(lines, 'tintype/albums') as KeptAlbum[]
}

function parseLines(lines: Iterable<string>, schema: string): unknown[] {
  const records: unknown[] = []
  let header: { schema?: unknown; version?: unknown } | undefined
  for (const line of lines) {
    if (line === '') continue
    const record = parse(line, schema)
    if (header) records.push(record)
    else header = checkedHeader(record as { schema?: unknown; version?: unknown }, schema)
  }
  if (!header) throw new UnreadableCatalogueError(schema, 'it is empty')
  return records
}

function parse(line: string, schema: string): unknown {
  try {
    return JSON.parse(line)
  } catch (cause) {
    throw new UnreadableCatalogueError(schema, 'a line is not JSON', { cause })
  }
}

/** @throws {UnreadableCatalogueError} when a first line is not that of a catalogue we can read */
export function checkedHeader(header: { schema?: unknown; version?: unknown }, schema: string) {
  if (header.schema !== schema) throw new UnreadableCatalogueError(schema, 'its first line is not')
  if (header.version !== VERSION) {
    throw new UnreadableCatalogueError(schema, `its version is ${String(header.version)}`)
  }
  return header
}

/** The catalogue inside a snapshot cannot be understood; the photos themselves are untouched. */
export class UnreadableCatalogueError extends CodedError {
  readonly code = 'UNREADABLE_CATALOGUE'
  constructor(schema: string, detail: string, options: { cause?: unknown } = {}) {
    super(`the catalogue (${schema}) of this snapshot cannot be read: ${detail}`, {
      hint: 'Use a newer Tintype, or restore the files with --layout as-stored.',
      ...options,
    })
  }
}

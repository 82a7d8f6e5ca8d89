/**
 * The catalogue of a snapshot line by line, in bounded memory: as the bytes it is made of, to be
 * compared with that of other snapshots, and as what it means.
 * @module
 */
import { createHash } from 'node:crypto'
import type { SnapshotReader } from '../../kloset/reading/snapshot-reader.ts'
import { checkedHeader, UnreadableCatalogueError } from '../../photos/growth/catalogue-codec.ts'
import type { KeptAlbum, KeptItem } from '../../photos/growth/library.ts'
import { fileLines } from '../file-lines.ts'
import { ALBUMS_PATH, IMPORTER_TYPE, LIBRARY_PATH } from '../snapshot-tree.ts'

interface Records {
  items: KeptItem
  albums: KeptAlbum
}

const FILES = {
  items: { path: LIBRARY_PATH, schema: 'tintype/items' },
  albums: { path: ALBUMS_PATH, schema: 'tintype/albums' },
} as const

/**
 * Names the catalogue by its content: two snapshots of the same name have the same catalogue.
 * Undefined when the snapshot has none, as those of other programs.
 */
export async function catalogueOf(reader: SnapshotReader): Promise<string | undefined> {
  if (reader.header.sources[0]?.importer.type !== IMPORTER_TYPE) return undefined
  const items = await reader.entry(LIBRARY_PATH)
  const albums = await reader.entry(ALBUMS_PATH)
  if (items === undefined || albums === undefined) return undefined
  return `${items.objectMac} ${albums.objectMac}`
}

/** @throws {UnreadableCatalogueError} */
export async function* catalogueRecords<Kind extends keyof Records>(
  reader: SnapshotReader,
  kind: Kind,
): AsyncGenerator<{ line: string; record: Records[Kind] }> {
  const { path, schema } = FILES[kind]
  let isFirst = true
  for await (const line of fileLines(reader, path)) {
    if (line === '') continue
    const record = parse(line, schema)
    if (isFirst) checkedHeader(record as object, schema)
    else yield { line, record: record as Records[Kind] }
    isFirst = false
  }
}

/** Every line of both files, by its name. */
export async function* catalogueLines(reader: SnapshotReader): AsyncGenerator<string> {
  for (const { path } of Object.values(FILES)) {
    for await (const line of fileLines(reader, path)) yield nameOfLine(line)
  }
}

/** 22 characters (132 bits of SHA-256) instead of a line of any length. */
export function nameOfLine(line: string): string {
  return createHash('sha256').update(line).digest('base64').slice(0, 22)
}

function parse(line: string, schema: string): unknown {
  try {
    return JSON.parse(line)
  } catch (cause) {
    throw new UnreadableCatalogueError(schema, 'a line is not JSON', { cause })
  }
}

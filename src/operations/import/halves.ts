/**
 * Photos that came without their sidecar, and sidecars without their photo: `/metadata/halves.ndjson`.
 * A later export may bring the other half, so every import looks at these again; what it joins stays
 * in the list as joined, so that importing either half once more says the same.
 *
 * First line: `{"schema":"tintype/halves","version":1}`. Then a ledger row each, with
 *
 *   import   the import that brought it
 *   item     of a photo: the same for all its files
 *   about    of a sidecar: which photo it is about, the same in every export
 *   json     of a sidecar: its text, so that nothing else need be read
 *   joined   another export brought its other half
 * @module
 */
import type { SnapshotReader } from '../../kloset/reading/snapshot-reader.ts'
import { checkedHeader } from '../../photos/growth/catalogue-codec.ts'
import type { Problem } from '../../photos/library.ts'
import type { EarlierEntry } from '../../sources/source.ts'
import { toError } from '../../util/coded-error.ts'
import { fileLines } from '../file-lines.ts'
import { HALVES_PATH } from '../snapshot-tree.ts'
import { exportStamp } from './export-stamp.ts'
import { type LedgerRow, parseLedgerRow } from './ledger.ts'
import type { PreviousLibrary } from './previous-library.ts'
import { recoverHalves } from './recover-halves.ts'

export interface HalfRow extends LedgerRow {
  import: string
  about?: string
  json?: string
  joined?: true
}

/** What is larger was not interpreted when it came, either. */
export const MAX_SIDECAR_BYTES = 1024 * 1024

const SCHEMA = 'tintype/halves'

export function* halfLines(rows: Iterable<HalfRow>): Generator<string> {
  yield `${JSON.stringify({ schema: SCHEMA, version: 1 })}\n`
  for (const row of rows) yield `${JSON.stringify(row)}\n`
}

export interface StoredHalves {
  rows: HalfRow[]
  /** It was put together just now, and nobody has looked for pairs in it. */
  isNew: boolean
  problems: Problem[]
}

/** Put together from reports and ledgers where there is no list, or none that can be read. */
export async function readHalves({ reader, library }: PreviousLibrary): Promise<StoredHalves> {
  if (!reader) return { rows: [], isNew: false, problems: [] }
  if (!(await reader.entry(HALVES_PATH))) {
    return { rows: await recoverHalves(reader, library), isNew: true, problems: [] }
  }
  try {
    return { rows: await parseHalves(reader), isNew: false, problems: [] }
  } catch (error) {
    const message = `The list of photos and sidecars that wait for their other half cannot be read, and was put together anew: ${toError(error).message}. Look for more damage with: check --full`
    const problem: Problem = { code: 'DAMAGED_LEDGER', path: HALVES_PATH, message }
    return { rows: await recoverHalves(reader, library), isNew: true, problems: [problem] }
  }
}

/** @throws {UnreadableCatalogueError} and what reading the store throws */
export async function parseHalves(reader: SnapshotReader): Promise<HalfRow[]> {
  const rows: HalfRow[] = []
  let isFirst = true
  for await (const line of fileLines(reader, HALVES_PATH)) {
    if (isFirst) checkedHeader(JSON.parse(line), SCHEMA)
    const row = isFirst ? undefined : parseLedgerRow(line)
    isFirst = false
    if (row) rows.push(row as HalfRow)
  }
  return rows
}

/** Those that no export completed, one row for each photo: it may lie in several folders and files. */
export function waitingHalves(rows: readonly HalfRow[]): HalfRow[] {
  const photos = new Map<string, HalfRow>()
  for (const row of rows) {
    const { class: kind, joined, about, item, sha256, path } = row
    const key = `${kind} ${about ?? item ?? sha256 ?? path}`
    if (!joined && !photos.has(key)) photos.set(key, row)
  }
  return [...photos.values()]
}

/** As the source is told of it. */
export function halfEntry(row: HalfRow, index: number): EarlierEntry {
  const { path, part, bytes, crc32, facts, sha256, json } = row
  const known = sha256 === undefined ? undefined : { ...facts, sha256 }
  return {
    ...{ index, path, part, exportId: row.export, bytes, half: origin(row) },
    ...(crc32 === undefined ? {} : { crc32 }),
    ...(row.class === 'media' && known ? { facts: known } : {}),
    ...(json === undefined ? {} : { json: Buffer.from(json) }),
  }
}

/** What came together. Names like "Takeout" are shared by strangers. */
function origin(row: HalfRow): string {
  return exportStamp(row.export) === undefined ? `${row.export} ${row.import}` : row.export
}

/**
 * Photos that came without their sidecar, and sidecars without their photo: `/metadata/halves.ndjson`.
 * A later export may bring the other half, so every import looks at these again; what it joins stays
 * in the list as joined, so that importing either half once more says the same.
 *
 * First line: `{"schema":"tintype/halves","version":1}`. Then a ledger row each, with
 *
 *   import   the import that brought it
 *   about    of a sidecar: which photo it is about, the same in every export
 *   json     of a sidecar: its text, so that nothing else need be read
 *   joined   another export brought its other half
 * @module
 */
import type { SnapshotReader } from '../../kloset/reading/snapshot-reader.ts'
import { checkedHeader } from '../../photos/growth/catalogue-codec.ts'
import type { Library } from '../../photos/growth/library.ts'
import type { Problem } from '../../photos/library.ts'
import type { EarlierEntry, Entry, Survey } from '../../sources/source.ts'
import { fromUtf8 } from '../../util/bytes.ts'
import { toError } from '../../util/coded-error.ts'
import { fileLines } from '../file-lines.ts'
import { HALVES_PATH } from '../snapshot-tree.ts'
import { exportStamp } from './export-stamp.ts'
import type { JoinedExports } from './join-exports.ts'
import { type LedgerRow, parseLedgerRow } from './ledger.ts'
import type { ReadContents } from './read-contents.ts'

export interface HalfRow extends LedgerRow {
  import: string
  about?: string
  json?: string
  joined?: true
}

const SCHEMA = 'tintype/halves'

export function* halfLines(rows: Iterable<HalfRow>): Generator<string> {
  yield `${JSON.stringify({ schema: SCHEMA, version: 1 })}\n`
  for (const row of rows) yield `${JSON.stringify(row)}\n`
}

export interface StoredHalves {
  rows: HalfRow[]
  problems: Problem[]
}

/** None when the library is of a version that kept none. */
export async function readHalves(reader: SnapshotReader | undefined): Promise<StoredHalves> {
  const rows: HalfRow[] = []
  if (!reader || !(await reader.entry(HALVES_PATH))) return { rows, problems: [] }
  try {
    let isFirst = true
    for await (const line of fileLines(reader, HALVES_PATH)) {
      if (isFirst) checkedHeader(JSON.parse(line), SCHEMA)
      const row = isFirst ? undefined : parseLedgerRow(line)
      isFirst = false
      if (row) rows.push(row as HalfRow)
    }
    return { rows, problems: [] }
  } catch (error) {
    const message = `The list of photos and sidecars that wait for their other half cannot be read, so some may not find it: ${toError(error).message}. Look for more damage with: check --full`
    return { rows, problems: [{ code: 'DAMAGED_LEDGER', path: HALVES_PATH, message }] }
  }
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

/** An import, as far as it tells of halves. */
export interface ImportOfHalves {
  id: string
  survey: Survey
  read: ReadContents
  /** Its ledger, a row for each entry of its own inventory. */
  rows: readonly LedgerRow[]
  joined: JoinedExports | undefined
  library: Library
}

/** The list after an import: what was in it, and what came; each half once, sorted. */
export async function halvesNow(
  before: readonly HalfRow[],
  { id, survey, read, rows, joined, library }: ImportOfHalves,
): Promise<HalfRow[]> {
  const found = new Map(before.map((row) => [keyOf(row), row]))
  const own = survey.understandWith ? read.inventory.entries : [] // others have no sidecars to miss
  const rowOf = new Map(own.map(({ index }, at) => [index, { ...rows[at]!, import: id }]))
  const textOf = async ({ index }: Entry) =>
    rowOf.has(index) ? fromUtf8(await survey.smallFile(index)) : joined?.textOf(index)
  for (const entry of joined?.inventory.entries ?? own) {
    const row = entry.apart && (rowOf.get(entry.index) ?? joined?.earlier.get(entry.index))
    if (row)
      put(found, halfOf(entry, row, entry.class === 'media' ? undefined : await textOf(entry)))
  }
  const isDescribed = describedContents(library)
  const isLeft = ({ class: kind, joined, sha256 }: HalfRow) =>
    kind !== 'media' || joined || isDescribed.get(sha256 ?? '') === false
  const left = [...found].filter(([, row]) => isLeft(row))
  return left.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
}

function halfOf({ about, apart }: Entry, row: HalfRow, json: string | undefined): HalfRow {
  return {
    ...row,
    ...(about === undefined ? {} : { about }),
    ...(json === undefined ? {} : { json }),
    ...(apart === 'joined' ? { joined: true } : {}),
  }
}

/** The newest export's word on it; once joined, it stays so. */
function put(rows: Map<string, HalfRow>, row: HalfRow): void {
  const key = keyOf(row)
  const known = rows.get(key)
  const isNewer = !known || (exportStamp(row.export) ?? '') > (exportStamp(known.export) ?? '')
  const isJoined = row.joined || known?.joined
  rows.set(key, { ...(isNewer ? row : known), ...(isJoined ? { joined: true } : {}) })
}

/** A sidecar that comes again in a later export waits once, whatever views were counted meanwhile. */
function keyOf({ path, class: kind, about, sha256 }: HalfRow): string {
  return `${path.normalize('NFC')}\0${kind}\0${kind === 'media' ? sha256 : (about ?? sha256)}`
}

/** For every file of the library, by SHA-256: whether a sidecar has described its item. */
function describedContents({ items, sightings = [] }: Library): Map<string, boolean> {
  const described = new Set(
    sightings.flatMap(({ id, described }) => (described === undefined ? [] : id)),
  )
  return new Map(
    items.flatMap(({ id, files }) => files.map(({ sha256 }) => [sha256, described.has(id)])),
  )
}

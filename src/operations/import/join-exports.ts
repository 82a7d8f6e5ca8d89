/**
 * What earlier imports brought, shown to the source beside this one:
 *
 *   of the same export   all of it, so that several runs are understood as one: ledgers have the
 *                        entries, and sidecars are kept byte for byte
 *   of other exports     photos and sidecars whose other half was missing there (halves.ts)
 * @module
 */
import { posix } from 'node:path'
import type { SnapshotReader } from '../../kloset/reading/snapshot-reader.ts'
import type { Problem, ProblemCode } from '../../photos/library.ts'
import type { EarlierEntry, Entry, Inventory, KnownPhotos, Survey } from '../../sources/source.ts'
import { fromUtf8 } from '../../util/bytes.ts'
import { mapConcurrently } from '../../util/map-concurrently.ts'
import { fileLines } from '../file-lines.ts'
import { IMPORTS_PATH, LEDGER_NAME } from '../snapshot-tree.ts'
import { exportStamp } from './export-stamp.ts'
import { type HalfRow, halfEntry, MAX_SIDECAR_BYTES, type StoredHalves } from './halves.ts'
import { knownPhotos } from './known-photos.ts'
import { type LedgerRow, parseLedgerRow } from './ledger.ts'
import type { PreviousLibrary } from './previous-library.ts'
import type { ReadContents } from './read-contents.ts'

export interface JoinedExports {
  /** Of all that was ever seen of the exports, and of what another export completes. */
  inventory: Inventory
  /** Rows of the entries that are not in this run, by their index in `inventory`. */
  earlier: Map<number, HalfRow>
  /** Those among them that are of other exports. */
  halves: Set<number>
  /** Where photos of the library lie of which only the sidecar came now. */
  seenAt: Set<string>
  /** Everything that earlier runs of the exports brought could be read. */
  isWhole: boolean
  /** Text of a sidecar among them. */
  textOf: (index: number) => string | undefined
}

const READS_AT_ONCE = 16

/** Undefined when nothing came before that could belong to it, or the source cannot join. */
export async function joinExports(
  { reader, library }: PreviousLibrary,
  { rows: listed, isNew }: Pick<StoredHalves, 'rows' | 'isNew'>,
  survey: Survey,
  read: ReadContents,
): Promise<JoinedExports | undefined> {
  if (!reader || !survey.understandWith) return undefined
  const { entries, summary } = read.inventory
  const ids = summary.exports.map(({ id }) => id).filter((id) => exportStamp(id) !== undefined)
  const exports = new Set(ids) // names like "Takeout" are shared by strangers
  const stored = new Set(library.items.flatMap(({ files }) => files.map(({ sha256 }) => sha256)))
  const isStored = (row: LedgerRow) => row.class !== 'media' || stored.has(row.sha256 ?? '')
  const found = await earlierRows(reader, exports, new Set(entries.map(placeOf)))
  const rows = found.rows.filter(isStored)
  const others = listed.filter((row) => !exports.has(row.export) && isStored(row))
  const wanted = mayComplete(others, entries, rows, isNew) ? others : []
  const photos = knownPhotos(library, aboutsOf(entries))
  if (rows.length === 0 && wanted.length === 0 && photos.size === 0) return undefined
  const base = entries.reduce((most, { index }) => Math.max(most, index + 1), 0)
  const earlier: EarlierEntry[] = []
  for await (const entry of mapConcurrently(rows, READS_AT_ONCE, (row) => entryOf(reader, row))) {
    earlier.push({ ...entry, index: base + earlier.length })
  }
  const isRead = ({ json }: EarlierEntry, at: number) => json || !isText(rows[at]!)
  const isWhole = found.isWhole && earlier.every(isRead)
  for (const row of wanted) earlier.push(halfEntry(row, base + earlier.length))
  const inventory = survey.understandWith(read.facts, earlier, photos)
  const rowOf = new Map([...rows, ...wanted].map((row, at) => [base + at, row]))
  const halves = new Set(wanted.map((_, at) => base + rows.length + at))
  return {
    ...{ inventory, earlier: rowOf, halves, isWhole },
    seenAt: seenAt(inventory, photos, ({ index }) => halves.has(index) && rowOf.get(index)?.at),
    textOf: (index) => textOf(earlier[index - base]),
  }
}

/** `placeOf`: where the library has a photo that came with another export. */
function seenAt(
  { entries }: Inventory,
  photos: KnownPhotos,
  placeOf: (entry: Entry) => string | false | undefined,
): Set<string> {
  const isHere = new Set(entries.filter((entry) => !placeOf(entry)).map(({ index }) => index))
  const found = entries.flatMap((entry) => {
    if (entry.class === 'sidecar') return entry.apart ? (photos.get(entry.about ?? '') ?? []) : []
    return isHere.has(entry.describedBy ?? -1) ? placeOf(entry) || [] : []
  })
  return new Set(found)
}

/** What the sidecars without photo are about. */
function aboutsOf(entries: readonly Entry[]): Set<string> {
  const open = entries.filter(({ apart, class: kind }) => apart === 'open' && kind === 'sidecar')
  return new Set(open.flatMap(({ about }) => about ?? []))
}

/**
 * Whether anything that came now can complete what waits. What waits was compared with each other when
 * it came, unless the list is new.
 */
function mayComplete(
  halves: readonly HalfRow[],
  entries: readonly Entry[],
  rows: readonly LedgerRow[],
  isNew: boolean,
): boolean {
  const kinds = new Set(halves.map((row) => row.class))
  if (kinds.size === 0) return false
  if (rows.length > 0 || isNew) return true
  return entries.some(
    (entry) => entry.apart !== undefined && [...kinds].some((kind) => kind !== entry.class),
  )
}

const textOf = (entry: EarlierEntry | undefined) => entry?.json && fromUtf8(entry.json)

/** The newest row of every entry of these exports that is not here now. */
async function earlierRows(
  reader: SnapshotReader,
  exports: ReadonlySet<string>,
  here: ReadonlySet<string>,
): Promise<{ rows: HalfRow[]; isWhole: boolean }> {
  const rows = new Map<string, HalfRow>()
  let isWhole = true
  if (exports.size === 0 || !(await reader.entry(IMPORTS_PATH))) return { rows: [], isWhole }
  for await (const folder of reader.list(IMPORTS_PATH)) {
    const path = `${folder.path}/${LEDGER_NAME}`
    if (!(await reader.entry(path))) {
      isWhole = false
      continue
    }
    try {
      for await (const line of fileLines(reader, path)) {
        const row = parseLedgerRow(line)
        if (!row || !exports.has(row.export) || row.end === 'refused') continue
        const place = placeOf({ path: row.path, exportId: row.export })
        if (!here.has(place)) rows.set(place, { ...row, import: posix.basename(folder.path) })
      }
    } catch {
      isWhole = false // The import says so itself (carry-over.ts); what this ledger knew is not joined.
    }
  }
  return { rows: [...rows.values()], isWhole }
}

const placeOf = ({ path, exportId }: { path: string; exportId: string }) =>
  `${exportId}\0${path.normalize('NFC')}`

async function entryOf(
  reader: SnapshotReader,
  row: LedgerRow,
): Promise<Omit<EarlierEntry, 'index'>> {
  const { path, part, bytes, crc32, facts, sha256 } = row
  const entry = { path, part, exportId: row.export, bytes }
  const known = sha256 === undefined ? undefined : { ...facts, sha256 }
  const json = row.end === 'kept' ? await textBytes(reader, row) : undefined
  return {
    ...entry,
    ...(crc32 === undefined ? {} : { crc32 }),
    ...(row.class !== 'sidecar' && known ? { facts: known } : {}),
    ...(json ? { json } : {}),
  }
}

/** Of which the words count. */
const isText = ({ class: kind, end }: LedgerRow) => kind === 'sidecar' && end === 'kept'

/** Of a sidecar, or of the page that lists all of the export. */
async function textBytes(reader: SnapshotReader, { at, path, bytes }: LedgerRow) {
  const most = OVERVIEW.test(path)
    ? MAX_OVERVIEW_BYTES
    : JSON_NAME.test(path)
      ? MAX_SIDECAR_BYTES
      : 0
  if (at === undefined || bytes > most) return undefined
  if (!(await reader.entry(at))) return undefined
  return reader.readFile(at, most)
}

const JSON_NAME = /\.json$/i
const OVERVIEW = /(^|\/)archive_browser[^/]*\.html?$/i
const MAX_OVERVIEW_BYTES = 64 * 1024 * 1024

/** Kinds of problems that another run of the same export can solve. */
const SOLVABLE: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'ORPHAN_SIDECAR',
  'ORPHAN_MEDIA',
  'MISSING_PART',
  'MISSING_FILES',
  'INCOMPLETE_ALBUM',
])

const SOLUTIONS: Partial<Record<ProblemCode, string>> = {
  ORPHAN_SIDECAR: 'Its photo came with another import, and the two were joined.',
  ORPHAN_MEDIA: 'Its sidecar came with another import, and the two were joined.',
}

/** Of what this run has nothing to do with, these are told all the same. */
const TOLD: ReadonlySet<ProblemCode> = new Set<ProblemCode>([...SOLVABLE, 'AMBIGUOUS'])

/** Those of this run, solved where other runs had the answer; and what is still open of those. */
export function joinedProblems(own: readonly Problem[], joined: JoinedExports | undefined) {
  if (!joined) return [...own]
  const key = ({ code, path }: Problem) => `${code} ${path}`
  const left = new Map(joined.inventory.problems.map((problem) => [key(problem), problem]))
  const problems = own.map((problem): Problem => {
    const now = left.get(key(problem))
    left.delete(key(problem))
    if (now || !SOLVABLE.has(problem.code) || problem.resolved) return now ?? problem
    return {
      ...problem,
      message: SOLUTIONS[problem.code] ?? `Found in another import. ${problem.message}`,
      resolved: true,
    }
  })
  const isOpen = ({ code, resolved }: Problem) => TOLD.has(code) && !resolved
  const open = [...left.values()].filter(isOpen)
  return [...problems, ...open]
}

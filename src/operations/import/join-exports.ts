/**
 * One export that comes in several runs, understood as if it came in one: what earlier runs brought
 * of it is in their ledgers, and its sidecars are kept byte for byte.
 * @module
 */
import type { SnapshotReader } from '../../kloset/reading/snapshot-reader.ts'
import type { Problem, ProblemCode } from '../../photos/library.ts'
import type { EarlierEntry, Inventory, Survey } from '../../sources/source.ts'
import { mapConcurrently } from '../../util/map-concurrently.ts'
import { fileLines } from '../file-lines.ts'
import { IMPORTS_PATH, LEDGER_NAME } from '../snapshot-tree.ts'
import { exportStamp } from './export-stamp.ts'
import { type LedgerRow, parseLedgerRow } from './ledger.ts'
import type { PreviousLibrary } from './previous-library.ts'
import type { ReadContents } from './read-contents.ts'

export interface JoinedExports {
  /** Of all that was ever seen of the exports. */
  inventory: Inventory
  /** Rows of the entries that are not in this run, by their index in `inventory`. */
  earlier: Map<number, LedgerRow>
}

/** Sidecars are small; what is larger was not interpreted when it came, either. */
const MAX_SIDECAR_BYTES = 1024 * 1024
const READS_AT_ONCE = 16

/** Undefined when nothing of these exports came before, or the source cannot join. */
export async function joinExports(
  { reader, library }: PreviousLibrary,
  survey: Survey,
  read: ReadContents,
): Promise<JoinedExports | undefined> {
  if (!reader || !survey.understandWith) return undefined
  const { entries, summary } = read.inventory
  const ids = summary.exports.map(({ id }) => id).filter((id) => exportStamp(id) !== undefined)
  const exports = new Set(ids)
  if (exports.size === 0) return undefined // names like "Takeout" are shared by strangers
  const here = new Set(entries.map(placeOf))
  const stored = new Set(library.items.flatMap(({ files }) => files.map(({ sha256 }) => sha256)))
  const isStored = (row: LedgerRow) => row.class !== 'media' || stored.has(row.sha256 ?? '')
  const rows = (await earlierRows(reader, exports, here)).filter(isStored)
  if (rows.length === 0) return undefined
  const base = entries.reduce((most, { index }) => Math.max(most, index + 1), 0)
  const earlier: EarlierEntry[] = []
  for await (const entry of mapConcurrently(rows, READS_AT_ONCE, (row) => entryOf(reader, row))) {
    earlier.push({ ...entry, index: base + earlier.length })
  }
  const byIndex = new Map(rows.map((row, at) => [base + at, row]))
  return { inventory: survey.understandWith(read.facts, earlier), earlier: byIndex }
}

/** The newest row of every entry of these exports that is not here now. */
async function earlierRows(
  reader: SnapshotReader,
  exports: ReadonlySet<string>,
  here: ReadonlySet<string>,
): Promise<LedgerRow[]> {
  const rows = new Map<string, LedgerRow>()
  if (!(await reader.entry(IMPORTS_PATH))) return []
  for await (const folder of reader.list(IMPORTS_PATH)) {
    const path = `${folder.path}/${LEDGER_NAME}`
    if (!(await reader.entry(path))) continue
    try {
      for await (const line of fileLines(reader, path)) {
        const row = parseLedgerRow(line)
        if (!row || !exports.has(row.export) || row.end === 'refused') continue
        const place = placeOf({ path: row.path, exportId: row.export })
        if (!here.has(place)) rows.set(place, row)
      }
    } catch {
      // The import says so itself (carry-over.ts); what this ledger knew is not joined.
    }
  }
  return [...rows.values()]
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
  const json = row.end === 'kept' ? await sidecarBytes(reader, row) : undefined
  return {
    ...entry,
    ...(crc32 === undefined ? {} : { crc32 }),
    ...(row.class !== 'sidecar' && known ? { facts: known } : {}),
    ...(json ? { json } : {}),
  }
}

async function sidecarBytes(reader: SnapshotReader, { at, bytes }: LedgerRow) {
  if (at === undefined || bytes > MAX_SIDECAR_BYTES) return undefined
  if (!(await reader.entry(at))) return undefined
  return reader.readFile(at, MAX_SIDECAR_BYTES)
}

/** Kinds of problems that another run of the same export can solve. */
const SOLVABLE: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'ORPHAN_SIDECAR',
  'ORPHAN_MEDIA',
  'MISSING_PART',
  'MISSING_FILES',
])

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
      message: `Found in another run of this export. ${problem.message}`,
      resolved: true,
    }
  })
  const open = [...left.values()].filter(({ code, resolved }) => SOLVABLE.has(code) && !resolved)
  return [...problems, ...open]
}

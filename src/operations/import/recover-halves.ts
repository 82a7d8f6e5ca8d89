/**
 * The list of halves of a library that has none: older versions kept none, and files get damaged. What
 * waits is said by the newest report of every export, and by the items that no sidecar has described.
 * @module
 */
import { posix } from 'node:path'
import type { SnapshotReader } from '../../kloset/reading/snapshot-reader.ts'
import type { Library } from '../../photos/growth/library.ts'
import { fromUtf8 } from '../../util/bytes.ts'
import { mapConcurrently } from '../../util/map-concurrently.ts'
import { fileLines } from '../file-lines.ts'
import { IMPORTS_PATH, LEDGER_NAME, MAX_REPORT_BYTES, REPORT_NAME } from '../snapshot-tree.ts'
import type { StoredReport } from '../stored-report.ts'
import { type HalfRow, MAX_SIDECAR_BYTES } from './halves.ts'
import { parseLedgerRow } from './ledger.ts'

const READS_AT_ONCE = 16

/** What cannot be read is not waited for; the import says so itself (carry-over.ts). */
export async function recoverHalves(reader: SnapshotReader, library: Library): Promise<HalfRow[]> {
  const imports = await foldersOf(reader)
  const waiting = await waitingSidecars(reader, imports)
  const bare = bareContents(library)
  if (waiting.size === 0 && bare.size === 0) return []
  const rows = new Map<string, HalfRow>()
  for (const folder of imports) {
    try {
      for await (const line of fileLines(reader, `${folder}/${LEDGER_NAME}`)) {
        const row = parseLedgerRow(line)
        if (!row || row.at === undefined) continue
        const key = keyOf(row.export, row.path)
        const isBare =
          row.class === 'media' && row.sidecar === undefined && bare.has(row.sha256 ?? '')
        const isWaiting = row.class === 'sidecar' && waiting.has(key)
        if (isBare || isWaiting) rows.set(key, { ...row, import: posix.basename(folder) })
      }
    } catch {}
  }
  const found: HalfRow[] = []
  const read = mapConcurrently(rows.values(), READS_AT_ONCE, (row) => withText(reader, row))
  for await (const row of read) found.push(row)
  return found
}

async function foldersOf(reader: SnapshotReader): Promise<string[]> {
  const folders: string[] = []
  if (!(await reader.entry(IMPORTS_PATH))) return folders
  for await (const { path } of reader.list(IMPORTS_PATH)) folders.push(path)
  return folders.sort()
}

/** By export and path: those that the newest report of their export calls open. */
async function waitingSidecars(
  reader: SnapshotReader,
  imports: readonly string[],
): Promise<Set<string>> {
  const open = new Map<string, string[]>()
  for (const folder of imports) {
    try {
      const bytes = await reader.readFile(`${folder}/${REPORT_NAME}`, MAX_REPORT_BYTES)
      const { summary, problems } = JSON.parse(fromUtf8(bytes)) as StoredReport
      const orphans = problems.filter(
        ({ code, resolved }) => code === 'ORPHAN_SIDECAR' && !resolved,
      )
      for (const { id } of summary.exports)
        open.set(
          id,
          orphans.map(({ path }) => path),
        )
    } catch {}
  }
  return new Set([...open].flatMap(([id, paths]) => paths.map((path) => keyOf(id, path))))
}

const keyOf = (exportId: string, path: string) => `${exportId}\0${path.normalize('NFC')}`

/** SHA-256 of the files of items that came with exports, and that no sidecar has described. */
function bareContents({ items, sightings = [] }: Library): Set<string> {
  const bare = new Set(
    sightings.flatMap(({ id, from, described }) =>
      described === undefined && from.includes('takeout') ? id : [],
    ),
  )
  const found = items.filter(({ id }) => bare.has(id))
  return new Set(found.flatMap(({ files }) => files.map(({ sha256 }) => sha256)))
}

async function withText(reader: SnapshotReader, row: HalfRow): Promise<HalfRow> {
  if (row.class !== 'sidecar' || row.bytes > MAX_SIDECAR_BYTES) return row
  try {
    return { ...row, json: fromUtf8(await reader.readFile(row.at!, MAX_SIDECAR_BYTES)) }
  } catch {
    return row
  }
}

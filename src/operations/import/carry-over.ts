/**
 * Takes everything of the previous snapshot into the new one: photos and what earlier imports left.
 * Album links, catalogue and README are written anew.
 * @module
 */
import type { SnapshotReader, TreeEntry } from '../../kloset/reading/snapshot-reader.ts'
import type { StoredContent } from '../../kloset/workers/content.ts'
import type { SnapshotWriter } from '../../kloset/writing/snapshot-writer.ts'
import type { Problem } from '../../photos/library.ts'
import { toError } from '../../util/coded-error.ts'
import { fileLines } from '../file-lines.ts'
import { IMPORTS_PATH, LEDGER_NAME, PHOTOS_PATH } from '../snapshot-tree.ts'
import { contentKey, type KnownContent } from './known-contents.ts'
import { type LedgerRow, parseLedgerRow } from './ledger.ts'

export interface CarriedOver {
  /** Contents the ledgers know, for the keys asked for. */
  knownContents: Map<string, KnownContent>
  /** Where earlier imports keep a sidecar: by `sidecarKey`. */
  keptSidecars: Map<string, string>
  /** Ledgers that could not be read: what they knew is read again. */
  problems: Problem[]
}

export async function carryOver(
  reader: SnapshotReader | undefined,
  writer: SnapshotWriter,
  keys: ReadonlySet<string>,
): Promise<CarriedOver> {
  const carried: CarriedOver = {
    knownContents: new Map(),
    keptSidecars: new Map(),
    problems: [],
  }
  if (!reader) return carried
  const rowsAt = await readLedgers(reader, keys, carried)
  for (const top of [PHOTOS_PATH, IMPORTS_PATH]) {
    if (!(await reader.entry(top))) continue
    for await (const entry of reader.walk(top)) {
      if (entry.kind !== 'file' && entry.kind !== 'symlink') continue
      writer.carryOver(entry)
      for (const row of rowsAt.get(entry.path) ?? []) {
        const known = knownContent(entry, row)
        if (known) carried.knownContents.set(contentKey(row)!, known)
      }
    }
  }
  return carried
}

/** Two sidecars of different imports are the same when path and bytes are. */
export function sidecarKey(path: string, sha256: string): string {
  return `${sha256} ${path}`
}

/** Ledger rows of the media asked for, by their path in the snapshot. */
async function readLedgers(
  reader: SnapshotReader,
  keys: ReadonlySet<string>,
  carried: CarriedOver,
): Promise<Map<string, LedgerRow[]>> {
  const rowsAt = new Map<string, LedgerRow[]>()
  if (!(await reader.entry(IMPORTS_PATH))) return rowsAt
  for await (const folder of reader.list(IMPORTS_PATH)) {
    const path = `${folder.path}/${LEDGER_NAME}`
    try {
      for await (const line of fileLines(reader, path)) {
        const row = parseLedgerRow(line)
        if (row) noteRow(row, keys, rowsAt, carried)
      }
    } catch (error) {
      carried.problems.push(unreadable(path, error))
    }
  }
  return rowsAt
}

/** A ledger only saves reading: without it the import is slower, not poorer. */
function unreadable(path: string, error: unknown): Problem {
  const message = `This record of an earlier import cannot be read, so its photos are read again: ${toError(error).message}. Look for more damage with: check --full`
  return { code: 'DAMAGED_LEDGER', path, message }
}

function noteRow(
  row: LedgerRow,
  keys: ReadonlySet<string>,
  rowsAt: Map<string, LedgerRow[]>,
  carried: CarriedOver,
): void {
  if (row.at === undefined) return
  if (row.end === 'kept' && row.sha256 !== undefined) {
    carried.keptSidecars.set(sidecarKey(row.path, row.sha256), row.at)
  }
  const key = row.class === 'media' ? contentKey(row) : undefined
  if (key === undefined || !keys.has(key)) return
  rowsAt.set(row.at, [...(rowsAt.get(row.at) ?? []), row])
}

function knownContent(entry: TreeEntry, row: LedgerRow): KnownContent | undefined {
  if (entry.objectMac === undefined || row.sha256 === undefined) return undefined
  const facts = { ...row.facts, sha256: row.sha256 }
  const content: StoredContent = {
    objectMac: entry.objectMac,
    size: entry.size,
    chunks: Number(entry.record.chunks ?? 0),
    entropy: entry.record.entropy ?? 0,
    contentType: entry.contentType ?? 'application/octet-stream',
    facts,
  }
  return { content, facts }
}

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
import { mapConcurrently } from '../../util/map-concurrently.ts'
import { fileLines } from '../file-lines.ts'
import { IMPORTS_PATH, LEDGER_NAME, PHOTOS_PATH } from '../snapshot-tree.ts'
import { contentKey, type KnownContent } from './known-contents.ts'
import { type LedgerRow, parseLedgerRow } from './ledger.ts'

export interface CarriedOver {
  /** Files that are in the new snapshot. */
  paths: Set<string>
  /** Files of earlier imports, photos excepted, whose content is not in the repository any more. */
  lost: string[]
  /** Contents the ledgers know, for the keys asked for. */
  knownContents: Map<string, KnownContent>
  /** Where earlier imports keep a sidecar: by `sidecarKey`. */
  keptSidecars: Map<string, string>
  /** Ledgers that could not be read: what they knew is read again. */
  problems: Problem[]
}

/** A store far away answers many as fast as one. */
const LOOKS_AT_ONCE = 16

export async function carryOver(
  reader: SnapshotReader | undefined,
  writer: SnapshotWriter,
  keys: ReadonlySet<string>,
): Promise<CarriedOver> {
  const carried: CarriedOver = {
    paths: new Set(),
    lost: [],
    knownContents: new Map(),
    keptSidecars: new Map(),
    problems: [],
  }
  if (!reader) return carried
  const rowsAt = await readLedgers(reader, keys, carried)
  for (const top of [PHOTOS_PATH, IMPORTS_PATH]) {
    if (!(await reader.entry(top))) continue
    const looked = mapConcurrently(reader.walk(top), LOOKS_AT_ONCE, async (entry) => ({
      entry,
      isThere: entry.kind === 'symlink' || (await isStored(writer, entry)),
    }))
    for await (const { entry, isThere } of looked) {
      if (entry.kind !== 'file' && entry.kind !== 'symlink') continue
      if (isThere) take(entry, writer, carried, rowsAt)
      else if (top !== PHOTOS_PATH) carried.lost.push(entry.path)
    }
  }
  for (const [key, path] of carried.keptSidecars) {
    if (!carried.paths.has(path)) carried.keptSidecars.delete(key) // it is stored once more
  }
  return carried
}

/** A file of which a part is missing cannot be listed again; it may come again from its source. */
async function isStored(writer: SnapshotWriter, entry: TreeEntry): Promise<boolean> {
  if (entry.objectMac === undefined) return entry.kind === 'file' && entry.size === 0
  return (await writer.known(entry.objectMac)) !== undefined
}

function take(
  entry: TreeEntry,
  writer: SnapshotWriter,
  carried: CarriedOver,
  rowsAt: ReadonlyMap<string, LedgerRow[]>,
): void {
  writer.carryOver(entry)
  carried.paths.add(entry.path)
  for (const row of rowsAt.get(entry.path) ?? []) {
    const known = knownContent(entry, row)
    if (known) carried.knownContents.set(contentKey(row)!, known)
  }
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
  const isContent = row.class === 'media' || (row.class === 'other' && row.end === 'kept')
  const key = isContent ? contentKey(row) : undefined
  if (key === undefined || !keys.has(key)) return
  rowsAt.set(row.at, [...(rowsAt.get(row.at) ?? []), row])
}

function knownContent(entry: TreeEntry, row: LedgerRow): KnownContent | undefined {
  if (entry.objectMac === undefined || row.sha256 === undefined) return undefined
  const facts = Object.assign(row.facts ?? {}, { sha256: row.sha256 })
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

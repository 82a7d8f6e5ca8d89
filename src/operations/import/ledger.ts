/**
 * The ledger of an import: one line for every entry of its archives, and where it ended.
 *
 *   stored    the bytes are in the repository since this import
 *   known     they were there before
 *   copy      the same bytes as another entry of this import
 *   kept      a sidecar, album file or other file among the photos, kept byte for byte under `at`
 *   ignored   not part of the library; `reason` says why
 *   refused   unsafe or unreadable; `reason` says why
 *
 * First line: `{"schema":"tintype/ledger","version":1}`.
 * @module
 */
import type { MediaFacts } from '../../photos/media-facts.ts'
import type { Entry, EntryClass } from '../../sources/source.ts'

export type EndState = 'stored' | 'known' | 'copy' | 'kept' | 'ignored' | 'refused'

export interface LedgerRow {
  path: string
  part: string
  export: string
  bytes: number
  class: EntryClass
  end: EndState
  crc32?: number
  /** See `Entry.state`. */
  state?: string
  sha256?: string
  /** Path in the snapshot. */
  at?: string
  item?: string
  role?: string
  /** Entry whose metadata apply to this photo; its own row says where it is kept. */
  sidecar?: string
  reason?: string
  /** It belongs to another product than the photos. */
  foreign?: true
  /** What the file says about itself, so that its bytes need not be read for it again. */
  facts?: MediaFacts
}

export function* ledgerLines(rows: Iterable<LedgerRow>): Generator<string> {
  yield `${JSON.stringify({ schema: 'tintype/ledger', version: 1 })}\n`
  for (const row of rows) yield `${JSON.stringify(row)}\n`
}

/** The row an entry starts with; what is known of its end comes on top. */
export function ledgerRow(entry: Entry, end: EndState, known: Partial<LedgerRow>): LedgerRow {
  const { path, part, bytes } = entry
  const row: LedgerRow = { path, part, export: entry.exportId, bytes, class: entry.class, end }
  if (entry.crc32 !== undefined) row.crc32 = entry.crc32
  if (entry.state !== undefined) row.state = entry.state
  if (entry.role !== undefined) row.role = entry.role
  if (typeof entry.sidecar === 'string') row.sidecar = entry.sidecar
  if (entry.reason !== undefined) row.reason = entry.reason
  if (entry.foreign) row.foreign = true
  return Object.assign(row, known) // not spread: a hundred thousand rows share one shape
}

/** A row of a stored ledger, or undefined for its first line and for lines of later versions. */
export function parseLedgerRow(line: string): LedgerRow | undefined {
  if (line === '') return undefined
  const row: unknown = JSON.parse(line)
  return typeof row === 'object' && row !== null && 'path' in row && 'end' in row
    ? (row as LedgerRow)
    : undefined
}

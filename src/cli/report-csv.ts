/**
 * Problems and ledger rows as CSV (RFC 4180), for spreadsheets.
 *
 * A cell that begins with `=`, `+`, `-`, `@` (also the wide ones of East Asia), a tab or a carriage return is a formula for a
 * spreadsheet, wherever its text came from: an apostrophe before it makes it text (OWASP, "CSV injection").
 * @module
 */
import type { LedgerRow } from '../operations/import/ledger.ts'
import type { Problem } from '../photos/library.ts'

const PROBLEM_COLUMNS = ['code', 'path', 'message', 'resolved'] as const
const LEDGER_COLUMNS = [
  ...(['export', 'part', 'path', 'bytes', 'crc32', 'class', 'role', 'end', 'reason'] as const),
  ...(['at', 'sha256', 'item'] as const),
] as const

export function* problemsCsv(problems: Iterable<Problem>): Generator<string> {
  yield csvLine(PROBLEM_COLUMNS)
  for (const problem of problems) yield csvLine(PROBLEM_COLUMNS.map((name) => problem[name]))
}

export async function* ledgerCsv(rows: AsyncIterable<LedgerRow>): AsyncGenerator<string> {
  yield csvLine(LEDGER_COLUMNS)
  for await (const row of rows) yield csvLine(LEDGER_COLUMNS.map((name) => row[name]))
}

/** Without its line end, of which CR is a part. */
function csvLine(cells: readonly (string | number | boolean | undefined)[]): string {
  return `${cells.map(csvCell).join(',')}\r`
}

export function csvCell(value: string | number | boolean | undefined): string {
  if (value === undefined) return ''
  if (typeof value !== 'string') return String(value)
  const text = /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(value) ? `'${value}` : value
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

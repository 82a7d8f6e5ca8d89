/**
 * A stored report and its ledger as machine output: problems, certificates, the sum of the ledger,
 * what became of the import, then the summary as it was stored.
 * @module
 */
import type { LedgerRow } from '../operations/import/ledger.ts'
import { problemLine, summaryLine } from './item-line.ts'
import type { FullReport } from './report-page/report-numbers.ts'

export function* reportJson(report: FullReport): Generator<string> {
  const { problems, summary, accounts } = report
  for (const problem of problems) yield JSON.stringify(problemLine(problem))
  for (const certificate of accounts.certificates) {
    yield JSON.stringify({ type: 'certificate', ...certificate })
  }
  const { ends, entries, addUp } = accounts
  yield JSON.stringify({ type: 'accounts', ends, entries, addUp })
  yield JSON.stringify(importLine(report))
  yield JSON.stringify(summaryLine(summary))
}

function importLine(report: FullReport): object {
  const { snapshot, started, source, status, extent, halves, library } = report
  const { items, added, changed, unchanged, vanished, failed, refused, bytesRead } = report
  const counts = { items, added, changed, unchanged, vanished, failed, refused, bytesRead }
  const head = { type: 'import', import: report.import, snapshot, started, source, status }
  return { ...head, ...counts, extent, halves, ...library }
}

export async function* ledgerJson(rows: AsyncIterable<LedgerRow>): AsyncGenerator<string> {
  for await (const row of rows) yield JSON.stringify({ type: 'ledger', ...row })
}

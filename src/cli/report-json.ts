/**
 * A stored report and its ledger as machine output: problems, certificates, the sum of the ledger,
 * then the summary as it was stored.
 * @module
 */
import type { LedgerRow } from '../operations/import/ledger.ts'
import { problemLine, summaryLine } from './item-line.ts'
import type { FullReport } from './report-page/report-numbers.ts'

export function* reportJson({ problems, summary, accounts }: FullReport): Generator<string> {
  for (const problem of problems) yield JSON.stringify(problemLine(problem))
  for (const certificate of accounts.certificates) {
    yield JSON.stringify({ type: 'certificate', ...certificate })
  }
  const { ends, entries, addUp } = accounts
  yield JSON.stringify({ type: 'accounts', ends, entries, addUp })
  yield JSON.stringify(summaryLine(summary))
}

export async function* ledgerJson(rows: AsyncIterable<LedgerRow>): AsyncGenerator<string> {
  for await (const row of rows) yield JSON.stringify({ type: 'ledger', ...row })
}

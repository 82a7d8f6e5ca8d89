/**
 * The numbers of a report and their words, the same in text and on the page.
 * @module
 */
import type { Accounts } from '../../operations/certificate.ts'
import type { EndState } from '../../operations/import/ledger.ts'
import type { StoredReport } from '../../operations/stored-report.ts'
import type { InventorySummary } from '../../sources/source.ts'
import { formatCount } from '../format.ts'

export interface FullReport extends StoredReport {
  snapshot: string
  accounts: Accounts
}

export type SumRow = [count: number, words: string]

/** They add up to all entries; classes without entries are left out. */
export function classRows(summary: InventorySummary): SumRow[] {
  const rows: SumRow[] = [
    [summary.media, 'photo and video files'],
    [summary.sidecars, 'metadata files of photos (dates, places, descriptions)'],
    [summary.albumFiles, 'metadata files of albums'],
    [summary.other, 'other files'],
    [summary.litter, 'left by operating systems, of no use'],
    [summary.rejected, 'refused or unreadable'],
  ]
  return rows.filter(([count]) => count > 0)
}

const END_WORDS: Readonly<Record<EndState, string>> = {
  stored: 'photos and videos stored by this import',
  known: 'photos and videos that were stored before',
  copy: 'second copies of those, stored once',
  kept: 'metadata files, kept byte for byte',
  ignored: 'not part of the library',
  refused: 'refused or unreadable',
}

/** They add up to all rows of the ledger. */
export function endRows({ ends }: Accounts): SumRow[] {
  const known = Object.keys(END_WORDS) as EndState[]
  const others = (Object.keys(ends) as EndState[]).filter((end) => !known.includes(end))
  return [...known, ...others].flatMap((end): SumRow[] => {
    const count = ends[end] ?? 0
    return count > 0 ? [[count, END_WORDS[end] ?? end]] : []
  })
}

export function countRows(report: StoredReport): SumRow[] {
  const rows: SumRow[] = [
    [report.items, 'photos and videos in the library'],
    [report.added, 'new'],
    [report.changed, 'changed'],
    [report.unchanged, 'unchanged'],
    [report.vanished, 'not in the export any more, and kept'],
    [report.failed, 'files could not be read'],
    [report.refused, 'files refused'],
  ]
  return rows.filter(([count], at) => at < 4 || count > 0)
}

/** What a certificate leaves aside. */
export function exemptWords(exempt: number): string {
  const what = exempt === 1 ? '1 entry more is' : `${formatCount(exempt)} entries more are`
  return `${what} the export’s overview page, or litter of operating systems, and not needed.`
}

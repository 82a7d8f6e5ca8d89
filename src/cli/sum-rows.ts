/**
 * Numbers that add up, with their words, the same on the terminal and on a page.
 * @module
 */
import type { InventorySummary } from '../sources/source.ts'

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

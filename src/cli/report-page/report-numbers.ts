/**
 * The numbers of a report and their words, the same in text and on the page.
 * @module
 */
import type { Accounts, Certificate } from '../../operations/certificate.ts'
import type { EndState } from '../../operations/import/ledger.ts'
import type { LibraryFacts, StoredReport } from '../../operations/stored-report.ts'
import { formatCount, plural } from '../format.ts'
import type { SumRow } from '../sum-rows.ts'

export interface FullReport extends StoredReport {
  snapshot: string
  accounts: Accounts
}

const END_WORDS: Readonly<Record<EndState, string>> = {
  stored: 'photos and videos stored by this import',
  known: 'photos and videos that were stored before',
  copy: 'second copies of those, stored once',
  kept: 'metadata and other files among the photos, kept byte for byte',
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

const ZONE_WORDS: readonly [keyof LibraryFacts['zones'], string][] = [
  ['place', 'by the place where they were taken'],
  ['written', 'by an offset in the file or its name'],
  ['clock', 'by the clock in the file beside the moment that Google knows'],
  ['clip', 'by the moving half of the photo'],
  ['neighbours', 'guessed from the nearest photo of the same camera'],
  ['home', 'guessed from what most photos of that month have'],
  ['unknown', 'unknown'],
  ['unsaid', 'not told by what is known of the date'],
  ['undated', 'without any date'],
]

/** They add up to all items of the library. */
export function zoneRows({ library }: StoredReport): SumRow[] {
  if (!library) return []
  const rows = ZONE_WORDS.map(([from, words]): SumRow => [library.zones[from] ?? 0, words])
  return rows.filter(([count]) => count > 0)
}

export function albumWords({ title, present, expected }: IncompleteAlbum): string {
  const name = title === '' ? 'An album without title' : title
  return `${name}: ${formatCount(present)} of ${formatCount(expected)} are here`
}

type IncompleteAlbum = LibraryFacts['incompleteAlbums'][number]

/** What a certificate that is given says, a sentence each; `snapshot` is how to name its snapshot. */
export function certificateWords(certificate: Certificate, snapshot: string): string[] {
  const { export: id, redundant, entries, exempt, foreign, checked } = certificate
  const others = foreign.reduce((sum, { entries }) => sum + entries, 0)
  const held = `${formatCount(entries - exempt - others)} entries are in snapshot ${snapshot}, which a full check found sound at ${checked}.`
  const first = redundant
    ? `${capitalized(sourceWords(id))} ${isFolder(id) ? 'is' : 'are'} provably redundant: all ${held}`
    : `Of ${sourceWords(id)}, all that belongs to Google Photos is provably saved: ${held}`
  return [
    first,
    ...(exempt > 0 ? [exemptWords(exempt)] : []),
    ...(redundant ? [] : foreignWords(certificate, others)),
    isFolder(id)
      ? 'Files that came into the folder, or were changed in it, since this import are not meant.'
      : 'Archives that were not given to this import are not meant, nor is what the export itself lacks.',
  ]
}

const isFolder = (id: string) => id.startsWith('folder:')

/** `the archives of takeout-2024…`, or `the folder Pictures`. */
export function sourceWords(id: string): string {
  return isFolder(id) ? `the folder ${id.slice('folder:'.length)}` : `the archives of ${id}`
}

const capitalized = (text: string) => text[0]!.toUpperCase() + text.slice(1)

function exemptWords(exempt: number): string {
  const what = exempt === 1 ? '1 entry more is' : `${formatCount(exempt)} entries more are`
  return `${what} litter of operating systems, and not needed.`
}

/** What would be lost with the archives. */
function foreignWords({ foreign, foreignMedia }: Certificate, others: number): string[] {
  const named = foreign
    .slice(0, MOST_NAMED)
    .map(({ product, entries }) => `${product} ${formatCount(entries)}`)
  const more = foreign.length > MOST_NAMED ? ', …' : ''
  const what = `${plural(others, 'file')} of other Google products ${others === 1 ? 'is' : 'are'} in these archives only (${named.join(', ')}${more}): keep the archives if you want them.`
  if (foreignMedia === 0) return [what]
  const media = `${plural(foreignMedia, 'of them is a photo or video', 'of them are photos or videos')} by name; look at them before you delete anything.`
  return [what, media]
}

const MOST_NAMED = 6

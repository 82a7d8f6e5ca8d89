/**
 * The report of an import, in words.
 * @module
 */
import type { Certificate } from '../operations/certificate.ts'
import { completenessLines } from './completeness.ts'
import { extentLines } from './extent-words.ts'
import { formatColumns, formatCount } from './format.ts'
import {
  attentionSection,
  meaningLines,
  type SummaryOptions,
  section,
  sumLines,
  verdictLine,
} from './inventory-summary.ts'
import { printable } from './printable.ts'
import {
  albumWords,
  certificateWords,
  countRows,
  endRows,
  type FullReport,
  sourceWords,
  zoneRows,
} from './report-page/report-numbers.ts'
import type { SumRow } from './sum-rows.ts'

export function reportText(report: FullReport, options: SummaryOptions): string[] {
  const { style } = options
  const verdict = verdictLine(report.status, style, {
    complete: 'Complete: nothing was missing or refused.',
    incomplete: 'Not complete: something was missing, damaged or refused.',
    failed: 'Failed.',
  })
  const heading = `  import ${printable(report.import)} in snapshot ${report.snapshot.slice(0, 8)}`
  if (options.quiet) return [verdict]
  const whatWasThere = [...sumLines(report.summary), ...meaningLines(report.summary)]
  return [
    verdict,
    heading,
    ...section('What was there', whatWasThere, style),
    ...section('Where every file ended', endLines(report), style),
    ...section('What became of it', countLines(report), style),
    ...section('Is all of it here?', completenessLines(report.summary.verdict, style), style),
    ...section('Certificate', report.accounts.certificates.flatMap(certificateLines), style),
    ...section('Albums that lack photos', albumLines(report), style),
    ...section('Where time zones are from', rowLines(zoneRows(report)), style),
    ...attentionSection(report.problems, '', options),
  ]
}

function endLines({ accounts }: FullReport): string[] {
  const rows = endRows(accounts).map(([count, words], at) => [
    ...[at === 0 ? '' : '+', formatCount(count), words],
  ])
  const total = ['=', formatCount(accounts.entries), 'files in all']
  const lines = formatColumns([...rows, total], '<><').map((line) => `  ${line}`)
  return accounts.addUp ? lines : [...lines, '  The ledger of this import is not whole.']
}

function countLines(report: FullReport): string[] {
  const extent = extentLines(report.extent).map((line) => `  ${printable(line)}`)
  return [...rowLines(countRows(report)), ...extent]
}

function rowLines(rows: readonly SumRow[]): string[] {
  const cells = rows.map(([count, words]) => [formatCount(count), words])
  return formatColumns(cells, '><').map((line) => `  ${line}`)
}

function albumLines({ library }: FullReport): string[] {
  return (library?.incompleteAlbums ?? []).map((album) => `  ${printable(albumWords(album))}`)
}

function certificateLines(certificate: Certificate): string[] {
  const { export: id, photos, snapshot, missing } = certificate
  if (photos) {
    const sentences = certificateWords(certificate, snapshot!.slice(0, 8))
    return sentences.map((sentence) => `  ${printable(sentence)}`)
  }
  return [
    `  None for ${printable(sourceWords(id))}:`,
    ...missing.map((reason) => `    - ${printable(reason)}`),
  ]
}

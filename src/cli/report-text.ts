/**
 * The report of an import, in words.
 * @module
 */
import type { Certificate } from '../operations/certificate.ts'
import { completenessLines } from './completeness.ts'
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
  certificateWords,
  countRows,
  endRows,
  type FullReport,
} from './report-page/report-numbers.ts'

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
  const rows = countRows(report).map(([count, words]) => [formatCount(count), words])
  return formatColumns(rows, '><').map((line) => `  ${line}`)
}

function certificateLines(certificate: Certificate): string[] {
  const { export: id, photos, snapshot, missing } = certificate
  if (photos) {
    const sentences = certificateWords(certificate, snapshot!.slice(0, 8))
    return sentences.map((sentence) => `  ${printable(sentence)}`)
  }
  return [
    `  None for the archives of ${printable(id)}:`,
    ...missing.map((reason) => `    - ${printable(reason)}`),
  ]
}

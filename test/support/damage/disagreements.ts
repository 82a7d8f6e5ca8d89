/**
 * Compares what an import made of a damage set with the truth, set by set.
 * @module
 */
import type { LedgerRow } from '../../../src/operations/import/ledger.ts'
import type { ImportReport } from '../../../src/operations/import-library.ts'
import type { DamageSet } from './damage-set.ts'
import type { DeliveredEntry, DeliveredFile } from './delivered-file.ts'

export interface Outcome {
  report: ImportReport
  code: number
  rows: LedgerRow[]
  /** SHA-256 of every file in the library. */
  saved: ReadonlySet<string>
}

/** One sentence for each; none when all is as it must be. */
export function disagreements(set: DamageSet, outcome: Outcome): string[] {
  const ledger = outcome.report.snapshot === undefined ? [] : wrongRows(set, outcome)
  return [
    ...ledger,
    ...wrongContents(set, outcome),
    ...wrongSums(outcome),
    ...wrongCode(set, outcome),
  ]
}

function* wrongRows({ files }: DamageSet, { rows }: Outcome): Generator<string> {
  const unmatched = new Map<string, LedgerRow[]>()
  for (const row of rows) {
    const key = `${row.part} ${row.path}`
    unmatched.set(key, [...(unmatched.get(key) ?? []), row])
  }
  for (const file of files) {
    for (const entry of file.entries) {
      const [row] = unmatched.get(`${file.name} ${entry.path}`)?.splice(0, 1) ?? []
      const wrong = wrongRow(entry, row)
      if (wrong !== undefined) yield `${file.name}: ${entry.path} ${wrong}`
    }
  }
  const strange = [...unmatched.values()].flat()
  const unsure = new Set(files.filter(({ entries }) => entries.some(isUnsure)).map((f) => f.name))
  for (const { part, path } of strange) {
    if (!unsure.has(part)) yield `${part}: ${path} is listed and was never there`
  }
}

const isUnsure = ({ fate }: DeliveredEntry) => fate === 'unsure'

const ENDS: Record<DeliveredEntry['kind'], readonly LedgerRow['end'][]> = {
  media: ['stored', 'copy'],
  sidecar: ['kept'],
  album: ['kept'],
  other: ['ignored', 'kept'],
  litter: ['ignored'],
}

function wrongRow({ fate, kind, sha256 }: DeliveredEntry, row: LedgerRow | undefined) {
  if (fate === 'unsure') return undefined
  if (fate === 'gone') return row === undefined ? undefined : 'is listed and is not there'
  if (row === undefined) return 'is not listed'
  if (fate === 'hurt') return row.end === 'refused' ? undefined : `is damaged and ends ${row.end}`
  if (!ENDS[kind].includes(row.end)) return `is a ${kind} and ends ${row.end} (${row.reason})`
  if (kind === 'media' && row.sha256 !== sha256) return 'is saved with other bytes'
  return undefined
}

function* wrongContents({ files }: DamageSet, { saved }: Outcome): Generator<string> {
  const media = files.flatMap(({ entries }) => entries.filter(({ kind }) => kind === 'media'))
  const hashesOf = (fates: readonly string[]) =>
    new Set(media.filter(({ fate }) => fates.includes(fate)).map(({ sha256 }) => sha256))
  const possible = hashesOf(['whole', 'unsure'])
  for (const hash of hashesOf(['whole'])) if (!saved.has(hash)) yield `${hash} is not saved`
  const canBeWrong = files.some((file) => file.form === 'tgz' && file.entries.some(isUnsure))
  for (const hash of saved) {
    if (!possible.has(hash) && !canBeWrong) yield `${hash} is saved and was never there`
  }
}

function* wrongSums({ report, rows }: Outcome): Generator<string> {
  const { entries, media, sidecars, albumFiles, other, litter, rejected } = report.summary
  const sum = media + sidecars + albumFiles + other + litter + rejected
  if (sum !== entries) yield `${sum} entries are accounted for, of ${entries}`
  if (report.snapshot === undefined) return
  if (rows.length !== entries) yield `the ledger has ${rows.length} rows for ${entries} entries`
  const refused = rows.filter(({ end }) => end === 'refused').length
  if (refused !== report.failed + report.refused) yield `${refused} rows are refused`
}

function* wrongCode(set: DamageSet, { code, report, saved }: Outcome): Generator<string> {
  const isSaved = saved.size > 0
  if (!isSaved && code !== 1) yield `nothing is saved and the exit code is ${code}`
  if (!isSaved) return
  if (![0, 3].includes(code)) yield `the exit code is ${code}`
  const losses = whatIsMissing(set)
  if (losses.length > 0 && code !== 3) yield `"complete" in spite of: ${losses.join(', ')}`
  if (set.isIntact && !set.hasGap && code !== 0) {
    const codes = report.problems.map(({ code, path }) => `${code} ${path}`)
    yield `"incomplete", and nothing is missing: ${codes.join(', ')}`
  }
  for (const { name, isDamaged } of set.files) {
    const isNamed = report.problems.some(
      ({ code, path }) => path === name && ['DAMAGED_PART', 'NOT_AN_ARCHIVE'].includes(code),
    )
    if (isDamaged === true && !isNamed) yield `${name} is damaged and not named`
    if (isDamaged === false && isNamed) yield `${name} is sound and called damaged`
  }
}

/** Parts that hold, or held, what no other part holds whole: a second download stands in for one. */
function whatIsMissing({ files, hasGap }: DamageSet): string[] {
  const whole = new Set(
    files.flatMap(({ entries }) => entries.filter(({ fate }) => fate === 'whole').map(keyOf)),
  )
  const lost = (file: DeliveredFile) =>
    file.entries.some((entry) => ['hurt', 'gone'].includes(entry.fate) && !whole.has(keyOf(entry)))
  const hurt = files.flatMap((file) => (lost(file) ? [file.name] : []))
  return hasGap ? ['a missing number', ...hurt] : hurt
}

const keyOf = ({ path, sha256 }: DeliveredEntry) => `${sha256} ${path}`

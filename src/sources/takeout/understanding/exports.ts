/**
 * Exports, the parts they came in, and the parts that are missing. The number of parts is written
 * nowhere: a gap in the numbers proves a missing part, a missing end does not show.
 * @module
 */
import type { ExportSummary } from '../../source.ts'
import { parsePartName } from '../part-name.ts'
import type { Surveyed, SurveyedPart } from '../surveyed.ts'
import type { Listing } from './listings.ts'
import { compareText, groupBy } from './text.ts'

export function summarizeExports(
  { parts, entries }: Surveyed,
  listings: ReadonlyMap<string, Listing>,
): ExportSummary[] {
  const ids = new Set([...parts, ...entries].map(({ exportId }) => exportId))
  const byExport = groupBy(parts, ({ exportId }) => exportId)
  return [...ids].sort(compareText).map((id) => {
    const own = byExport.get(id) ?? []
    const names = [...new Set(own.map(({ name }) => name))].sort(compareText)
    const unseen = unseenParts(id, own, listings.get(id))
    const missing = [...new Set([...missingParts(own), ...unseen])].sort(compareText)
    return { id, parts: names, missing }
  })
}

/** Parts that the overview page names, and that no file here is. */
function unseenParts(id: string, own: readonly SurveyedPart[], listing?: Listing): string[] {
  if (!listing) return []
  const key = ({ group, number }: { group?: number; number?: number }) => `${group ?? 0} ${number}`
  const here = new Set(own.map(key))
  return listing.parts.filter((name) => {
    const parsed = parsePartName(name)
    return parsed?.exportId === id && parsed.number !== undefined && !here.has(key(parsed))
  })
}

/** Names of the parts between the first and the highest number that are not here. */
export function missingParts(parts: readonly SurveyedPart[]): string[] {
  const groups = groupBy(parts, ({ group }) => group ?? 0)
  return [...groups.values()].flatMap(missingOfGroup).sort(compareText)
}

/** Nobody has as many parts; a higher number is a renamed file. */
const MOST_PARTS = 9_999

function missingOfGroup(parts: readonly SurveyedPart[]): string[] {
  const numbers = new Set(parts.flatMap(({ number }) => number ?? []))
  const highest = Math.max(0, ...numbers)
  if (highest > MOST_PARTS) return []
  const sample = parts.find(({ number }) => number === highest)
  const missing = []
  for (let number = 1; number < highest; number++) {
    if (!numbers.has(number)) missing.push(partName(sample!, number))
  }
  return missing
}

/** The sample's name with another number. */
function partName({ name, number: own }: SurveyedPart, number: number): string {
  const digits = String(number).padStart(3, '0')
  const pattern = new RegExp(`(.*[^0-9])0*${own}((?: ?\\(\\d+\\))?(?:\\.[^.0-9]+)*)$`, 's')
  const [, before, after] = pattern.exec(name) ?? []
  if (before === undefined) return `part ${digits}`
  return before + digits + after!.replace(/^ ?\(\d+\)/, '')
}

/** Time stamp of an export id, e.g. `20240712T112341Z`; empty when it has none. */
export function stampOf(exportId: string): string {
  return /\d{8}T\d{4,8}Z/.exec(exportId)?.[0] ?? ''
}

/** Newest first. */
export function compareExports(a: string, b: string): number {
  return compareText(stampOf(b), stampOf(a)) || compareText(b, a)
}

/** Seconds after which nothing in this export can have been taken. */
export function endOfExport(exportId: string): number {
  const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)/.exec(stampOf(exportId)) ?? []
  const midnight = Date.parse(`${year}-${month}-${day}T00:00:00Z`) / 1000
  return Number.isNaN(midnight) ? Infinity : midnight + TWO_DAYS_SECONDS
}

/** The day of the export, and zones. */
const TWO_DAYS_SECONDS = 2 * 86_400

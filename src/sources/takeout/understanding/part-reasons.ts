/**
 * What the parts of an export, looked at side by side, give away: downloaded twice, without any photos,
 * oddly small.
 * @module
 */
import type { Entry, VerdictReason } from '../../source.ts'
import type { SurveyedPart } from '../surveyed.ts'
import { groupBy } from './text.ts'

/** A part is odd when it holds less than this share of what its neighbours hold. */
const ODDLY_SMALL = 0.5
/** With fewer parts there are no neighbours to compare with. */
const FEWEST_TO_COMPARE = 4

export function* partReasons(
  parts: readonly SurveyedPart[],
  ledger: readonly Entry[],
): Generator<VerdictReason> {
  const entries = groupBy(ledger, ({ part }) => part)
  yield* duplicates(parts)
  yield* foreign(parts, entries)
  yield* small(parts)
}

/** The same part under two names, as browsers make it of a second download. */
export function twinsOf(parts: readonly SurveyedPart[]): SurveyedPart[][] {
  const numbered = parts.filter(({ number }) => number !== undefined)
  const key = ({ exportId, group, number }: SurveyedPart) => `${exportId} ${group ?? 0} ${number}`
  return [...groupBy(numbered, key).values()].filter((same) => same.length > 1)
}

function* duplicates(parts: readonly SurveyedPart[]): Generator<VerdictReason> {
  for (const same of twinsOf(parts)) {
    const names = same.map(({ name }) => name)
    const message = `${names.join(' and ')} are the same part, downloaded ${names.length === 2 ? 'twice' : `${names.length} times`}; what both hold is stored once.`
    yield { says: 'note', code: 'DUPLICATE_PART', message }
  }
}

function* foreign(
  parts: readonly SurveyedPart[],
  entries: ReadonlyMap<string, readonly Entry[]>,
): Generator<VerdictReason> {
  for (const { name } of parts) {
    const own = entries.get(name) ?? []
    const others = own.filter((entry) => entry.class === 'litter' || isElsewhere(entry))
    const hasPage = own.some(({ path }) => /(^|\/)archive_browser[^/]*\.html?$/i.test(path))
    if (own.length === 0 || others.length < own.length || hasPage) continue
    const message = `${name} holds nothing of Google Photos: other products, or somebody else's files.`
    yield { says: 'note', code: 'FOREIGN_PART', message }
  }
}

/** All parts but the last are about as large as was chosen for them. */
const isElsewhere = (entry: Entry) => entry.class === 'other' && entry.kept === undefined

function* small(parts: readonly SurveyedPart[]): Generator<VerdictReason> {
  for (const group of groupBy(parts, ({ group }) => group ?? 0).values()) {
    const sized = group.filter(({ bytes, number }) => bytes !== undefined && number !== undefined)
    if (sized.length < FEWEST_TO_COMPARE) continue
    const last = Math.max(...sized.map(({ number }) => number!))
    const inner = sized.filter(({ number }) => number! > 1 && number! < last)
    const usual = inner.map(({ bytes }) => bytes!).sort((a, b) => a - b)[inner.length >> 1] ?? 0
    for (const { name, bytes } of inner) {
      if (bytes! >= usual * ODDLY_SMALL) continue
      const message = `${name} is much smaller than its neighbours. It opens and is whole by its own account; compare its size with the one at takeout.google.com.`
      yield { says: 'note', code: 'SMALL_PART', message }
    }
  }
}

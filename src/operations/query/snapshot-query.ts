/**
 * Which snapshots somebody means: Plakar's query, as a pure function over headers.
 *
 * Filters narrow down (all of them must hold); matchers then choose by the calendar (any of them
 * suffices), in each group by itself. Everything that looks at snapshots takes the same query.
 *
 * Periods and dates are local time, unlike Plakar's, which counts in UTC.
 * @module
 */
import { compareTimestamps, timestampToDate } from '../../kloset/msgpack/timestamp.ts'
import type { HeaderRecord } from '../../kloset/records/header.ts'
import {
  type Period,
  periodBefore,
  periodOf,
  type Weekday,
  weekdayBefore,
  weekdayOf,
} from './calendar.ts'

/** Of several values, `names` and the like need one to be equal; tags and roots need all. */
export interface SnapshotFilters {
  /** Not after. */
  before?: Date
  /** Not before. */
  since?: Date
  name?: string
  category?: string
  environment?: string
  perimeter?: string
  job?: string
  dataset?: string
  dataClasses?: readonly string[]
  /** Every one must be there. */
  tags?: readonly string[]
  /** None may be there. */
  withoutTags?: readonly string[]
  roots?: readonly string[]
  origins?: readonly string[]
  types?: readonly string[]
  /** Only the newest of what the others leave. */
  latest?: boolean
}

/** The last `last` periods (the present one is the first), and of each the newest `atMost`. */
export interface PeriodMatcher {
  period: Period | Weekday
  last?: number
  atMost?: number
}

export const GROUP_KEYS = [
  'name',
  'category',
  'environment',
  'perimeter',
  'job',
  'dataset',
  'data-class',
  'tag',
  'origin',
  'type',
  'root',
] as const
export type GroupKey = (typeof GROUP_KEYS)[number]

export interface SnapshotQuery {
  filters: SnapshotFilters
  matchers: readonly PeriodMatcher[]
  groupBy?: GroupKey
}

/** Why a matcher chose a snapshot. */
export interface PeriodMatch {
  matcher: PeriodMatcher
  /** Name of the period, `2026-11`. */
  bucket: string
  /** 1 is the newest of the period. */
  rank: number
}

/** Nothing was asked: everything is meant. */
export function asksNothing({ filters, matchers }: SnapshotQuery): boolean {
  const given = Object.values(filters).filter(
    (value) => value !== undefined && value !== false && !(Array.isArray(value) && !value.length),
  )
  return given.length === 0 && matchers.length === 0
}

/** What the query means of `headers`, newest first. */
export function selectSnapshots(
  headers: readonly HeaderRecord[],
  query: SnapshotQuery,
  now: Date,
): HeaderRecord[] {
  const filtered = filterSnapshots(headers, query.filters)
  if (query.matchers.length === 0) return filtered
  const matched = matchPeriods(filtered, query, now)
  return filtered.filter(({ identifier }) => matched.has(identifier))
}

/** Newest first. */
export function filterSnapshots(
  headers: readonly HeaderRecord[],
  filters: SnapshotFilters,
): HeaderRecord[] {
  const found = headers.filter((header) => passes(header, filters)).sort(newestFirst)
  return filters.latest ? found.slice(0, 1) : found
}

/** By id; of snapshots that no matcher chose there is none. `headers` newest first. */
export function matchPeriods(
  headers: readonly HeaderRecord[],
  { matchers, groupBy }: Pick<SnapshotQuery, 'matchers' | 'groupBy'>,
  now: Date,
): Map<string, PeriodMatch> {
  const matches = new Map<string, PeriodMatch>()
  for (const group of groupSnapshots(headers, groupBy).values()) {
    const moments = group.map(({ identifier, timestamp }) => ({
      id: identifier,
      taken: timestampToDate(timestamp),
    }))
    for (const matcher of matchers) {
      for (const [id, match] of matchPeriod(moments, matcher, now)) {
        if (!matches.has(id)) matches.set(id, match)
      }
    }
  }
  return matches
}

/** A snapshot with several values of the key is in several groups; without key there is one. */
export function groupSnapshots(
  headers: readonly HeaderRecord[],
  groupBy: GroupKey | undefined,
): Map<string, HeaderRecord[]> {
  const groups = new Map<string, HeaderRecord[]>()
  for (const header of headers) {
    for (const key of groupBy === undefined ? [''] : groupNames(header, groupBy)) {
      const group = groups.get(key)
      if (group) group.push(header)
      else groups.set(key, [header])
    }
  }
  return groups
}

/** The values a snapshot has for a key; at least one, perhaps empty. */
export function groupNames(header: HeaderRecord, groupBy: GroupKey): string[] {
  const values = valuesOf(header, groupBy)
  return values.length > 0 ? [...new Set(values)] : ['']
}

function valuesOf(header: HeaderRecord, key: GroupKey): readonly string[] {
  switch (key) {
    case 'data-class':
      return header.dataClasses ?? []
    case 'tag':
      return header.tags ?? []
    case 'origin':
      return header.sources.map(({ importer }) => importer.origin)
    case 'type':
      return header.sources.map(({ importer }) => importer.type)
    case 'root':
      return header.sources.map(({ importer }) => importer.directory)
    default:
      return [header[key]]
  }
}

const PLAIN_FIELDS = ['name', 'category', 'environment', 'perimeter', 'job', 'dataset'] as const

function passes(header: HeaderRecord, filters: SnapshotFilters): boolean {
  const taken = timestampToDate(header.timestamp)
  if (filters.before && taken > filters.before) return false
  if (filters.since && taken < filters.since) return false
  if (PLAIN_FIELDS.some((key) => filters[key] !== undefined && header[key] !== filters[key])) {
    return false
  }
  const hasAll = (wanted: readonly string[] | undefined, key: GroupKey) =>
    (wanted ?? []).every((value) => valuesOf(header, key).includes(value))
  const hasOne = (wanted: readonly string[] | undefined, key: GroupKey) =>
    !wanted?.length || wanted.some((value) => valuesOf(header, key).includes(value))
  return (
    hasAll(filters.tags, 'tag') &&
    !(filters.withoutTags ?? []).some((tag) => valuesOf(header, 'tag').includes(tag)) &&
    hasAll(filters.roots, 'root') &&
    hasOne(filters.dataClasses, 'data-class') &&
    hasOne(filters.origins, 'origin') &&
    hasOne(filters.types, 'type')
  )
}

/** What one matcher chooses of snapshots, newest first. */
export function* matchPeriod(
  snapshots: readonly { id: string; taken: Date }[],
  matcher: PeriodMatcher,
  now: Date,
): Generator<[string, PeriodMatch]> {
  const ranks = new Map<string, number>()
  const isInWindow = windowOf(matcher, now)
  for (const { id, taken } of snapshots) {
    const bucket = bucketOf(matcher.period, taken)
    if (bucket === undefined || !isInWindow(bucket)) continue
    const rank = (ranks.get(bucket) ?? 0) + 1
    ranks.set(bucket, rank)
    if (matcher.atMost === undefined || rank <= matcher.atMost) {
      yield [id, { matcher, bucket, rank }]
    }
  }
}

/** Undefined for a moment on another day of the week. */
function bucketOf(period: Period | Weekday, moment: Date): string | undefined {
  if (!isWeekday(period)) return periodOf(period, moment)
  return weekdayOf(moment) === period ? periodOf('day', moment) : undefined
}

/** Which buckets count: all, or the newest ones up to the present. */
function windowOf({ period, last }: PeriodMatcher, now: Date): (bucket: string) => boolean {
  if (last === undefined) return () => true
  const [first, newest] = isWeekday(period)
    ? [weekdayBefore(period, now, last - 1), weekdayBefore(period, now, 0)]
    : [periodBefore(period, now, last - 1), periodOf(period, now)]
  return (bucket) => first <= bucket && bucket <= newest
}

function isWeekday(period: Period | Weekday): period is Weekday {
  return period.endsWith('day') && period !== 'day'
}

/** Of the same moment, by id: the answer must not depend on the order of a listing. */
function newestFirst(a: HeaderRecord, b: HeaderRecord): number {
  return compareTimestamps(b.timestamp, a.timestamp) || (a.identifier < b.identifier ? -1 : 1)
}

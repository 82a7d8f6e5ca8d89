/**
 * The options that say which snapshots are meant, shared by all commands that look at several; they
 * are Plakar's. Filters narrow down; matchers choose by the calendar.
 * @module
 */
import { PERIODS, type Period, WEEKDAYS, type Weekday } from '../operations/query/calendar.ts'
import { parseMoment } from '../operations/query/moment.ts'
import {
  GROUP_KEYS,
  type PeriodMatcher,
  type SnapshotFilters,
  type SnapshotQuery,
} from '../operations/query/snapshot-query.ts'
import type { OptionTable, ValuesOf } from './command.ts'

const QUERY = { set: 'Query options' } as const
const LIST = { ...QUERY, repeatable: true } as const
const COUNT = { ...QUERY, value: 'N', integer: { min: 1, max: 100_000 } } as const

/** For commands that remove: what they do must not depend on how many there are. */
export const filterOptions = {
  before: { describe: 'Not newer than a date, time, or duration (2w)', value: 'WHEN', ...QUERY },
  since: { describe: 'Not older than a date, time, or duration (2w)', value: 'WHEN', ...QUERY },
  latest: { describe: 'Only the newest of what the other filters leave', ...QUERY },
  name: { describe: 'Of this name', value: 'NAME', ...QUERY },
  category: { describe: 'Of this category', value: 'NAME', ...QUERY },
  environment: { describe: 'Of this environment', value: 'NAME', ...QUERY },
  perimeter: { describe: 'Of this perimeter', value: 'NAME', ...QUERY },
  job: { describe: 'Made by this job', value: 'NAME', ...QUERY },
  dataset: { describe: 'Of this dataset', value: 'NAME', ...QUERY },
  dataClass: { describe: 'Of one of these data classes', value: 'NAME', ...LIST },
  tag: { describe: 'With all these tags; "!TAG" means without', value: 'TAG', ...LIST },
  root: { describe: 'Of this folder of the source', value: 'PATH', ...LIST },
  origin: { describe: 'Of one of these origins, e.g. takeout', value: 'NAME', ...LIST },
  type: { describe: 'Of one of these kinds of source, e.g. fs', value: 'NAME', ...LIST },
} as const satisfies OptionTable

export const groupOption = {
  groupBy: {
    describe: 'Choose in each group by itself',
    value: 'KEY',
    choices: GROUP_KEYS,
    ...QUERY,
  },
} as const satisfies OptionTable

export const matcherOptions = {
  minutes: { describe: 'Those of the last N minutes', ...COUNT },
  hours: { describe: 'Those of the last N hours', ...COUNT },
  days: { describe: 'Those of the last N days, today included', ...COUNT },
  weeks: { describe: 'Those of the last N weeks, from Monday', ...COUNT },
  months: { describe: 'Those of the last N months', ...COUNT },
  years: { describe: 'Those of the last N years', ...COUNT },
  mondays: { describe: 'Those of the last N Mondays', ...COUNT },
  tuesdays: { describe: 'Those of the last N Tuesdays', ...COUNT },
  wednesdays: { describe: 'Those of the last N Wednesdays', ...COUNT },
  thursdays: { describe: 'Those of the last N Thursdays', ...COUNT },
  fridays: { describe: 'Those of the last N Fridays', ...COUNT },
  saturdays: { describe: 'Those of the last N Saturdays', ...COUNT },
  sundays: { describe: 'Those of the last N Sundays', ...COUNT },
  perMinute: { describe: 'At most N of each minute', ...COUNT },
  perHour: { describe: 'At most N of each hour', ...COUNT },
  perDay: { describe: 'At most N of each day', ...COUNT },
  perWeek: { describe: 'At most N of each week', ...COUNT },
  perMonth: { describe: 'At most N of each month', ...COUNT },
  perYear: { describe: 'At most N of each year', ...COUNT },
  perMonday: { describe: 'At most N of each Monday', ...COUNT },
  perTuesday: { describe: 'At most N of each Tuesday', ...COUNT },
  perWednesday: { describe: 'At most N of each Wednesday', ...COUNT },
  perThursday: { describe: 'At most N of each Thursday', ...COUNT },
  perFriday: { describe: 'At most N of each Friday', ...COUNT },
  perSaturday: { describe: 'At most N of each Saturday', ...COUNT },
  perSunday: { describe: 'At most N of each Sunday', ...COUNT },
} as const satisfies OptionTable

export const queryOptions = {
  ...filterOptions,
  ...matcherOptions,
  ...groupOption,
} as const satisfies OptionTable

type FilterValues = ValuesOf<typeof filterOptions>
type MatcherValues = ValuesOf<typeof matcherOptions>

/** @throws {BadMomentError} */
export function readQuery(options: ValuesOf<typeof queryOptions>, now: Date): SnapshotQuery {
  const { groupBy } = options
  return {
    filters: readFilters(options, now),
    matchers: readMatchers(options),
    ...(groupBy === undefined ? {} : { groupBy }),
  }
}

/** @throws {BadMomentError} */
export function readFilters(options: FilterValues, now: Date): SnapshotFilters {
  const { before, since, latest, name, category, environment, perimeter, job, dataset } = options
  const tags = listed(options.tag)
  const plain = { name, category, environment, perimeter, job, dataset }
  return {
    ...(before === undefined ? {} : { before: parseMoment(before, now) }),
    ...(since === undefined ? {} : { since: parseMoment(since, now) }),
    ...Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined)),
    dataClasses: listed(options.dataClass),
    tags: tags.filter((tag) => !tag.startsWith('!')),
    withoutTags: tags.filter((tag) => tag.startsWith('!')).map((tag) => tag.slice(1)),
    roots: listed(options.root),
    origins: listed(options.origin),
    types: listed(options.type),
    latest,
  }
}

export function readMatchers(options: MatcherValues): PeriodMatcher[] {
  return [...PERIODS, ...WEEKDAYS].flatMap((period) => {
    const last = options[`${period}s`]
    const atMost = options[`per${capitalised(period)}`]
    if (last === undefined && atMost === undefined) return []
    return {
      period,
      ...(last === undefined ? {} : { last }),
      ...(atMost === undefined ? {} : { atMost }),
    }
  })
}

function capitalised<Name extends Period | Weekday>(name: Name): Capitalize<Name> {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}` as Capitalize<Name>
}

/** Values may come one by one or with commas between them. */
function listed(values: readonly string[]): string[] {
  return values
    .flatMap((value) => value.split(','))
    .map((value) => value.trim())
    .filter((value) => value !== '')
}

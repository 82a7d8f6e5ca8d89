/**
 * The options of a retention policy. They are restic's names; Plakar's matchers do as well.
 * @module
 */
import { type Period, parseSpan } from '../operations/query/calendar.ts'
import { GROUP_KEYS } from '../operations/query/snapshot-query.ts'
import type { RetentionPolicy, RetentionRule } from '../operations/retention/policy.ts'
import type { OptionTable, ValuesOf } from './command.ts'
import { matcherOptions, readMatchers } from './query-options.ts'
import { UsageError } from './usage-error.ts'

const COUNT = { value: 'N', integer: { min: 1, max: 100_000 } } as const
const SPAN = { value: 'DURATION' } as const

export const retentionOptions = {
  keepLast: { describe: 'Keep the newest N', ...COUNT },
  keepHourly: { describe: 'Keep the newest of each of the last N hours that have one', ...COUNT },
  keepDaily: { describe: 'Keep the newest of each of the last N days that have one', ...COUNT },
  keepWeekly: { describe: 'The same for weeks, from Monday', ...COUNT },
  keepMonthly: { describe: 'The same for months', ...COUNT },
  keepYearly: { describe: 'The same for years', ...COUNT },
  keepWithin: { describe: 'Keep all not older than this before the newest: 30d, 1y6mo', ...SPAN },
  keepWithinHourly: { describe: 'Of these, the newest of each hour', ...SPAN },
  keepWithinDaily: { describe: 'Of these, the newest of each day', ...SPAN },
  keepWithinWeekly: { describe: 'Of these, the newest of each week', ...SPAN },
  keepWithinMonthly: { describe: 'Of these, the newest of each month', ...SPAN },
  keepWithinYearly: { describe: 'Of these, the newest of each year', ...SPAN },
  keepTag: { describe: 'Keep what has all of these tags', value: 'TAG,…', repeatable: true },
  groupBy: {
    describe: 'Apply the rules in each group by itself, by default in each source',
    value: 'KEY',
    choices: GROUP_KEYS,
  },
  ...matcherOptions,
} as const satisfies OptionTable

const SUFFIXES: readonly [Period, 'Hourly' | 'Daily' | 'Weekly' | 'Monthly' | 'Yearly'][] = [
  ['hour', 'Hourly'],
  ['day', 'Daily'],
  ['week', 'Weekly'],
  ['month', 'Monthly'],
  ['year', 'Yearly'],
]

/** @throws {UsageError} */
export function readPolicy(options: ValuesOf<typeof retentionOptions>): RetentionPolicy {
  const { keepLast, keepWithin, keepTag, groupBy } = options
  const rules: RetentionRule[] = []
  if (keepLast !== undefined) rules.push({ kind: 'last', count: keepLast })
  for (const [period, suffix] of SUFFIXES) {
    const count = options[`keep${suffix}`]
    if (count !== undefined) rules.push({ kind: 'period', period, count })
  }
  if (keepWithin !== undefined) rules.push(withinRule(keepWithin))
  for (const [period, suffix] of SUFFIXES) {
    const text = options[`keepWithin${suffix}`]
    if (text !== undefined) rules.push(withinRule(text, period))
  }
  for (const list of keepTag) {
    const tags = list.split(',').map((tag) => tag.trim())
    if (tags.includes('')) throw new UsageError(`--keep-tag "${list}" has an empty tag`)
    rules.push({ kind: 'tags', tags })
  }
  for (const matcher of readMatchers(options)) rules.push({ kind: 'matcher', matcher })
  return { rules, ...(groupBy === undefined ? {} : { groupBy }) }
}

function withinRule(text: string, period?: Period): RetentionRule {
  const span = parseSpan(text)
  if (span === undefined) {
    throw new UsageError(`"${text}" is no duration`, { hint: 'Write e.g. 36h, 30d, 2w, 1y6mo.' })
  }
  return { kind: 'within', span, text, ...(period === undefined ? {} : { period }) }
}

/**
 * What somebody wants to keep, as data. Each rule keeps something; rules never forbid.
 * @module
 */
import type { Period, Span } from '../query/calendar.ts'
import type { GroupKey, PeriodMatcher } from '../query/snapshot-query.ts'

export type RetentionRule =
  /** The newest `count`. */
  | { kind: 'last'; count: number }
  /** The newest of each period, for the `count` newest periods that have one. */
  | { kind: 'period'; period: Period; count: number }
  /** Not older than `span` before the newest; of each period only the newest, if one is given. */
  | { kind: 'within'; span: Span; text: string; period?: Period }
  /** With all of these tags. */
  | { kind: 'tags'; tags: readonly string[] }
  /** What one of Plakar's matchers chooses. */
  | { kind: 'matcher'; matcher: PeriodMatcher }

export interface RetentionPolicy {
  rules: readonly RetentionRule[]
  /** Rules apply to each source by itself unless this says otherwise. */
  groupBy?: GroupKey
}

const ADVERBS: Record<Period, string> = {
  minute: 'minutely',
  hour: 'hourly',
  day: 'daily',
  week: 'weekly',
  month: 'monthly',
  year: 'yearly',
}

/** As it is written on the command line, without the dashes. */
export function nameOfRule(rule: RetentionRule): string {
  switch (rule.kind) {
    case 'last':
      return `keep-last ${rule.count}`
    case 'period':
      return `keep-${ADVERBS[rule.period]} ${rule.count}`
    case 'within':
      return rule.period === undefined
        ? `keep-within ${rule.text}`
        : `keep-within-${ADVERBS[rule.period]} ${rule.text}`
    case 'tags':
      return `keep-tag ${rule.tags.join(',')}`
    case 'matcher':
      return nameOfMatcher(rule.matcher)
  }
}

function nameOfMatcher({ period, last, atMost }: PeriodMatcher): string {
  const spans = last === undefined ? [] : [`${period}s ${last}`]
  const caps = atMost === undefined ? [] : [`per-${period} ${atMost}`]
  return [...spans, ...caps].join(' ')
}

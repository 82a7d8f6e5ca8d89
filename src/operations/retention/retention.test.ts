import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { parseSpan, periodOf } from '../query/calendar.ts'
import { beforeLosses } from './losses.ts'
import type { RetentionRule } from './policy.ts'
import { keptByPolicy, protectedAlways, type RetentionFacts } from './retention.ts'

const NOW = new Date(2024, 4, 31, 18, 30)

function snapshot(id: string, taken: string, more: Partial<RetentionFacts> = {}): RetentionFacts {
  return {
    ...{ id, taken: new Date(taken), tags: [], source: 'library', groups: [''] },
    ...{ items: undefined, complete: true },
    ...more,
  }
}

const within = (text: string, more: object = {}): RetentionRule => ({
  ...{ kind: 'within', text, span: parseSpan(text)! },
  ...more,
})

/** Ids that stay, newest first. */
function kept(snapshots: readonly RetentionFacts[], ...rules: RetentionRule[]): string {
  const found = keptByPolicy(snapshots, { rules }, NOW)
  return snapshots
    .filter(({ id }) => found.has(id))
    .map(({ id }) => id)
    .join(' ')
}

const year = [
  snapshot('h', '2024-05-31 17:10', { tags: ['phone'] }),
  snapshot('g', '2024-05-31 17:05'),
  snapshot('f', '2024-05-30 09:00'),
  snapshot('e', '2024-05-27 09:00'),
  snapshot('d', '2024-05-26 09:00', { tags: ['phone', 'keep'] }),
  snapshot('c', '2024-04-30 09:00'),
  snapshot('b', '2023-12-31 09:00'),
  snapshot('a', '2022-01-01 09:00', { tags: ['keep'] }),
]

describe('a rule', () => {
  test.for([
    ['keep-last 3', { kind: 'last', count: 3 }, 'h g f'],
    ['keep-hourly 2', { kind: 'period', period: 'hour', count: 2 }, 'h f'],
    ['keep-daily 3', { kind: 'period', period: 'day', count: 3 }, 'h f e'],
    ['keep-weekly 2', { kind: 'period', period: 'week', count: 2 }, 'h d'],
    ['keep-monthly 3', { kind: 'period', period: 'month', count: 3 }, 'h c b'],
    ['keep-yearly 9', { kind: 'period', period: 'year', count: 9 }, 'h b a'],
    ['keep-within 5d', within('5d'), 'h g f e'],
    ['keep-within-weekly 2mo', within('2mo', { period: 'week' }), 'h d c'],
    ['keep-tag phone', { kind: 'tags', tags: ['phone'] }, 'h d'],
    ['keep-tag phone,keep', { kind: 'tags', tags: ['phone', 'keep'] }, 'h d'],
    ['days 2', { kind: 'matcher', matcher: { period: 'day', last: 2 } }, 'h g f'],
    ['per-month 1', { kind: 'matcher', matcher: { period: 'month', atMost: 1 } }, 'h c b a'],
  ] as [string, RetentionRule, string][])('%s keeps what it says', ([name, rule, expected]) => {
    expect(kept(year, rule)).toBe(expected)
    const reasons = [...keptByPolicy(year, { rules: [rule] }, NOW).values()].flat()
    const rules = reasons.flatMap((reason) => (reason.kind === 'rule' ? [reason.rule] : []))
    expect(new Set(rules)).toEqual(new Set([name]))
  })

  it('tells the period and the place of what it keeps', () => {
    const rules: RetentionRule[] = [{ kind: 'period', period: 'month', count: 3 }]

    const rule = 'keep-monthly 3'
    const found = keptByPolicy(year, { rules }, NOW)
    expect(found.get('h')?.[0]).toEqual({ kind: 'rule', rule, bucket: '2024-05', rank: 1 })
    expect(found.get('b')?.[0]).toEqual({ kind: 'rule', rule, bucket: '2023-12', rank: 3 })
  })

  it('counts in each source by itself, or in the groups that are asked for', () => {
    const mixed = [
      snapshot('d', '2024-05-04', { source: 'nas', groups: ['x', 'y'] }),
      snapshot('c', '2024-05-03', { source: 'nas', groups: ['y'] }),
      snapshot('b', '2024-05-02', { groups: ['x'] }),
      snapshot('a', '2024-05-01', { groups: ['z'] }),
    ]
    const rules: RetentionRule[] = [{ kind: 'last', count: 1 }]

    expect(kept(mixed, ...rules)).toBe('d b')
    const grouped = keptByPolicy(mixed, { rules, groupBy: 'tag' }, NOW)
    expect([...grouped.keys()].sort()).toEqual(['a', 'b', 'd']) // x: d, y: d, z: a; b: newest of its source
  })
})

describe('whatever the rules say', () => {
  it('the newest snapshot of every source stays', () => {
    const found = keptByPolicy(year, { rules: [{ kind: 'tags', tags: ['none'] }] }, NOW)

    expect(found).toEqual(new Map([['h', [{ kind: 'newest' }]]]))
  })

  it('an incomplete snapshot does not take the place of a complete one', () => {
    const some = [
      snapshot('d', '2024-05-31 12:00', { complete: false }),
      snapshot('c', '2024-05-31 11:00'),
      snapshot('b', '2024-05-30 12:00', { complete: false }),
      snapshot('a', '2024-05-29 11:00'),
    ]

    expect(kept(some, { kind: 'last', count: 2 })).toBe('d c a')
    expect(kept(some, { kind: 'period', period: 'day', count: 2 })).toBe('d c b a')
    expect(kept(some, { kind: 'tags', tags: ['none'] })).toBe('d c')
  })

  it('the last one before a loss of photos stays, until there are nearly as many again', () => {
    const counted = (...items: (number | undefined)[]) =>
      beforeLosses(
        items.map((count, at) => ({ id: String(count ?? `?${at}`), items: count })).reverse(),
      )

    expect(counted(1000, 801)).toEqual([])
    expect(counted(1000, 799)).toEqual(['799', '1000'])
    expect(counted(1000, 500, 790)).toEqual(['790', '1000'])
    expect(counted(1000, 500, 900)).toEqual([])
    expect(counted(1000, 850, 730)).toEqual(['730', '1000']) // little by little
    expect(counted(1000, 500, 90)).toEqual(['90', '500', '1000'])
    expect(counted(1000, undefined, 500, undefined)).toEqual(['500', '1000'])
  })

  it('what lies in the future stays, and counts for no rule', () => {
    const some = [snapshot('z', '2031-01-01'), ...year]

    expect(kept(some, { kind: 'last', count: 1 })).toBe('z h')
    expect(keptByPolicy(some, { rules: [] }, NOW).get('z')).toEqual([{ kind: 'future' }])
  })

  it('a clock that runs years ahead removes nothing that is kept for a span', () => {
    const found = keptByPolicy(year, { rules: [within('5d')] }, new Date(2044, 0, 1))

    expect([...found.keys()]).toEqual(['h', 'g', 'f', 'e'])
  })
})

const someRule: fc.Arbitrary<RetentionRule> = fc.oneof(
  fc.record({ kind: fc.constant('last' as const), count: fc.integer({ min: 1, max: 9 }) }),
  fc.record({
    kind: fc.constant('period' as const),
    period: fc.constantFrom('hour', 'day', 'week', 'month', 'year'),
    count: fc.integer({ min: 1, max: 9 }),
  }),
  fc.constantFrom('36h', '9d', '3mo').map((text) => within(text)),
  fc.constantFrom('90d', '1y').map((text) => within(text, { period: 'month' })),
  fc.record({
    kind: fc.constant('tags' as const),
    tags: fc.subarray(['x', 'y'], { minLength: 1 }),
  }),
  fc.record({
    kind: fc.constant('matcher' as const),
    matcher: fc.record({
      period: fc.constantFrom('day', 'month', 'friday'),
      last: fc.integer({ min: 1, max: 90 }),
      atMost: fc.integer({ min: 1, max: 3 }),
    }),
  }),
) as fc.Arbitrary<RetentionRule>

const someSnapshots = fc
  .array(
    fc.record({
      hoursAgo: fc.integer({ min: -50, max: 9000 }),
      source: fc.constantFrom('library', 'nas'),
      tags: fc.subarray(['x', 'y']),
      items: fc.option(fc.integer({ min: 0, max: 30 }), { nil: undefined }),
      complete: fc.boolean(),
    }),
    { maxLength: 40 },
  )
  .map((all) =>
    all.map(({ hoursAgo, ...facts }, at) =>
      snapshot(`s${at}`, new Date(NOW.getTime() - hoursAgo * 3_600_000).toISOString(), facts),
    ),
  )
const someRules = fc.array(someRule, { maxLength: 4 })

describe('for all snapshots and policies', () => {
  it('one more rule never removes more', () => {
    fc.assert(
      fc.property(someSnapshots, someRules, someRule, (snapshots, rules, extra) => {
        const before = keptByPolicy(snapshots, { rules }, NOW)
        const after = keptByPolicy(snapshots, { rules: [...rules, extra] }, NOW)
        for (const id of before.keys()) expect(after.has(id)).toBe(true)
      }),
    )
  })

  it('the order of the listing and of the rules does not matter', () => {
    fc.assert(
      fc.property(someSnapshots, someRules, (snapshots, rules) => {
        const one = keptByPolicy(snapshots, { rules }, NOW)
        const other = keptByPolicy([...snapshots].reverse(), { rules: [...rules].reverse() }, NOW)
        expect([...other.keys()].sort()).toEqual([...one.keys()].sort())
      }),
    )
  })

  it('at least what the policy asks for stays, of complete snapshots alone too', () => {
    const sources = ['library', 'nas']
    fc.assert(
      fc.property(someSnapshots, fc.integer({ min: 1, max: 9 }), (snapshots, count) => {
        const rules: RetentionRule[] = [
          { kind: 'last', count },
          { kind: 'period', period: 'month', count },
        ]
        const found = keptByPolicy(snapshots, { rules }, NOW)
        for (const source of sources) {
          const present = snapshots.filter((s) => s.source === source && s.taken <= NOW)
          for (const some of [present, present.filter(({ complete }) => complete)]) {
            const stays = some.filter(({ id }) => found.has(id))
            const months = (list: RetentionFacts[]) =>
              new Set(list.map(({ taken }) => periodOf('month', taken))).size
            expect(stays.length).toBeGreaterThanOrEqual(Math.min(count, some.length))
            expect(months(stays)).toBeGreaterThanOrEqual(Math.min(count, months(some)))
          }
        }
      }),
    )
  })

  it('something of every source stays, and pruning again removes nothing more', () => {
    fc.assert(
      fc.property(someSnapshots, someRules, (snapshots, rules) => {
        const found = keptByPolicy(snapshots, { rules }, NOW)
        const rest = snapshots.filter(({ id }) => found.has(id))
        expect(new Set(rest.map(({ source }) => source))).toEqual(
          new Set(snapshots.map(({ source }) => source)),
        )
        expect([...keptByPolicy(rest, { rules }, NOW).keys()].sort()).toEqual(
          [...found.keys()].sort(),
        )
        for (const id of protectedAlways(snapshots, NOW).keys()) expect(found.has(id)).toBe(true)
      }),
    )
  })
})

import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { aHeader, numbersOf } from '../../../test/support/snapshot-headers.ts'
import {
  asksNothing,
  type PeriodMatcher,
  type SnapshotFilters,
  selectSnapshots,
} from './snapshot-query.ts'

const NOW = new Date(2024, 4, 31, 18, 30) // a Friday

const headers = [
  aHeader(1, { at: '2023-12-31 23:00', name: 'old', tags: ['keep', 'phone'], job: 'nightly' }),
  aHeader(2, { at: '2024-05-20 08:00', category: 'photos', type: 'googlephotos' }),
  aHeader(3, { at: '2024-05-30 08:00', tags: ['phone'], origin: 'nas', environment: 'home' }),
  aHeader(4, { at: '2024-05-30 20:00', root: '/videos', perimeter: 'p', dataset: 'd' }),
  aHeader(5, { at: '2024-05-31 09:00', tags: ['keep'], dataClasses: ['private'] }),
]

function select(filters: SnapshotFilters, matchers: PeriodMatcher[] = []) {
  return numbersOf(selectSnapshots(headers, { filters, matchers }, NOW))
}

describe('a filter', () => {
  test.for([
    [{}, [5, 4, 3, 2, 1]],
    [{ before: new Date(2024, 4, 30, 8) }, [3, 2, 1]],
    [{ since: new Date(2024, 4, 30, 8) }, [5, 4, 3]],
    [{ name: 'old' }, [1]],
    [{ category: 'photos' }, [2]],
    [{ environment: 'home' }, [3]],
    [{ perimeter: 'p' }, [4]],
    [{ job: 'nightly' }, [1]],
    [{ dataset: 'd' }, [4]],
    [{ dataClasses: ['private', 'public'] }, [5]],
    [{ tags: ['keep'] }, [5, 1]],
    [{ tags: ['keep', 'phone'] }, [1]],
    [{ withoutTags: ['keep'] }, [4, 3, 2]],
    [{ tags: ['phone'], withoutTags: ['keep'] }, [3]],
    [{ roots: ['/videos'] }, [4]],
    [{ origins: ['nas', 'other'] }, [3]],
    [{ types: ['googlephotos'] }, [2]],
    [{ latest: true }, [5]],
    [{ tags: ['phone'], latest: true }, [3]],
  ] as [SnapshotFilters, number[]][])('leaves of %j the right ones', ([filters, expected]) => {
    expect(select(filters)).toEqual(expected)
  })
})

describe('a matcher', () => {
  test.for([
    [[{ period: 'day', last: 1 }], [5]],
    [[{ period: 'day', last: 2 }], [5, 4, 3]],
    [[{ period: 'day', last: 2, atMost: 1 }], [5, 4]],
    [[{ period: 'day', atMost: 1 }], [5, 4, 2, 1]],
    [[{ period: 'week', last: 1 }], [5, 4, 3]],
    [[{ period: 'month', atMost: 1 }], [5, 1]],
    [[{ period: 'year', last: 1, atMost: 2 }], [5, 4]],
    [[{ period: 'hour', last: 10 }], [5]],
    [[{ period: 'thursday', last: 1 }], [4, 3]],
    [[{ period: 'sunday', atMost: 1 }], [1]],
    [[{ period: 'monday', last: 1 }], []],
    [[{ period: 'monday', last: 2 }], [2]],
    [
      [
        { period: 'sunday', atMost: 1 },
        { period: 'day', last: 1 },
      ],
      [5, 1],
    ],
  ] as [PeriodMatcher[], number[]][])('%j chooses %j', ([matchers, expected]) => {
    expect(select({}, matchers)).toEqual(expected)
  })

  it('chooses in each group by itself, and one group is enough', () => {
    const query = { filters: {}, matchers: [{ period: 'year' as const, atMost: 1 }] }

    expect(numbersOf(selectSnapshots(headers, query, NOW))).toEqual([5, 1])
    const byTag = selectSnapshots(headers, { ...query, groupBy: 'tag' as const }, NOW)
    expect(numbersOf(byTag)).toEqual([5, 4, 3, 1]) // keep: 5, 1; phone: 3, 1; none: 4
  })

  it('never chooses what lies in the future by counting back from now', () => {
    const future = [aHeader(9, { at: '2031-01-01 00:00' }), ...headers]
    const matchers = [{ period: 'day' as const, last: 1 }]

    expect(numbersOf(selectSnapshots(future, { filters: {}, matchers }, NOW))).toEqual([5])
  })
})

describe('a query', () => {
  it('that asks nothing means all snapshots, and is known to', () => {
    expect(asksNothing({ filters: { tags: [], latest: false }, matchers: [] })).toBe(true)
    expect(asksNothing({ filters: { latest: true }, matchers: [] })).toBe(false)
    expect(asksNothing({ filters: {}, matchers: [{ period: 'day', last: 1 }] })).toBe(false)
  })

  it('gives the same answer in whatever order the snapshots are listed', () => {
    const moment = fc.integer({ min: 0, max: 400 }).map((days) => new Date(2024, 0, days, 12))
    const some = fc
      .array(moment, { maxLength: 30 })
      .map((moments) => moments.map((at, number) => aHeader(number, { at })))
    const matcher = fc.record(
      {
        period: fc.constantFrom('day', 'week', 'month', 'tuesday'),
        last: fc.integer({ min: 1, max: 9 }),
        atMost: fc.integer({ min: 1, max: 3 }),
      },
      { requiredKeys: ['period'] },
    ) as fc.Arbitrary<PeriodMatcher>

    fc.assert(
      fc.property(some, fc.array(matcher, { maxLength: 3 }), fc.nat(), (all, matchers, seed) => {
        const query = { filters: {}, matchers }
        const shuffled = [...all].sort(
          (a, b) => order(a.identifier, seed) - order(b.identifier, seed),
        )
        expect(selectSnapshots(shuffled, query, NOW)).toEqual(selectSnapshots(all, query, NOW))
      }),
    )
  })
})

const order = (id: string, seed: number) => (Number.parseInt(id, 16) * (seed | 1)) % 31

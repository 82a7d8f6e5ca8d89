import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anExport, sidecar } from '../../../../test/cases/an-export.ts'
import { formatInstant, formatLocal } from '../../../photos/zones.ts'

const YEAR = 'Takeout/Google Photos/Photos from 2020'
const HOUR = 3600

/** Files `X.jpg`, `X(1).jpg` … with these clocks, and sidecars of the same counters with these times. */
function numbered(clocks: (number | undefined)[], times: number[]) {
  const counter = (at: number) => (at === 0 ? '' : `(${at})`)
  const files = clocks.map((clock, at) => [
    `Photos from 2020/X${counter(at)}.jpg`,
    { content: `${at}`, ...(clock === undefined ? {} : { takenLocal: formatLocal(clock) }) },
  ])
  const sidecars = times.map((time, at) => [
    `Photos from 2020/X.jpg${counter(at)}.json`,
    sidecar('X.jpg', time),
  ])
  const found = anExport(Object.fromEntries([...files, ...sidecars]))
  const path = (at: number) => `Photos from 2020/X${counter(at)}.jpg`
  return {
    sidecars: clocks.map((_, at) => found.entry(path(at)).sidecar?.replace(`${YEAR}/`, '')),
    instants: clocks.map((_, at) => found.item(path(at)).taken?.instant),
    problems: found.problems('EXCHANGED'),
    found,
  }
}

const [A, B, C] = [1_600_000_000, 1_600_000_437, 1_600_086_523]

describe('sidecars whose numbers were mixed up', () => {
  it('go to the files whose clocks they tell, and the person is told', () => {
    const { sidecars, problems } = numbered([A + 2 * HOUR, B + 2 * HOUR], [B, A])

    expect(sidecars).toEqual(['X.jpg(1).json', 'X.jpg.json'])
    expect(problems).toEqual(['Photos from 2020/X.jpg', 'Photos from 2020/X(1).jpg'].sort())
  })

  it('may be three, of which one is right', () => {
    const { sidecars } = numbered([A, B, C], [A, C, B])

    expect(sidecars).toEqual(['X.jpg.json', 'X.jpg(2).json', 'X.jpg(1).json'])
  })

  it.for([
    ['the clocks agree as it is', [A, B], [A, B]],
    ['exchanging would not make all agree', [A, B, 0], [B, A, C]],
    ['there are two ways', [A + 17, A + 17 + HOUR, B], [B, A + 17, A + 17 + HOUR]],
    ['a file has no clock', [A, undefined], [B, A]],
  ] as const)('stay where they are when %s', ([, clocks, times]) => {
    const { sidecars, problems } = numbered([...clocks], [...times])

    expect(sidecars[0]).toBe('X.jpg.json')
    expect(problems).toEqual([])
  })

  it('end at their own files however they were mixed, whatever the zone', () => {
    // Times that no zone of the earth makes one another's.
    const times = Array.from({ length: 6 }, (_, at) => A + at * 20 * HOUR + at * 131)
    const orders = fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 })
    const zones = fc.array(fc.integer({ min: -48, max: 56 }), { minLength: 6, maxLength: 6 })

    fc.assert(
      fc.property(orders, zones, (order, quarters) => {
        const clocks = times.map((time, at) => time + quarters[at]! * 900)
        const { instants } = numbered(
          clocks,
          order.map((at) => times[at]!),
        )

        expect(instants).toEqual(times.map(formatInstant))
      }),
    )
  })
})

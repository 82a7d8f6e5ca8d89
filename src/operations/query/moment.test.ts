import { describe, expect, it, test } from 'vitest'
import { earlierBy, parseSpan, periodBefore, periodOf, weekdayBefore } from './calendar.ts'
import { parseEnd, parseMoment } from './moment.ts'

const NOW = new Date(2024, 4, 31, 18, 30, 15)

describe('a moment', () => {
  test.for([
    ['2024-05-01', new Date(2024, 4, 1)],
    ['2024/05/01', new Date(2024, 4, 1)],
    ['2024-05-01 07:08', new Date(2024, 4, 1, 7, 8)],
    ['2024-05-01 07:08:09', new Date(2024, 4, 1, 7, 8, 9)],
    ['2024-05-01T07:08:09Z', new Date('2024-05-01T07:08:09Z')],
    ['2024-05-01T07:08:09.5+02:00', new Date('2024-05-01T05:08:09.500Z')],
    ['2h30m', new Date(2024, 4, 31, 16, 0, 15)],
    ['3 days', new Date(2024, 4, 28, 18, 30, 15)],
    ['1y6mo', new Date(2022, 10, 30, 18, 30, 15)],
  ] as const)('is understood when it is written %s', ([text, moment]) => {
    expect(parseMoment(text, NOW)).toEqual(moment)
  })

  test.for([
    '',
    'yesterday',
    '2024-02-30',
    '2024-13-01',
    '2024-05/01',
    '2024-05-01 25:00',
    '5',
    'm5',
  ])('is refused when it is written "%s"', (text) => {
    expect(() => parseMoment(text, NOW)).toThrow(expect.objectContaining({ code: 'USAGE' }))
  })
})

describe('an end', () => {
  test.for([
    ['2024-06-30', new Date(2024, 6, 1)],
    ['2024-05-31', new Date(2024, 5, 1)],
    ['2024-06-30 12:00', new Date(2024, 5, 30, 12)],
    ['2y', new Date(2026, 4, 31, 18, 30, 15)],
    ['1mo', new Date(2024, 5, 30, 18, 30, 15)],
  ] as const)('is understood when it is written %s', ([text, moment]) => {
    expect(parseEnd(text, NOW)).toEqual(moment)
  })

  it('must be still to come', () => {
    expect(() => parseEnd('2024-05-30', NOW)).toThrow(/passed/)
    expect(() => parseEnd('2024-05-31 18:00', NOW)).toThrow(/passed/)
  })
})

describe('the calendar', () => {
  it('goes back to the last day of a shorter month', () => {
    expect(earlierBy(new Date(2024, 2, 31), parseSpan('1mo')!)).toEqual(new Date(2024, 1, 29))
    expect(earlierBy(new Date(2024, 1, 29), parseSpan('1y')!)).toEqual(new Date(2023, 1, 28))
  })

  it('begins its weeks on Monday, across the turn of the year', () => {
    expect(periodOf('week', new Date(2024, 11, 31))).toBe('2024-12-30')
    expect(periodOf('week', new Date(2025, 0, 5, 23, 59))).toBe('2024-12-30')
    expect(periodOf('week', new Date(2025, 0, 6))).toBe('2025-01-06')
  })

  it('counts periods back from the present one', () => {
    expect(periodBefore('month', new Date(2024, 4, 31), 3)).toBe('2024-02')
    expect(periodBefore('year', NOW, 1)).toBe('2023')
    expect(periodBefore('day', NOW, 31)).toBe('2024-04-30')
    expect(weekdayBefore('monday', NOW, 0)).toBe('2024-05-27')
    expect(weekdayBefore('friday', NOW, 1)).toBe('2024-05-24')
  })

  it('has an order, also for moments that no calendar should have', () => {
    const moments = [new Date(-8.64e15), new Date(0), NOW, new Date(8.64e15)]

    for (const period of ['minute', 'hour', 'day', 'week', 'month', 'year'] as const) {
      const names = moments.map((moment) => periodOf(period, moment))
      expect([...names].sort()).toEqual(names)
    }
  })
})

import { describe, expect, it, test } from 'vitest'
import {
  displayWidth,
  formatBytes,
  formatColumns,
  formatCount,
  formatDuration,
  formatInstant,
  formatList,
  formatMoment,
  formatRate,
  formatRemaining,
  formatStamp,
  plural,
  truncate,
} from './format.ts'

describe('numbers as people read them', () => {
  test.for([
    [0, '0'],
    [999, '999'],
    [1000, '1,000'],
    [1234567, '1,234,567'],
  ] as const)('%d is %s', ([count, text]) => {
    expect(formatCount(count)).toBe(text)
  })

  it('have a word in the right number', () => {
    expect([0, 1, 2000].map((count) => plural(count, 'photo'))).toEqual([
      '0 photos',
      '1 photo',
      '2,000 photos',
    ])
    expect(plural(2, 'entry', 'entries')).toBe('2 entries')
  })

  test.for([
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [1000, '1 kB'],
    [1550, '1.6 kB'],
    [99_949, '99.9 kB'],
    [99_950, '100 kB'],
    [999_499, '999 kB'],
    [999_500, '1 MB'],
    [45_600_000_000, '45.6 GB'],
    [2e18, '2000 PB'],
  ] as const)('%d bytes are %s', ([bytes, text]) => {
    expect(formatBytes(bytes)).toBe(text)
  })

  it('tell a rate', () => {
    expect(formatRate(87_500_000)).toBe('87.5 MB/s')
  })
})

describe('times as people read them', () => {
  test.for([
    [0, 'no time'],
    [0.42, '0.4 s'],
    [9.96, '10 s'],
    [59.4, '59 s'],
    [60, '1 min'],
    [365, '6 min 5 s'],
    [3600, '1 h'],
    [7830, '2 h 11 min'],
    [86_400, '1 d'],
    [273_600, '3 d 4 h'],
  ] as const)('%d seconds are %s', ([seconds, text]) => {
    expect(formatDuration(seconds)).toBe(text)
  })

  test.for([
    [3, 'a few seconds'],
    [41, 'about 50 s'],
    [56, 'about 1 min'],
    [370, 'about 6 min'],
    [7800, 'about 2 h 10 min'],
  ] as const)('%d seconds to go are %s', ([seconds, text]) => {
    expect(formatRemaining(seconds)).toBe(text)
  })

  it('are local', () => {
    const moment = new Date(2021, 6, 1, 9, 5, 7)

    expect(formatMoment(moment)).toBe('2021-07-01 09:05:07')
    expect(formatStamp(moment)).toBe('20210701-090507')
    expect(formatInstant(moment.toISOString())).toBe('2021-07-01 09:05:07')
    expect(formatInstant('unknown')).toBe('unknown')
  })
})

describe('lists and columns', () => {
  it('join words as a sentence does', () => {
    expect(formatList([])).toBe('')
    expect(formatList(['a'])).toBe('a')
    expect(formatList(['a', 'b'])).toBe('a and b')
    expect(formatList(['a', 'b', 'c'], 'or')).toBe('a, b or c')
  })

  it('line up, wide characters counting twice', () => {
    const lines = formatColumns(
      [
        ['日本', '5', 'x'],
        ['a', '12,345', ''],
      ],
      '<><',
    )

    expect(lines).toEqual(['日本       5  x', 'a     12,345'])
  })

  it('know how wide a text is shown', () => {
    expect(displayWidth('Zoe\u0308')).toBe(3)
    expect(displayWidth('日本')).toBe(4)
  })

  it('are cut to the width of the screen', () => {
    expect(truncate('abcdef', 6)).toBe('abcdef')
    expect(truncate('abcdef', 4)).toBe('abc…')
    expect(truncate('日本語', 4)).toBe('日…')
    expect(truncate('abc', 0)).toBe('')
  })
})

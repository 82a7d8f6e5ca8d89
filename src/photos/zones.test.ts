import { describe, expect, it, test } from 'vitest'
import {
  formatInstant,
  formatLocal,
  formatOffset,
  inferOffset,
  parseInstant,
  parseLocal,
  parseOffset,
} from './zones.ts'

describe('wall clocks', () => {
  it('are read and written as the same second', () => {
    const seconds = parseLocal('2021-07-01T12:34:56')!

    expect(formatLocal(seconds)).toBe('2021-07-01T12:34:56')
    expect(formatInstant(seconds)).toBe('2021-07-01T12:34:56Z')
    expect(parseInstant('2021-07-01T12:34:56Z')).toBe(seconds)
  })

  test.for(['2016-01-26T24:48:30', '2021-06-31T10:00:00', '0000-00-00T00:00:00', '2021-07-01', ''])(
    '%s names no second that exists',
    (text) => {
      expect(parseLocal(text)).toBeUndefined()
    },
  )

  it('do not pass for instants', () => {
    expect(parseInstant('2021-07-01T12:34:56')).toBeUndefined()
  })
})

describe('offsets', () => {
  test.for([
    ['+02:00', 7200],
    ['-03:30', -12_600],
    ['+0200', 7200],
    ['+14:00', 50_400],
  ] as const)('%s is %i seconds east', ([text, seconds]) => {
    expect(parseOffset(text)).toBe(seconds)
  })

  test.for(['+15:00', '-13:00', 'Z', '2', '+02:60'])('%s is the offset of no zone', (text) => {
    expect(parseOffset(text)).toBeUndefined()
  })

  it('are written with sign and two digits', () => {
    expect([0, 7200, -12_600, 20_700].map(formatOffset)).toEqual([
      '+00:00',
      '+02:00',
      '-03:30',
      '+05:45',
    ])
  })

  it('follow from wall clock and instant when a zone explains them', () => {
    const instant = parseInstant('2019-06-06T11:23:31Z')!

    expect(inferOffset(instant + 7200, instant)).toBe(7200)
    expect(inferOffset(instant + 7201, instant)).toBe(7200) // seconds are rounded
    expect(inferOffset(instant + 20_700, instant)).toBe(20_700) // Nepal
  })

  it('do not follow from a difference no zone has', () => {
    const instant = parseInstant('2019-06-06T11:23:31Z')!

    expect(inferOffset(instant + 7300, instant)).toBeUndefined()
    expect(inferOffset(instant + 15 * 3600, instant)).toBeUndefined()
    expect(inferOffset(instant - 13 * 3600, instant)).toBeUndefined()
  })
})

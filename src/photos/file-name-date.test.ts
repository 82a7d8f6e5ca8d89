import { describe, expect, it, test } from 'vitest'
import { fileNameDate } from './file-name-date.ts'
import { formatLocal } from './zones.ts'

function read(name: string) {
  const date = fileNameDate(name)
  if (date === undefined) return undefined
  const text = formatLocal(date.seconds)
  return `${date.precision === 'day' ? text.slice(0, 10) : text} ${date.zone}`
}

describe('the date in a file name', () => {
  test.for([
    ['DSC_20140301_101112.jpg', '2014-03-01T10:11:12 local', 'any prefix'],
    ['20190216172030.jpg', '2019-02-16T17:20:30 local', 'no separator'],
    ['201801261147521000.jpg', '2018-01-26T11:47:52 local', 'fractions run on'],
    ['2016_01_30_11_49_15.mp4', '2016-01-30T11:49:15 local', 'separated throughout'],
    ['2022-02-18 16.00.12-DCMX.jpg', '2022-02-18T16:00:12 local', 'dots in the time'],
    ['2020-10-26-163832.jpg', '2020-10-26T16:38:32 local', 'compact time'],
    ['WhatsApp Image 2021-05-06 at 07.08.09.jpeg', '2021-05-06T07:08:09 local', 'WhatsApp'],
    ['PXL_20220909_154515546.TS.mp4', '2022-09-09T15:45:15 utc', 'Pixel names are UTC'],
    ['20200601_101112345_iOS.heic', '2020-06-01T10:11:12 utc', 'OneDrive names are UTC'],
    ['FB_IMG_1485032400123.jpg', '2017-01-21T21:00:00 utc', 'milliseconds since 1970'],
    ['IMG-20190203-WA0026.jpg', '2019-02-03 local', 'a day only'],
    ['2019-04-21_640fea6c.jpg', '2019-04-21 local', 'a day only'],
    ['2019-04-21 and 20200102_030405.jpg', '2020-01-02T03:04:05 local', 'the longest counts'],
  ] as const)('%s → %s: %s', ([name, expected]) => {
    expect(read(name)).toBe(expected)
  })

  test.for([
    ['IMG_1234.jpg', 'a counter'],
    ['2019.jpg', 'a bare year'],
    ['991231-125200.jpg', 'a year of two digits'],
    ['20223112-125200.jpg', 'month 31'],
    ['20210229_101010.jpg', 'a day that was not'],
    ['18991231_101010.jpg', 'before any camera that writes names'],
    ['Snapchat-900000000.mp4', 'a random number'],
    ['1234567890123456789.jpg', 'an id'],
  ] as const)('%s has none: %s', ([name]) => {
    expect(read(name)).toBeUndefined()
  })

  it('comes with its offset when the name states one', () => {
    const date = fileNameDate('Bebop2_20180719194940+0200.mp4')

    expect(date).toMatchObject({ zone: 'local', offsetSeconds: 7200 })
    expect(formatLocal(date!.seconds)).toBe('2018-07-19T19:49:40')
  })

  it('is not believed after the end of the export', () => {
    const endOf2020 = Date.parse('2020-12-31T23:59:59Z') / 1000

    expect(fileNameDate('20210101_101010.jpg', endOf2020)).toBeUndefined()
  })
})

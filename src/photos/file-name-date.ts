/**
 * The date in a file name, as cameras, phones and messengers write it.
 *
 *   IMG_20210921_144423, 20190216172030, 2022-02-18 16.00.12   wall clock, second
 *   Bebop2_20180719194940+0200                                 wall clock and offset
 *   PXL_20220909_154515546, 20200601_101112_iOS                UTC
 *   FB_IMG_1485032400123                                       milliseconds since 1970, UTC
 *   IMG-20190203-WA0026, 2019-04-21_640f…                      day
 *
 * Every field must be possible and no digit may touch the match; the longest match counts. Names
 * with two-digit years, counters and bare years have no date. Patterns: union of the public tools'
 * tests (reference: dates-zones.md).
 * @module
 */
import { formatLocal, parseLocal, parseOffset } from './zones.ts'

export interface FileNameDate {
  /** Seconds since 1970; for `zone: 'local'` the wall clock counted as if it were UTC. */
  seconds: number
  precision: 'second' | 'day'
  zone: 'utc' | 'local'
  /** Seconds east of UTC, where the name says so. */
  offsetSeconds?: number
}

/** Photos older than digital cameras have no date in their names. */
const FIRST_YEAR = 1990
const LAST_YEAR = 2099

const DAY = /(?<!\d)(\d{4})(?:([-._])(\d\d)\2(\d\d)|(\d\d)(\d\d))/
const TIMES: RegExp[] = [
  // Compact: 20210921_144423_783, 201801261147521000
  /(?<!\d)(?<y>\d{4})(?<mo>\d\d)(?<d>\d\d)[-_T ]?(?<h>\d\d)(?<mi>\d\d)(?<s>\d\d)\d{0,6}(?!\d)(?<zone>[+-]\d{4}(?!\d))?/g,
  // Separated: 2016_01_30_11_49_15, 2022-12-17 19-45-43, 2023-12-25 at 14.30.45
  /(?<!\d)(?<y>\d{4})[-._](?<mo>\d\d)[-._](?<d>\d\d)(?:[-_T. ]| at )(?<h>\d\d)[-._:](?<mi>\d\d)[-._:](?<s>\d\d)(?!\d)/g,
  // Separated date, compact time: 2020-10-26-163832
  /(?<!\d)(?<y>\d{4})[-._](?<mo>\d\d)[-._](?<d>\d\d)[-_T ](?<h>\d\d)(?<mi>\d\d)(?<s>\d\d)(?!\d)/g,
]
const DAYS: RegExp[] = [
  /(?<!\d)(?<y>\d{4})(?<sep>[-._])(?<mo>\d\d)\k<sep>(?<d>\d\d)(?!\d)/g,
  /(?<![\dA-Za-z])(?<y>\d{4})(?<mo>\d\d)(?<d>\d\d)(?![\dA-Za-z])/g,
]
const EPOCH_MS = /(?<!\d)1\d{12}(?!\d)/g

/** Makers that write UTC where others write the wall clock. */
const UTC_NAMES = /^PXL_|_iOS(?:\.|$)/

/** The date that `name` states, or undefined. `notAfter`: nothing newer is believed. */
export function fileNameDate(name: string, notAfter = Infinity): FileNameDate | undefined {
  if (!DAY.test(name) && !/1\d{12}/.test(name)) return undefined
  const found = [...times(name), ...epochs(name), ...days(name)]
  const believable = found.filter(({ date }) => date.seconds <= notAfter)
  return believable.reduce<Found | undefined>(
    (best, next) => (best === undefined || next.length > best.length ? next : best),
    undefined,
  )?.date
}

interface Found {
  length: number
  date: FileNameDate
}

function* times(name: string): Generator<Found> {
  for (const pattern of TIMES) {
    for (const { 0: text, groups } of name.matchAll(pattern)) {
      const { y, mo, d, h, mi, s, zone } = groups!
      const seconds = secondsOf(y!, mo!, d!, `${h}:${mi}:${s}`)
      if (seconds === undefined) continue
      const offsetSeconds = parseOffset(zone)
      const inUtc = UTC_NAMES.test(name) ? 'utc' : 'local'
      const date: FileNameDate = { seconds, precision: 'second', zone: inUtc }
      yield {
        length: text.length,
        date: offsetSeconds === undefined ? date : { ...date, zone: 'local', offsetSeconds },
      }
    }
  }
}

function* epochs(name: string): Generator<Found> {
  for (const [text] of name.matchAll(EPOCH_MS)) {
    const seconds = Math.floor(Number(text) / 1000)
    yield { length: text.length, date: { seconds, precision: 'second', zone: 'utc' } }
  }
}

function* days(name: string): Generator<Found> {
  for (const pattern of DAYS) {
    for (const { groups } of name.matchAll(pattern)) {
      const seconds = secondsOf(groups!.y!, groups!.mo!, groups!.d!, '00:00:00')
      // A day never outweighs a second, however it is written.
      if (seconds !== undefined) {
        yield { length: 1, date: { seconds, precision: 'day', zone: 'local' } }
      }
    }
  }
}

function secondsOf(year: string, month: string, day: string, time: string): number | undefined {
  if (Number(year) < FIRST_YEAR || Number(year) > LAST_YEAR) return undefined
  return parseLocal(`${year}-${month}-${day}T${time}`)
}

/** `2016-12-01` of a date known to the day. */
export function formatDay(seconds: number): string {
  return formatLocal(seconds).slice(0, 10)
}

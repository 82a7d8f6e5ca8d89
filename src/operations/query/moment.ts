/**
 * Moments as people write them. Without a zone they are local time; a date alone is its midnight.
 * @module
 */
import { CodedError } from '../../util/coded-error.ts'
import { earlierBy, laterBy, parseSpan } from './calendar.ts'

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i
const LOCAL = /^(\d{4})([-/])(\d\d)\2(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d))?)?$/

/**
 * RFC 3339, `YYYY-MM-DD[ HH:MM[:SS]]`, `YYYY/MM/DD`, or how long ago: `2h30m`, `3 weeks`.
 * @throws {BadMomentError}
 */
export function parseMoment(text: string, now: Date): Date {
  const span = parseSpan(text)
  const moment = span ? earlierBy(now, span) : parseDate(text)
  if (moment === undefined || Number.isNaN(moment.getTime())) throw new BadMomentError(text)
  return moment
}

/**
 * When something is to end: a moment that is still to come, the end of a day, or how long from now.
 * @throws {BadMomentError}
 */
export function parseEnd(text: string, now: Date): Date {
  const span = parseSpan(text)
  const end = span ? laterBy(now, span) : parseMoment(text, now)
  if (!span && isDayAlone(text)) end.setDate(end.getDate() + 1)
  if (end <= now) throw new BadMomentError(text, 'it has passed')
  return end
}

const isDayAlone = (text: string) => /^\d{4}[-/]\d\d[-/]\d\d$/.test(text)

function parseDate(text: string): Date | undefined {
  if (RFC_3339.test(text)) return isDay(text) ? new Date(text) : undefined
  const [, year, , month, day, hour = '0', minute = '0', second = '0'] = LOCAL.exec(text) ?? []
  if (year === undefined || !isDay(`${year}-${month}-${day}`)) return undefined
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  const [y, mo, d, h, mi, s] = [year, month, day, hour, minute, second].map(Number)
  return new Date(y!, mo! - 1, d, h, mi, s)
}

/** Whether the calendar has that day: Date would make 3 March of 31 February. */
function isDay(text: string): boolean {
  const [year, month, day] = text.slice(0, 10).split('-').map(Number)
  const date = new Date(Date.UTC(year!, month! - 1, day))
  return date.getUTCMonth() === month! - 1 && date.getUTCDate() === day
}

export class BadMomentError extends CodedError {
  readonly code = 'USAGE'
  constructor(text: string, detail = 'it is no date, time or duration') {
    super(`"${text}" cannot be used: ${detail}`, {
      hint: 'Write 2024-05-31, "2024-05-31 18:00", 2024-05-31T18:00:00Z, or a duration: 36h, 2w, 1y6mo.',
    })
  }
}

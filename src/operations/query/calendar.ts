/**
 * Spans and periods of the calendar, in the local time zone: a day begins at midnight where the
 * program runs, a week on Monday (ISO 8601). Hours and minutes are those of the clock; the hour that
 * summer time repeats in autumn counts as two.
 * @module
 */

/** A length of time as people say it. Years, months and days are those of the calendar. */
export interface Span {
  years: number
  months: number
  days: number
  milliseconds: number
}

export const PERIODS = ['minute', 'hour', 'day', 'week', 'month', 'year'] as const
export type Period = (typeof PERIODS)[number]

/** Ordered as `Date.getDay` numbers them. */
export const WEEKDAYS = [
  'sunday',
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
] as const
export type Weekday = (typeof WEEKDAYS)[number]

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const LAST_YEAR = 9999
const LAST_MS = Date.UTC(LAST_YEAR, 11, 30)
const NO_SPAN: Span = { years: 0, months: 0, days: 0, milliseconds: 0 }

const UNITS: readonly [RegExp, Partial<Span>][] = [
  [/^(y|yr|yrs|year|years)$/, { years: 1 }],
  [/^(mo|mon|month|months)$/, { months: 1 }],
  [/^(w|wk|wks|week|weeks)$/, { days: 7 }],
  [/^(d|day|days)$/, { days: 1 }],
  [/^(h|hr|hrs|hour|hours)$/, { milliseconds: HOUR_MS }],
  [/^(m|min|mins|minute|minutes)$/, { milliseconds: MINUTE_MS }],
  [/^(s|sec|secs|second|seconds)$/, { milliseconds: 1000 }],
]

/** `2h30m`, `3d`, `1y6mo`, `2 weeks`: `m` is minutes, `mo` months. Undefined when it is no span. */
export function parseSpan(text: string): Span | undefined {
  const compact = text.toLowerCase().replace(/\s+/g, '')
  if (!/^(\d{1,6}[a-z]+)+$/.test(compact)) return undefined
  let span: Span | undefined = { ...NO_SPAN }
  for (const [, count, unit] of compact.matchAll(/(\d+)([a-z]+)/g)) {
    const found = UNITS.find(([names]) => names.test(unit!))?.[1]
    span = found && addTimes(span, found, Number(count))
    if (span === undefined) return undefined
  }
  return span
}

function addTimes(span: Span, unit: Partial<Span>, times: number): Span {
  return {
    years: span.years + (unit.years ?? 0) * times,
    months: span.months + (unit.months ?? 0) * times,
    days: span.days + (unit.days ?? 0) * times,
    milliseconds: span.milliseconds + (unit.milliseconds ?? 0) * times,
  }
}

/** `span` before `moment`. A day that the month lacks becomes its last: a month before 31 March is 28 February. */
export function earlierBy(moment: Date, span: Span): Date {
  const first = new Date(moment)
  first.setDate(1)
  first.setMonth(first.getMonth() - span.months - 12 * span.years)
  const days = new Date(first.getFullYear(), first.getMonth() + 1, 0).getDate()
  first.setDate(Math.min(moment.getDate(), days) - span.days)
  return new Date(first.getTime() - span.milliseconds)
}

/** `span` after `moment`. */
export function laterBy(moment: Date, { years, months, days, milliseconds }: Span): Date {
  const ahead = { years: -years, months: -months, days: -days, milliseconds: -milliseconds }
  return earlierBy(moment, ahead)
}

/** Names the period that `moment` lies in. Later periods have greater names. */
export function periodOf(period: Period, moment: Date): string {
  switch (period) {
    case 'minute':
      return startOf(moment, MINUTE_MS).toISOString()
    case 'hour':
      return startOf(moment, HOUR_MS).toISOString()
    case 'week':
      return dayName(daysBefore(moment, (moment.getDay() + 6) % 7))
    case 'day':
      return dayName(moment)
    case 'month':
      return dayName(moment).slice(0, -3)
    case 'year':
      return dayName(moment).slice(0, -6)
  }
}

/** The name of the period `count` before the one of `moment`. */
export function periodBefore(period: Period, moment: Date, count: number): string {
  switch (period) {
    case 'minute':
      return periodOf(period, new Date(moment.getTime() - count * MINUTE_MS))
    case 'hour':
      return periodOf(period, new Date(moment.getTime() - count * HOUR_MS))
    case 'day':
      return periodOf(period, daysBefore(moment, count))
    case 'week':
      return periodOf(period, daysBefore(moment, 7 * count))
    case 'month':
      return periodOf(period, earlierBy(moment, { ...NO_SPAN, months: count }))
    case 'year':
      return periodOf(period, earlierBy(moment, { ...NO_SPAN, years: count }))
  }
}

/** The newest day of that name that is not after `moment`, and `weeks` before it. */
export function weekdayBefore(weekday: Weekday, moment: Date, weeks: number): string {
  const since = (moment.getDay() - WEEKDAYS.indexOf(weekday) + 7) % 7
  return dayName(daysBefore(moment, since + 7 * weeks))
}

export function weekdayOf(moment: Date): Weekday {
  return WEEKDAYS[moment.getDay()]!
}

/** By the clock on the wall, without asking which of two equal hours is meant. */
function startOf(moment: Date, unitMs: number): Date {
  const time = Math.min(LAST_MS, Math.max(0, moment.getTime()))
  const wall = time - new Date(time).getTimezoneOffset() * MINUTE_MS
  return new Date(time - (((wall % unitMs) + unitMs) % unitMs))
}

/** At noon, so that no change of the clock makes it another day. */
function daysBefore(moment: Date, days: number): Date {
  return new Date(moment.getFullYear(), moment.getMonth(), moment.getDate() - days, 12)
}

/** `2026-11-21`. Years beyond four digits, as no sane snapshot has, count as the first or the last. */
function dayName(moment: Date): string {
  const year = Math.min(LAST_YEAR, Math.max(0, moment.getFullYear()))
  const two = (value: number) => value.toString().padStart(2, '0')
  const day = `${two(moment.getMonth() + 1)}-${two(moment.getDate())}`
  return `${year.toString().padStart(4, '0')}-${day}`
}

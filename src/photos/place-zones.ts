/**
 * The time zone of a place, and what the clocks there showed at a time: zones of the tz database by
 * position, at sea the nautical ones (`Etc/GMT+2`), with the rules of their day: Moscow was four
 * hours ahead from 2011 to 2014 and is three since. Borders are exact to a few kilometres.
 * @module
 */
import zoneNameAt from '@photostructure/tz-lookup'

/** Name in the tz database, `Europe/Berlin`; undefined for what is no place. */
export function zoneOfPlace(latitude: number, longitude: number): string | undefined {
  const isPlace = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180
  return isPlace ? zoneNameAt(latitude, longitude) : undefined
}

/** Seconds east of UTC in `zone` at `instant`, or undefined when the zone is not known here. */
export function offsetInZone(zone: string, instant: number): number | undefined {
  const text = formatterOf(zone)?.format(instant * 1000)
  return text === undefined ? undefined : parseZoneName(text)
}

/**
 * The offset at which the clocks in `zone` showed `local`. In the hour that clocks show twice it is
 * the first of the two; an hour they leave out is read as before the change.
 */
export function offsetOfLocal(zone: string, local: number): number | undefined {
  const before = offsetInZone(zone, local - DAY_SECONDS)
  const after = offsetInZone(zone, local + DAY_SECONDS)
  if (before === undefined || after === undefined) return undefined
  const fits = (offset: number) => offsetInZone(zone, local - offset) === offset
  return [before, after].find(fits) ?? before
}

const DAY_SECONDS = 86_400

/** Making one takes longer than a thousand uses. */
const formatters = new Map<string, Intl.DateTimeFormat | undefined>()

function formatterOf(zone: string): Intl.DateTimeFormat | undefined {
  if (!formatters.has(zone)) formatters.set(zone, newFormatter(zone))
  return formatters.get(zone)
}

/** Undefined for zones that are newer than this Node. */
function newFormatter(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
  } catch {
    return undefined
  }
}

/** `6/1/2012, GMT+04:00`, `…, GMT`; before standard time `…, GMT+00:53:28`, kept to the minute. */
function parseZoneName(text: string): number | undefined {
  const [, sign, hours, minutes, seconds] =
    /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(text) ?? []
  if (sign === undefined) return text.endsWith('GMT') ? 0 : undefined
  const whole = Number(hours) * 60 + Number(minutes) + Math.round(Number(seconds ?? 0) / 60)
  return whole === 0 ? 0 : (sign === '-' ? -60 : 60) * whole
}

/**
 * Wall clocks, instants and the offset between them. Seconds since 1970 throughout; a wall clock
 * is counted as if it were UTC, so that their difference is the offset.
 * @module
 */

const QUARTER_HOUR_SECONDS = 15 * 60
const WESTERNMOST_SECONDS = -12 * 3600
const EASTERNMOST_SECONDS = 14 * 3600
/** Seconds are rounded differently by camera and cloud. */
const ROUNDING_SECONDS = 2

/** Seconds of `2021-07-01T12:00:00`, or undefined when no such second exists. */
export function parseLocal(text: string | undefined): number | undefined {
  const fields = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)/.exec(text ?? '')
  if (fields === null) return undefined
  const seconds = Date.parse(`${fields[0]}Z`) / 1000
  // 31 June and hour 24 roll over instead of failing; it shows in the text.
  return !Number.isNaN(seconds) && formatLocal(seconds) === fields[0] ? seconds : undefined
}

/** Seconds of `2021-07-01T10:00:00Z`, or undefined. */
export function parseInstant(text: string | undefined): number | undefined {
  return text?.endsWith('Z') ? parseLocal(text) : undefined
}

/** `2021-07-01T12:00:00`. */
export function formatLocal(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19)
}

/** `2021-07-01T10:00:00Z`. */
export function formatInstant(seconds: number): string {
  return `${formatLocal(seconds)}Z`
}

/** Seconds east of UTC of `+02:00`, or undefined. */
export function parseOffset(text: string | undefined): number | undefined {
  const fields = /^([+-])(\d\d):?([0-5]\d)$/.exec(text ?? '')
  if (fields === null) return undefined
  const seconds = Number(fields[2]) * 3600 + Number(fields[3]) * 60
  const offset = fields[1] === '-' ? -seconds : seconds
  return isPossibleOffset(offset) ? offset : undefined
}

/** `+02:00` of seconds east of UTC. */
export function formatOffset(seconds: number): string {
  const minutes = Math.abs(seconds) / 60
  const pad = (value: number) => String(value).padStart(2, '0')
  return `${seconds < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`
}

/**
 * The offset at which `local` is `instant`, or undefined when no zone of the earth explains the
 * difference: zones are whole quarters of an hour from -12:00 to +14:00.
 */
export function inferOffset(local: number, instant: number): number | undefined {
  return nearestOffset(local, instant, ROUNDING_SECONDS)
}

/** The same with another tolerance, e.g. for a GPS fix that is minutes old. */
export function nearestOffset(
  local: number,
  instant: number,
  toleranceSeconds: number,
): number | undefined {
  const difference = local - instant
  const offset = Math.round(difference / QUARTER_HOUR_SECONDS) * QUARTER_HOUR_SECONDS
  if (Math.abs(difference - offset) > toleranceSeconds || !isPossibleOffset(offset)) {
    return undefined
  }
  return offset === 0 ? 0 : offset // never -0
}

function isPossibleOffset(seconds: number): boolean {
  return seconds >= WESTERNMOST_SECONDS && seconds <= EASTERNMOST_SECONDS
}

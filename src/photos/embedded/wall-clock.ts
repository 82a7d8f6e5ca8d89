/**
 * Dates as files write them, brought to one form. What cannot be a date is no date: cameras with an
 * empty battery write `0000:00:00`, some phones hour 24 (reference: "Values to expect").
 * @module
 */

const FIRST_YEAR = 1800

/** `YYYY-MM-DDTHH:MM:SS` of `2021:07:01 12:00:00` and its variants, or undefined. */
export function wallClock(text: string | undefined): string | undefined {
  const fields = /^\s*(\d{4})[-:/.](\d\d)[-:/.](\d\d)[ T]+(\d\d):(\d\d)(?::(\d\d))?/.exec(
    text ?? '',
  )
  if (fields === null) return undefined
  const [, year, month, day, hour, minute, second = '00'] = fields
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}`
  return isRealDate(local) ? local : undefined
}

/** Whether `YYYY-MM-DDTHH:MM:SS` names a second that exists. */
function isRealDate(local: string): boolean {
  const time = new Date(`${local}Z`)
  // Out-of-range fields are either invalid or roll over (31 June, hour 24), which shows in the text.
  if (Number.isNaN(time.getTime()) || time.getUTCFullYear() < FIRST_YEAR) return false
  return time.toISOString().startsWith(local)
}

/** `+02:00` of `+02:00`, `+0200`, `+02` or `Z`, or undefined; real zones lie in -12:00 … +14:00. */
export function zoneOffset(text: string | undefined): string | undefined {
  const trimmed = text?.trim() ?? ''
  if (trimmed === 'Z') return '+00:00'
  const fields = /^([+-])(\d\d):?([0-5]\d)?$/.exec(trimmed)
  if (fields === null) return undefined
  const [, sign, hours, minutes = '00'] = fields
  const total = Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes))
  return total >= -12 * 60 && total <= 14 * 60 ? `${sign}${hours}:${minutes}` : undefined
}

/** `2021-07-01T12:00:00Z` of seconds since 1970, or undefined when out of range. */
export function instantOfEpoch(seconds: number): string | undefined {
  const time = new Date(seconds * 1000)
  if (Number.isNaN(time.getTime()) || time.getUTCFullYear() < FIRST_YEAR) return undefined
  return time.getUTCFullYear() > 9999 ? undefined : `${time.toISOString().slice(0, 19)}Z`
}

/**
 * Whether two statements say the same, apart from what jitters between exports of one library:
 * a second more or less, the order of people, blanks, the last digits of a position.
 * @module
 */

const MOMENT = /^-?\d{4,6}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})?$/
const JITTER_MS = 1000
/** A tenth of a metre on the ground. */
const JITTER_DEGREES = 1e-6

export function isSameInEssence(a: unknown, b: unknown): boolean {
  if (typeof a === 'string' && typeof b === 'string') return isSameText(a, b)
  if (typeof a === 'number' && typeof b === 'number') return Math.abs(a - b) <= JITTER_DEGREES
  if (Array.isArray(a) && Array.isArray(b)) return isSameSet(a, b)
  if (isRecord(a) && isRecord(b)) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)])
    return [...keys].every((key) => isSameInEssence(a[key], b[key]))
  }
  return a === b
}

function isSameText(a: string, b: string): boolean {
  if (MOMENT.test(a) && MOMENT.test(b)) {
    return Math.abs(Date.parse(zoned(a)) - Date.parse(zoned(b))) <= JITTER_MS
  }
  return plain(a) === plain(b)
}

/** A wall clock is compared with a wall clock: read as UTC, both. */
const zoned = (moment: string) => (/(Z|[+-]\d{2}:\d{2})$/.test(moment) ? moment : `${moment}Z`)

const plain = (text: string) => text.normalize('NFC').replace(/\s+/gu, ' ').trim()

function isSameSet(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((one) => b.some((other) => isSameInEssence(one, other)))
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

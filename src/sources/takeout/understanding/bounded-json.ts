/**
 * JSON from strangers, read within bounds: a sidecar holds a kilobyte, so one of ten megabytes or
 * with 200,000 brackets is an accident or an attack. The bounds are checked before parsing.
 * @module
 */
import { fromUtf8 } from '../../../util/bytes.ts'

export const MAX_JSON_BYTES = 1 << 20
const MAX_DEPTH = 64
const MAX_KEYS = 10_000

export type JsonObject = Record<string, unknown>
export type BoundedJson = { value: unknown } | { problem: string }

export const TOO_LARGE: BoundedJson = { problem: 'is larger than 1 MiB' }
export const UNREADABLE: BoundedJson = { problem: 'could not be read' }

/** The value in `bytes`, or why it is not interpreted, as the end of "This JSON file …". */
export function parseBoundedJson(bytes: Uint8Array): BoundedJson {
  if (bytes.length > MAX_JSON_BYTES) return TOO_LARGE
  const excess = excessOf(bytes)
  if (excess !== undefined) return { problem: excess }
  try {
    return { value: JSON.parse(fromUtf8(bytes).replace(/^\ufeff/, '')) }
  } catch {
    return { problem: 'is not valid JSON' }
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COLON = 0x3a
/** How much deeper a byte leads; ASCII never occurs inside a UTF-8 sequence. */
const DEPTH_CHANGE: Record<number, number> = { 123: 1, 91: 1, 125: -1, 93: -1 }

/** Counts nesting and keys without building anything. */
function excessOf(bytes: Uint8Array): string | undefined {
  let depth = 0
  let keys = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!
    if (byte === QUOTE) at = endOfText(bytes, at + 1)
    else if (byte === COLON) keys++
    else depth += DEPTH_CHANGE[byte] ?? 0
    if (depth > MAX_DEPTH) return `is nested deeper than ${MAX_DEPTH} levels`
    if (keys > MAX_KEYS) return `has more than ${MAX_KEYS} keys`
  }
  return undefined
}

/** Position of the quotation mark that closes the text beginning at `from`. */
function endOfText(bytes: Uint8Array, from: number): number {
  let at = from
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1
  return at
}

/** `value` as an object, or undefined for lists, texts, numbers and null. */
export function asObject(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined
}

/** The object's own field; `__proto__` and inherited names are no data. */
export function field(object: JsonObject | undefined, key: string): unknown {
  return object !== undefined && Object.hasOwn(object, key) ? object[key] : undefined
}

export function objectField(object: JsonObject | undefined, key: string): JsonObject | undefined {
  return asObject(field(object, key))
}

export function textField(object: JsonObject | undefined, key: string): string | undefined {
  const value = field(object, key)
  return typeof value === 'string' ? value : undefined
}

/** A finite number; Google writes 64-bit numbers as text, tools write them as numbers. */
export function numberField(object: JsonObject | undefined, key: string): number | undefined {
  const value = field(object, key)
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  if (typeof value !== 'string' || !/^\s*[+-]?\d+(\.\d+)?\s*$/.test(value)) return undefined
  return Number(value)
}

export function listField(object: JsonObject | undefined, key: string): unknown[] {
  const value = field(object, key)
  return Array.isArray(value) ? value : []
}

/** `timestamp` of a `{timestamp, formatted}` object, in seconds; 0 means unknown. */
export function secondsField(object: JsonObject | undefined, key: string): number | undefined {
  const seconds = numberField(objectField(object, key), 'timestamp')
  if (seconds === undefined || seconds === 0) return undefined
  const whole = Math.trunc(seconds)
  return whole >= EARLIEST_SECONDS && whole <= LATEST_SECONDS ? whole : undefined
}

/** Years 1 to 9999: what ISO 8601 can write with four digits. */
const EARLIEST_SECONDS = Date.parse('0001-01-01T00:00:00Z') / 1000
const LATEST_SECONDS = Date.parse('9999-12-31T23:59:59Z') / 1000

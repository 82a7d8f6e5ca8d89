/**
 * A moment as the format keeps it: whole seconds since 1970 (rounded towards the past) and
 * nanoseconds after them. Wider and finer than a Date: Go's zero time lies in the year 1, and file
 * systems keep nanoseconds.
 * @module
 */
export interface Timestamp {
  seconds: bigint
  /** 0 … 999 999 999 */
  nanoseconds: number
}

const NS_PER_MS = 1_000_000
const NS_PER_SECOND = 1_000_000_000n
/** The last moment a Date can hold, in milliseconds from 1970; also, negated, the first. */
const MAX_DATE_MS = 8_640_000_000_000_000

export const EPOCH: Timestamp = { seconds: 0n, nanoseconds: 0 }

export function timestampFromDate(date: Date): Timestamp {
  const milliseconds = date.getTime()
  const seconds = Math.floor(milliseconds / 1000)
  return {
    seconds: BigInt(seconds),
    nanoseconds: (milliseconds - seconds * 1000) * NS_PER_MS,
  }
}

/** The Date, cut to milliseconds; moments no Date can hold become the nearest one that can. */
export function timestampToDate(timestamp: Timestamp): Date {
  const milliseconds =
    Number(timestamp.seconds) * 1000 + Math.floor(timestamp.nanoseconds / NS_PER_MS)
  return new Date(Math.max(-MAX_DATE_MS, Math.min(MAX_DATE_MS, milliseconds)))
}

export function compareTimestamps(a: Timestamp, b: Timestamp): number {
  if (a.seconds !== b.seconds) return a.seconds < b.seconds ? -1 : 1
  return a.nanoseconds - b.nanoseconds
}

/** Nanoseconds since 1970, the form of states and packfile footers. */
export function unixNanoseconds(moment: Date | bigint): bigint {
  if (typeof moment === 'bigint') return moment
  const { seconds, nanoseconds } = timestampFromDate(moment)
  return seconds * NS_PER_SECOND + BigInt(nanoseconds)
}

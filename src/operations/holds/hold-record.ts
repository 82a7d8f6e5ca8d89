/**
 * What the body of a HOLD entry says: why something may not be dropped, who says so, and what it is.
 *
 *   {"version":1,"name":"…","reason":"…","author":"…","start":ISO,"end"?:ISO,"covers":COVERS}
 *   COVERS  {"snapshots":[ids]} | {"album":"title or id"} | {"query":"…"}
 *
 * The end of a hold is recorded besides by an entry that covers nothing, so that it can still be
 * told years later what was held, who let it go, and why:
 *
 *   {"version":1,"released":ID,"hold":BODY,"reason":"…","author":"…","when":ISO}
 *
 * A body that cannot be understood may forbid anything: it is taken for a hold on everything.
 * @module
 */
import { fromUtf8, utf8 } from '../../util/bytes.ts'

export type Covers =
  | { snapshots: readonly string[] }
  | { album: string }
  | { query: string }
  | 'everything'

export interface HoldBody {
  name: string
  reason: string
  author: string
  /** ISO instants. */
  start: string
  /** From then on it refuses nothing. */
  end?: string
  covers: Covers
}

export interface Hold extends HoldBody {
  /** 64 hex digits. */
  id: string
}

/** A hold that somebody ended, and why. */
export interface Release {
  /** Of the hold. */
  released: string
  hold: HoldBody
  reason: string
  author: string
  when: string
}

const VERSION = 1

export function encodeHold(hold: HoldBody): Uint8Array {
  const { name, reason, author, start, end, covers } = hold
  return utf8(JSON.stringify({ version: VERSION, name, reason, author, start, end, covers }))
}

export function encodeRelease({ released, hold, reason, author, when }: Release): Uint8Array {
  return utf8(JSON.stringify({ version: VERSION, released, hold, reason, author, when }))
}

export function decodeHold(id: string, body: Uint8Array): Hold | Release {
  const value = parse(body)
  if (value?.version !== VERSION) return unknownHold(id)
  if (typeof value.released === 'string') return releaseOf(value) ?? unknownHold(id)
  const hold = holdOf(value)
  return hold ? { id, ...hold } : unknownHold(id)
}

export function isRelease(entry: Hold | Release): entry is Release {
  return 'released' in entry
}

/** Without an end, or before it. A hold that is to begin later counts already. */
export function isInForce({ end }: Pick<Hold, 'end'>, now: Date): boolean {
  return end === undefined || !(new Date(end) <= now)
}

type Fields = Record<string, unknown>

function parse(body: Uint8Array): Fields | undefined {
  try {
    const value: unknown = JSON.parse(fromUtf8(body))
    return isFields(value) ? value : undefined
  } catch {
    return undefined
  }
}

function holdOf(value: Fields): HoldBody | undefined {
  const { name, reason, author, start, end } = value
  const covers = coversOf(value.covers)
  if (covers === undefined || ![name, reason, author, start].every(isText)) return undefined
  if (end !== undefined && (!isText(end) || Number.isNaN(Date.parse(end)))) return undefined
  return { name, reason, author, start, covers, ...(end === undefined ? {} : { end }) } as HoldBody
}

function coversOf(value: unknown): Covers | undefined {
  if (!isFields(value) || Object.keys(value).length !== 1) return undefined
  if (isText(value.album)) return { album: value.album }
  if (isText(value.query)) return { query: value.query }
  const { snapshots } = value
  return Array.isArray(snapshots) && snapshots.every(isText) ? { snapshots } : undefined
}

function releaseOf(value: Fields): Release | undefined {
  const { released, reason, author, when } = value
  const hold = isFields(value.hold) ? holdOf(value.hold) : undefined
  if (hold === undefined || ![released, reason, author, when].every(isText)) return undefined
  return { released, reason, author, when, hold } as Release
}

function unknownHold(id: string): Hold {
  return {
    id,
    name: id.slice(0, 8),
    reason: 'another version of Tintype made it; this one cannot tell what it covers',
    author: '',
    start: '',
    covers: 'everything',
  }
}

const isText = (value: unknown): value is string => typeof value === 'string'
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

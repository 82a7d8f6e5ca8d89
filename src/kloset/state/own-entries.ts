/**
 * The entries of states that are ours. Plakar passes over them by their length. They begin with four
 * letters, so that one of the same number that somebody else invents is not taken for ours.
 *
 *   entry             length  layout
 *  64 HOLD           44 + n  `TINT`, MAC hold (random), i64 when (ns), n ≤ 65,536 bytes of JSON
 *  65 RELEASE            44  `TINT`, MAC hold, i64 when (ns)
 *  66 MERGED             36  `TINT`, MAC state: all it said is said by this state and its siblings
 *
 * @module
 */
import { equalBytes, utf8 } from '../../util/bytes.ts'
import { MalformedStateError } from '../damage.ts'
import { MAC_BYTES, macToHex } from '../mac-hex.ts'
import { unixNanoseconds } from '../msgpack/timestamp.ts'
import { ENTRY_HEADER_BYTES, type StateBytes } from './state-bytes.ts'
import type { StateDraft, StateVisitor } from './state-codec.ts'

export const OwnEntryType = { HOLD: 64, RELEASE: 65, MERGED: 66 } as const

const OWN_TAG = utf8('TINT')
/** Length of those whose length is fixed, and of a HOLD before its body. */
const OWN_ENTRY_BYTES: Record<number, number> = {
  [OwnEntryType.HOLD]: OWN_TAG.length + MAC_BYTES + 8,
  [OwnEntryType.RELEASE]: OWN_TAG.length + MAC_BYTES + 8,
  [OwnEntryType.MERGED]: OWN_TAG.length + MAC_BYTES,
}
export const MAX_HOLD_BYTES = 65_536

export function visitOwnEntry(
  bytes: Uint8Array,
  view: DataView,
  entryAt: number,
  visitor: StateVisitor,
): void {
  const macAt = entryAt + ENTRY_HEADER_BYTES + OWN_TAG.length
  const mac = macToHex(bytes, macAt)
  switch (bytes[entryAt]) {
    case OwnEntryType.HOLD: {
      const end = entryAt + ENTRY_HEADER_BYTES + view.getUint32(entryAt + 1, true)
      const bodyAt = macAt + MAC_BYTES + 8
      const when = view.getBigInt64(macAt + MAC_BYTES, true)
      visitor.hold({ id: mac, when, body: bytes.slice(bodyAt, end) })
      break
    }
    case OwnEntryType.RELEASE:
      visitor.released(mac, view.getBigInt64(macAt + MAC_BYTES, true))
      break
    case OwnEntryType.MERGED:
      visitor.merged(mac)
  }
}

/** Whether an entry is one of ours by its type and by what it begins with. */
export function isOwnEntry(bytes: Uint8Array, at: number): boolean {
  if (OWN_ENTRY_BYTES[bytes[at]!] === undefined) return false
  const tagAt = at + ENTRY_HEADER_BYTES
  return equalBytes(bytes.subarray(tagAt, tagAt + OWN_TAG.length), OWN_TAG)
}

export function checkOwnEntry(type: number, length: number, at: number): void {
  const fixed = OWN_ENTRY_BYTES[type]!
  const most = type === OwnEntryType.HOLD ? fixed + MAX_HOLD_BYTES : fixed
  if (length >= fixed && length <= most) return
  throw new MalformedStateError(`an entry of type ${type} has ${length} bytes`, at)
}

export function ownEntriesBytes({ holds = [], released = [], merged = [] }: StateDraft): number {
  const entries: [number, number][] = [
    [holds.length, OwnEntryType.HOLD],
    [released.length, OwnEntryType.RELEASE],
    [merged.length, OwnEntryType.MERGED],
  ]
  return entries.reduce(
    (sum, [count, type]) => sum + count * (ENTRY_HEADER_BYTES + OWN_ENTRY_BYTES[type]!),
    holds.reduce((sum, { body }) => sum + body.length, 0),
  )
}

export function writeOwnEntries(
  out: StateBytes,
  { holds = [], released = [], merged = [] }: StateDraft,
): void {
  for (const { id, when, body } of holds) {
    if (body.length > MAX_HOLD_BYTES) throw new RangeError(`a hold of ${body.length} bytes`)
    begin(out, OwnEntryType.HOLD, id, body.length)
    out.i64(unixNanoseconds(when))
    out.raw(body)
  }
  for (const { hold, when } of released) {
    begin(out, OwnEntryType.RELEASE, hold)
    out.i64(unixNanoseconds(when))
  }
  for (const state of merged) begin(out, OwnEntryType.MERGED, state)
}

/** @param more bytes that follow those of fixed length */
function begin(out: StateBytes, type: number, mac: string, more = 0): void {
  out.entry(type, OWN_ENTRY_BYTES[type]! + more)
  out.raw(OWN_TAG)
  out.mac(mac)
}

/**
 * A state: one step of the journal that tells which blob lies in which packfile.
 *
 *   size  field
 *     32  parent    another state, or zeros. Absent in version 1.0.0
 *         entries   u8 type ≠ 1, u32 length, `length` bytes
 *      1  0x01      end of the entries
 *      4  version   u32
 *      8  timestamp ns since 1970
 *     16  serial    zeros, or the repository's id
 *
 *   entry             length  layout
 *   2 LOCATION            85  u8 blob type, u32 version, MAC blob, MAC packfile, u64 offset, u32 length, u32 flags
 *   3 COLOURED            41  u8 resource type, MAC resource, i64 when (ns)
 *   4 PACKFILE            72  MAC packfile, MAC state, i64 when (ns)
 *   5 CONFIGURATION        —  never written: Plakar cannot load a state that has one
 *   6 DELETE              66  u8 entry type, u8 blob type, MAC blob, MAC packfile
 *
 * Three types are ours: see own-entries.ts.
 *
 * Integers are little-endian. Unknown types are skipped by their length. A decoded state keeps its
 * bytes and is visited entry by entry: with a million blobs, objects would cost more than the index.
 *
 * Source: kloset state.go, formats 1.0.0 and 1.1.0.
 * @module
 */
import { MalformedStateError } from '../damage.ts'
import { VERSION_1_0_0, VERSION_1_1_0 } from '../format-version.ts'
import { MAC_BYTES, macToHex, NO_MAC } from '../mac-hex.ts'
import { unixNanoseconds } from '../msgpack/timestamp.ts'
import {
  checkOwnEntry,
  isOwnEntry,
  OwnEntryType,
  ownEntriesBytes,
  visitOwnEntry,
  writeOwnEntries,
} from './own-entries.ts'
import { ENTRY_HEADER_BYTES, StateBytes } from './state-bytes.ts'

export const StateEntryType = {
  METADATA: 1,
  LOCATION: 2,
  COLOURED: 3,
  PACKFILE: 4,
  DELETE: 6,
  ...OwnEntryType,
} as const

const ENTRY_BYTES: Record<number, number> = {
  [StateEntryType.LOCATION]: 85,
  [StateEntryType.COLOURED]: 41,
  [StateEntryType.PACKFILE]: 72,
  [StateEntryType.DELETE]: 66,
}
const LOCATION_ENTRY_BYTES = ENTRY_HEADER_BYTES + 85
/** Where the blob's offset lies in a LOCATION entry. */
const LOCATION_OFFSET_AT = ENTRY_HEADER_BYTES + 69
const SERIAL_BYTES = 16
const METADATA_BYTES = 1 + 4 + 8 + SERIAL_BYTES

/** What a state is to say. MACs are hex. */
export interface StateDraft {
  /** The newest state the writer had seen; NO_MAC when there was none. */
  parent: string
  timestamp: Date | bigint
  locations: readonly BlobLocation[]
  packfiles: readonly { packfile: string }[]
  coloured?: readonly { type: number; mac: string; when: Date | bigint }[]
  deleted?: readonly Deletion[]
  holds?: readonly HoldEntry[]
  /** Ids of holds that end here. */
  released?: readonly { hold: string; when: Date | bigint }[]
  /** Ids of states that need not be read any more. */
  merged?: readonly string[]
}

/** A hold; what its body means is not the state's business. */
export interface HoldEntry<Moment = Date | bigint> {
  id: string
  when: Moment
  /** JSON, at most 64 KiB. */
  body: Uint8Array
}

export interface BlobLocation {
  type: number
  mac: string
  packfile: string
  offset: number
  length: number
  /** Of the blob's format; 1.0.0 for all that is written anew. */
  version?: number
}

/** Takes back an entry: of a LOCATION type, blob and packfile; of a COLOURED type and blob; of a PACKFILE packfile. */
export interface Deletion {
  entryType: number
  blobType: number
  mac: string
  packfile: string
}

/** Receives the entries of a state. MACs are at `macAt`, `packfileAt`, … in `bytes`. */
export interface StateVisitor {
  location(entry: {
    type: number
    version: number
    bytes: Uint8Array
    macAt: number
    packfileAt: number
    offset: number
    length: number
  }): void
  packfile(packfile: string): void
  coloured(type: number, mac: string, when: bigint): void
  deleted(deletion: Deletion): void
  hold(hold: HoldEntry<bigint>): void
  released(hold: string, when: bigint): void
  merged(state: string): void
  /** An entry of a type that only others know: what it says is lost when the state is written anew. */
  unknown?(type: number): void
}

export interface DecodedState {
  version: number
  /** NO_MAC when there is none, and always in version 1.0.0. */
  parent: string
  /** Nanoseconds since 1970. */
  timestamp: bigint
  serial: Uint8Array
  plainBytes: number
  visit(visitor: StateVisitor): void
}

/** Plain bytes, version 1.1.0, in the order Plakar writes entries. */
export function encodeState(draft: StateDraft, stateId: string): Uint8Array {
  const out = new StateBytes(stateBytes(draft))
  out.mac(draft.parent)
  for (const deletion of draft.deleted ?? []) writeDeletion(out, deletion)
  for (const location of draft.locations) writeLocation(out, location)
  for (const coloured of draft.coloured ?? []) {
    out.entry(StateEntryType.COLOURED, ENTRY_BYTES[StateEntryType.COLOURED]!)
    out.u8(coloured.type)
    out.mac(coloured.mac)
    out.i64(unixNanoseconds(coloured.when))
  }
  for (const { packfile } of draft.packfiles) {
    out.entry(StateEntryType.PACKFILE, ENTRY_BYTES[StateEntryType.PACKFILE]!)
    out.mac(packfile)
    out.mac(stateId)
    out.i64(unixNanoseconds(draft.timestamp))
  }
  writeOwnEntries(out, draft)
  out.u8(StateEntryType.METADATA)
  out.u32(VERSION_1_1_0)
  out.i64(unixNanoseconds(draft.timestamp))
  return out.bytes
}

/**
 * @param version of the wrapper; decides which layout applies
 * @throws {MalformedStateError} when the entries do not fill the bytes exactly
 */
export function decodeState(bytes: Uint8Array, version: number): DecodedState {
  const start = version === VERSION_1_1_0 ? MAC_BYTES : 0
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = endOfEntries(bytes, view, start)
  return {
    version: view.getUint32(end + 1, true),
    parent: start === 0 ? NO_MAC : macToHex(bytes),
    timestamp: view.getBigInt64(end + 5, true),
    serial: bytes.slice(end + 13, end + 13 + SERIAL_BYTES),
    plainBytes: bytes.length,
    visit: (visitor) => visitEntries(bytes, view, start, end, visitor),
  }
}

/** Whether this program can read states of `version`: everything up to 1.1.0. */
export function isKnownStateVersion(version: number): boolean {
  return version <= VERSION_1_1_0
}

/** Walks over all entries once, checking every length; returns where the metadata starts. */
function endOfEntries(bytes: Uint8Array, view: DataView, start: number): number {
  if (bytes.length < start + METADATA_BYTES) throw new MalformedStateError('it is too short')
  let at = start
  while (bytes[at] !== StateEntryType.METADATA) {
    if (at + ENTRY_HEADER_BYTES > bytes.length) throw new MalformedStateError('it has no end', at)
    const length = view.getUint32(at + 1, true)
    const expected = ENTRY_BYTES[bytes[at]!]
    if (expected !== undefined && length !== expected) {
      throw new MalformedStateError(`an entry of type ${bytes[at]} has ${length} bytes`, at)
    }
    if (isOwnEntry(bytes, at)) checkOwnEntry(bytes[at]!, length, at)
    if (bytes[at] === StateEntryType.LOCATION && at + LOCATION_ENTRY_BYTES <= bytes.length) {
      readOffset(view, at + LOCATION_OFFSET_AT)
    }
    at += ENTRY_HEADER_BYTES + length
  }
  if (bytes.length - at !== METADATA_BYTES) {
    throw new MalformedStateError(`${bytes.length - at} bytes follow the entries`, at)
  }
  return at
}

function visitEntries(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  visitor: StateVisitor,
): void {
  for (let at = start; at < end; at += ENTRY_HEADER_BYTES + view.getUint32(at + 1, true)) {
    visitEntry(bytes, view, at, visitor)
  }
}

function visitEntry(bytes: Uint8Array, view: DataView, entryAt: number, visitor: StateVisitor) {
  const at = entryAt + ENTRY_HEADER_BYTES
  switch (bytes[entryAt]) {
    case StateEntryType.LOCATION:
      visitor.location({
        type: bytes[at]!,
        version: view.getUint32(at + 1, true),
        bytes,
        macAt: at + 5,
        packfileAt: at + 37,
        offset: readOffset(view, entryAt + LOCATION_OFFSET_AT),
        length: view.getUint32(at + 77, true),
      })
      break
    case StateEntryType.COLOURED:
      visitor.coloured(bytes[at]!, macToHex(bytes, at + 1), view.getBigInt64(at + 33, true))
      break
    case StateEntryType.PACKFILE:
      visitor.packfile(macToHex(bytes, at))
      break
    case StateEntryType.DELETE:
      visitor.deleted({
        entryType: bytes[at]!,
        blobType: bytes[at + 1]!,
        mac: macToHex(bytes, at + 2),
        packfile: macToHex(bytes, at + 34),
      })
      break
    default:
      if (isOwnEntry(bytes, entryAt)) visitOwnEntry(bytes, view, entryAt, visitor)
      else visitor.unknown?.(bytes[entryAt]!)
  }
}

function readOffset(view: DataView, at: number): number {
  const offset = Number(view.getBigUint64(at, true))
  if (!Number.isSafeInteger(offset)) throw new MalformedStateError('an offset is too large', at)
  return offset
}

function stateBytes(draft: StateDraft): number {
  const entries: [readonly unknown[], number][] = [
    [draft.locations, StateEntryType.LOCATION],
    [draft.packfiles, StateEntryType.PACKFILE],
    [draft.coloured ?? [], StateEntryType.COLOURED],
    [draft.deleted ?? [], StateEntryType.DELETE],
  ]
  return entries.reduce(
    (sum, [list, type]) => sum + list.length * (ENTRY_HEADER_BYTES + ENTRY_BYTES[type]!),
    MAC_BYTES + METADATA_BYTES + ownEntriesBytes(draft),
  )
}

function writeLocation(out: StateBytes, location: BlobLocation): void {
  out.entry(StateEntryType.LOCATION, ENTRY_BYTES[StateEntryType.LOCATION]!)
  out.u8(location.type)
  out.u32(location.version ?? VERSION_1_0_0)
  out.mac(location.mac)
  out.mac(location.packfile)
  out.i64(BigInt(location.offset))
  out.u32(location.length)
  out.u32(0)
}

function writeDeletion(out: StateBytes, deletion: Deletion): void {
  out.entry(StateEntryType.DELETE, ENTRY_BYTES[StateEntryType.DELETE]!)
  out.u8(deletion.entryType)
  out.u8(deletion.blobType)
  out.mac(deletion.mac)
  out.mac(deletion.packfile)
}

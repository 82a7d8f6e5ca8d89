/**
 * The union of all states: where every blob is. There is no other index.
 *
 * The order of states cannot be relied on (a state may be a sibling of the one it corrects), so
 * every rule here gives the same result in any order:
 *
 * - A blob is located when a LOCATION names a packfile that has a PACKFILE entry, from any state.
 * - Packfile names are never used again, so a DELETE of a LOCATION or a PACKFILE is final.
 * - A COLOURED entry and the DELETE of one say when; see colours.ts.
 * - What lies in a coloured packfile is about to be swept: for whoever writes, it is absent.
 * - The id of a hold is never used again, so a RELEASE is final.
 *
 * In this order: contents and states, blobs, snapshots, holds and merged states, packfiles, places
 * for tables beside the index; then how entries are taken in, and the rules above.
 *
 * @module
 */
import { isMacHex, macFromHex, macToHex, NO_MAC } from '../mac-hex.ts'
import { ResourceType } from '../resource-type.ts'
import { type Colour, Colours } from './colours.ts'
import { LocationTable } from './location-table.ts'
import { type IndexedPackfile, isPresent, PackfileList } from './packfile-list.ts'
import {
  type DecodedState,
  type Deletion,
  type HoldEntry,
  StateEntryType,
  type StateVisitor,
} from './state-codec.ts'

export interface Location {
  packfile: string
  /** From the start of the packfile's data. */
  offset: number
  /** Stored bytes. */
  length: number
}

/** A {@link Location} with the format version its state claims for the blob. */
export interface VersionedLocation extends Location {
  version: number
}

/** A blob where it lies. */
export interface StoredBlob extends VersionedLocation {
  /** Its number in the index. */
  row: number
  type: number
  /** A view of the index: copy it to keep it. */
  mac: Uint8Array
}

/** All that an index knows: to be written to a file, and taken from one. Shared with the index. */
export interface IndexContents {
  locations: LocationTable
  /** A location names its packfile by the place in this list. */
  packfiles: IndexedPackfile[]
  /** By `TYPE:MAC`. */
  colours: Map<string, Colour>
  states: Set<string>
  holds: Map<string, HoldEntry<bigint>>
  released: Set<string>
  merged: Set<string>
  latest: { id: string; timestamp: bigint } | undefined
}

export class StateIndex {
  readonly #locations: LocationTable
  readonly #colours: Colours
  readonly #packfiles: PackfileList
  readonly #states: Set<string>
  readonly #holds: Map<string, HoldEntry<bigint>>
  readonly #released: Set<string>
  readonly #merged: Set<string>
  #latest: { id: string; timestamp: bigint } | undefined

  /** @param contents of an index whose states need not be read again */
  constructor(contents?: IndexContents) {
    this.#locations = contents?.locations ?? new LocationTable()
    this.#colours = new Colours(contents?.colours)
    this.#packfiles = new PackfileList(this.#colours, contents?.packfiles)
    this.#states = contents?.states ?? new Set()
    this.#holds = contents?.holds ?? new Map()
    this.#released = contents?.released ?? new Set()
    this.#merged = contents?.merged ?? new Set()
    this.#latest = contents?.latest
  }

  contents(): IndexContents {
    return {
      locations: this.#locations,
      packfiles: this.#packfiles.all,
      colours: this.#colours.all,
      states: this.#states,
      holds: this.#holds,
      released: this.#released,
      merged: this.#merged,
      latest: this.#latest,
    }
  }

  /** Adds what a state says. Doing it again changes nothing. */
  ingest(stateId: string, state: DecodedState): void {
    if (this.#states.has(stateId)) return
    this.#states.add(stateId)
    state.visit(this.#visitor(state.timestamp))
    if (this.#latest === undefined || state.timestamp > this.#latest.timestamp) {
      this.#latest = { id: stateId, timestamp: state.timestamp }
    }
  }

  hasState(stateId: string): boolean {
    return this.#states.has(stateId)
  }

  /** The newest state by its own time: the parent of the next one. NO_MAC when there is none. */
  get latestState(): string {
    return this.#latest?.id ?? NO_MAC
  }

  /** Ids of all states that were taken in. */
  stateIds(): ReadonlySet<string> {
    return this.#states
  }

  get states(): number {
    return this.#states.size
  }

  /** An upper bound of how many blobs are located, for sizing tables. */
  get blobs(): number {
    return this.#locations.rows
  }

  has(type: number, mac: string): boolean {
    return this.locate(type, mac) !== undefined
  }

  /** Where a blob is that may be referred to; what is about to be swept does not count. */
  locate(type: number, mac: string): Location | undefined {
    for (const row of this.#locations.rowsOf(type, macFromHex(mac))) {
      if (this.#packfiles.isLive(this.#packfileOf(row))) return this.#location(row)
    }
    return undefined
  }

  /** Everywhere a blob may still be read, the safest place first. */
  locations(type: number, mac: string): VersionedLocation[] {
    const rows = [...this.#locations.rowsOf(type, macFromHex(mac))].filter((row) =>
      isPresent(this.#packfileOf(row)),
    )
    const live = rows.filter((row) => this.#packfiles.isLive(this.#packfileOf(row)))
    const doomed = rows.filter((row) => !this.#packfiles.isLive(this.#packfileOf(row)))
    return [...live, ...doomed].map((row) => this.#location(row))
  }

  /** Ids of the snapshots that were not deleted, each once. */
  snapshots(): string[] {
    const ids = new Set<string>()
    for (const row of this.#rowsOfType(ResourceType.SNAPSHOT)) {
      const id = macToHex(this.#locations.macAt(row))
      if (this.#isSnapshot(row, id)) ids.add(id)
    }
    return [...ids]
  }

  /** Whether there is such a snapshot, and it was not deleted. */
  hasSnapshot(id: string): boolean {
    if (!isMacHex(id)) return false
    for (const row of this.#locations.rowsOf(ResourceType.SNAPSHOT, macFromHex(id))) {
      if (this.#isSnapshot(row, id)) return true
    }
    return false
  }

  /** Whether somebody asked for a snapshot to be deleted, and did not take that back. */
  isUnwanted(id: string): boolean {
    return this.#isColoured(ResourceType.SNAPSHOT, id)
  }

  /** Whether some state says that a snapshot was deleted, be it swept since or not. */
  wasRemoved(id: string): boolean {
    if (this.#colours.hasEver(ResourceType.SNAPSHOT, id)) return true
    const rows = [...this.#locations.allRowsOf(ResourceType.SNAPSHOT, macFromHex(id))]
    const isTaken = (row: number) =>
      this.#locations.isDeleted(row) || this.#packfileOf(row).isDeleted
    return rows.length > 0 && rows.every(isTaken)
  }

  /** Whether any state says anything about a snapshot. */
  knows(id: string): boolean {
    return !this.#locations.allRowsOf(ResourceType.SNAPSHOT, macFromHex(id)).next().done
  }

  /** Snapshots that were deleted but whose header is still there, and when that was (ns). */
  removedSnapshots(): { id: string; when: bigint }[] {
    const removed = new Map<string, bigint>()
    for (const row of this.#rowsOfType(ResourceType.SNAPSHOT)) {
      const id = macToHex(this.#locations.macAt(row))
      if (!isPresent(this.#packfileOf(row))) continue
      const when = this.#colours.since(ResourceType.SNAPSHOT, id)
      if (when !== undefined) removed.set(id, when)
    }
    return [...removed].map(([id, when]) => ({ id, when }))
  }

  /** Since when a resource is coloured (ns); undefined when it is not. */
  colouredSince(type: number, mac: string): bigint | undefined {
    return this.#colours.since(type, mac)
  }

  /** Names of the packfiles that were deleted, for good. Their files should be gone. */
  deletedPackfiles(): Generator<string> {
    return this.#packfiles.deleted()
  }

  /** When a colour was last taken back (ns); one that begins before does not count. */
  colourTakenBack(type: number, mac: string): bigint | undefined {
    return this.#colours.takenBack(type, mac)
  }

  /** Everywhere the header of a snapshot lies, whether it was deleted or not. */
  snapshotLocations(id: string): VersionedLocation[] {
    return isMacHex(id) ? this.locations(ResourceType.SNAPSHOT, id) : []
  }

  /** Holds that were not released. What they mean stands in their body. */
  holds(): HoldEntry<bigint>[] {
    return [...this.#holds.values()].filter(({ id }) => !this.#released.has(id))
  }

  /** Whether there is, or was, such a hold. */
  knowsHold(id: string): boolean {
    return this.#holds.has(id) || this.#released.has(id)
  }

  /** Ids of states whose place others took; their files may be gone. */
  mergedStates(): ReadonlySet<string> {
    return this.#merged
  }

  /** Names of the packfiles that were not deleted, coloured ones included. */
  publishedPackfiles(): Generator<string> {
    return this.#packfiles.present()
  }

  /**
   * Packfiles that the states name and the store does not have. What lies in them is absent for
   * whoever writes; whoever reads still tries. Known to this object only, never to a state.
   */
  setAbsent(packfiles: ReadonlySet<string>): void {
    this.#packfiles.absent = packfiles
  }

  /** Whether any state ever published, coloured or deleted a packfile of this name. */
  knowsPackfile(name: string): boolean {
    return this.#packfiles.knows(name)
  }

  /** Packfiles that are about to be swept, and since when (ns). */
  colouredPackfiles(): Map<string, bigint> {
    return this.#packfiles.coloured()
  }

  /** All blobs that packfiles hold according to the states, coloured packfiles included. */
  *blobsIn(packfiles: { has(name: string): boolean }): Generator<StoredBlob> {
    const wanted = this.#packfiles.all.map((packfile) => packfiles.has(packfile.name))
    for (let row = 0; row < this.#locations.rows; row++) {
      if (!wanted[this.#locations.packfileAt(row)] || this.#locations.isDeleted(row)) continue
      if (!isPresent(this.#packfileOf(row))) continue
      const type = this.#locations.typeAt(row)
      yield { row, type, mac: this.#locations.macAt(row), ...this.#location(row) }
    }
  }

  /** Numbers of the places where a blob may still be read, for tables beside the index. */
  rowsOf(type: number, mac: Uint8Array): number[] {
    return [...this.#locations.rowsOf(type, mac)].filter((row) => isPresent(this.#packfileOf(row)))
  }

  /** The number of a blob in one packfile, and where the states say that it lies there. */
  placeIn(
    packfile: string,
    type: number,
    mac: Uint8Array,
  ): { row: number; offset: number; length: number } | undefined {
    const ordinal = this.#packfiles.find(packfile)
    const row = ordinal === undefined ? undefined : this.#locations.rowIn(type, ordinal, mac)
    if (row === undefined || this.#locations.isDeleted(row)) return undefined
    const { offset, length } = this.#locations.at(row)
    return { row, offset, length }
  }

  /** Whether any state ever said that a blob lies in a packfile, or that it does not any more. */
  wasLocatedIn(packfile: string, type: number, mac: Uint8Array): boolean {
    const ordinal = this.#packfiles.find(packfile)
    return ordinal !== undefined && this.#locations.rowIn(type, ordinal, mac) !== undefined
  }

  /** Names of the packfiles that are neither deleted nor coloured. */
  packfiles(): Generator<string> {
    return this.#packfiles.live()
  }

  /**
   * MACs of all live blobs of a type. One that lies in several packfiles comes several times.
   * The arrays are views of the index: copy what is kept.
   */
  *macs(type: number): Generator<Uint8Array> {
    for (const row of this.#rowsOfType(type)) {
      if (this.#packfiles.isLive(this.#packfileOf(row))) yield this.#locations.macAt(row)
    }
  }

  /** For every live packfile, how many bytes of data its blobs need. */
  packfileExtents(): Map<string, number> {
    const extents = new Map<string, number>()
    for (const name of this.packfiles()) extents.set(name, 0)
    for (let row = 0; row < this.#locations.rows; row++) {
      if (this.#locations.isDeleted(row)) continue
      const { packfile, offset, length } = this.#location(row)
      const known = extents.get(packfile)
      if (known !== undefined) extents.set(packfile, Math.max(known, offset + length))
    }
    return extents
  }

  #visitor(timestamp: bigint): StateVisitor {
    return {
      location: ({ bytes, macAt, packfileAt, ...row }) => {
        const packfile = this.#packfiles.ordinal(macToHex(bytes, packfileAt))
        this.#locations.add({ ...row, packfile }, bytes, macAt)
      },
      packfile: (name) => {
        this.#packfiles.named(name).isPublished = true
      },
      coloured: (type, mac, when) => this.#colours.add(type, mac, when),
      deleted: (deletion) => this.#delete(deletion, timestamp),
      hold: (hold) => {
        this.#holds.set(hold.id, hold)
      },
      released: (hold) => {
        this.#released.add(hold)
      },
      merged: (state) => {
        this.#merged.add(state)
      },
    }
  }

  #delete({ entryType, blobType, mac, packfile }: Deletion, timestamp: bigint): void {
    if (entryType === StateEntryType.LOCATION) {
      this.#locations.delete(blobType, this.#packfiles.ordinal(packfile), macFromHex(mac))
    } else if (entryType === StateEntryType.PACKFILE) {
      this.#packfiles.named(packfile).isDeleted = true
    } else if (entryType === StateEntryType.COLOURED) {
      this.#colours.takeBack(blobType, mac, timestamp)
    }
  }

  *#rowsOfType(type: number): Generator<number> {
    for (let row = 0; row < this.#locations.rows; row++) {
      if (this.#locations.typeAt(row) === type && !this.#locations.isDeleted(row)) yield row
    }
  }

  #isSnapshot(row: number, id: string): boolean {
    return isPresent(this.#packfileOf(row)) && !this.#isColoured(ResourceType.SNAPSHOT, id)
  }

  #location(row: number): VersionedLocation {
    const { version, packfile, offset, length } = this.#locations.at(row)
    return { version, packfile: this.#packfiles.all[packfile]!.name, offset, length }
  }

  #packfileOf(row: number): IndexedPackfile {
    return this.#packfiles.all[this.#locations.packfileAt(row)]!
  }

  #isColoured(type: number, mac: string): boolean {
    return this.#colours.since(type, mac) !== undefined
  }
}

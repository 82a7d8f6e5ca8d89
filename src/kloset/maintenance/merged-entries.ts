/**
 * What many states say, gathered to be said by few. What others took back is left out; that it was
 * taken back is kept, for whoever has read the old states and not the new one.
 *
 *   LOCATION     kept, unless it or its packfile was deleted
 *   PACKFILE     kept, unless it was deleted
 *   COLOURED     kept with its newest time, unless it was taken back or its packfile was deleted
 *   DELETE       kept; of a LOCATION, unless its packfile was deleted; of a COLOURED, unless it is
 *                coloured again
 *   HOLD         kept, unless it was released
 *   RELEASE, MERGED   kept
 *
 * The index of the whole repository knows what was taken back, in whichever state.
 * @module
 */
import { macFromHex, macToHex, NO_MAC } from '../mac-hex.ts'
import { ResourceType } from '../resource-type.ts'
import { LocationTable } from '../state/location-table.ts'
import {
  type BlobLocation,
  type DecodedState,
  type Deletion,
  type HoldEntry,
  type StateDraft,
  StateEntryType,
} from '../state/state-codec.ts'
import type { StateIndex } from '../state/state-index.ts'

const { LOCATION, COLOURED, PACKFILE } = StateEntryType

export class MergedEntries {
  /** Of the newest state. */
  timestamp = -(2n ** 63n)
  readonly #locations = new LocationTable()
  readonly #names: string[] = []
  readonly #ordinals = new Map<string, number>()
  readonly #packfiles = new Set<string>()
  /** By `TYPE:MAC`. */
  readonly #coloured = new Set<string>()
  readonly #deletions = new Map<string, Deletion>()
  readonly #holds = new Map<string, HoldEntry<bigint>>()
  readonly #released = new Map<string, bigint>()
  readonly #merged = new Set<string>()

  /** Takes a state in; false, and nothing of it, when it says something that nobody here knows. */
  add(state: DecodedState): boolean {
    let isKnown = true
    state.visit({ ...IGNORING, unknown: () => (isKnown = false) })
    if (!isKnown) return false
    if (state.timestamp > this.timestamp) this.timestamp = state.timestamp
    state.visit({
      location: ({ bytes, macAt, packfileAt, ...row }) => {
        const packfile = this.#ordinal(macToHex(bytes, packfileAt))
        this.#locations.add({ ...row, packfile }, bytes, macAt)
      },
      packfile: (name) => this.#packfiles.add(name),
      coloured: (type, mac) => this.#coloured.add(`${type}:${mac}`),
      deleted: (deletion) => {
        const { entryType, blobType, mac, packfile } = deletion
        this.#deletions.set(`${entryType}:${blobType}:${mac}:${packfile}`, deletion)
        if (entryType !== LOCATION) return
        this.#locations.delete(blobType, this.#ordinal(packfile), macFromHex(mac))
      },
      hold: (hold) => this.#holds.set(hold.id, hold),
      released: (hold, when) => this.#released.set(hold, when),
      merged: (id) => this.#merged.add(id),
    })
    return true
  }

  /** Locations in portions. */
  *locations(deletedPackfiles: ReadonlySet<string>, portion: number): Generator<BlobLocation[]> {
    let locations: BlobLocation[] = []
    for (let row = 0; row < this.#locations.rows; row++) {
      const packfile = this.#names[this.#locations.packfileAt(row)]!
      if (this.#locations.isDeleted(row) || deletedPackfiles.has(packfile)) continue
      const { type, version, offset, length } = this.#locations.at(row)
      const mac = macToHex(this.#locations.macAt(row))
      locations.push({ type, version, mac, packfile, offset, length })
      if (locations.length < portion) continue
      yield locations
      locations = []
    }
    if (locations.length > 0) yield locations
  }

  /** All that is not a location. */
  rest(index: StateIndex, deletedPackfiles: ReadonlySet<string>, merged: readonly string[]) {
    const isDeleted = (type: number, mac: string) =>
      type === ResourceType.PACKFILE && deletedPackfiles.has(mac)
    const held = new Set(index.holds().map(({ id }) => id))
    return {
      packfiles: [...this.#packfiles]
        .filter((name) => !deletedPackfiles.has(name))
        .map((packfile) => ({ packfile })),
      coloured: this.#colours(index, isDeleted),
      deleted: [...this.#deletions.values()].filter((deletion) =>
        isStillToBeSaid(deletion, index, deletedPackfiles),
      ),
      holds: [...this.#holds.values()].filter(({ id }) => held.has(id)),
      released: [...this.#released].map(([hold, when]) => ({ hold, when })),
      merged: [...new Set([...this.#merged, ...merged])],
    } satisfies Partial<StateDraft>
  }

  #colours(index: StateIndex, isDeleted: (type: number, mac: string) => boolean) {
    const coloured: { type: number; mac: string; when: bigint }[] = []
    for (const key of this.#coloured) {
      const [type, mac] = [Number.parseInt(key, 10), key.slice(key.indexOf(':') + 1)]
      const when = index.colouredSince(type, mac)
      if (when !== undefined && !isDeleted(type, mac)) coloured.push({ type, mac, when })
    }
    return coloured
  }

  #ordinal(packfile: string): number {
    const known = this.#ordinals.get(packfile)
    if (known !== undefined) return known
    this.#ordinals.set(packfile, this.#names.length)
    return this.#names.push(packfile) - 1
  }
}

function isStillToBeSaid(
  { entryType, blobType, mac, packfile }: Deletion,
  index: StateIndex,
  deletedPackfiles: ReadonlySet<string>,
): boolean {
  if (entryType === LOCATION) return !deletedPackfiles.has(packfile)
  if (entryType === PACKFILE) return packfile !== NO_MAC
  if (entryType !== COLOURED) return true
  const isGone = blobType === ResourceType.PACKFILE && deletedPackfiles.has(mac)
  return isGone || index.colouredSince(blobType, mac) === undefined
}

const IGNORING = {
  location() {},
  packfile() {},
  coloured() {},
  deleted() {},
  hold() {},
  released() {},
  merged() {},
}

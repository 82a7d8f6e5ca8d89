/**
 * What is kept of every item beside the catalogue, so that later imports recognise and weigh it.
 * @module
 */
import type { ArrivingItem, Library, Sighting } from './library.ts'

export class Sightings {
  readonly #byId: Map<string, Sighting>
  /** Time stamp of the newest export seen; empty when none is known. */
  readonly newest: string

  constructor({ sightings = [] }: Library) {
    this.#byId = new Map(sightings.map((sighting) => [sighting.id, { ...sighting }]))
    this.newest = sightings.reduce((newest, { seen = '' }) => (seen > newest ? seen : newest), '')
  }

  of(id: string): Readonly<Sighting> {
    return this.#byId.get(id) ?? { id, from: [] }
  }

  /** Before sightings were kept, Takeout was the only source there was. */
  isFromTakeout(id: string): boolean {
    const sighting = this.#byId.get(id)
    return sighting === undefined || sighting.from.includes('takeout')
  }

  note(id: string, arrival: ArrivingItem, describes: boolean): void {
    const known = this.of(id)
    const { stamp = '', oldestStamp = stamp, from = 'takeout', capture } = arrival
    const first = oldest(this.#byId.has(id) ? (known.first ?? '') : oldestStamp, oldestStamp)
    const sighting: Sighting = { ...known, from: [...new Set([...known.from, from])].sort() }
    if (stamp > (known.seen ?? '')) sighting.seen = stamp
    if (first === '') delete sighting.first
    else sighting.first = first
    if (arrival.described && describes) {
      sighting.described = latest(known.described, arrival.describedStamp ?? stamp)
    }
    if (capture !== undefined) sighting.capture ??= capture
    this.#byId.set(id, sighting)
  }

  /** The item will be begun anew. */
  forget(id: string): void {
    this.#byId.delete(id)
  }

  rename(idOf: ReadonlyMap<string, string>): void {
    const renamed = [...idOf].flatMap(([was, id]) => {
      const sighting = this.#byId.get(was)
      return sighting ? [{ ...sighting, id }] : []
    })
    for (const was of idOf.keys()) this.#byId.delete(was)
    for (const sighting of renamed) this.#byId.set(sighting.id, sighting)
  }

  /** Of the items that are there, by id. */
  forItems(items: ReadonlyMap<string, unknown>): Sighting[] {
    const kept = [...this.#byId.values()].filter(({ id }) => items.has(id))
    return kept.sort((a, b) => (a.id < b.id ? -1 : 1))
  }
}

const oldest = (a: string, b: string) => (a < b ? a : b)
const latest = (a: string | undefined, b: string) => (a !== undefined && a > b ? a : b)

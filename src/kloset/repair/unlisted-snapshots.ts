/**
 * Snapshots whose header is there though no state lists them: whether all they consist of is there,
 * too, in the repository or in packfiles that are about to become part of it.
 * @module
 */
import { BlobNotFoundError, DamagedRepositoryError } from '../damage.ts'
import { macToHex } from '../mac-hex.ts'
import { type WalkedRepository, walkReferences } from '../maintenance/reference-walk.ts'
import type { BlobRecord } from '../packfile/packfile-codec.ts'
import type { Repository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'
import type { Location } from '../state/state-index.ts'
import { WRAPPER_HEADER_BYTES } from '../wrapper.ts'

/** A blob in a packfile, whatever the states say. */
export interface FoundBlob {
  packfile: string
  record: BlobRecord
}

/** What a packfile says of itself. */
export interface PackContents {
  name: string
  /** When it was made (ns); undefined when that cannot be read. */
  made: bigint | undefined
  records: readonly BlobRecord[]
}

/** The header of a snapshot that no state lists. */
export interface FoundHeader extends FoundBlob {
  id: string
  /** When its packfile was made (ns). */
  made: bigint
}

/**
 * Headers of snapshots that should be listed. The time of a packfile says more than a removal only
 * where no state ever said that the header lies there: clocks differ, and the order of states is not
 * known, but an undo that is lost said so of the packfile it made.
 */
export function unlistedHeaders(
  { index }: Pick<Repository, 'index'>,
  { name: packfile, made = 0n, records }: PackContents,
): FoundHeader[] {
  return records.flatMap((record): FoundHeader[] => {
    const { type, mac } = record
    if (type !== ResourceType.SNAPSHOT) return []
    const id = macToHex(mac)
    const removed = index.colouredSince(type, id)
    const isNewer = removed === undefined || made >= removed
    const isDecided = removed !== undefined && index.wasLocatedIn(packfile, type, mac)
    if (index.hasSnapshot(id) || !isNewer || isDecided) return []
    return [{ id, packfile, made, record }]
  })
}

/**
 * Headers of snapshots that are listed, where no state says that they lie: what was there before the
 * header was stored again. They are of use when that one cannot be read.
 */
export function spareHeaders(
  { index }: Pick<Repository, 'index'>,
  { name: packfile, made = 0n, records }: PackContents,
): FoundHeader[] {
  return records.flatMap((record): FoundHeader[] => {
    const { type, mac } = record
    if (type !== ResourceType.SNAPSHOT || !index.hasSnapshot(macToHex(mac))) return []
    if (index.placeIn(packfile, type, mac) !== undefined) return []
    return [{ id: macToHex(mac), packfile, made, record }]
  })
}

/** What was found in packfiles that the states do not know: blobs of orphans, and damage. */
export class FoundBlobs {
  readonly #blobs = new Map<string, FoundBlob>()
  readonly #damaged = new Set<string>()
  readonly #missing = new Set<string>()

  add({ name: packfile, records }: Pick<PackContents, 'name' | 'records'>): void {
    for (const record of records) {
      this.#blobs.set(keyOf(record.type, macToHex(record.mac)), { packfile, record })
    }
  }

  /** What the states say of these blobs is wrong. */
  addDamaged({ name, records }: Pick<PackContents, 'name' | 'records'>): void {
    for (const { type, mac } of records) this.#damaged.add(`${keyOf(type, macToHex(mac))}:${name}`)
  }

  addMissing(packfile: string): void {
    this.#missing.add(packfile)
  }

  /** Whether a blob that lies in a packfile, as states say, was found to be damaged or gone. */
  isLost(type: number, mac: string, packfile: string): boolean {
    return this.#missing.has(packfile) || this.#damaged.has(`${keyOf(type, mac)}:${packfile}`)
  }

  get(type: number, mac: string): FoundBlob | undefined {
    return this.#blobs.get(keyOf(type, mac))
  }
}

/** What was found out about a snapshot. */
export interface Examined {
  /** Of the first thing that is not there or cannot be read; undefined when the snapshot is whole. */
  lack: DamagedRepositoryError | undefined
  /** Packfiles that are about to be swept, though they have the only copy of something it needs. */
  doomed: Set<string>
  /** `TYPE:MAC` of all that belongs to it, as far as it was found out. */
  needs: Set<string>
}

/** @param header of the snapshot, its plain bytes */
export async function examineSnapshot(
  repository: Repository,
  { id, header }: { id: string; header: Uint8Array },
  found: FoundBlobs,
  signal: AbortSignal,
): Promise<Examined> {
  const { index, store } = repository
  const reading: WalkedRepository = {
    index,
    store,
    async readBlob(type, mac) {
      if (type === ResourceType.SNAPSHOT) return header
      const blob = index.has(type, mac) ? undefined : found.get(type, mac)
      return blob === undefined ? repository.readBlob(type, mac) : readFound(repository, blob)
    },
  }
  const needs = new Set<string>()
  const doomed = new Set<string>()
  const isDoomed = ({ packfile }: Location) =>
    index.colouredSince(ResourceType.PACKFILE, packfile) !== undefined
  const meet = (type: ResourceType, mac: string) => {
    const key = keyOf(type, mac)
    if (needs.has(key)) return false
    needs.add(key)
    if (type === ResourceType.SNAPSHOT || found.get(type, mac) !== undefined) return true
    const places = index.locations(type, mac).filter((at) => !found.isLost(type, mac, at.packfile))
    if (places.length === 0) throw new BlobNotFoundError(type, mac, store.location)
    if (places.every(isDoomed)) for (const { packfile } of places) doomed.add(packfile)
    return true
  }
  try {
    await walkReferences(reading, id, { signal, meet })
    return { lack: undefined, doomed, needs }
  } catch (error) {
    if (error instanceof DamagedRepositoryError) return { lack: error, doomed, needs }
    throw error
  }
}

/** @throws {DamagedBlobError} */
export async function readFound(
  repository: Repository,
  { packfile, record }: FoundBlob,
): Promise<Uint8Array> {
  const { type, mac, offset, length } = record
  const range = { offset: WRAPPER_HEADER_BYTES + offset, length }
  const encoded = await repository.store.get('packfile', packfile, range)
  return repository.decodeBlob({ type, mac: macToHex(mac), packfile }, encoded)
}

function keyOf(type: number, mac: string): string {
  return `${type}:${mac}`
}

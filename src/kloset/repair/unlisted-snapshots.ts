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
import { WRAPPER_HEADER_BYTES } from '../wrapper.ts'
import type { VerifiedPack } from './verified-pack.ts'

/** A blob in a packfile, whatever the states say. */
export interface FoundBlob {
  packfile: string
  record: BlobRecord
}

/** Blobs of packfiles that no state names, by type and MAC. */
export class FoundBlobs {
  readonly #blobs = new Map<string, FoundBlob>()

  add({ name: packfile, sound }: VerifiedPack): void {
    for (const record of sound) {
      this.#blobs.set(keyOf(record.type, macToHex(record.mac)), { packfile, record })
    }
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
  const met = new Set<string>()
  const doomed = new Set<string>()
  const meet = (type: ResourceType, mac: string) => {
    const key = keyOf(type, mac)
    if (met.has(key)) return false
    met.add(key)
    if (type === ResourceType.SNAPSHOT || index.has(type, mac)) return true
    if (found.get(type, mac) !== undefined) return true
    const places = index.locations(type, mac)
    if (places.length === 0) throw new BlobNotFoundError(type, mac, store.location)
    for (const { packfile } of places) doomed.add(packfile)
    return true
  }
  try {
    await walkReferences(reading, id, { signal, meet })
    return { lack: undefined, doomed }
  } catch (error) {
    if (error instanceof DamagedRepositoryError) return { lack: error, doomed }
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

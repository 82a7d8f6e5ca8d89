/**
 * Snapshots whose header was found in a packfile though no state lists them: whether all they
 * consist of is there, in the repository or in packfiles that are about to become part of it.
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

/** What a snapshot lacks, in words; undefined when it is whole. */
export async function lackOf(
  repository: Repository,
  { packfile, record }: FoundBlob,
  found: FoundBlobs,
  signal: AbortSignal,
): Promise<string | undefined> {
  const id = macToHex(record.mac)
  const header = await readFound(repository, { packfile, record })
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
  const meet = (type: ResourceType, mac: string) => {
    const key = keyOf(type, mac)
    if (met.has(key)) return false
    met.add(key)
    if (type === ResourceType.SNAPSHOT || index.has(type, mac)) return true
    if (found.get(type, mac) !== undefined) return true
    throw new BlobNotFoundError(type, mac, store.location)
  }
  try {
    await walkReferences(reading, id, { signal, meet })
    return undefined
  } catch (error) {
    if (error instanceof DamagedRepositoryError) return error.message
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

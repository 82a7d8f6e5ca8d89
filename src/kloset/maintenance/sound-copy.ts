/**
 * A blob as a packfile holds it, if it is right. What replaces the last other copy of a photo is
 * decoded and compared with its name first.
 * @module
 */
import { isDamage } from '../damage.ts'
import { decodeHeader } from '../records/header.ts'
import type { Repository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'
import type { VersionedLocation } from '../state/state-index.ts'
import { WRAPPER_HEADER_BYTES } from '../wrapper.ts'

/**
 * The encoded bytes; undefined when they are missing or not what they should be.
 * @throws what the store throws when it does not answer: that says nothing about the copy
 */
export async function soundCopy(
  repository: Repository,
  type: number,
  mac: string,
  { packfile, offset, length }: VersionedLocation,
): Promise<Uint8Array | undefined> {
  try {
    const range = { offset: WRAPPER_HEADER_BYTES + offset, length }
    const encoded = await repository.store.get('packfile', packfile, range)
    const plain = repository.decodeBlob({ type, mac, packfile }, encoded)
    const isOther = type === ResourceType.SNAPSHOT && decodeHeader(plain).identifier !== mac
    return isOther ? undefined : encoded
  } catch (error) {
    if (isDamage(error)) return undefined
    throw error
  }
}

/** Where a packfile that stays has a sound copy of the blob; undefined when none has. */
export async function findSafeCopy(
  repository: Repository,
  type: number,
  mac: string,
): Promise<VersionedLocation | undefined> {
  const { index } = repository
  for (const location of index.locations(type, mac)) {
    if (index.colouredSince(ResourceType.PACKFILE, location.packfile) !== undefined) continue
    if ((await soundCopy(repository, type, mac, location)) !== undefined) return location
  }
  return undefined
}

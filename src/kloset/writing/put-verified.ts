/**
 * Puts a packfile, and does not take the store's word for it.
 * @module
 */
import { DamagedFileError } from '../damage.ts'
import { macToHex } from '../mac-hex.ts'
import type { Repository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'
import { unwrap } from '../wrapper.ts'
import type { SealedPack } from './pack-builder.ts'

/** @throws {DamagedFileError} when the store does not give back what was written */
export async function putVerified(
  { store, mac }: Repository,
  { name, parts }: Pick<SealedPack, 'name' | 'parts'>,
): Promise<void> {
  await store.put('packfile', name, parts)
  const stored = await store.get('packfile', name)
  const { body } = unwrap(stored, ResourceType.PACKFILE, mac)
  if (macToHex(mac.of(body)) === name) return
  throw new DamagedFileError(`packfile ${name}`, 'it does not read back as it was written')
}

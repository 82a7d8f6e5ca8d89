/**
 * The keys of a repository. When it is encrypted, one key derived from the passphrase names,
 * authenticates and wraps everything; else names are keyed with the repository's id, which
 * protects against accidents only.
 * @module
 */
import { fromHex, utf8 } from '../util/bytes.ts'
import { createBlake3 } from './crypto/blake3.ts'
import { checkCanary } from './crypto/canary.ts'
import { deriveKey } from './crypto/kdf.ts'
import { type HashingName, type Mac, unkeyedHash } from './crypto/mac.ts'
import type { EncryptionSettings } from './supported-configuration.ts'

/** @returns undefined when the passphrase is another one */
export async function masterKey(
  passphrase: string,
  encryption: EncryptionSettings,
): Promise<Uint8Array | undefined> {
  const key = await deriveKey(utf8(passphrase), encryption.kdf)
  return checkCanary({ ...encryption, key }, encryption.canary) ? key : undefined
}

/** CONFIG's trailer is BLAKE3 whatever the repository hashes with, unkeyed when not encrypted. */
export function configurationMac(key: Uint8Array | undefined): Mac {
  const start = () => (key === undefined ? createBlake3() : createBlake3(key))
  return {
    start,
    of(bytes) {
      const hash = start()
      hash.update(bytes)
      return hash.digest()
    },
  }
}

/** Key of the MAC that names everything. */
export function macKeyOf(
  key: Uint8Array | undefined,
  hashing: HashingName,
  repositoryId: string,
): Uint8Array {
  return key ?? unkeyedHash(hashing, fromHex(repositoryId))
}

/**
 * How the fresh key of one encryption stream travels: wrapped under the master key, in front.
 *
 *   AES256-KW    40 bytes  RFC 3394, default initial value
 *   AES256-GCM   60 bytes  12 nonce || 32 ciphertext || 16 tag
 *
 * Source: kloset v1.1.3, encryption/symmetric.go.
 * @module
 */
import { createCipheriv, createDecipheriv } from 'node:crypto'

export const SUBKEY_ALGORITHMS = ['AES256-KW', 'AES256-GCM'] as const

export type SubKeyAlgorithm = (typeof SUBKEY_ALGORITHMS)[number]

export const SUBKEY_BYTES = 32

const KEY_WRAP_IV = Buffer.alloc(8, 0xa6)
const GCM_NONCE_BYTES = 12
const GCM_TAG_BYTES = 16

/** Bytes of random a wrap consumes besides the subkey. */
export function wrapNonceBytes(algorithm: SubKeyAlgorithm): number {
  return algorithm === 'AES256-KW' ? 0 : GCM_NONCE_BYTES
}

export function wrappedBytes(algorithm: SubKeyAlgorithm): number {
  return algorithm === 'AES256-KW'
    ? SUBKEY_BYTES + 8
    : GCM_NONCE_BYTES + SUBKEY_BYTES + GCM_TAG_BYTES
}

export function wrapSubkey(
  algorithm: SubKeyAlgorithm,
  masterKey: Uint8Array,
  subkey: Uint8Array,
  nonce: Uint8Array,
): Uint8Array {
  if (algorithm === 'AES256-KW') {
    return createCipheriv('id-aes256-wrap', masterKey, KEY_WRAP_IV).update(subkey)
  }
  const cipher = createCipheriv('aes-256-gcm', masterKey, nonce)
  const wrapped = Buffer.concat([nonce, cipher.update(subkey), cipher.final()])
  return Buffer.concat([wrapped, cipher.getAuthTag()])
}

/** The subkey, or undefined when `wrapped` was not made with this master key. */
export function unwrapSubkey(
  algorithm: SubKeyAlgorithm,
  masterKey: Uint8Array,
  wrapped: Uint8Array,
): Uint8Array | undefined {
  if (wrapped.length !== wrappedBytes(algorithm)) return undefined // OpenSSL lets empty input pass
  try {
    return algorithm === 'AES256-KW' ? unwrapKw(masterKey, wrapped) : unwrapGcm(masterKey, wrapped)
  } catch {
    return undefined // the integrity check of the wrap failed
  }
}

function unwrapKw(masterKey: Uint8Array, wrapped: Uint8Array): Uint8Array {
  return createDecipheriv('id-aes256-wrap', masterKey, KEY_WRAP_IV).update(wrapped)
}

function unwrapGcm(masterKey: Uint8Array, wrapped: Uint8Array): Uint8Array {
  const nonce = wrapped.subarray(0, GCM_NONCE_BYTES)
  const tagAt = wrapped.length - GCM_TAG_BYTES
  const decipher = createDecipheriv('aes-256-gcm', masterKey, nonce)
  decipher.setAuthTag(wrapped.subarray(tagAt))
  const subkey = decipher.update(wrapped.subarray(GCM_NONCE_BYTES, tagAt))
  return Buffer.concat([subkey, decipher.final()])
}

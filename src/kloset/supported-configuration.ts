/**
 * Which repositories this program understands. Whatever CONFIG says that it does not know is
 * refused by name, before anything is read with a guess or written at all.
 * @module
 */
import { CodedError } from '../util/coded-error.ts'
import type { Configuration, EncryptionConfiguration, KdfConfiguration } from './configuration.ts'
import type { KdfParameters } from './crypto/kdf.ts'
import type { HashingName } from './crypto/mac.ts'
import type { SubKeyAlgorithm } from './crypto/subkey.ts'
import { MalformedConfigurationError } from './damage.ts'
import type { EncodingOptions } from './encoding.ts'
import { formatVersion } from './format-version.ts'

/** The repository uses something this program does not know. */
export class UnsupportedRepositoryError extends CodedError {
  readonly code = 'UNSUPPORTED_REPOSITORY'
  constructor(location: string, what: string) {
    super(`${location} cannot be read by this version: ${what}`, {
      hint: 'Use a newer version of this program, or plakar.',
    })
  }
}

/** CONFIG in the terms of this program. */
export interface SupportedSettings {
  hashing: HashingName
  compression: EncodingOptions['compression']
  encryption: EncryptionSettings | undefined
}

export interface EncryptionSettings {
  subKeyAlgorithm: SubKeyAlgorithm
  chunkBytes: number
  kdf: KdfParameters
  canary: Uint8Array
}

/** Slices of one encryption stream; Plakar always uses 64 KiB. */
const MAX_ENCRYPTION_CHUNK_BYTES = 65_536

/** @throws {UnsupportedRepositoryError} naming what is not known */
export function requireSupported(
  configuration: Configuration,
  location: string,
): SupportedSettings {
  const { hashing, compression, encryption } = configuration
  const unsupported = (what: string) => new UnsupportedRepositoryError(location, what)
  const { algorithm } = hashing
  if ((algorithm !== 'BLAKE3' && algorithm !== 'SHA256') || hashing.bits !== 256) {
    throw unsupported(`hashing ${algorithm}/${hashing.bits}`)
  }
  if (compression !== null && compression.algorithm !== 'LZ4' && compression.algorithm !== 'GZIP') {
    throw unsupported(`compression ${compression.algorithm}`)
  }
  return {
    hashing: algorithm,
    compression: compression?.algorithm as EncodingOptions['compression'],
    encryption: encryption === null ? undefined : encryptionSettings(encryption, unsupported),
  }
}

/** @throws {UnsupportedRepositoryError} unless `version` is exactly `known` */
export function requireVersion(what: string, version: number, known: number, location: string) {
  if (version === known) return
  throw new UnsupportedRepositoryError(location, `${what} has version ${formatVersion(version)}`)
}

function encryptionSettings(
  encryption: EncryptionConfiguration,
  unsupported: (what: string) => Error,
): EncryptionSettings {
  const { subKeyAlgorithm, dataAlgorithm, chunkSize, canary } = encryption
  if (dataAlgorithm !== 'AES256-GCM-SIV') throw unsupported(`encryption ${dataAlgorithm}`)
  if (subKeyAlgorithm !== 'AES256-KW' && subKeyAlgorithm !== 'AES256-GCM') {
    throw unsupported(`key wrapping ${subKeyAlgorithm}`)
  }
  if (chunkSize < 1 || chunkSize > MAX_ENCRYPTION_CHUNK_BYTES) {
    throw unsupported(`encryption in pieces of ${chunkSize} bytes`)
  }
  if (canary === null) throw new MalformedConfigurationError('it has no canary')
  const kdf = kdfParameters(encryption.kdfParams, unsupported)
  return { subKeyAlgorithm, chunkBytes: chunkSize, kdf, canary }
}

function kdfParameters(
  { kdf, salt, argon2id, scrypt, pbkdf2 }: KdfConfiguration,
  unsupported: (what: string) => Error,
): KdfParameters {
  if (salt === null) throw new MalformedConfigurationError('it has no salt')
  if (kdf === 'ARGON2ID' && argon2id !== null) {
    const { time, memory, threads, keyLen } = argon2id
    return { kdf, salt, time, memoryKiB: memory, threads, keyBytes: keyLen }
  }
  if (kdf === 'SCRYPT' && scrypt !== null) {
    const { n, r, p, keyLen } = scrypt
    return { kdf, salt, n, r, p, keyBytes: keyLen }
  }
  if (kdf === 'PBKDF2' && pbkdf2 !== null) {
    const { iterations, keyLen, hashing } = pbkdf2
    return { kdf, salt, iterations, keyBytes: keyLen, hashing }
  }
  throw unsupported(`key derivation ${kdf}`)
}

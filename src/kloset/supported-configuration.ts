/**
 * Which repositories this program understands. Whatever CONFIG says that it does not know is
 * refused by name, before anything is read with a guess or written at all.
 * @module
 */
import { CodedError } from '../util/coded-error.ts'
import { type ChunkerParameters, supportedChunking } from './chunking/fastcdc.ts'
import type { Configuration, EncryptionConfiguration, KdfConfiguration } from './configuration.ts'
import { type KdfParameters, requireAcceptableKdf } from './crypto/kdf.ts'
import { HASHINGS, type HashingName } from './crypto/mac.ts'
import { SUBKEY_ALGORITHMS, type SubKeyAlgorithm } from './crypto/subkey.ts'
import { MalformedConfigurationError } from './damage.ts'
import { COMPRESSIONS, type CompressionName } from './encoding.ts'
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
  compression: CompressionName | undefined
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

/**
 * @throws {UnsupportedRepositoryError} naming what is not known
 * @throws {UnacceptableKdfError} when deriving the key would be too weak or too costly
 */
export function requireSupported(
  configuration: Configuration,
  location: string,
): SupportedSettings {
  const { hashing, compression, encryption } = configuration
  const unsupported = (what: string) => new UnsupportedRepositoryError(location, what)
  const { algorithm, bits } = hashing
  if (!isOneOf(HASHINGS, algorithm) || bits !== 256) {
    throw unsupported(`hashing ${named(algorithm)}/${bits}`)
  }
  if (compression !== null && !isOneOf(COMPRESSIONS, compression.algorithm)) {
    throw unsupported(`compression ${named(compression.algorithm)}`)
  }
  return {
    hashing: algorithm,
    compression: compression?.algorithm as CompressionName | undefined,
    encryption: encryption === null ? undefined : encryptionSettings(encryption, unsupported),
  }
}

/**
 * How contents are cut. Readers need not know; writers ask before they write anything or take
 * memory for it.
 * @throws {UnsupportedChunkerError}
 */
export function chunkerOf({ chunking }: Configuration): ChunkerParameters {
  const { algorithm, minSize, normalSize, maxSize } = chunking
  return supportedChunking({
    algorithm,
    minBytes: minSize,
    normalBytes: normalSize,
    maxBytes: maxSize,
  })
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
  if (dataAlgorithm !== 'AES256-GCM-SIV') throw unsupported(`encryption ${named(dataAlgorithm)}`)
  if (!isOneOf(SUBKEY_ALGORITHMS, subKeyAlgorithm)) {
    throw unsupported(`key wrapping ${named(subKeyAlgorithm)}`)
  }
  if (chunkSize < 1 || chunkSize > MAX_ENCRYPTION_CHUNK_BYTES) {
    throw unsupported(`encryption in pieces of ${chunkSize} bytes`)
  }
  if (canary === null) throw new MalformedConfigurationError('it has no canary')
  const kdf = kdfParameters(encryption.kdfParams, unsupported)
  requireAcceptableKdf(kdf)
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
  throw unsupported(`key derivation ${named(kdf)}`)
}

function isOneOf<Name extends string>(names: readonly Name[], name: string): name is Name {
  return (names as readonly string[]).includes(name)
}

/** A name that may be any bytes, fit for a sentence. */
function named(name: string): string {
  return name.length <= 32 ? name : `${name.slice(0, 32)}…`
}

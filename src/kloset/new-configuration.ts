/**
 * The CONFIG of a new repository: what `plakar create` (v1.1) would choose.
 * @module
 */
import { randomBytes, randomUUID } from 'node:crypto'
import type { ChunkerParameters } from './chunking/fastcdc.ts'
import type { Configuration, EncryptionConfiguration } from './configuration.ts'
import { timestampFromDate } from './msgpack/timestamp.ts'

export const DEFAULT_CHUNKING: ChunkerParameters = {
  algorithm: 'fastcdc-v1.0.0',
  minBytes: 512 * 1024,
  normalBytes: 1024 * 1024,
  maxBytes: 8 * 1024 * 1024,
}

export const DEFAULT_KDF_MEMORY_MIB = 256

const PACKFILE_MAX_BYTES = 64 * 1024 * 1024
const SALT_BYTES = 16
const KEY_BYTES = 32
/** Passes of Argon2id. */
const KDF_TIME = 4
/** Go's lz4 library calls its default level so. It is written, and ignored by everybody. */
const LZ4_LEVEL = 131_072

export function newConfiguration(options: {
  now: Date
  chunking: ChunkerParameters
  encryption: EncryptionConfiguration | null
}): Configuration {
  const { algorithm, minBytes, normalBytes, maxBytes } = options.chunking
  return {
    timestamp: timestampFromDate(options.now),
    repositoryId: randomUUID().replaceAll('-', ''),
    packfile: { minSize: 0n, avgSize: 0n, maxSize: BigInt(PACKFILE_MAX_BYTES) },
    chunking: { algorithm, minSize: minBytes, normalSize: normalBytes, maxSize: maxBytes },
    hashing: { algorithm: 'BLAKE3', bits: 256 },
    compression: {
      algorithm: 'LZ4',
      level: LZ4_LEVEL,
      windowSize: -1,
      chunkSize: -1,
      blockSize: -1,
      enableCrc: false,
    },
    encryption: options.encryption,
  }
}

/** Fresh salt, Argon2id; the canary is added when the key has been derived. */
export function newEncryption(kdfMemoryMiB: number): EncryptionConfiguration {
  return {
    subKeyAlgorithm: 'AES256-KW',
    dataAlgorithm: 'AES256-GCM-SIV',
    chunkSize: 65_536,
    kdfParams: {
      kdf: 'ARGON2ID',
      salt: Uint8Array.from(randomBytes(SALT_BYTES)),
      argon2id: {
        saltSize: SALT_BYTES,
        time: KDF_TIME,
        memory: kdfMemoryMiB * 1024,
        threads: 1,
        keyLen: KEY_BYTES,
      },
      scrypt: null,
      pbkdf2: null,
    },
    canary: new Uint8Array(),
  }
}

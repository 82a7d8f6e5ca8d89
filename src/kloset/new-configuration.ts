/**
 * The CONFIG of a new repository: what `plakar create` (v1.1) would choose, unless told otherwise.
 * @module
 */
import { randomBytes, randomUUID } from 'node:crypto'
import type { ChunkerParameters } from './chunking/fastcdc.ts'
import type {
  CompressionConfiguration,
  Configuration,
  EncryptionConfiguration,
} from './configuration.ts'
import type { HashingName } from './crypto/mac.ts'
import type { CompressionName } from './encoding.ts'
import { timestampFromDate } from './msgpack/timestamp.ts'

export const DEFAULT_CHUNKING: ChunkerParameters = {
  algorithm: 'fastcdc-v1.0.0',
  minBytes: 512 * 1024,
  normalBytes: 1024 * 1024,
  maxBytes: 8 * 1024 * 1024,
}

export const DEFAULT_KDF_MEMORY_MIB = 256

const PACKFILE_MAX_BYTES = 64 * 1024 * 1024
/** What a `.ptar` says of its only packfile. */
export const MAX_PTAR_PACKFILE_BYTES = 2n ** 64n - 1n
const SALT_BYTES = 16
const KEY_BYTES = 32
/** Passes of Argon2id. */
const KDF_TIME = 4
/** What the Go libraries call their default levels. They are written, and ignored by everybody. */
const LEVELS: Record<CompressionName, number> = { LZ4: 131_072, GZIP: -1, ZSTD: 2 }

export function newConfiguration(options: {
  now: Date
  chunking: ChunkerParameters
  encryption: EncryptionConfiguration | null
  /** What names everything; BLAKE3 by default. */
  hashing?: HashingName
  /** LZ4 by default; null for none. */
  compression?: CompressionName | null
  packfileMaxBytes?: bigint
}): Configuration {
  const { hashing = 'BLAKE3', compression = 'LZ4' } = options
  const { packfileMaxBytes = BigInt(PACKFILE_MAX_BYTES) } = options
  const { algorithm, minBytes, normalBytes, maxBytes } = options.chunking
  return {
    timestamp: timestampFromDate(options.now),
    repositoryId: randomUUID().replaceAll('-', ''),
    packfile: { minSize: 0n, avgSize: 0n, maxSize: packfileMaxBytes },
    chunking: { algorithm, minSize: minBytes, normalSize: normalBytes, maxSize: maxBytes },
    hashing: { algorithm: hashing, bits: 256 },
    compression: compression === null ? null : compressionConfiguration(compression),
    encryption: options.encryption,
  }
}

function compressionConfiguration(algorithm: CompressionName): CompressionConfiguration {
  return {
    algorithm,
    level: LEVELS[algorithm],
    windowSize: -1,
    chunkSize: -1,
    blockSize: -1,
    enableCrc: false,
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

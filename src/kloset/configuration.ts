/**
 * CONFIG: how a repository cuts, names, compresses and encrypts. It is never encoded itself, and
 * never rewritten. Its keys are Go field names, but for the three of the key derivation.
 *
 * Source: kloset configuration.go, format 1.0.0.
 * @module
 */
import { MalformedConfigurationError } from './damage.ts'
import { MsgpackError } from './msgpack/msgpack-reader.ts'
import {
  bin,
  bool,
  type Codec,
  decode,
  encode,
  field,
  int,
  nullable,
  omit,
  str,
  struct,
  time,
  u8,
  u32,
  u64,
  uuid,
} from './msgpack/schema.ts'
import type { Timestamp } from './msgpack/timestamp.ts'

export interface Configuration {
  timestamp: Timestamp
  /** 16 bytes, 32 hex digits. */
  repositoryId: string
  /** Bytes; only `maxSize` has a meaning, and in a `.ptar` it is 2^64 − 1. */
  packfile: { minSize: bigint; avgSize: bigint; maxSize: bigint }
  /** Bytes. Binding for writers, of no concern to readers. */
  chunking: { algorithm: string; minSize: number; normalSize: number; maxSize: number }
  hashing: { algorithm: string; bits: number }
  /** Null: not compressed. */
  compression: CompressionConfiguration | null
  /** Null: not encrypted. */
  encryption: EncryptionConfiguration | null
}

export interface CompressionConfiguration {
  algorithm: string
  level: number
  windowSize: number
  chunkSize: number
  blockSize: number
  enableCrc: boolean
}

export interface EncryptionConfiguration {
  subKeyAlgorithm: string
  dataAlgorithm: string
  /** Plain bytes encrypted at a time. */
  chunkSize: number
  kdfParams: KdfConfiguration
  /** Decrypts with the right key and no other. */
  canary: Uint8Array | null
}

export interface KdfConfiguration {
  kdf: string
  salt: Uint8Array | null
  /** `memory` in KiB. */
  argon2id: {
    saltSize: number
    time: number
    memory: number
    threads: number
    keyLen: number
  } | null
  scrypt: { saltSize: number; n: number; r: number; p: number; keyLen: number } | null
  pbkdf2: { saltSize: number; iterations: number; keyLen: number; hashing: string } | null
}

const kdfParams = struct<KdfConfiguration>({
  kdf: field('KDF', str),
  salt: field('Salt', bin),
  argon2id: omit(
    'argon2id',
    nullable(
      struct({
        saltSize: field('SaltSize', u32),
        time: field('Time', u32),
        memory: field('Memory', u32),
        threads: field('Threads', u8),
        keyLen: field('KeyLen', u32),
      }),
    ),
  ),
  scrypt: omit(
    'scrypt',
    nullable(
      struct({
        saltSize: field('SaltSize', u32),
        n: field('N', int),
        r: field('R', int),
        p: field('P', int),
        keyLen: field('KeyLen', int),
      }),
    ),
  ),
  pbkdf2: omit(
    'pbkdf2',
    nullable(
      struct({
        saltSize: field('SaltSize', u32),
        iterations: field('Iterations', int),
        keyLen: field('KeyLen', int),
        hashing: field('Hashing', str),
      }),
    ),
  ),
})

const encryption = struct<EncryptionConfiguration>({
  subKeyAlgorithm: field('SubKeyAlgorithm', str),
  dataAlgorithm: field('DataAlgorithm', str),
  chunkSize: field('ChunkSize', int),
  kdfParams: field('KDFParams', kdfParams),
  canary: field('Canary', bin),
})

const compression = struct<CompressionConfiguration>({
  algorithm: field('Algorithm', str),
  level: field('Level', int),
  windowSize: field('WindowSize', int),
  chunkSize: field('ChunkSize', int),
  blockSize: field('BlockSize', int),
  enableCrc: field('EnableCRC', bool),
})

const configuration: Codec<Configuration> = struct<Configuration>({
  timestamp: field('Timestamp', time),
  repositoryId: field('RepositoryID', uuid),
  packfile: field(
    'Packfile',
    struct({
      minSize: field('MinSize', u64),
      avgSize: field('AvgSize', u64),
      maxSize: field('MaxSize', u64),
    }),
  ),
  chunking: field(
    'Chunking',
    struct({
      algorithm: field('Algorithm', str),
      minSize: field('MinSize', u32),
      normalSize: field('NormalSize', u32),
      maxSize: field('MaxSize', u32),
    }),
  ),
  hashing: field(
    'Hashing',
    struct({ algorithm: field('Algorithm', str), bits: field('Bits', u32) }),
  ),
  compression: field('Compression', nullable(compression)),
  encryption: field('Encryption', nullable(encryption)),
})

/** The body of CONFIG's wrapper. */
export function encodeConfiguration(record: Configuration): Uint8Array {
  return encode(configuration, record)
}

/**
 * @param bytes the body of CONFIG's wrapper
 * @throws {MalformedConfigurationError}
 */
export function decodeConfiguration(bytes: Uint8Array): Configuration {
  try {
    return decode(configuration, bytes)
  } catch (error) {
    if (!(error instanceof MsgpackError)) throw error
    throw new MalformedConfigurationError(error.message, { cause: error })
  }
}

/**
 * The CONFIGs of the golden repositories that plakar fills.
 * @module
 */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import type { ChunkerParameters } from '../../src/kloset/chunking/fastcdc.ts'
import {
  type Configuration,
  encodeConfiguration,
  type KdfConfiguration,
} from '../../src/kloset/configuration.ts'
import { loadBlake3 } from '../../src/kloset/crypto/blake3.ts'
import { createCanary } from '../../src/kloset/crypto/canary.ts'
import { deriveKey } from '../../src/kloset/crypto/kdf.ts'
import type { HashingName } from '../../src/kloset/crypto/mac.ts'
import type { SubKeyAlgorithm } from '../../src/kloset/crypto/subkey.ts'
import type { CompressionName } from '../../src/kloset/encoding.ts'
import { newConfiguration } from '../../src/kloset/new-configuration.ts'
import { configurationMac } from '../../src/kloset/repository-keys.ts'
import { requireSupported } from '../../src/kloset/supported-configuration.ts'
import { wrap } from '../../src/kloset/wrapper.ts'
import { concatBytes, utf8 } from '../../src/util/bytes.ts'

export interface Spec {
  name: string
  hashing: HashingName
  compression: CompressionName | null
  chunking: ChunkerParameters
  encrypted: boolean
  subKeyAlgorithm: SubKeyAlgorithm
  kdf: Omit<KdfConfiguration, 'salt'>
  /** Needs the plakar that knows Zstandard. */
  zstd: boolean
  /** A third snapshot is made and removed. */
  removesOne: boolean
}

/** Small, so that padding is small, too. */
const SMALL: ChunkerParameters = {
  algorithm: 'fastcdc-v1.0.0',
  minBytes: 1024,
  normalBytes: 4096,
  maxBytes: 16_384,
}
const NONE = { argon2id: null, scrypt: null, pbkdf2: null }
const SALT_BYTES = 16
const KEY_BYTES = 32
const MODE = { file: 0o600, folder: 0o700 }

const usual: Omit<Spec, 'name'> = {
  hashing: 'BLAKE3',
  compression: 'LZ4',
  chunking: SMALL,
  encrypted: true,
  subKeyAlgorithm: 'AES256-KW',
  kdf: { kdf: 'ARGON2ID', ...NONE },
  zstd: false,
  removesOne: false,
}

export const SPECS: Spec[] = [
  {
    ...usual,
    name: 'argon2-lanes',
    kdf: {
      ...{ kdf: 'ARGON2ID', ...NONE },
      argon2id: { saltSize: SALT_BYTES, time: 2, memory: 8192, threads: 4, keyLen: KEY_BYTES },
    },
  },
  {
    ...usual,
    name: 'gzip-scrypt',
    compression: 'GZIP',
    kdf: {
      ...{ kdf: 'SCRYPT', ...NONE },
      scrypt: { saltSize: SALT_BYTES, n: 16_384, r: 8, p: 1, keyLen: KEY_BYTES },
    },
    removesOne: true,
  },
  {
    ...usual,
    name: 'zstd-pbkdf2-gcm',
    compression: 'ZSTD',
    subKeyAlgorithm: 'AES256-GCM',
    kdf: {
      ...{ kdf: 'PBKDF2', ...NONE },
      pbkdf2: { saltSize: SALT_BYTES, iterations: 20_000, keyLen: KEY_BYTES, hashing: 'SHA256' },
    },
    zstd: true,
  },
  {
    ...usual,
    name: 'sha256-legacy',
    hashing: 'SHA256',
    chunking: { ...SMALL, algorithm: 'FASTCDC' },
    encrypted: false,
  },
]

/** An empty repository in a folder, as plakar lays it out. */
export async function writeConfig(store: string, spec: Spec, passphrase: string): Promise<void> {
  await loadBlake3()
  const { hashing, compression, chunking } = spec
  const configuration = newConfiguration({
    ...{ now: new Date('2026-11-21T10:00:00Z'), chunking, hashing, compression },
    encryption: spec.encrypted ? encryptionOf(spec) : null,
  })
  const key = await keyOf(configuration, passphrase)
  const body = encodeConfiguration(configuration)
  for (const kind of ['packfiles', 'states']) {
    for (let bucket = 0; bucket < 256; bucket++) {
      const name = bucket.toString(16).padStart(2, '0')
      mkdirSync(`${store}/${kind}/${name}`, { recursive: true, mode: MODE.folder })
    }
  }
  mkdirSync(`${store}/locks`, { mode: MODE.folder })
  const config = concatBytes(wrap(1, 0x10000, [body], configurationMac(key)))
  writeFileSync(`${store}/CONFIG`, config, { mode: MODE.file })
  chmodSync(store, MODE.folder)
}

function encryptionOf({ subKeyAlgorithm, kdf }: Spec): NonNullable<Configuration['encryption']> {
  return {
    subKeyAlgorithm,
    dataAlgorithm: 'AES256-GCM-SIV',
    chunkSize: 65_536,
    kdfParams: { ...kdf, salt: utf8('a salt of 16 b..') },
    canary: new Uint8Array(),
  }
}

/** Derives the key, and puts its canary into the configuration. */
async function keyOf(configuration: Configuration, passphrase: string) {
  const { encryption } = requireSupported(configuration, 'a golden repository')
  if (encryption === undefined || configuration.encryption === null) return undefined
  const key = await deriveKey(utf8(passphrase), encryption.kdf)
  configuration.encryption.canary = createCanary({ ...encryption, key })
  return key
}

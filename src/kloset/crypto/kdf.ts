/**
 * From a passphrase to the 32-byte master key.
 *
 * Parameters come from CONFIG, which whoever holds the store can write: bounds are checked before
 * any memory is taken. Defaults of plakar v1.1: Argon2id v1.3, 256 MiB, 4 passes, 1 thread.
 * @module
 */
import { pbkdf2, scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { CodedError } from '../../util/coded-error.ts'

export type KdfParameters =
  | {
      kdf: 'ARGON2ID'
      salt: Uint8Array
      time: number
      memoryKiB: number
      threads: number
      keyBytes: number
    }
  | { kdf: 'SCRYPT'; salt: Uint8Array; n: number; r: number; p: number; keyBytes: number }
  | { kdf: 'PBKDF2'; salt: Uint8Array; iterations: number; hashing: string; keyBytes: number }

type Argon2Parameters = Extract<KdfParameters, { kdf: 'ARGON2ID' }>

/** The key derivation a repository asks for is too weak, too costly, or unknown. */
export class UnacceptableKdfError extends CodedError {
  readonly code = 'KDF_UNACCEPTABLE'

  constructor(what: string) {
    super(`the repository's key derivation is not acceptable: ${what}`, {
      hint: 'Its configuration may have been changed by somebody else; do not enter your passphrase elsewhere and compare with a copy.',
    })
  }
}

const KEY_BYTES = 32
const MAX_SCRYPT_BYTES = 4 * 1024 ** 3

/**
 * Master key of `passphrase` (its bytes exactly as given), 32 bytes.
 * @throws {UnacceptableKdfError} before anything is computed
 */
export async function deriveKey(
  passphrase: Uint8Array,
  parameters: KdfParameters,
): Promise<Uint8Array> {
  const { salt } = parameters
  within('key length', parameters.keyBytes, KEY_BYTES, KEY_BYTES, 'bytes')
  within('salt', salt.length, 8, 1024, 'bytes')
  switch (parameters.kdf) {
    case 'ARGON2ID':
      checkArgon2(parameters)
      return Uint8Array.from(await argon2id(passphrase, parameters))
    case 'SCRYPT':
      return Uint8Array.from(await scryptKey(passphrase, parameters))
    case 'PBKDF2':
      return Uint8Array.from(await pbkdf2Key(passphrase, parameters))
    default:
      throw new UnacceptableKdfError('its algorithm is unknown')
  }
}

function within(what: string, value: number, least: number, most: number, unit = ''): void {
  if (Number.isInteger(value) && value >= least && value <= most) return
  const range = least === most ? `${least}` : `${least} to ${most}`
  throw new UnacceptableKdfError(`${what} is ${value}, not ${range} ${unit}`.trimEnd())
}

function checkArgon2({ time, memoryKiB, threads }: Argon2Parameters): void {
  within('Argon2id memory', memoryKiB, 8 * 1024, 4096 * 1024, 'KiB')
  within('Argon2id time', time, 1, 64, 'passes')
  within('Argon2id parallelism', threads, 1, 16, 'threads')
}

export async function argon2Implementation(): Promise<'native' | 'wasm'> {
  return (await nativeArgon2()) === undefined ? 'wasm' : 'native'
}

function nativeArgon2(): Promise<typeof import('@node-rs/argon2') | undefined> {
  return import('@node-rs/argon2').catch(() => undefined) // no binary for this platform
}

/** Native where it loads (0.4 s for 256 MiB and 4 passes), else hash-wasm (1.3 s). */
async function argon2id(passphrase: Uint8Array, parameters: Argon2Parameters): Promise<Uint8Array> {
  const native = await nativeArgon2()
  if (native === undefined) return argon2idInWasm(passphrase, parameters)
  return native.hashRaw(passphrase, {
    algorithm: 2, // Argon2id; the package declares these as ambient constants
    version: 1, // 0x13
    salt: parameters.salt,
    timeCost: parameters.time,
    memoryCost: parameters.memoryKiB,
    parallelism: parameters.threads,
    outputLen: parameters.keyBytes,
  })
}

/** The fallback, and the other opinion in the self-test. */
export async function argon2idInWasm(
  passphrase: Uint8Array,
  parameters: Argon2Parameters,
): Promise<Uint8Array> {
  const wasm = await import('hash-wasm')
  return wasm.argon2id({
    password: passphrase,
    salt: parameters.salt,
    iterations: parameters.time,
    memorySize: parameters.memoryKiB,
    parallelism: parameters.threads,
    hashLength: parameters.keyBytes,
    outputType: 'binary',
  })
}

function scryptKey(
  passphrase: Uint8Array,
  { salt, n, r, p, keyBytes }: Extract<KdfParameters, { kdf: 'SCRYPT' }>,
): Promise<Uint8Array> {
  within('scrypt N', n, 2 ** 14, 2 ** 24)
  if (!Number.isInteger(Math.log2(n))) {
    throw new UnacceptableKdfError(`scrypt N is ${n}, not a power of two`)
  }
  within('scrypt r', r, 1, 64)
  within('scrypt p', p, 1, 16)
  const workBytes = 128 * r * (n + p + 2)
  within('scrypt memory', workBytes, 8 * 1024 ** 2, MAX_SCRYPT_BYTES, 'bytes')
  const compute: (
    password: Uint8Array,
    salt: Uint8Array,
    bytes: number,
    options: { N: number; r: number; p: number; maxmem: number },
  ) => Promise<Buffer> = promisify(scrypt)
  return compute(passphrase, salt, keyBytes, { N: n, r, p, maxmem: workBytes + 1024 ** 2 })
}

function pbkdf2Key(
  passphrase: Uint8Array,
  { salt, iterations, hashing, keyBytes }: Extract<KdfParameters, { kdf: 'PBKDF2' }>,
): Promise<Uint8Array> {
  if (hashing !== 'SHA256')
    throw new UnacceptableKdfError(`PBKDF2 over ${hashing} is not supported`)
  within('PBKDF2 iterations', iterations, 1000, 100_000_000)
  return promisify(pbkdf2)(passphrase, salt, iterations, keyBytes, 'sha256')
}

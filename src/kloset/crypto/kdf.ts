/**
 * From a passphrase to the 32-byte master key.
 *
 * Parameters come from CONFIG, which whoever holds the store can write: bounds are checked before
 * any memory is taken, and before anybody is asked for a passphrase. Defaults of plakar v1.1:
 * Argon2id v1.3, 256 MiB, 4 passes, 1 thread; its library also makes scrypt with N = 32768, r = 8,
 * p = 1 and PBKDF2-HMAC-SHA256 with 100000 iterations.
 *
 *               floor                 ceiling
 *   Argon2id    8 MiB, 1 pass, 1 lane 4 GiB, 64 passes, 64 lanes; memory × passes 64 GiB
 *   scrypt      8 MiB, N 2^14         4 GiB, N 2^24, r 64, p 64; 128 × N × r × p 8 GiB
 *   PBKDF2      10000 iterations      20 million
 *   salt        8 bytes               1024 bytes
 *
 * The floors refuse what a few graphics cards try by the million; the ceilings of work are half a
 * minute of one core.
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
const MiB = 1024 ** 2
const GiB = 1024 ** 3

/**
 * Master key of `passphrase` (its bytes exactly as given), 32 bytes.
 * @throws {UnacceptableKdfError} before anything is computed
 */
export async function deriveKey(
  passphrase: Uint8Array,
  parameters: KdfParameters,
): Promise<Uint8Array> {
  requireAcceptableKdf(parameters)
  switch (parameters.kdf) {
    case 'ARGON2ID':
      return Uint8Array.from(await argon2id(passphrase, parameters))
    case 'SCRYPT':
      return Uint8Array.from(await scryptKey(passphrase, parameters))
    case 'PBKDF2':
      return Uint8Array.from(await pbkdf2Key(passphrase, parameters))
  }
}

/**
 * Takes no memory and no time.
 * @throws {UnacceptableKdfError} when they are too weak, too costly or unknown
 */
export function requireAcceptableKdf(parameters: KdfParameters): void {
  within('the key length', parameters.keyBytes, KEY_BYTES, KEY_BYTES, 'bytes')
  within('the salt', parameters.salt.length, 8, 1024, 'bytes')
  switch (parameters.kdf) {
    case 'ARGON2ID':
      checkArgon2(parameters)
      return
    case 'SCRYPT':
      checkScrypt(parameters)
      return
    case 'PBKDF2':
      checkPbkdf2(parameters)
      return
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
  within("Argon2id's memory", memoryKiB, 8 * 1024, 4096 * 1024, 'KiB')
  within("Argon2id's time", time, 1, 64, 'passes')
  within("Argon2id's parallelism", threads, 1, 64, 'lanes')
  within("Argon2id's work", time * memoryKiB, 1, 64 * MiB, 'KiB × passes')
}

function checkScrypt({ n, r, p }: Extract<KdfParameters, { kdf: 'SCRYPT' }>): void {
  within("scrypt's N", n, 2 ** 14, 2 ** 24)
  if (!Number.isInteger(Math.log2(n))) {
    throw new UnacceptableKdfError(`scrypt's N is ${n}, not a power of two`)
  }
  within("scrypt's r", r, 1, 64)
  within("scrypt's p", p, 1, 64)
  within("scrypt's memory", scryptBytes(n, r, p), 8 * MiB, 4 * GiB, 'bytes')
  within("scrypt's work", 128 * n * r * p, 1, 8 * GiB, 'bytes')
}

function scryptBytes(n: number, r: number, p: number): number {
  return 128 * r * (n + p + 2)
}

function checkPbkdf2({ iterations, hashing }: Extract<KdfParameters, { kdf: 'PBKDF2' }>): void {
  if (hashing !== 'SHA256') {
    throw new UnacceptableKdfError(`PBKDF2 over ${JSON.stringify(hashing)} is not supported`)
  }
  within("PBKDF2's iterations", iterations, 10_000, 20_000_000)
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
  const compute: (
    password: Uint8Array,
    salt: Uint8Array,
    bytes: number,
    options: { N: number; r: number; p: number; maxmem: number },
  ) => Promise<Buffer> = promisify(scrypt)
  return compute(passphrase, salt, keyBytes, { N: n, r, p, maxmem: scryptBytes(n, r, p) + MiB })
}

function pbkdf2Key(
  passphrase: Uint8Array,
  { salt, iterations, keyBytes }: Extract<KdfParameters, { kdf: 'PBKDF2' }>,
): Promise<Uint8Array> {
  return promisify(pbkdf2)(passphrase, salt, iterations, keyBytes, 'sha256')
}

import { readFileSync } from 'node:fs'
import { describe, expect, it, test } from 'vitest'
import { fromHex, toHex, utf8 } from '../../util/bytes.ts'
import { argon2idInWasm, deriveKey, type KdfParameters, UnacceptableKdfError } from './kdf.ts'

const argon2id = {
  kdf: 'ARGON2ID' as const,
  salt: utf8('somesalt'),
  time: 2,
  memoryKiB: 65_536,
  threads: 1,
  keyBytes: 32,
}

type Numbers = Record<string, number>

interface Derivation {
  passphrase: string
  saltHex: string
  keyHex: string
  params: {
    KDF: string
    argon2id?: Numbers
    scrypt?: Numbers
    pbkdf2?: Numbers & { Hashing: never }
  }
}

/** Made by kloset v1.1.4, see scripts/golden/reference. */
const { derivations } = JSON.parse(
  readFileSync(new URL('../fixtures/reference-vectors.json', import.meta.url), 'utf8'),
) as { derivations: Derivation[] }

function parametersOf(
  { argon2id: argon, scrypt: sc, pbkdf2: pb }: Derivation['params'],
  salt: Uint8Array,
): KdfParameters {
  const keyBytes = 32
  if (argon) {
    const { Time: time, Memory: memoryKiB, Threads: threads } = argon as Required<Numbers>
    return {
      kdf: 'ARGON2ID',
      salt,
      time: time!,
      memoryKiB: memoryKiB!,
      threads: threads!,
      keyBytes,
    }
  }
  if (sc) return { kdf: 'SCRYPT', salt, n: sc.N!, r: sc.R!, p: sc.P!, keyBytes }
  return { kdf: 'PBKDF2', salt, iterations: pb!.Iterations!, hashing: 'SHA256', keyBytes }
}

/** Published by the Argon2 authors: test.c, version 19, 64 MiB. */
const ARGON2ID_KEY = '09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7'

describe('deriving a key', () => {
  it('with Argon2id gives the published result, and so does the fallback', async () => {
    const native = await deriveKey(utf8('password'), argon2id)
    const wasm = await argon2idInWasm(utf8('password'), argon2id)

    expect(toHex(native)).toBe(ARGON2ID_KEY)
    expect(toHex(wasm)).toBe(ARGON2ID_KEY)
  })

  it('with scrypt gives the first 32 bytes of RFC 7914, section 12', async () => {
    const salt = utf8('SodiumChloride')
    const parameters = { kdf: 'SCRYPT' as const, salt, n: 16_384, r: 8, p: 1, keyBytes: 32 }

    const key = await deriveKey(utf8('pleaseletmein'), parameters)

    expect(toHex(key)).toBe('7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2')
  })

  test.for(derivations)(
    'with $params.KDF gives what the reference implementation gives: $keyHex',
    async ({ passphrase, params, saltHex, keyHex }) => {
      const parameters = parametersOf(params, fromHex(saltHex))

      const key = await deriveKey(utf8(passphrase), parameters)

      expect(toHex(key)).toBe(keyHex)
      if (parameters.kdf === 'ARGON2ID') {
        expect(toHex(await argon2idInWasm(utf8(passphrase), parameters))).toBe(keyHex)
      }
    },
  )

  it.skipIf(!process.env.SLOW)('opens a repository that plakar made', async () => {
    const salt = fromHex('8b87a6b55207551b22dcb4bc07cfb838')
    const parameters = { ...argon2id, salt, time: 4, memoryKiB: 262_144 }

    const key = await deriveKey(utf8('fixture passphrase'), parameters)

    expect(toHex(key)).toBe('b1021f3338a2be3fb4e953d3925484622635986565bbf6de930ad6838b8b40ed')
  })
})

const scrypt = {
  kdf: 'SCRYPT' as const,
  salt: utf8('somesalt'),
  n: 32_768,
  r: 8,
  p: 1,
  keyBytes: 32,
}
const pbkdf2 = { kdf: 'PBKDF2' as const, salt: utf8('somesalt'), keyBytes: 32, hashing: 'SHA256' }

test.for<{ because: string; parameters: KdfParameters }>([
  { because: 'too little memory', parameters: { ...argon2id, memoryKiB: 8191 } },
  { because: 'more memory than anybody has', parameters: { ...argon2id, memoryKiB: 2 ** 32 - 1 } },
  { because: 'no pass', parameters: { ...argon2id, time: 0 } },
  { because: 'passes for days', parameters: { ...argon2id, time: 65 } },
  { because: 'no thread', parameters: { ...argon2id, threads: 0 } },
  { because: 'more lanes than cores', parameters: { ...argon2id, threads: 255 } },
  {
    because: 'work for minutes',
    parameters: { ...argon2id, memoryKiB: 4 * 1024 ** 2, time: 17 },
  },
  { because: 'half a thread', parameters: { ...argon2id, threads: 1.5 } },
  { because: 'a short key', parameters: { ...argon2id, keyBytes: 16 } },
  { because: 'a salt of a megabyte', parameters: { ...argon2id, salt: new Uint8Array(2 ** 20) } },
  { because: 'no salt', parameters: { ...argon2id, salt: new Uint8Array(0) } },
  { because: 'a cheap scrypt', parameters: { ...scrypt, n: 1024 } },
  { because: 'N that is no power of two', parameters: { ...scrypt, n: 32_769 } },
  { because: 'scrypt over 4 GiB', parameters: { ...scrypt, n: 2 ** 24, r: 32 } },
  { because: 'scrypt for minutes', parameters: { ...scrypt, n: 2 ** 20, r: 8, p: 64 } },
  { because: 'half a million GiB', parameters: { ...scrypt, n: 2 ** 24, r: 64, p: 64 } },
  { because: 'iterations for hours', parameters: { ...pbkdf2, iterations: 2 ** 31 } },
  { because: 'few iterations', parameters: { ...pbkdf2, iterations: 10 } },
  {
    because: 'a hash nobody expects',
    parameters: { ...pbkdf2, hashing: 'MD5', iterations: 40_960 },
  },
])('refuses $because before it computes anything', async ({ parameters }) => {
  await expect(deriveKey(utf8('password'), parameters)).rejects.toThrow(UnacceptableKdfError)
})

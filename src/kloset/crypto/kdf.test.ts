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

  it('with PBKDF2 gives the first 32 bytes of the published SHA-256 result', async () => {
    const key = await deriveKey(utf8('passwordPASSWORDpassword'), {
      kdf: 'PBKDF2',
      salt: utf8('saltSALTsaltSALTsaltSALTsaltSALTsalt'),
      iterations: 4096,
      hashing: 'SHA256',
      keyBytes: 32,
    })

    expect(toHex(key)).toBe('348c89dbcbd32b2f32d814b8116e84cf2b17347ebc1800181c4e2a1fb8dd53e1')
  })

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
  { because: 'half a thread', parameters: { ...argon2id, threads: 1.5 } },
  { because: 'a short key', parameters: { ...argon2id, keyBytes: 16 } },
  { because: 'no salt', parameters: { ...argon2id, salt: new Uint8Array(0) } },
  { because: 'a cheap scrypt', parameters: { ...scrypt, n: 1024 } },
  { because: 'N that is no power of two', parameters: { ...scrypt, n: 32_769 } },
  { because: 'scrypt over 4 GiB', parameters: { ...scrypt, n: 2 ** 24, r: 32 } },
  { because: 'few iterations', parameters: { ...pbkdf2, iterations: 10 } },
  { because: 'a hash nobody expects', parameters: { ...pbkdf2, hashing: 'MD5', iterations: 4096 } },
])('refuses $because before it computes anything', async ({ parameters }) => {
  await expect(deriveKey(utf8('password'), parameters)).rejects.toThrow(UnacceptableKdfError)
})

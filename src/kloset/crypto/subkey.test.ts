import { randomBytes } from 'node:crypto'
import { aeskw } from '@noble/ciphers/aes.js'
import { expect, it, test } from 'vitest'
import { fromHex, toHex } from '../../util/bytes.ts'
import { unwrapSubkey, wrappedBytes, wrapSubkey } from './subkey.ts'

const NO_NONCE = new Uint8Array(0)

test('AES key wrap gives the result of RFC 3394, section 4.6', () => {
  const kek = fromHex('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f')
  const key = fromHex('00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f')

  const wrapped = wrapSubkey('AES256-KW', kek, key, NO_NONCE)

  expect(toHex(wrapped)).toBe(
    '28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21',
  )
  expect(unwrapSubkey('AES256-KW', kek, wrapped)).toEqual(Buffer.from(key))
})

it('wraps as @noble/ciphers does', () => {
  const [kek, key] = [randomBytes(32), randomBytes(32)]

  const wrapped = wrapSubkey('AES256-KW', kek, key, NO_NONCE)

  expect(toHex(wrapped)).toBe(toHex(aeskw(kek).encrypt(key)))
})

test.for(['AES256-KW', 'AES256-GCM'] as const)(
  '%s refuses another master key, any change, and any other length',
  (algorithm) => {
    const [master, subkey, nonce] = [randomBytes(32), randomBytes(32), randomBytes(12)]
    const wrapped = wrapSubkey(algorithm, master, subkey, nonce)

    expect(wrapped).toHaveLength(wrappedBytes(algorithm))
    expect(unwrapSubkey(algorithm, master, wrapped)).toEqual(subkey)
    expect(unwrapSubkey(algorithm, randomBytes(32), wrapped)).toBeUndefined()
    for (let at = 0; at < wrapped.length; at++) {
      const changed = Uint8Array.from(wrapped)
      changed[at]! ^= 1
      expect(unwrapSubkey(algorithm, master, changed)).toBeUndefined()
      expect(unwrapSubkey(algorithm, master, wrapped.subarray(0, at))).toBeUndefined()
    }
  },
)

import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { fromHex } from '../../util/bytes.ts'
import { checkCanary, createCanary } from './canary.ts'

test('the canary of a repository made by plakar accepts its master key and no other', () => {
  // "c-enc" of the reference vectors: passphrase "fixture passphrase"
  const key = fromHex('b1021f3338a2be3fb4e953d3925484622635986565bbf6de930ad6838b8b40ed')
  const canary = fromHex(
    '9220c4068d2e403591d24e3530871f67e774040ff36e69b1e16875adbdb63858af7bdb1689fce7e403f11fb5' +
      '112bf9fc8c842d20af6b736826344b43a58387f3f1aba424aa5afe37e28a02b6b31ccdad4c262a9dc86c9191' +
      '432e08b51223e4d2d15e55cc',
  )

  expect(checkCanary(withKey(key), canary)).toBe(true)
  expect(checkCanary(withKey(randomBytes(32)), canary)).toBe(false)
})

test('a canary of ours is 100 bytes and tells right from wrong', () => {
  const key = randomBytes(32)

  const canary = createCanary(withKey(key))

  expect(canary).toHaveLength(100)
  expect(checkCanary(withKey(key), canary)).toBe(true)
  expect(checkCanary(withKey(key), canary.subarray(1))).toBe(false)
  expect(checkCanary(withKey(key), new Uint8Array(0))).toBe(false)
})

function withKey(key: Uint8Array) {
  return { key, subKeyAlgorithm: 'AES256-KW' as const, chunkBytes: 65_536 }
}

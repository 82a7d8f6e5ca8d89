import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { beforeAll, expect, it, test } from 'vitest'
import { fromHex, toHex, utf8 } from '../../util/bytes.ts'
import { loadBlake3 } from './blake3.ts'
import { createMac, unkeyedHash } from './mac.ts'

const { plain } = JSON.parse(
  readFileSync(new URL('../fixtures/blobs.json', import.meta.url), 'utf8'),
) as { plain: { macKey: string; blobs: { type: number; mac: string; plainHex: string }[] } }

beforeAll(loadBlake3)

test('blobs have the identifiers that plakar gave them', () => {
  const SNAPSHOT = 5 // its identifier is random
  const mac = createMac('BLAKE3', fromHex(plain.macKey))
  const blobs = plain.blobs.filter((blob) => blob.type !== SNAPSHOT)

  const macs = blobs.map((blob) => toHex(mac.of(fromHex(blob.plainHex))))

  expect(macs).toEqual(blobs.map((blob) => blob.mac))
})

it('is HMAC-SHA256, whole or in pieces, where the repository says so', () => {
  const key = randomBytes(32)
  const mac = createMac('SHA256', key)
  const pieces = mac.start()
  pieces.update(utf8('forgotten'))
  pieces.reset()
  pieces.update(utf8('pho'))
  pieces.update(utf8('to'))

  const expected = toHex(hmac(sha256, key, utf8('photo')))

  expect(toHex(mac.of(utf8('photo')))).toBe(expected)
  expect(toHex(pieces.digest())).toBe(expected)
})

test.for(['BLAKE3', 'SHA256'] as const)('%s gives 32 bytes that nobody else holds', (algorithm) => {
  const mac = createMac(algorithm, randomBytes(32))

  const first = mac.of(utf8('photo'))
  const copy = Uint8Array.from(first)
  mac.of(utf8('another'))

  expect(first).toHaveLength(32)
  expect(first).toEqual(copy)
  expect(first.constructor).toBe(Uint8Array)
})

it('hashes without a key', () => {
  expect(toHex(unkeyedHash('BLAKE3', utf8('')))).toMatch(/^af1349b9f5f9a1a6/)
  expect(toHex(unkeyedHash('SHA256', utf8('')))).toMatch(/^e3b0c44298fc1c14/)
})

it('refuses a key of another length', () => {
  expect(() => createMac('SHA256', new Uint8Array(31))).toThrow(RangeError)
})

import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { blake3 } from '@noble/hashes/blake3.js'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { concatBytes, toHex, utf8 } from '../../util/bytes.ts'
import {
  blake3Implementation,
  createBlake3,
  createBlake3Function,
  createWasmBlake3,
  loadBlake3,
} from './blake3.ts'

const official = JSON.parse(
  readFileSync(new URL('./fixtures/blake3.json', import.meta.url), 'utf8'),
) as { key: string; cases: { length: number; hash: string; keyedHash: string }[] }

beforeAll(loadBlake3)

describe.each([
  ['the chosen implementation', createBlake3],
  ['WebAssembly', createWasmBlake3],
] as const)('BLAKE3 by %s', (_name, create) => {
  it('gives the official results, keyed and not', () => {
    for (const { length, hash, keyedHash } of official.cases) {
      const input = Uint8Array.from({ length }, (_, i) => i % 251)

      expect(toHex(digestOf(create(), input))).toBe(hash)
      expect(toHex(digestOf(create(utf8(official.key)), input))).toBe(keyedHash)
    }
  })

  it('hashes pieces as if they were one, also when other hashes run in between', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 6 }), (pieces) => {
        const keys = [randomBytes(32), randomBytes(32)]
        const hashes = [create(keys[0]), create(keys[1]), create()]

        for (const piece of pieces) for (const hash of hashes) hash.update(piece)

        const whole = concatBytes(pieces)
        const expected = [blake3(whole, { key: keys[0]! }), blake3(whole, { key: keys[1]! })]
        expect(hashes.map((hash) => toHex(hash.digest()))).toEqual(
          [...expected, blake3(whole)].map(toHex),
        )
      }),
      { numRuns: 30 },
    )
  })

  it('begins anew after reset, with the same key even if the caller wiped it', () => {
    const key = randomBytes(32)
    const expected = toHex(blake3(utf8('photo'), { key }))
    const hash = create(key)
    key.fill(0)

    hash.update(utf8('something else'))
    hash.reset()
    hash.update(utf8('photo'))
    const first = hash.digest()
    hash.reset()
    hash.update(utf8('photo'))

    expect([first, hash.digest()].map(toHex)).toEqual([expected, expected])
  })
})

it('hashes whole messages of any length, and leaves running hashes alone', () => {
  const key = randomBytes(32)
  const hash = createBlake3Function(key)
  const running = createWasmBlake3(key)
  running.update(utf8('first half, '))

  for (const length of [0, 1, 4095, 4096, 4097, 100_000]) {
    const message = randomBytes(length)
    expect(toHex(hash(message))).toBe(toHex(blake3(message, { key })))
  }

  running.update(utf8('second half'))
  expect(toHex(running.digest())).toBe(toHex(blake3(utf8('first half, second half'), { key })))
})

it('reads a message where it lies inside a larger buffer', () => {
  const buffer = randomBytes(20_000)
  const view = new Uint8Array(buffer.buffer, buffer.byteOffset + 5000, 9000)

  expect(toHex(digestOf(createBlake3(), view))).toBe(toHex(blake3(Uint8Array.from(view))))
})

it('is native on this machine', () => {
  expect(blake3Implementation()).toBe('native')
})

function digestOf(hash: ReturnType<typeof createBlake3>, message: Uint8Array): Uint8Array {
  hash.update(message)
  return hash.digest()
}

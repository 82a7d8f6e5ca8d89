import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { gcmsiv } from '@noble/ciphers/aes.js'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { concatBytes, fromHex, toHex } from '../../util/bytes.ts'
import { createPlainKernels, type Kernels, loadKernels } from '../kernels/kernels.ts'
import { deriveSliceSecrets, openSlice, sealSlice } from './gcm-siv.ts'

interface Vector {
  key: string
  nonce: string
  plaintext: string
  result: string
}

const rfc8452 = JSON.parse(
  readFileSync(new URL('./fixtures/rfc8452.json', import.meta.url), 'utf8'),
) as { vectors: Vector[] }

const wasm = loadKernels({ arenaBytes: 300_000 })
const plain = createPlainKernels(300_000)
const areas = new Map([wasm, plain].map((kernels) => [kernels, kernels.allocate(280_000)]))

describe.each([
  ['WebAssembly', wasm],
  ['TypeScript', plain],
] as const)('AES-256-GCM-SIV over %s', (_name, kernels) => {
  test.for(rfc8452.vectors)('gives the RFC 8452 result $result', (vector) => {
    const plaintext = fromHex(vector.plaintext)

    const sealed = seal(kernels, fromHex(vector.key), fromHex(vector.nonce), plaintext)

    expect(toHex(sealed)).toBe(vector.result)
    expect(open(kernels, fromHex(vector.key), fromHex(vector.nonce), sealed)).toEqual(plaintext)
  })

  it('agrees with @noble/ciphers on lengths around its internal limits', () => {
    for (const length of [1, 511, 512, 513, 575, 576, 4096, 32_767, 32_768, 32_769, 65_536]) {
      const [key, nonce, plaintext] = [randomBytes(32), randomBytes(12), randomBytes(length)]

      const sealed = seal(kernels, key, nonce, plaintext)

      expect(toHex(sealed)).toBe(toHex(gcmsiv(key, nonce).encrypt(plaintext)))
      expect(open(kernels, key, nonce, sealed)).toEqual(Uint8Array.from(plaintext))
    }
  })
})

describe('opening a slice', () => {
  it('agrees with @noble/ciphers for any content', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (plaintext) => {
        const [key, nonce] = [randomBytes(32), randomBytes(12)]

        const sealed = gcmsiv(key, nonce).encrypt(plaintext)

        expect(open(wasm, key, nonce, sealed)).toEqual(plaintext)
      }),
    )
  })

  it('refuses a change of any bit and leaves no plaintext behind', () => {
    const [key, nonce] = [randomBytes(32), randomBytes(12)]
    const sealed = seal(wasm, key, nonce, Buffer.from('a private photo'))

    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Uint8Array.from(sealed)
      changed[bit >> 3]! ^= 1 << (bit & 7)

      expect(open(wasm, key, nonce, changed)).toBeUndefined()
      expect(areas.get(wasm)!.subarray(140_000, 140_015)).toEqual(new Uint8Array(15))
    }
  })
})

test('every nonce of a stream gets keys of its own', () => {
  const [subkey, nonces] = [randomBytes(32), randomBytes(36)]

  const together = deriveSliceSecrets(subkey, nonces)

  const alone = [0, 12, 24].map((at) => deriveSliceSecrets(subkey, nonces.subarray(at, at + 12))[0])
  expect(together).toEqual(alone)
  expect(new Set(together.map((slice) => toHex(slice.encryptionKey))).size).toBe(3)
})

function seal(kernels: Kernels, key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array) {
  const area = areas.get(kernels)!
  const home = kernels.addressOf(area)!
  area.set(plaintext)
  sealSlice(kernels, deriveSliceSecrets(key, nonce)[0]!, home, plaintext.length, home + 140_000)
  return concatBytes([area.subarray(140_000, 140_000 + plaintext.length + 16)])
}

function open(kernels: Kernels, key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array) {
  const area = areas.get(kernels)!
  const home = kernels.addressOf(area)!
  const length = sealed.length - 16
  area.set(sealed)
  const secrets = deriveSliceSecrets(key, nonce)[0]!
  if (!openSlice(kernels, secrets, home, length, home + 140_000)) return undefined
  return concatBytes([area.subarray(140_000, 140_000 + length)])
}

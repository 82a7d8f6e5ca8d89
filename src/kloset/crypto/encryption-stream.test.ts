import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { aeskw, gcmsiv } from '@noble/ciphers/aes.js'
import { describe, expect, it, test } from 'vitest'
import { concatBytes, fromHex, toHex } from '../../util/bytes.ts'
import { loadKernels } from '../kernels/kernels.ts'
import { DamagedEncodingError } from './damaged-encoding-error.ts'
import { createEncryptionStream } from './encryption-stream.ts'
import type { SubKeyAlgorithm } from './subkey.ts'

interface PlakarBlob {
  encodedHex: string
  lz4FrameHex: string
  subkeyHex: string
  firstNonceHex: string
}

const { encrypted } = JSON.parse(
  readFileSync(new URL('../fixtures/blobs.json', import.meta.url), 'utf8'),
) as { encrypted: { masterKey: string; blobs: PlakarBlob[] } }

const kernels = loadKernels({ arenaBytes: 4 * 1024 * 1024 })
const area = kernels.allocate(2 * 1024 * 1024)
const key = randomBytes(32)

test.for(encrypted.blobs)('plakar and we make the same bytes from the same randomness', (blob) => {
  const drawn = concatBytes([fromHex(blob.subkeyHex), fromHex(blob.firstNonceHex)])
  const stream = aStream({ key: fromHex(encrypted.masterKey), random: (into) => into.set(drawn) })
  const frame = fromHex(blob.lz4FrameHex)
  const sealed = new Uint8Array(stream.sealedBytes(frame.length))

  stream.seal([frame], sealed)

  expect(toHex(sealed)).toBe(blob.encodedHex)
  expect(toHex(stream.open(sealed))).toBe(blob.lz4FrameHex)
})

describe('an encryption stream', () => {
  it('is a wrapped key and sealed slices, decrypted slice by slice with @noble/ciphers', () => {
    const plaintext = randomBytes(65_536 * 2 + 100)
    const stream = aStream({})
    const sealed = new Uint8Array(stream.sealedBytes(plaintext.length))

    stream.seal([plaintext], sealed)

    const subkey = aeskw(key).decrypt(sealed.slice(0, 40))
    const slices = [0, 1, 2].map((n) => sealed.slice(40 + n * 65_564, 40 + (n + 1) * 65_564))
    const opened = slices.map((slice) =>
      gcmsiv(subkey, slice.slice(0, 12)).decrypt(slice.slice(12)),
    )
    expect(Buffer.compare(concatBytes(opened), plaintext)).toBe(0)
    expect(slices.map((slice) => slice.length)).toEqual([65_564, 65_564, 128])
  })

  it('needs 40 bytes for nothing, and no empty slice after a full one', () => {
    const stream = aStream({})

    expect([0, 1, 65_536, 65_537].map(stream.sealedBytes)).toEqual([40, 69, 65_604, 65_633])
    expect(stream.open(sealOutside(stream, [new Uint8Array(0)]))).toHaveLength(0)
  })

  it('reads the same whether plaintext and result lie inside or outside the kernels', () => {
    const plaintext = randomBytes(200_000)
    const inside = area.subarray(0, plaintext.length)
    inside.set(plaintext)
    const parts = [Buffer.from('header'), inside, new Uint8Array(0), Buffer.from('trailer')]
    const whole = concatBytes(parts)
    const stream = aStream({ random: (into) => into.fill(9) })

    const outside = sealOutside(stream, [whole])
    const target = area.subarray(1_000_000)
    const written = stream.seal(parts, target)

    expect(Buffer.compare(target.subarray(0, written), outside)).toBe(0)
    expect(Buffer.compare(stream.open(outside), whole)).toBe(0)
  })

  it('draws fresh randomness for every stream', () => {
    const stream = aStream({})

    const [one, two] = [1, 2].map(() => toHex(sealOutside(stream, [Buffer.from('same')])))

    expect(one).not.toBe(two)
  })

  it('refuses a target that is too small instead of writing beyond it', () => {
    const stream = aStream({})
    const neighbour = area.subarray(100, 200).fill(1)

    expect(() => stream.seal([randomBytes(50)], area.subarray(0, 100))).toThrow(RangeError)
    expect(neighbour).toEqual(new Uint8Array(100).fill(1))
  })

  it.each(['AES256-KW', 'AES256-GCM'] as const)(
    'with %s opens again, or not at all',
    (algorithm) => {
      const plaintext = randomBytes(70_000)
      const stream = aStream({ algorithm })
      const sealed = sealOutside(stream, [plaintext])

      expect(Buffer.compare(stream.open(sealed), plaintext)).toBe(0)
      for (const at of [0, 39, 41, 60, 65_600, 65_700, sealed.length - 1]) {
        const changed = Uint8Array.from(sealed)
        changed[at]! ^= 0x40
        expect(() => stream.open(changed)).toThrow(DamagedEncodingError)
      }
      for (const length of [0, 39, 41, 67, 1000, 65_650, sealed.length - 1]) {
        expect(() => stream.open(sealed.subarray(0, length))).toThrow(DamagedEncodingError)
      }
      expect(() => aStream({ algorithm, key: randomBytes(32) }).open(sealed)).toThrow('key')
    },
  )

  it('keeps its own copy of the key', () => {
    const wiped = Uint8Array.from(key)
    const stream = aStream({ key: wiped })
    wiped.fill(0)

    const sealed = sealOutside(stream, [Buffer.from('hello')])

    expect(toHex(aStream({}).open(sealed))).toBe(toHex(Buffer.from('hello')))
  })
})

function aStream(options: {
  key?: Uint8Array
  algorithm?: SubKeyAlgorithm
  random?: (into: Uint8Array) => void
}) {
  const subKeyAlgorithm = options.algorithm ?? 'AES256-KW'
  const encryption = { key: options.key ?? key, subKeyAlgorithm, chunkBytes: 65_536 }
  return createEncryptionStream(encryption, kernels, options.random)
}

function sealOutside(stream: ReturnType<typeof aStream>, parts: Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const sealed = new Uint8Array(stream.sealedBytes(length))
  expect(stream.seal(parts, sealed)).toBe(sealed.length)
  return sealed
}

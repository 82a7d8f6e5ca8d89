import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { fromHex, toHex } from '../util/bytes.ts'
import { DamagedEncodingError } from './crypto/damaged-encoding-error.ts'
import type { SubKeyAlgorithm } from './crypto/subkey.ts'
import {
  COMPRESSIONS,
  type CompressionName,
  createEncoding,
  type EncodingOptions,
  type Style,
} from './encoding.ts'
import { createPlainKernels, loadKernels } from './kernels/kernels.ts'

interface Blob {
  type: number
  encodedHex: string
  plainHex: string
}

const blobs = JSON.parse(
  readFileSync(new URL('./fixtures/blobs.json', import.meta.url), 'utf8'),
) as { encrypted: { masterKey: string; blobs: Blob[] }; plain: { blobs: Blob[] } }

const MiB = 1024 * 1024
const kernels = loadKernels({ arenaBytes: 40 * MiB })
const area = kernels.allocate(32 * MiB)

const encryption = {
  key: fromHex(blobs.encrypted.masterKey),
  subKeyAlgorithm: 'AES256-KW' as const,
  chunkBytes: 65_536,
}

const everyOption: EncodingOptions[] = [undefined, ...COMPRESSIONS].flatMap((compression) => [
  { compression, encryption: undefined },
  { compression, encryption },
  { compression, encryption: { ...encryption, subKeyAlgorithm: 'AES256-GCM' as const } },
])
const STYLES: Style[] = ['store', 'compress']

describe('blobs that plakar wrote', () => {
  it('are decoded, encrypted or not', () => {
    const open = createEncoding({ compression: 'LZ4', encryption: undefined }, kernels)
    const sealed = createEncoding({ compression: 'LZ4', encryption }, kernels)

    for (const [encoding, list] of [
      [open, blobs.plain.blobs],
      [sealed, blobs.encrypted.blobs],
    ] as const) {
      for (const { encodedHex, plainHex } of list) {
        expect(toHex(encoding.decode(fromHex(encodedHex), 10_000))).toBe(plainHex)
      }
    }
  })
})

interface Frame {
  algorithm: CompressionName
  plainHex: string
  encodedHex: string
}

interface Stream {
  subKeyAlgorithm: SubKeyAlgorithm
  plainHex: string
  sealedHex: string
}

/** Made by kloset v1.1.4, see scripts/golden/reference. */
const reference = JSON.parse(
  readFileSync(new URL('./fixtures/reference-vectors.json', import.meta.url), 'utf8'),
) as { masterKeyHex: string; frames: Frame[]; streams: Stream[] }

describe('what the reference implementation encoded', () => {
  test.for(reference.frames)('is decompressed: $algorithm', (frame) => {
    const encoding = createEncoding(
      { compression: frame.algorithm, encryption: undefined },
      kernels,
    )

    expect(toHex(encoding.decode(fromHex(frame.encodedHex), 2000))).toBe(frame.plainHex)
  })

  test.for(reference.streams)('is decrypted: $subKeyAlgorithm', (stream) => {
    const { subKeyAlgorithm } = stream
    const options = { key: fromHex(reference.masterKeyHex), subKeyAlgorithm, chunkBytes: 65_536 }
    const encoding = createEncoding({ compression: undefined, encryption: options }, kernels)

    expect(toHex(encoding.decode(fromHex(stream.sealedHex), 2000))).toBe(stream.plainHex)
  })
})

test.for(everyOption)('what was encoded comes back: %j', (options) => {
  const encoding = createEncoding(options, kernels)

  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 1000 }),
      fc.integer({ min: 0, max: 200 }),
      fc.constantFrom(...STYLES),
      (piece, times, style) => {
        const plain = Buffer.concat(Array.from({ length: times }, () => piece))

        const encoded = encoding.encode(plain, style)

        expect(Buffer.compare(encoding.decode(encoded, plain.length), plain)).toBe(0)
        expect(encoded.length).toBeLessThanOrEqual(encoding.maxEncodedBytes(plain.length))
      },
    ),
    { numRuns: 30 },
  )
})

describe.each(STYLES)('noise, style %s', (style) => {
  test.for([0, 1, 65_525, 65_526, MiB, 4 * MiB, 4 * MiB + 1, 8 * MiB])(
    'of %i bytes takes exactly the room that was promised, inside the kernels and outside',
    (length) => {
      const encoding = createEncoding({ compression: 'LZ4', encryption }, kernels)
      const plain = randomBytes(length)
      const [inside, out] = [area.subarray(0, length), area.subarray(16 * MiB)]
      inside.set(plain)

      const written = encoding.encodeInto(inside, style, out)
      const outside = new Uint8Array(encoding.maxEncodedBytes(length))
      const writtenOutside = encoding.encodeInto(plain, style, outside)

      expect([written, writtenOutside]).toEqual([outside.length, outside.length])
      expect(Buffer.compare(encoding.decode(out.subarray(0, written), length), plain)).toBe(0)
      expect(Buffer.compare(encoding.decode(outside, length), plain)).toBe(0)
      expect(Buffer.compare(inside, plain)).toBe(0)
    },
  )
})

it('the TypeScript fallback reads what WebAssembly wrote, and the other way round', () => {
  const fast = createEncoding({ compression: 'LZ4', encryption }, kernels)
  const slow = createEncoding({ compression: 'LZ4', encryption }, createPlainKernels(0))
  const plain = randomBytes(100_000)

  expect(Buffer.compare(slow.decode(fast.encode(plain, 'store'), 100_000), plain)).toBe(0)
  expect(Buffer.compare(fast.decode(slow.encode(plain, 'store'), 100_000), plain)).toBe(0)
})

describe('decoding', () => {
  test.for(everyOption)('never gives more than was asked for: %j', (options) => {
    const encoding = createEncoding(options, kernels)
    const encoded = encoding.encode(Buffer.alloc(1000, 'photo '), 'compress')

    expect(() => encoding.decode(encoded, 999)).toThrow(DamagedEncodingError)
  })

  it('refuses bytes that were not made with this key', () => {
    const other = { ...encryption, key: randomBytes(32) }
    const encoded = createEncoding({ compression: 'LZ4', encryption }, kernels).encode(
      Buffer.from('a private photo'),
      'store',
    )

    const read = () =>
      createEncoding({ compression: 'LZ4', encryption: other }, kernels).decode(encoded, 99)

    expect(read).toThrow(DamagedEncodingError)
  })

  it('gives bytes that belong to the caller', () => {
    const encoding = createEncoding({ compression: undefined, encryption: undefined }, kernels)
    const encoded = Uint8Array.of(1, 2, 3)

    encoding.decode(encoded, 3).fill(0)

    expect(encoded).toEqual(Uint8Array.of(1, 2, 3))
  })
})

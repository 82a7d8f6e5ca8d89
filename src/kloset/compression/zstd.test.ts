import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { decompress } from 'fzstd'
import { describe, expect, it, test } from 'vitest'
import { concatBytes, utf8 } from '../../util/bytes.ts'
import { DamagedEncodingError } from '../crypto/damaged-encoding-error.ts'
import { ZSTD_CONTENTS } from './fixtures/zstd-contents.ts'
import { readZstd } from './zstd.ts'
import { compressedZstd, storedZstd, storedZstdBytes } from './zstd-frame-writer.ts'

interface Vector {
  content: string
  options: string
  frame: string
}

const { vectors } = JSON.parse(
  readFileSync(new URL('./fixtures/zstd-vectors.json', import.meta.url), 'utf8'),
) as { vectors: Vector[] }
const frameOf = (wanted: string, options = '-19') =>
  Buffer.from(
    vectors.find(({ content, options: used }) => content === wanted && used === options)!.frame,
    'base64',
  )
const skippable = Buffer.from('5a2a4d1803000000616263', 'hex')

test.for(vectors)('what zstd $options made of $content is read', ({ content, frame }) => {
  const expected = ZSTD_CONTENTS[content]!()

  const read = readZstd(Buffer.from(frame, 'base64'), expected.length)

  expect(Buffer.compare(read, expected)).toBe(0)
})

describe.each([
  { kind: 'stored', write: storedZstd },
  { kind: 'compressed', write: compressedZstd },
])('a $kind frame', ({ write }) => {
  test.for([0, 1, 255, 256, 65_791, 65_792, 131_072, 131_073, 400_000])(
    'of %i bytes is as long as promised at most, and two readers agree on it',
    (length) => {
      const content = randomBytes(length)

      const frame = concatBytes(write(content))

      expect(frame.length).toBeLessThanOrEqual(storedZstdBytes(length))
      expect(Buffer.compare(readZstd(frame, length), content)).toBe(0)
      expect(Buffer.compare(decompress(frame), content)).toBe(0)
    },
  )
})

it('a frame of one byte repeated takes next to no room, with or without a compressor', () => {
  const frame = concatBytes(compressedZstd(new Uint8Array(1_000_000)))

  expect(frame.length).toBeLessThan(200)
  expect(readZstd(frame, 1_000_000)).toEqual(new Uint8Array(1_000_000))
})

describe('reading', () => {
  it('joins frames, skips those without meaning, and takes nothing for nothing', () => {
    const [a, b] = [concatBytes(storedZstd(utf8('ab'))), concatBytes(storedZstd(utf8('c')))]

    expect(readZstd(concatBytes([a, skippable, b]), 3)).toEqual(utf8('abc'))
    expect(readZstd(skippable, 0)).toEqual(new Uint8Array(0))
    expect(readZstd(new Uint8Array(0), 0)).toEqual(new Uint8Array(0))
  })

  test.for(vectors)('gives no byte more than was asked for: $content, $options', (vector) => {
    const { length } = ZSTD_CONTENTS[vector.content]!()
    if (length === 0) return

    const read = () => readZstd(Buffer.from(vector.frame, 'base64'), length - 1)

    expect(read).toThrow(DamagedEncodingError)
  })

  it('refuses a frame that lacks any of its end', () => {
    const frame = frameOf('few values')

    for (let length = 1; length < frame.length; length++) {
      expect(() => readZstd(frame.subarray(0, length), 10_000)).toThrow(DamagedEncodingError)
    }
  })

  it('finds every flipped bit of a frame with a checksum, but for those that change nothing', () => {
    const content = ZSTD_CONTENTS.text!()
    const frame = frameOf('text')
    const positions = fc.integer({ min: 0, max: frame.length * 8 - 1 })
    fc.assert(
      fc.property(positions, (bit) => {
        const altered = Uint8Array.from(frame)
        altered[bit >> 3]! ^= 1 << (bit & 7)

        const read = contentOrDamage(altered, content.length)

        expect(read === undefined || Buffer.compare(read, content) === 0).toBe(true)
      }),
      { numRuns: 400 },
    )
  })

  it('says "damaged" or gives bytes, and nothing else, whatever it is given', () => {
    const frames = vectors.map(({ frame }) => Buffer.from(frame, 'base64'))
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(fc.constantFrom(...frames), changes, (frame, changes) => {
        const altered = Uint8Array.from(frame)
        for (const [at, value] of changes) altered[at % altered.length] = value

        const read = contentOrDamage(altered, 400_000)

        expect(read === undefined || read.length <= 400_000).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  test.for([
    { because: 'another format', hex: '04224d186470b900000000055dcc02' },
    { because: 'a dictionary', hex: '28b52ffd21070101000061' },
    { because: 'a reserved flag', hex: '28b52ffd2801090000 61' },
    { because: 'a reserved kind of block', hex: '28b52ffd20010f000061' },
    { because: 'a length of exabytes', hex: '28b52ffde0ffffffffffffff7f090000 61' },
    { because: 'a skippable frame of 4 GiB', hex: '5a2a4d18ffffffff616263' },
    { because: 'a tree that takes no bits', hex: '28b52ffd2064550000a2800104f00355808000' },
    { because: 'tables repeated that never were', hex: '28b52ffd20644d0000 00 01ff 0000' },
  ])('refuses $because at once', ({ hex }) => {
    const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex')

    expect(() => readZstd(bytes, 1_000_000)).toThrow(DamagedEncodingError)
  })
})

/** Undefined when it is damaged; anything else that is thrown fails the test. */
function contentOrDamage(frame: Uint8Array, max: number): Uint8Array | undefined {
  try {
    return readZstd(frame, max)
  } catch (error) {
    if (error instanceof DamagedEncodingError) return undefined
    throw error
  }
}

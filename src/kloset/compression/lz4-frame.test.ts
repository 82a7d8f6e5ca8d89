import { execFileSync, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { xxhash32 } from 'hash-wasm'
import lz4 from 'lz4-napi'
import { describe, expect, it, test } from 'vitest'
import { concatBytes, fromHex, toHex, utf8 } from '../../util/bytes.ts'
import { DamagedEncodingError } from '../crypto/damaged-encoding-error.ts'
import { readLz4Frame } from './lz4-frame-reader.ts'
import {
  compressedFrame,
  lz4Implementation,
  storedFrame,
  storedFrameBytes,
} from './lz4-frame-writer.ts'
import { xxHash32 } from './xxhash32.ts'

const MiB = 1024 * 1024
const NO_LIMIT = 64 * MiB

/** Text that compresses, with matches near and far, of any length. */
const compressible = fc
  .array(fc.constantFrom('photo', ' taken at ', 'Oslo', '2024-05-17', '\n', 'xyz'), {
    maxLength: 400,
  })
  .map((words) => utf8(words.join('')))

describe('a stored frame', () => {
  it('is the header, the length, the content and the end mark', () => {
    expect(toHex(concatBytes(storedFrame(utf8('photo'))))).toBe(
      `04224d18607073 05000080 ${toHex(utf8('photo'))} 00000000`.replaceAll(' ', ''),
    )
  })

  it('of nothing has no block', () => {
    expect(toHex(concatBytes(storedFrame(new Uint8Array(0))))).toBe('04224d1860707300000000')
  })

  it('does not copy the content', () => {
    const content = randomBytes(100)

    expect(storedFrame(content).some((piece) => piece.buffer === content.buffer)).toBe(true)
  })

  test.for([0, 1, 4 * MiB - 1, 4 * MiB, 4 * MiB + 1, 8 * MiB, 9 * MiB])(
    'of %i bytes has the promised length and is read by lz4-napi and by us',
    (length) => {
      const content = randomBytes(length)

      const frame = concatBytes(storedFrame(content))

      expect(frame).toHaveLength(storedFrameBytes(length))
      expect(Buffer.compare(lz4.decompressFrameSync(Buffer.from(frame)), content)).toBe(0)
      expect(Buffer.compare(readLz4Frame(frame, length), content)).toBe(0)
    },
  )
})

describe('a compressed frame', () => {
  it('has independent blocks and none of length 0, as Kloset asks of writers', () => {
    const content = Buffer.alloc(9 * MiB, 'taken at Oslo ')

    const frame = concatBytes(compressedFrame(content))

    expect(lz4Implementation()).toBe('native')
    expect(frame[4]).toBe(0x60)
    expect(blockWords(frame).every((word) => word !== 0x80000000)).toBe(true)
    expect(frame.length).toBeLessThan(MiB)
    expect(Buffer.compare(readLz4Frame(frame, NO_LIMIT), content)).toBe(0)
  })

  it('is a stored one when nothing is gained, so that its length is bounded', () => {
    const noise = randomBytes(70_000)

    expect(concatBytes(compressedFrame(noise))).toEqual(concatBytes(storedFrame(noise)))
    expect(concatBytes(compressedFrame(new Uint8Array(0)))).toHaveLength(11)
  })

  it('comes back as it was', () => {
    fc.assert(
      fc.property(compressible, (content) => {
        const frame = concatBytes(compressedFrame(content))

        expect(toHex(readLz4Frame(frame, content.length))).toBe(toHex(content))
        expect(frame.length).toBeLessThanOrEqual(storedFrameBytes(content.length))
      }),
    )
  })
})

describe('reading a frame', () => {
  test.for([
    { frame: '04224d186470b900000000055dcc02', because: 'plakar writes this for empty content' },
    { frame: '04224d186470b90000008000000000055dcc02', because: 'and this when it streams it' },
  ])('accepts $frame: $because', ({ frame }) => {
    expect(readLz4Frame(fromHex(frame), 0)).toHaveLength(0)
  })

  const hasTool = spawnSync('lz4', ['--version']).status === 0

  test.skipIf(!hasTool).for([
    ['-B4', '-BD', '--content-size'],
    ['-B4', '-BX', '--no-frame-crc'],
    ['-B7', '-BI', '-9'],
  ])('accepts what the lz4 command writes with %j', (options) => {
    const content = Buffer.concat([
      Buffer.alloc(200_000, 'an album with some photos '),
      randomBytes(100_000),
      Buffer.alloc(50_000, 'an album with some photos '),
    ])

    const frame = execFileSync('lz4', ['-z', '-c', '-q', ...options], { input: content })

    expect(Buffer.compare(readLz4Frame(frame, content.length), content)).toBe(0)
  })

  test.skipIf(!hasTool)('and the lz4 command accepts what we write', () => {
    const content = Buffer.concat([randomBytes(5 * MiB), Buffer.alloc(MiB, 'photo ')])

    const options = { maxBuffer: NO_LIMIT, input: concatBytes(storedFrame(content)) }
    const stored = execFileSync('lz4', ['-d', '-c'], options)
    const compressed = execFileSync('lz4', ['-d', '-c'], {
      ...options,
      input: concatBytes(compressedFrame(content)),
    })

    expect([stored, compressed].map((read) => Buffer.compare(read, content))).toEqual([0, 0])
  })

  it('stops at the limit before it takes memory', () => {
    const bomb = concatBytes(compressedFrame(Buffer.alloc(32 * MiB)))
    const before = process.memoryUsage().arrayBuffers

    expect(() => readLz4Frame(bomb, 16 * MiB)).toThrow('more than 16777216 bytes')
    expect(() => readLz4Frame(concatBytes(storedFrame(utf8('photo'))), 4)).toThrow('more than 4')
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * MiB)
  })

  it('refuses every truncation and anything behind the end', () => {
    const frame = lz4.compressFrameSync(Buffer.alloc(500, 'Oslo and Bergen '), {
      contentChecksum: true,
      blockChecksums: true,
    })

    expect(readLz4Frame(frame, 500)).toHaveLength(500)
    for (let length = 0; length < frame.length; length++) {
      expect(() => readLz4Frame(frame.subarray(0, length), 500)).toThrow(DamagedEncodingError)
    }
    expect(() => readLz4Frame(concatBytes([frame, utf8('x')]), 500)).toThrow(DamagedEncodingError)
  })

  it('notices any changed bit through the checksums, and never runs away', () => {
    const content = Buffer.alloc(300, 'Oslo and Bergen ')
    const frame = lz4.compressFrameSync(content, { contentChecksum: true, blockChecksums: true })

    for (let bit = 0; bit < frame.length * 8; bit++) {
      const changed = Uint8Array.from(frame)
      changed[bit >> 3]! ^= 1 << (bit & 7)

      expect(() => readLz4Frame(changed, 10_000)).toThrow(DamagedEncodingError)
    }
  })

  it('gives an error or some content, and nothing else, for damage no checksum covers', () => {
    fc.assert(
      fc.property(compressible, fc.nat(), fc.integer({ min: 1, max: 255 }), (content, at, flip) => {
        const frame = Uint8Array.from(concatBytes(compressedFrame(content)))
        frame[7 + (at % (frame.length - 7))]! ^= flip

        try {
          expect(readLz4Frame(frame, 20_000).length).toBeLessThanOrEqual(20_000)
        } catch (problem) {
          expect(problem).toBeInstanceOf(DamagedEncodingError)
        }
      }),
      { numRuns: 500 },
    )
  })

  test.for([
    { block: '1061f0ff', because: 'a match that starts before the content' },
    { block: '10610000', because: 'a match at distance 0' },
    { block: '2061', because: 'fewer literals than promised' },
    { block: 'f0ff', because: 'a length without end' },
    { block: '106101', because: 'half an offset' },
    { block: '10610100', because: 'a match at the very end' },
  ])('refuses a block with $because', ({ block }) => {
    const bytes = fromHex(block)
    const length = new Uint8Array(4)
    length[0] = bytes.length
    const frame = concatBytes([fromHex('04224d18607073'), length, bytes, new Uint8Array(4)])

    expect(() => readLz4Frame(frame, 1000)).toThrow(DamagedEncodingError)
  })

  test.for([
    { frame: '05224d1860707300000000', because: 'the magic is another' },
    { frame: '502a4d180000000000000000', because: 'it is a skippable frame' },
    { frame: withHeader(0x20, 0x70), because: 'the version is 0' },
    { frame: withHeader(0x62, 0x70), because: 'a reserved bit is set' },
    { frame: withHeader(0x61, 0x70), because: 'it needs a dictionary' },
    { frame: withHeader(0x60, 0x30), because: 'the block size is not defined' },
    { frame: withHeader(0x60, 0xf0), because: 'a reserved bit of the block size is set' },
    { frame: '04224d1860707400000000', because: 'the header checksum is wrong' },
    { frame: '04224d18604082' + '01000100', because: 'a block is longer than the frame allows' },
  ])('refuses a frame when $because', ({ frame }) => {
    expect(() => readLz4Frame(fromHex(frame), 1000)).toThrow(DamagedEncodingError)
  })
})

test('xxHash32 agrees with hash-wasm for any bytes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
      expect(xxHash32(bytes).toString(16).padStart(8, '0')).toBe(await xxhash32(bytes))
    }),
  )
})

/** An empty frame with these FLG and BD bytes and the right checksum over them. */
function withHeader(flags: number, blockSize: number): string {
  const descriptor = Uint8Array.of(flags, blockSize)
  const checksum = (xxHash32(descriptor) >>> 8) & 0xff
  return `04224d18${toHex(descriptor)}${toHex(Uint8Array.of(checksum))}00000000`
}

function blockWords(frame: Uint8Array): number[] {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length)
  const words: number[] = []
  for (let at = 7; view.getUint32(at, true) !== 0; ) {
    words.push(view.getUint32(at, true))
    at += 4 + (words.at(-1)! & 0x7fffffff)
  }
  return words
}

import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { heic, samsungTrailer, webp } from '../../../scripts/sample-library/media/carriers.ts'
import { exifBlock } from '../../../scripts/sample-library/media/exif.ts'
import {
  gifFile,
  jpegFile,
  motionPhotoXmp,
  pngFile,
} from '../../../scripts/sample-library/media/images.ts'
import { movieFile } from '../../../scripts/sample-library/media/movie.ts'
import { imagineScene, paint } from '../../../scripts/sample-library/media/painting.ts'
import { randomFrom } from '../../../scripts/sample-library/random.ts'
import type { MediaFacts } from '../media-facts.ts'
import { MediaExaminer } from './media-examiner.ts'

const IDENTIFIER = '0D5B2F6A-6C0E-4E0B-9B57-1A2B3C4D5E6F'

const EXIF = {
  make: 'Apple',
  model: 'iPhone 12',
  local: '2021-07-01T12:00:00',
  offset: '+02:00',
  subSeconds: '123',
  latitude: -48.1371,
  longitude: 11.5754,
  altitude: -12.5,
  fixedAt: '2021-07-01T09:59:58Z',
  contentIdentifier: IDENTIFIER,
}

const EXIF_FACTS = {
  cameraMake: 'Apple',
  cameraModel: 'iPhone 12',
  takenLocal: '2021-07-01T12:00:00',
  takenOffset: '+02:00',
  subSeconds: '123',
  latitude: expect.closeTo(-48.1371, 6),
  longitude: expect.closeTo(11.5754, 6),
  altitude: -12.5,
  gpsInstant: '2021-07-01T09:59:58Z',
  contentIdentifier: IDENTIFIER,
}

const scene = imagineScene(randomFrom(1))
const picture = paint(scene, 64, 48)

function movie(options: Partial<Parameters<typeof movieFile>[0]> = {}): Buffer {
  const frames = [0, 1].map((frame) => paint(scene, 32, 24, frame / 2))
  const createdEpoch = Date.parse('2021-07-01T10:00:00Z') / 1000
  return movieFile({ kind: 'mp4', frames, framesPerSecond: 4, createdEpoch, ...options })
}

/** As from a disk: reads what is wanted. Also returns how many bytes that were. */
function examine(bytes: Uint8Array, name = 'file', size: number | undefined = bytes.length) {
  const examiner = new MediaExaminer(name, size)
  let readBytes = 0
  for (let wanted = examiner.wants(); wanted !== undefined; wanted = examiner.wants()) {
    const found = bytes.subarray(wanted.offset, wanted.offset + wanted.length)
    readBytes += found.length
    examiner.give(wanted.offset, found)
  }
  return { facts: examiner.facts(), readBytes }
}

/** As from an archive: every chunk passes once. */
function examineStream(bytes: Uint8Array, chunkBytes: number): MediaFacts {
  const examiner = new MediaExaminer('file', bytes.length)
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    examiner.give(at, bytes.subarray(at, at + chunkBytes))
  }
  return examiner.facts()
}

describe('facts of a photo', () => {
  it('come from the Exif of a JPEG', () => {
    const { facts } = examine(jpegFile(picture, { exif: EXIF }))

    expect(facts).toEqual({ mediaType: 'image/jpeg', width: 64, height: 48, ...EXIF_FACTS })
  })

  it('come from the Exif of a PNG', () => {
    const { facts } = examine(pngFile(picture, EXIF))

    expect(facts).toEqual({ mediaType: 'image/png', width: 64, height: 48, ...EXIF_FACTS })
  })

  it('come from the Exif at the end of a WebP', () => {
    const { facts } = examine(webp(300_000, exifBlock(EXIF)))

    expect(facts).toEqual({ mediaType: 'image/webp', width: 64, height: 48, ...EXIF_FACTS })
  })

  it('come from an Exif item far behind the index of a HEIC', () => {
    const { facts, readBytes } = examine(heic(1_000_000, exifBlock(EXIF)))

    expect(facts).toEqual({ mediaType: 'image/heic', width: 64, height: 48, ...EXIF_FACTS })
    expect(readBytes).toBeLessThan(100_000)
  })

  it('come from a TIFF that is nothing but its directories', () => {
    const { facts } = examine(exifBlock(EXIF), 'IMG_1.dng')

    expect(facts).toEqual({ mediaType: 'image/x-adobe-dng', ...EXIF_FACTS })
  })

  it('leave out a position of 0/0, which means that there is none', () => {
    const exif = { latitude: 0, longitude: 0, altitude: 100 }

    const { facts } = examine(jpegFile(picture, { exif }))

    expect(facts).not.toHaveProperty('latitude')
    expect(facts).not.toHaveProperty('altitude')
  })

  it('leave out a date that cannot be', () => {
    const { facts } = examine(jpegFile(picture, { exif: { local: '0000-00-00T00:00:00' } }))

    expect(facts).not.toHaveProperty('takenLocal')
  })

  it('are the size alone where there is no Exif', () => {
    const { facts } = examine(gifFile([picture]))

    expect(facts).toEqual({ mediaType: 'image/gif', width: 64, height: 48 })
  })
})

describe('a motion photo', () => {
  const clip = movie()
  const still = jpegFile(picture, { xmp: motionPhotoXmp(clip.length) })

  it('holds its clip', () => {
    expect(examine(Buffer.concat([still, clip])).facts.embeddedClip).toBe(true)
  })

  it('does not, when only the claim is left', () => {
    expect(examine(still).facts).not.toHaveProperty('embeddedClip')
  })

  it('is recognised by the trailer of a Samsung, too', () => {
    const samsung = jpegFile(picture, { exif: { make: 'samsung' } })

    const { facts } = examine(Buffer.concat([samsung, clip, samsungTrailer(0x0a30)]))
    const without = examine(Buffer.concat([samsung, clip, samsungTrailer(0x0001)]))

    expect(facts.embeddedClip).toBe(true)
    expect(without.facts).not.toHaveProperty('embeddedClip')
  })
})

describe('facts of a film', () => {
  it('are in the index behind the pictures', () => {
    const { facts } = examine(movie())

    expect(facts).toEqual({
      mediaType: 'video/mp4',
      quickTimeInstant: '2021-07-01T10:00:00Z',
      durationMs: 500,
      width: 32,
      height: 24,
    })
  })

  it('come without the date when that was never set', () => {
    expect(examine(movie({ createdEpoch: 0 })).facts).not.toHaveProperty('quickTimeInstant')
  })

  it('say with what zone and identifier an iPhone took it', () => {
    const keys = {
      'com.apple.quicktime.content.identifier': IDENTIFIER,
      'com.apple.quicktime.creationdate': '2021-07-01T12:00:00+0200',
      'com.apple.quicktime.location.ISO6709': '-48.1371+011.5754-012.500/',
      'com.apple.quicktime.make': 'Apple',
    }

    const { facts } = examine(movie({ kind: 'quicktime', keys }))

    expect(facts).toMatchObject({
      mediaType: 'video/quicktime',
      contentIdentifier: IDENTIFIER,
      takenLocal: '2021-07-01T12:00:00',
      takenOffset: '+02:00',
      latitude: -48.1371,
      longitude: 11.5754,
      altitude: -12.5,
      cameraMake: 'Apple',
    })
  })

  it('are found behind gigabytes without reading them', () => {
    const file = movie()
    const split = file.indexOf('mdat') - 4
    const pictureBytes = 5 * 2 ** 30
    const head = Buffer.concat([file.subarray(0, split), longBox('mdat', pictureBytes)])
    const moov = file.subarray(file.indexOf('moov') - 4)
    const examiner = new MediaExaminer('a.mp4', head.length + pictureBytes + moov.length)

    let reads = 0
    for (let wanted = examiner.wants(); wanted !== undefined; wanted = examiner.wants()) {
      reads += 1
      examiner.give(wanted.offset, sparse(head, head.length + pictureBytes, moov, wanted))
    }

    expect(examiner.facts().quickTimeInstant).toBe('2021-07-01T10:00:00Z')
    expect(reads).toBeLessThan(6)
  })
})

describe('examining', () => {
  let samples: Buffer[]

  beforeAll(() => {
    const clip = movie({ kind: 'quicktime', keys: { 'com.apple.quicktime.make': 'Apple' } })
    const xmp = motionPhotoXmp(clip.length)
    samples = [
      Buffer.concat([jpegFile(picture, { exif: EXIF, xmp }), clip]),
      pngFile(picture, EXIF),
      webp(10, exifBlock(EXIF)),
      heic(10, exifBlock(EXIF)),
      exifBlock(EXIF),
      clip,
    ]
  })

  it('gives the same facts from a stream as from a disk, however it is cut', () => {
    fc.assert(
      fc.property(fc.nat(5), fc.integer({ min: 1, max: 30_000 }), (index, chunkBytes) => {
        expect(examineStream(samples[index]!, chunkBytes)).toEqual(examine(samples[index]!).facts)
      }),
      { numRuns: 60 },
    )
  })

  it('does not need to know the size', () => {
    for (const sample of samples) {
      expect(examine(sample, 'file', undefined).facts).toEqual(examine(sample).facts)
    }
  })

  it('never asks for what it has gone past', () => {
    for (const sample of samples) {
      const examiner = new MediaExaminer('file', sample.length)
      let end = 0
      for (let wanted = examiner.wants(); wanted !== undefined; wanted = examiner.wants()) {
        expect(wanted.offset).toBeGreaterThanOrEqual(end)
        end = wanted.offset + wanted.length
        examiner.give(wanted.offset, sample.subarray(wanted.offset, end))
      }
      expect(end).toBeGreaterThan(0)
    }
  })

  it('answers for any bytes whatever', () => {
    const starts = [
      '',
      '\xff\xd8\xff\xe1',
      'II*\0',
      '\0\0\0\x18ftypheic',
      '\0\0\0\x14ftypqt  ',
      'RIFF',
    ]
    fc.assert(
      fc.property(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 2000 }), (start, rest) => {
        const bytes = Buffer.concat([Buffer.from(start, 'latin1'), rest])
        expect(examine(bytes).facts).toBeTypeOf('object')
        expect(examine(bytes, 'file', undefined).facts).toBeTypeOf('object')
      }),
      { numRuns: 500 },
    )
  })

  it('answers soon for damaged files, and keeps to plausible facts', () => {
    const damage = fc.array(fc.tuple(fc.nat(0x7fffffff), fc.nat(255)), {
      minLength: 1,
      maxLength: 8,
    })
    fc.assert(
      fc.property(fc.nat(5), damage, fc.nat(3), (index, changes, cut) => {
        const bytes = Buffer.from(samples[index]!)
        for (const [at, value] of changes) bytes[at % Math.min(bytes.length, 2000)] = value
        const { facts } = examine(bytes.subarray(0, bytes.length - (bytes.length * cut) / 8))

        if (facts.latitude !== undefined) expect(Math.abs(facts.latitude)).toBeLessThanOrEqual(90)
        if (facts.takenLocal !== undefined) expect(Date.parse(`${facts.takenLocal}Z`)).not.toBeNaN()
      }),
      { numRuns: 500 },
    )
  })

  it('ends although a file promises boxes without end', () => {
    const box = Buffer.from('\0\0\0\x08skip', 'latin1')
    const boxes = Buffer.concat(Array.from({ length: 200_000 }, () => box))

    const { facts } = examine(Buffer.concat([movie().subarray(0, 24), boxes]))

    expect(facts).toEqual({ mediaType: 'video/mp4' })
  })
})

/** Header of a box whose content of `contentBytes` needs a 64-bit size. */
function longBox(type: string, contentBytes: number): Buffer {
  const header = Buffer.from(`\0\0\0\x01${type}\0\0\0\0\0\0\0\0`, 'latin1')
  header.writeBigUInt64BE(BigInt(16 + contentBytes), 8)
  return header
}

/** A file of which only its head and tail exist. */
function sparse(
  head: Buffer,
  tailAt: number,
  tail: Buffer,
  { offset, length }: { offset: number; length: number },
): Uint8Array {
  if (offset >= tailAt) return tail.subarray(offset - tailAt, offset - tailAt + length)
  return Buffer.concat([head.subarray(offset), Buffer.alloc(length)]).subarray(0, length)
}

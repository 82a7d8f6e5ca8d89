import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decode } from 'jpeg-js'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { writeExport } from '../../scripts/sample-library/generate.ts'
import { generateBulk } from '../../scripts/sample-library/generate-bulk.ts'
import {
  albumFolderName,
  mediaNameParts,
  sidecarName,
} from '../../scripts/sample-library/naming.ts'
import { firstLibrary } from '../../scripts/sample-library/story.ts'
import { wrapFilesAsExport } from '../../scripts/sample-library/wrap-files.ts'
import { MediaExaminer } from '../../src/photos/embedded/media-examiner.ts'
import { aSampleLibrary, type TemporarySample } from './sample-library.ts'

const library = firstLibrary(1, 45)

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

describe('the sample library', () => {
  let sample: TemporarySample

  beforeAll(async () => {
    sample = await aSampleLibrary({ items: 45 })
  })

  afterAll(() => sample[Symbol.asyncDispose]())

  it('comes out the same, byte for byte, each time', async () => {
    await using again = await aSampleLibrary({ items: 45 })

    const hashes = async ({ exports }: TemporarySample) =>
      Promise.all(
        exports.flatMap(({ parts }) => parts).map(async (path) => sha256(await readFile(path))),
      )

    expect(await hashes(sample)).toEqual(await hashes(again))
    expect(sample.exports[1].truth).toEqual(again.exports[1].truth)
  })

  it('tells the truth about every file that it wrote', async () => {
    const plan = { stamp: '20240115T101500Z', sidecarForm: 'new', seed: 1 } as const

    const extracted = await writeExport(library, plan, join(sample.root, 'extracted'), {
      formats: 'folder',
    })

    expect(extracted.truth.entries.length).toBeGreaterThan(100)
    for (const { path, sha256: told } of extracted.truth.entries) {
      expect(sha256(await readFile(join(extracted.parts[0]!, path)))).toBe(told)
    }
  })

  it('accounts for every entry in exactly one class', () => {
    const { summary } = sample.exports[0].truth

    const { media, sidecars, albumFiles, other, litter } = summary
    expect(media + sidecars + albumFiles + other + litter).toBe(summary.entries)
    expect(summary).toMatchObject({ items: 45, orphanSidecars: 1, orphanMedia: 1 })
  })

  it('shows what the owner did between the exports', () => {
    const { changes } = sample.exports[1].truth

    expect(changes?.added).toHaveLength(6)
    expect(changes?.vanished).toEqual(['IMG_0001.jpg 2019-06-08T10:00:00+02:00'])
    expect(changes?.changed.map(({ what }) => what)).toEqual([
      ['description'],
      ['albums'],
      ['files'],
    ])
  })

  it('consists of pictures that decode and of files that are what they are said to be', () => {
    const { shots } = library

    for (const { bytes, mediaType } of shots.flatMap(({ files }) => files)) {
      const examiner = new MediaExaminer('', bytes.length)
      examiner.give(0, bytes)

      expect(examiner.facts().mediaType).toBe(mediaType)
      if (mediaType === 'image/jpeg') expect(decode(bytes).width).toBe(examiner.facts().width)
    }
  })
})

test.for([
  { title: 'IMG_1.jpg', media: 'IMG_1.jpg', sidecar: 'IMG_1.jpg.supplemental-metadata.json' },
  {
    title: 'PXL_20241231_151646544.MP.jpg',
    media: 'PXL_20241231_151646544.MP.jpg',
    sidecar: 'PXL_20241231_151646544.MP.jpg.supplemental-met.json',
  },
  {
    title: 'PXL_20211120_223243932.MOTION-02.ORIGINAL.jpg',
    media: 'PXL_20211120_223243932.MOTION-02.ORIGINAL.jpg',
    sidecar: 'PXL_20211120_223243932.MOTION-02.ORIGINAL.jpg..json',
  },
  {
    title: '2013-12-23',
    media: '2013-12-23.jpg',
    sidecar: '2013-12-23.supplemental-metadata.json',
  },
])('$title is exported as $media with $sidecar', ({ title, media, sidecar }) => {
  const parts = mediaNameParts(title, '.jpg')

  expect(parts.stem + parts.extension).toBe(media)
  expect(sidecarName(parts, '', 'new', title.includes('.'))).toBe(sidecar)
})

it('cuts album folders at 50 units and replaces what cannot be in a name', () => {
  expect(albumFolderName("Gary's trip 6/10/23")).toBe('Gary_s trip 6-10-23')
  expect(albumFolderName('x'.repeat(60))).toHaveLength(50)
})

describe('other exports', () => {
  it('wraps given files with a sidecar each, bytes untouched', async () => {
    const root = await mkdtemp(join(tmpdir(), 'tintype-wrap-'))
    const files = ['a.jpg', 'b.heic', 'c d.png'].map((name) => ({ name, bytes: Buffer.from(name) }))

    const { truth } = await wrapFilesAsExport(files, root)
    await rm(root, { recursive: true })

    expect(truth.items.map(({ files: [file] }) => file?.sha256)).toEqual(
      files.map(({ bytes }) => sha256(bytes)),
    )
    expect(truth.summary.orphanMedia).toBe(0)
  })

  it('makes bulk of the size that was asked for', async () => {
    const root = await mkdtemp(join(tmpdir(), 'tintype-bulk-'))

    const parts = await generateBulk(root, { items: 4, bytesPerItem: 100_000, parts: 2 })
    const sizes = await Promise.all(parts.map(async (part) => (await readFile(part)).length))
    await rm(root, { recursive: true })

    expect(sizes).toHaveLength(2)
    for (const size of sizes) expect(size).toBeGreaterThan(200_000)
  })
})

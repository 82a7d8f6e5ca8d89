import { describe, expect, it, test } from 'vitest'
import { anExport, sidecar } from '../../../../test/cases/an-export.ts'

const YEAR = 'Takeout/Google Photos/Photos from 2020'

describe('a clip', () => {
  test.for([
    ['IMG_1.HEIC', 'IMG_1.MP4'],
    ['IMG_1.jpg', 'IMG_1.mov'],
    ['IMG_1(2).HEIC', 'IMG_1(2).MOV'],
    ['PXL_1.MP.jpg', 'PXL_1.MP'],
    ['PXL_1.MP~2.jpg', 'PXL_1.MP~2'],
    ['PXL_1.jpg', 'PXL_1.MP'],
    ['MVIMG_20180418_113218.jpg', 'MVIMG_20180418_113218'],
  ] as const)('of %s is %s: one item with the still’s sidecar', ([still, clip]) => {
    const found = anExport({
      [`Photos from 2020/${still}`]: 'A',
      [`Photos from 2020/${clip}`]: { content: 'C', mediaType: 'video/mp4' },
      [`Photos from 2020/${still.replace(/\(2\)/, '')}${/\(2\)/.exec(still) ?? ''}.json`]: sidecar(
        still.replace('(2)', ''),
      ),
    })

    expect(found.entry(`Photos from 2020/${clip}`)).toMatchObject({
      role: 'clip',
      via: 'clip',
      clipOf: `${YEAR}/${still}`,
    })
    expect(found.inventory.items).toHaveLength(1)
    expect(found.item(`Photos from 2020/${clip}`).files.map(({ role }) => role)).toEqual([
      'original',
      'clip',
    ])
  })

  it('follows its content identifier, whatever the names say', () => {
    const found = anExport({
      'Photos from 2020/IMG_1.HEIC': { contentIdentifier: 'A' },
      'Photos from 2020/IMG_1(1).HEIC': { contentIdentifier: 'B' },
      'Photos from 2020/IMG_1.MP4': { contentIdentifier: 'B' },
      'Photos from 2020/IMG_1(1).MP4': { contentIdentifier: 'A' },
    })

    expect(found.entry('Photos from 2020/IMG_1.MP4').clipOf).toBe(`${YEAR}/IMG_1(1).HEIC`)
    expect(found.entry('Photos from 2020/IMG_1(1).MP4').clipOf).toBe(`${YEAR}/IMG_1.HEIC`)
  })

  it('belongs to no still with another identifier', () => {
    const found = anExport({
      'Photos from 2020/IMG_1.HEIC': { contentIdentifier: 'A' },
      'Photos from 2020/IMG_1.MP4': { contentIdentifier: 'B' },
    })

    expect(found.entry('Photos from 2020/IMG_1.MP4').clipOf).toBeNull()
  })

  it('prefers the HEIC to a JPEG of the same name', () => {
    const found = anExport({
      'Photos from 2020/IMG_1.HEIC': 'A',
      'Photos from 2020/IMG_1.JPG': 'B',
      'Photos from 2020/IMG_1.MP4': 'C',
    })

    expect(found.entry('Photos from 2020/IMG_1.MP4').clipOf).toBe(`${YEAR}/IMG_1.HEIC`)
  })

  it('is not guessed when two stills have two clips and nothing tells which', () => {
    const found = anExport({
      'Photos from 2020/IMG_1.HEIC': 'A',
      'Photos from 2020/IMG_1.JPG': 'B',
      'Photos from 2020/IMG_1.MP4': 'C',
      'Photos from 2020/IMG_1(1).MP4': 'D',
    })

    expect(found.entry('Photos from 2020/IMG_1.MP4').clipOf).toBeNull()
    expect(found.problems('AMBIGUOUS')).toEqual(['Photos from 2020/IMG_1.MP4'])
  })

  it('may come under the still’s own extension', () => {
    const found = anExport({
      'Photos from 2020/IMG_1.HEIC': { mediaType: 'image/heic' },
      'Photos from 2020/IMG_1(1).HEIC': { mediaType: 'video/quicktime' },
      'Photos from 2020/IMG_1.HEIC.json': sidecar('IMG_1.HEIC'),
    })

    expect(found.entry('Photos from 2020/IMG_1(1).HEIC')).toMatchObject({
      clipOf: `${YEAR}/IMG_1.HEIC`,
      mediaType: 'video/quicktime',
    })
  })

  it('may have a sidecar of its own that carries the still’s title', () => {
    const found = anExport({
      'Photos from 2020/IMG_1.HEIC': 'A',
      'Photos from 2020/IMG_1.MP4': 'C',
      'Photos from 2020/IMG_1.HEIC.json': sidecar('IMG_1.HEIC', 1_600_000_000),
      'Photos from 2020/IMG_1.MP4.metadata.json': sidecar('IMG_1.HEIC', 1_600_000_000),
    })

    expect(found.entry('Photos from 2020/IMG_1.MP4')).toMatchObject({
      via: 'own',
      clipOf: `${YEAR}/IMG_1.HEIC`,
    })
    expect(found.inventory.items).toHaveLength(1)
  })

  test.for([
    ['IMG_12.MP4', {}, 'the name is another'],
    ['IMG_1(1).MP4', {}, 'the counter is another'],
    ['IMG_1.MP4', { durationMs: 60_000 }, 'it lasts a minute'],
  ] as const)('is not %s %j beside IMG_1.HEIC: %s', ([name, facts]) => {
    const found = anExport({
      'Photos from 2020/IMG_1.HEIC': 'A',
      [`Photos from 2020/${name}`]: { content: 'C', ...facts },
    })

    expect(found.inventory.items).toHaveLength(2)
  })

  it('is a video of its own when it has a sidecar of its own', () => {
    const found = anExport({
      'Photos from 2020/IMG_1.JPG': 'A',
      'Photos from 2020/IMG_1.MP4': 'C',
      'Photos from 2020/IMG_1.JPG.json': sidecar('IMG_1.JPG', 1_600_000_000),
      'Photos from 2020/IMG_1.MP4.json': sidecar('IMG_1.MP4', 1_600_009_000),
    })

    expect(found.inventory.items).toHaveLength(2)
  })
})

describe('a raw file', () => {
  test.for([
    ['IMG_1.CR3', 'IMG_1.JPG'],
    ['PXL_1.RAW-02.ORIGINAL.dng', 'PXL_1.RAW-01.COVER.jpg'],
    ['PXL_1.NIGHT.RAW-02.ORIGINAL.dng', 'PXL_1.NIGHT.RAW-01.COVER.jpg'],
  ] as const)('%s and the picture %s are one shot with two sidecars', ([raw, picture]) => {
    const found = anExport({
      [`Photos from 2020/${raw}`]: 'R',
      [`Photos from 2020/${picture}`]: 'A',
      [`Photos from 2020/${raw}.json`]: sidecar(raw, 1_600_000_000),
      [`Photos from 2020/${picture}.json`]: sidecar(picture, 1_600_000_000),
    })

    expect(found.entry(`Photos from 2020/${raw}`)).toMatchObject({ role: 'raw', via: 'own' })
    expect(found.inventory.items).toHaveLength(1)
    expect(found.item(`Photos from 2020/${raw}`).files[0]).toMatchObject({ role: 'original' })
  })

  it('of another moment is another photo', () => {
    const found = anExport({
      'Photos from 2020/IMG_1.CR3': 'R',
      'Photos from 2020/IMG_1.JPG': 'A',
      'Photos from 2020/IMG_1.CR3.json': sidecar('IMG_1.CR3', 1_600_000_000),
      'Photos from 2020/IMG_1.JPG.json': sidecar('IMG_1.JPG', 1_500_000_000),
    })

    expect(found.inventory.items).toHaveLength(2)
  })

  it('finds its still in another folder, part or export by the identifier', () => {
    const found = anExport({
      'Photos from 2020/IMG_1.HEIC': { contentIdentifier: 'A' },
      'Photos from 2020/IMG_1.HEIC.json': sidecar('IMG_1.HEIC', 1_600_000_000),
      'Trip/IMG_7.MOV': { contentIdentifier: 'A', part: 2 },
      'Photos from 2020/IMG_2.HEIC': { contentIdentifier: 'B' },
      'Trip/IMG_2.HEIC': { contentIdentifier: 'B', content: 'another' },
      'Trip(1)/IMG_2.MOV': { contentIdentifier: 'B' },
    })

    expect(found.entry('Trip/IMG_7.MOV').clipOf).toBe(`${YEAR}/IMG_1.HEIC`)
    expect(found.item('Trip/IMG_7.MOV').taken?.instant).toBe('2020-09-13T12:26:40Z')
    expect(found.entry('Trip(1)/IMG_2.MOV').clipOf).toBeNull()
  })
})

import { describe, expect, it, test } from 'vitest'
import { anExport, type FileSpec, sidecar } from '../../../../test/cases/an-export.ts'

const SIZE = { width: 4032, height: 3024 }
const INSTANT = 1_600_000_000

/** `IMG_1.jpg` in the year folder, and one with other bytes in an album. */
function twoVersions(albumCopy: FileSpec, title = 'IMG_1.jpg', seconds = INSTANT) {
  return anExport({
    'Photos from 2020/IMG_1.jpg': { content: 'A', bytes: 365_022, ...SIZE },
    'Photos from 2020/IMG_1.jpg.json': sidecar('IMG_1.jpg', INSTANT),
    'Trip/IMG_1.jpg': { content: 'B', bytes: 364_041, ...albumCopy },
    'Trip/IMG_1.jpg.json': sidecar(title, seconds),
  })
}

describe('an album copy with other bytes', () => {
  it('is the same item when title, second and size in pixels are equal, and is reported', () => {
    const found = twoVersions(SIZE)

    expect(found.inventory.items).toHaveLength(1)
    expect(found.inventory.items[0]!.files).toMatchObject([
      { role: 'original', bytes: 365_022 },
      { role: 'copy', bytes: 364_041 },
    ])
    expect(found.inventory.albums[0]!.items).toEqual([found.inventory.items[0]!.id])
    expect(found.problems('SAME_SHOT')).toEqual(['Trip/IMG_1.jpg'])
  })

  it('is the original when it is the larger one', () => {
    const found = twoVersions({ ...SIZE, bytes: 900_000 })

    expect(found.inventory.items[0]!.files).toMatchObject([
      { role: 'original', bytes: 900_000 },
      { role: 'copy', bytes: 365_022 },
    ])
  })

  test.for([
    ['its size in pixels is another', twoVersions({ width: 2016, height: 1512 })],
    ['nobody looked into it', twoVersions({})],
    ['another camera made it', twoVersions({ ...SIZE, cameraModel: 'B' })],
    ['its title is another', twoVersions(SIZE, 'IMG_2.jpg')],
    ['its second is another', twoVersions(SIZE, 'IMG_1.jpg', INSTANT + 1)],
  ] as const)('is an item of its own when %s', ([, found]) => {
    expect(found.inventory.items).toHaveLength(2)
    expect(found.problems('SAME_SHOT')).toEqual([])
  })

  it('is an item of its own when it could be of two, as in a burst', () => {
    const found = anExport({
      'Photos from 2020/IMG_1.jpg': { content: 'A', ...SIZE },
      'Photos from 2020/IMG_1.jpg.json': sidecar('IMG_1.jpg', INSTANT),
      'Photos from 2020/IMG_1(1).jpg': { content: 'B', ...SIZE },
      'Photos from 2020/IMG_1.jpg(1).json': sidecar('IMG_1.jpg', INSTANT),
      'Trip/IMG_1.jpg': { content: 'C', ...SIZE },
      'Trip/IMG_1.jpg.json': sidecar('IMG_1.jpg', INSTANT),
    })

    expect(found.inventory.items).toHaveLength(3)
  })
})

import { describe, expect, it, test } from 'vitest'
import { anExport, sidecar } from '../../../../test/cases/an-export.ts'
import { creationOf } from './creations.ts'

const from = (key: string, value: object = {}) => ({ googlePhotosOrigin: { [key]: value } })

describe('what was made of photos', () => {
  test.for([
    ['IMG_1-ANIMATION.gif', undefined, 'animation'],
    ['IMG_1-COLLAGE.jpg', undefined, 'collage'],
    ['IMG_1-PANO(1).jpg', undefined, 'panorama'],
    ['Movie on 2019-05-04.mp4', undefined, 'movie'],
    ['a.jpg', 'COLLAGE', 'collage'],
    ['a.jpg', 'AUTO', 'other'],
  ] as const)('%s of type %s is a kind of its own: %s', ([title, type, kind]) => {
    const origin = type === undefined ? undefined : 'composition'

    expect(creationOf(title, origin, type)).toBe(kind)
  })

  test.for(['IMG_1.jpg', 'my-pano.jpg', 'IMG-PANORAMIC.jpg', 'COLLAGE.jpg'])(
    'is not %s',
    (title) => {
      expect(creationOf(title, 'mobileUpload', undefined)).toBeUndefined()
    },
  )

  it('is a photo of its own beside the photo it was made of', () => {
    const found = anExport({
      'Photos from 2020/IMG_1.jpg': 'A',
      'Photos from 2020/IMG_1.jpg.json': sidecar('IMG_1.jpg', 1_600_000_000),
      'Photos from 2020/IMG_1-COLLAGE.jpg': 'B',
      'Photos from 2020/IMG_1-COLLAGE.jpg.json': sidecar(
        'IMG_1-COLLAGE.jpg',
        1_600_000_000,
        from('composition', { type: 'COLLAGE' }),
      ),
    })

    expect(found.inventory.items).toHaveLength(2)
    expect(found.item('Photos from 2020/IMG_1-COLLAGE.jpg')).toMatchObject({
      creation: 'collage',
      origin: 'composition',
    })
    expect(found.item('Photos from 2020/IMG_1.jpg')).not.toHaveProperty('creation')
  })
})

describe('an item', () => {
  it('names the burst it belongs to, also when the others are elsewhere', () => {
    const [cover, other] = ['IMG_20231014_183246_BURST001_COVER', 'IMG_20231014_183246_BURST002']
    const found = anExport({
      [`Photos from 2023/${cover}.jpg`]: 'A',
      [`Photos from 2023/${other}.jpg`]: 'B',
    })
    const alone = anExport({ [`Photos from 2023/${other}.jpg`]: 'B' })
    const first = found.item(`Photos from 2023/${cover}.jpg`)
    const second = found.item(`Photos from 2023/${other}.jpg`)

    expect(first.id).not.toBe(second.id)
    expect(first).toMatchObject({
      burst: expect.stringMatching(/^[0-9a-f]{20}$/),
      burstCover: true,
    })
    expect(second.burst).toBe(first.burst)
    expect(second).not.toHaveProperty('burstCover')
    expect(alone.item(`Photos from 2023/${other}.jpg`).burst).toBe(first.burst)
  })

  it('tells which of its files hold a clip inside, and what took it', () => {
    const facts = { embeddedClip: true, cameraMake: 'Google', cameraModel: 'Pixel 4a' }
    const found = anExport({ 'Photos from 2020/PXL_1.MP.jpg': facts })

    expect(found.item('Photos from 2020/PXL_1.MP.jpg')).toMatchObject({
      camera: 'Google Pixel 4a',
      files: [{ role: 'original', embeddedClip: true }],
    })
  })

  it('is unverified when Google could not process it and nobody has another copy', () => {
    const found = anExport({
      'Failed Videos/a.mp4': 'A',
      'Failed Videos/b.mp4': 'B',
      'Photos from 2020/b.mp4': 'B',
    })

    expect(found.item('Failed Videos/a.mp4').unverified).toBe(true)
    expect(found.item('Failed Videos/b.mp4')).not.toHaveProperty('unverified')
  })

  it('hands on what no field is for, and what others wrote', () => {
    const found = anExport({
      'Photos from 2020/a.jpg': 'A',
      'Photos from 2020/a.jpg.json': sidecar('a.jpg', 1_600_000_000, {
        imageViews: '7',
        auraScore: [1, 2],
        comments: [{ text: 'Lovely', contentOwnerName: 'Ann' }],
        huge: 'x'.repeat(5000),
      }),
    })

    expect(found.item('Photos from 2020/a.jpg')).toMatchObject({
      more: { auraScore: [1, 2] },
      remarks: [{ text: 'Lovely', author: 'Ann' }],
    })
    expect(found.item('Photos from 2020/a.jpg').more).not.toHaveProperty('huge')
  })
})

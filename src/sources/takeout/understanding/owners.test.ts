import { describe, expect, it } from 'vitest'
import { anExport, sidecar } from '../../../../test/cases/an-export.ts'

const YEAR = 'Takeout/Google Photos/Photos from 2020'

describe('a media file and its sidecar', () => {
  it('find each other with equal counters only', () => {
    const found = anExport({
      'Photos from 2020/a(1).jpg': 'A',
      'Photos from 2020/a.jpg.json': sidecar('a.jpg'),
      'Photos from 2020/b.jpg': 'B',
      'Photos from 2020/b.jpg(1).json': sidecar('b.jpg'),
    })

    expect(found.entry('Photos from 2020/a(1).jpg')).toMatchObject({ sidecar: null, via: 'none' })
    expect(found.entry('Photos from 2020/b.jpg')).toMatchObject({ sidecar: null, via: 'none' })
    expect(found.problems('ORPHAN_SIDECAR')).toHaveLength(2)
  })

  it('find each other when the bracket belongs to the title', () => {
    const found = anExport({
      'Photos from 2020/P(1).jpg': 'A',
      'Photos from 2020/P(1).jpg.supplemental-metadata.json': sidecar('P(1).jpg'),
    })

    expect(found.entry('Photos from 2020/P(1).jpg').via).toBe('own')
  })

  it('are told apart by the clock in the file when both readings have a sidecar', () => {
    const found = anExport({
      'Photos from 2020/P(1).jpg': { takenLocal: '2020-09-13T12:26:40' },
      'Photos from 2020/P(1).jpg.json': sidecar('P(1).jpg', 1_500_000_000),
      'Photos from 2020/P.jpg(1).json': sidecar('P.jpg', 1_600_000_000),
    })

    expect(found.entry('Photos from 2020/P(1).jpg').sidecar).toBe(`${YEAR}/P.jpg(1).json`)
  })

  it('are reported, not guessed, when nothing tells', () => {
    const found = anExport({
      'Photos from 2020/P(1).jpg': 'A',
      'Photos from 2020/P(1).jpg.json': sidecar('P(1).jpg', 1_500_000_000),
      'Photos from 2020/P.jpg(1).json': sidecar('P.jpg', 1_600_000_000),
    })

    expect(found.entry('Photos from 2020/P(1).jpg').via).toBe('none')
    expect(found.problems('AMBIGUOUS')).toContain('Photos from 2020/P(1).jpg')
  })

  it('ignore case only where one sidecar fits and nobody fits it better', () => {
    const found = anExport({
      'Photos from 2020/a.jpg': 'A',
      'Photos from 2020/a.JPG': 'B',
      'Photos from 2020/a.JPG.json': sidecar('a.JPG'),
      'Photos from 2020/c.jpg': 'C',
      'Photos from 2020/c.JPG(1).json': sidecar('c.JPG'),
      'Photos from 2020/d(1).jpg': 'D',
      'Photos from 2020/d.JPG(1).json': sidecar('d.JPG'),
    })

    expect(found.entry('Photos from 2020/a.jpg').via).toBe('none')
    expect(found.entry('Photos from 2020/a.JPG').via).toBe('own')
    expect(found.entry('Photos from 2020/c.jpg').via).toBe('none')
    expect(found.entry('Photos from 2020/d(1).jpg').via).toBe('own')
  })

  it('find each other when one name is decomposed', () => {
    const found = anExport({
      ['Photos from 2020/café.jpg'.normalize('NFD')]: 'A',
      ['Photos from 2020/café.jpg.json'.normalize('NFC')]: sidecar('café.jpg'),
    })

    expect(found.entry('Photos from 2020/café.jpg'.normalize('NFD')).via).toBe('own')
  })

  it('find each other when a name was decomposed before Takeout cut it', () => {
    const title = `${'é'.repeat(20)}.jpg`.normalize('NFD')
    const found = anExport({
      [`Photos from 2020/${title}`]: 'A',
      [`Photos from 2020/${`${title}.supplemental-metadata`.slice(0, 46)}.json`]: sidecar(title),
    })

    expect(found.entry(`Photos from 2020/${title}`).via).toBe('own')
  })

  it('share the sidecars of two name generations', () => {
    const found = anExport({
      'Photos from 2020/a.jpg': 'A',
      'Photos from 2020/a.jpg.json': sidecar('a.jpg', 1_600_000_000, { favorited: true }),
      'Photos from 2020/a.jpg.supplemental-metadata.json': sidecar('a.jpg', 1_600_000_000),
    })

    expect(found.problems('ORPHAN_SIDECAR')).toEqual([])
    expect(found.item('Photos from 2020/a.jpg').favorite).toBe(true)
  })

  it('find each other when the counter got into the middle of a dotted title', () => {
    const found = anExport({
      'Photos from 2020/20.06(1).13 - 9.jpg': 'A',
      'Photos from 2020/20.06.13 - 9.supplemental-metadata(1).json': sidecar('20.06.13 - 9'),
    })

    expect(found.entry('Photos from 2020/20.06(1).13 - 9.jpg').via).toBe('own')
  })

  it('stay together when the title was changed in the product', () => {
    const found = anExport({
      'Photos from 2020/a.jpg': 'A',
      'Photos from 2020/a.jpg.json': sidecar('Sunset at the lake'),
    })

    expect(found.entry('Photos from 2020/a.jpg').via).toBe('own')
    expect(found.item('Photos from 2020/a.jpg').title).toBe('Sunset at the lake.jpg')
  })

  it('never meet through a beginning of the name, a neighbour or an album file', () => {
    const found = anExport({
      'Photos from 2020/IMG_1.jpg': 'A',
      'Photos from 2020/IMG_12.jpg.json': sidecar('IMG_12.jpg'),
      'Photos from 2020/metadata.json': { title: 'Wallpapers' },
      'Photos from 2021/IMG_1.jpg.json': sidecar('IMG_1.jpg'),
    })

    expect(found.entry('Photos from 2020/IMG_1.jpg')).toMatchObject({ sidecar: null, via: 'none' })
  })

  it('are not made by foreign JSON under a sidecar name', () => {
    const found = anExport({
      'Photos from 2020/a.jpg': 'A',
      'Photos from 2020/a.jpg.json': { name: 'a', size: 7 },
    })

    expect(found.entry('Photos from 2020/a.jpg').via).toBe('none')
    expect(found.entry('Photos from 2020/a.jpg.json').class).toBe('other')
  })

  it('are told apart by the place, or by the header of a video, when there is no other clock', () => {
    const places = anExport({
      'Photos from 2020/P(1).jpg': { latitude: 48.1, longitude: 11.5 },
      'Photos from 2020/P(1).jpg.json': sidecar('P(1).jpg', 1_500_000_000, at(35.6, 139.7)),
      'Photos from 2020/P.jpg(1).json': sidecar('P.jpg', 1_600_000_000, at(48.1, 11.5)),
    })
    const videos = anExport({
      'Photos from 2020/P(1).mp4': { quickTimeInstant: '2017-07-14T02:40:00Z' },
      'Photos from 2020/P(1).mp4.json': sidecar('P(1).mp4', 1_500_000_000),
      'Photos from 2020/P.mp4(1).json': sidecar('P.mp4', 1_600_000_000),
    })

    expect(places.entry('Photos from 2020/P(1).jpg').sidecar).toBe(`${YEAR}/P.jpg(1).json`)
    expect(videos.entry('Photos from 2020/P(1).mp4').sidecar).toBe(`${YEAR}/P(1).mp4.json`)
  })
})

const at = (latitude: number, longitude: number) => ({ geoData: { latitude, longitude } })

import { describe, expect, it } from 'vitest'
import { anExport, sidecar } from '../../../../test/cases/an-export.ts'

const YEAR = 'Takeout/Google Photos/Photos from 2020'

describe('a photo and its sidecar that a file manager renamed', () => {
  it.each([
    ['IMG_1 (2).jpg', 'IMG_1.jpg (2).json'],
    ['IMG_1 (1).jpg', 'IMG_1.jpg.supplemental-metadata (1).json'],
    ['IMG_1 2.jpg', 'IMG_1.jpg 2.json'],
    ['IMG_1 copy.jpg', 'IMG_1.jpg copy.json'],
    ['IMG_1 copy 3.jpg', 'IMG_1.jpg.supplemental-me copy 3.json'],
    ['IMG_1 - Copy.jpg', 'IMG_1.jpg - Copy.json'],
    ['IMG_1 - Kopie (2).jpg', 'IMG_1.jpg - Kopie (2).json'],
    ['IMG_1 – Kopie.jpg', 'IMG_1.jpg – Kopie.json'],
  ])('find each other: %s and %s', (photo, json) => {
    const found = anExport({
      'Photos from 2020/IMG_1.jpg': 'A',
      'Photos from 2020/IMG_1.jpg.json': sidecar('IMG_1.jpg', 1_600_000_000),
      [`Photos from 2020/${photo}`]: 'B',
      [`Photos from 2020/${json}`]: sidecar('IMG_1.jpg', 1_500_000_000),
    })

    expect(found.entry(`Photos from 2020/${photo}`)).toMatchObject({
      ...{ via: 'own', sidecar: `${YEAR}/${json}` },
    })
    expect(found.entry('Photos from 2020/IMG_1.jpg').sidecar).toBe(`${YEAR}/IMG_1.jpg.json`)
    expect(found.inventory.problems).toEqual([])
  })

  it('find each other when only the sidecar was renamed', () => {
    const found = anExport({
      'Photos from 2020/a.jpg': 'A',
      'Photos from 2020/a.jpg (1).json': sidecar('a.jpg'),
    })

    expect(found.entry('Photos from 2020/a.jpg').via).toBe('own')
    expect(found.inventory.problems).toEqual([])
  })

  it('count once when the sidecar was only downloaded twice', () => {
    const found = anExport({
      'Photos from 2020/a.jpg': 'A',
      'Photos from 2020/a.jpg.json': sidecar('a.jpg', 1_600_000_000),
      'Photos from 2020/a.jpg (1).json': sidecar('a.jpg', 1_600_000_000),
      'Photos from 2020/a.jpg (2).json': sidecar('a.jpg', 1_600_000_000, { favorited: true }),
    })

    expect(found.entry('Photos from 2020/a.jpg').sidecar).toBe(`${YEAR}/a.jpg.json`)
    expect(found.problems('ORPHAN_SIDECAR')).toEqual([])
  })

  it.each<[string, Record<string, unknown>]>([
    [
      'two sidecars may be meant',
      { 'a.jpg (1).json': sidecar('a.jpg', 1), 'a.jpg (2).json': sidecar('a.jpg', 2) },
    ],
    ['the title is another', { 'a.jpg (1).json': sidecar('b.jpg') }],
    ['there is no title', { 'a.jpg (1).json': { photoTakenTime: { timestamp: '1' } } }],
    ['it has another mark', { 'a (2).jpg': 'B', 'a.jpg (3).json': sidecar('a.jpg', 5) }],
  ])('are reported, not guessed, when %s', (_why, files) => {
    const inYear = Object.entries(files).map(([name, spec]) => [`Photos from 2020/${name}`, spec])
    const found = anExport({ 'Photos from 2020/a.jpg': 'A', ...Object.fromEntries(inYear) })

    expect(found.entry('Photos from 2020/a.jpg').via).toBe('none')
    expect(found.problems('ORPHAN_SIDECAR').length).toBeGreaterThan(0)
  })

  it('stay apart when the clock in the photo says another day', () => {
    const found = anExport({
      'Photos from 2020/a.jpg': { takenLocal: '2019-01-01T12:00:00' },
      'Photos from 2020/a.jpg (1).json': sidecar('a.jpg', 1_600_000_000),
    })

    expect(found.entry('Photos from 2020/a.jpg').via).toBe('none')
  })

  it('leave alone what is regular: a title may look the same', () => {
    const found = anExport({
      'Photos from 2020/Trip (2).jpg': 'A',
      'Photos from 2020/Trip (2).jpg.json': sidecar('Trip (2).jpg', 5),
      'Photos from 2020/Trip.jpg (2).json': sidecar('Trip.jpg', 7),
    })

    const { sidecar: path } = found.entry('Photos from 2020/Trip (2).jpg')
    expect(path).toBe(`${YEAR}/Trip (2).jpg.json`)
    expect(found.problems('ORPHAN_SIDECAR')).toEqual(['Photos from 2020/Trip.jpg (2).json'])
  })
})

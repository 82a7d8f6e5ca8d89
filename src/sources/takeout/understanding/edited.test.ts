import { describe, expect, it, test } from 'vitest'
import { anExport, sidecar } from '../../../../test/cases/an-export.ts'

const YEAR = 'Takeout/Google Photos/Photos from 2020'

describe('an edited rendition', () => {
  test.for(['edited', 'bearbeitet', 'modifié', 'ha editado', '編集済み', '已修改', 'muokattu'])(
    'marked with -%s shares the sidecar of its original and its item',
    (suffix) => {
      const found = anExport({
        'Photos from 2020/a.jpg': 'A',
        [`Photos from 2020/a-${suffix}.jpg`]: 'E',
        'Photos from 2020/a.jpg.json': sidecar('a.jpg'),
      })

      expect(found.entry(`Photos from 2020/a-${suffix}.jpg`)).toMatchObject({
        role: 'edited',
        via: 'edited',
        sidecar: `${YEAR}/a.jpg.json`,
        editedOf: `${YEAR}/a.jpg`,
      })
      expect(found.inventory.items).toHaveLength(1)
      expect(found.inventory.summary).toMatchObject({ edited: 1, orphanMedia: 0 })
    },
  )

  it('keeps its original’s extension or not', () => {
    const found = anExport({
      'Photos from 2020/a.HEIC': 'A',
      'Photos from 2020/a-edited.jpg': 'E',
      'Photos from 2020/a.HEIC.json': sidecar('a.HEIC'),
      'Photos from 2020/b-edited.jpg': 'F',
      'Photos from 2020/b.png.json': sidecar('b.png'),
    })

    expect(found.entry('Photos from 2020/a-edited.jpg').editedOf).toBe(`${YEAR}/a.HEIC`)
    expect(found.entry('Photos from 2020/b-edited.jpg').sidecar).toBe(`${YEAR}/b.png.json`)
  })

  it('is an item of its own when the original is not in the export', () => {
    const found = anExport({
      'Photos from 2020/a-edited.jpg': 'E',
      'Photos from 2020/a.jpg.json': sidecar('a.jpg', 1_600_000_000),
    })

    expect(found.entry('Photos from 2020/a-edited.jpg')).toMatchObject({
      role: 'edited',
      via: 'edited',
      editedOf: null,
    })
    expect(found.item('Photos from 2020/a-edited.jpg').taken?.instant).toBe('2020-09-13T12:26:40Z')
    expect(found.problems('ORPHAN_SIDECAR')).toEqual([])
  })

  it('belongs to the original with its counter', () => {
    const found = anExport({
      'Photos from 2020/a.jpg': 'A',
      'Photos from 2020/a(1).jpg': 'B',
      'Photos from 2020/a-edited(1).jpg': 'E',
      'Photos from 2020/a.jpg.json': sidecar('a.jpg'),
      'Photos from 2020/a.jpg(1).json': sidecar('a.jpg'),
    })

    expect(found.entry('Photos from 2020/a-edited(1).jpg').editedOf).toBe(`${YEAR}/a(1).jpg`)
  })

  it('with a number takes an un-numbered sidecar only when nothing else has its name', () => {
    const alone = anExport({
      'Photos from 2020/a-edited(1).jpg': 'F',
      'Photos from 2020/a.jpg.json': sidecar('a.jpg'),
    })
    const beside = anExport({
      'Photos from 2020/a.jpg': 'A',
      'Photos from 2020/a-edited(1).jpg': 'F',
      'Photos from 2020/a.jpg.json': sidecar('a.jpg'),
    })

    expect(alone.entry('Photos from 2020/a-edited(1).jpg').via).toBe('edited')
    expect(beside.entry('Photos from 2020/a-edited(1).jpg').via).toBe('none')
  })

  it('is only numbered when the name is full', () => {
    const stem = 'original_0123456789012345678901234567890123456_'
    const found = anExport({
      [`Photos from 2020/${stem}.jpg`]: 'A',
      [`Photos from 2020/${stem}(1).jpg`]: 'E',
      [`Photos from 2020/${stem.slice(0, 46)}.json`]: sidecar(`${stem}and_more.jpg`),
    })

    expect(stem).toHaveLength(47)
    expect(found.entry(`Photos from 2020/${stem}(1).jpg`)).toMatchObject({
      role: 'edited',
      editedOf: `${YEAR}/${stem}.jpg`,
    })
  })

  it('is not guessed among several numbered files', () => {
    const stem = 'original_0123456789012345678901234567890123456_'
    const found = anExport({
      [`Photos from 2020/${stem}.jpg`]: 'A',
      [`Photos from 2020/${stem}(1).jpg`]: 'E',
      [`Photos from 2020/${stem}(2).jpg`]: 'F',
      [`Photos from 2020/${stem.slice(0, 46)}.json`]: sidecar(`${stem}and_more.jpg`),
    })

    expect(found.inventory.summary.edited).toBe(0)
    expect(found.problems('AMBIGUOUS')).toHaveLength(2)
  })

  it('with a sidecar of its own is a photo of its own', () => {
    const found = anExport({
      'Photos from 2020/a.jpg': 'A',
      'Photos from 2020/a.jpg.json': sidecar('a.jpg'),
      'Photos from 2020/a-edited.jpg': 'E',
      'Photos from 2020/a-edited.jpg.json': sidecar('a-edited.jpg'),
      'Photos from 2020/a-COLLAGE.jpg': 'C',
      'Photos from 2020/a-COLLAGE.jpg.json': sidecar('a-COLLAGE.jpg'),
    })

    expect(found.inventory.items).toHaveLength(3)
  })

  test.for([
    ['family_dinner-2023.png', 'family_dinner.png', 'digits after the dash'],
    ['edited.jpg', 'a.jpg', 'the word alone is a name'],
    ['a-sunset.mp4', 'a.jpg', 'a video is no rendition of a photo'],
  ] as const)('is not %s beside %s: %s', ([name, original]) => {
    const found = anExport({
      [`Photos from 2020/${name}`]: 'E',
      [`Photos from 2020/${original}`]: 'A',
      [`Photos from 2020/${original}.json`]: sidecar(original),
    })

    expect(found.entry(`Photos from 2020/${name}`)).toMatchObject({ via: 'none', editedOf: null })
  })

  it('with a word of no table needs its original beside it, and no other clock', () => {
    const found = anExport({
      'Photos from 2020/a.jpg': 'A',
      'Photos from 2020/a-retušováno.jpg': 'E',
      'Photos from 2020/a.jpg.json': sidecar('a.jpg', 1_600_000_000),
      'Photos from 2020/b.jpg': 'B',
      'Photos from 2020/b-beach.jpg': { takenLocal: '2011-01-01T10:00:07' },
      'Photos from 2020/b.jpg.json': sidecar('b.jpg', 1_600_000_000),
      'Photos from 2020/c-beach.jpg': 'C',
      'Photos from 2020/c.jpg.json': sidecar('c.jpg', 1_600_000_000),
    })

    expect(found.entry('Photos from 2020/a-retušováno.jpg').via).toBe('edited')
    expect(found.entry('Photos from 2020/b-beach.jpg').via).toBe('none')
    expect(found.entry('Photos from 2020/c-beach.jpg').via).toBe('none')
  })
})

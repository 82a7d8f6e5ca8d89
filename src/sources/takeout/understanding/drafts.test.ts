import { describe, expect, it } from 'vitest'
import { anExport, sidecar } from '../../../../test/cases/an-export.ts'

const ROOT = 'Takeout/Google Photos'

describe('copies', () => {
  it('in albums are the same item, and only one of them is read', () => {
    const found = anExport({
      'Trip/a.jpg': 'A',
      'Trip/a.jpg.json': sidecar('a.jpg', 1_600_000_000),
      'Photos from 2020/a.jpg': 'A',
      'Photos from 2020/a.jpg.json': sidecar('a.jpg', 1_600_000_000),
    })
    const copy = found.entry('Trip/a.jpg')

    expect(found.inventory.items).toHaveLength(1)
    expect(copy).toMatchObject({
      role: 'copy',
      via: 'own',
      copyOf: `${ROOT}/Photos from 2020/a.jpg`,
    })
    expect(copy.sameBytesAs).toBe(found.entry('Photos from 2020/a.jpg').index)
    expect(found.item('Trip/a.jpg').files).toHaveLength(1)
  })

  it('without sidecar take the metadata of those with one', () => {
    const found = anExport({
      'Trip/a.jpg': 'A',
      'Photos from 2020/a.jpg': 'A',
      'Photos from 2020/a.jpg.json': sidecar('a.jpg', 1_600_000_000),
    })

    expect(found.entry('Trip/a.jpg')).toMatchObject({
      via: 'copy',
      sidecar: `${ROOT}/Photos from 2020/a.jpg.json`,
    })
    expect(found.inventory.summary.orphanMedia).toBe(0)
  })

  it('under other names are known once they were read', () => {
    const files = { 'Photos from 2020/a.jpg': 'A', 'Trip/b.jpg': 'A' }
    const byName = anExport(files)
    const read = anExport({
      'Photos from 2020/a.jpg': { content: 'A', sha256: 'ab'.repeat(32) },
      'Trip/b.jpg': { content: 'A', sha256: 'ab'.repeat(32) },
    })

    expect(byName.inventory.items).toHaveLength(2)
    expect(byName.inventory.entries.every(({ sameBytesAs }) => sameBytesAs === undefined)).toBe(
      true,
    )
    expect(read.inventory.items).toHaveLength(1)
    expect(read.inventory.items[0]!.id).toBe('ab'.repeat(10))
  })

  it('that only seem so are told apart by what was read', () => {
    const found = anExport({
      'Photos from 2020/a.jpg': { content: 'A', sha256: 'ab'.repeat(32) },
      'Trip/a.jpg': { content: 'A', sha256: 'cd'.repeat(32) },
    })

    expect(found.inventory.items).toHaveLength(2)
    expect(found.entry('Trip/a.jpg').sameBytesAs).toBeUndefined()
  })

  it('are not assumed from name and size alone', () => {
    const found = anExport({
      'Photos from 2020/a.jpg': { content: 'A', bytes: 2_000_000 },
      'Photos from 2021/a.jpg': { content: 'B', bytes: 2_000_000 },
      'Trip/a.jpg': { content: 'A', bytes: 2_000_000, unsummed: true },
    })

    expect(found.inventory.items).toHaveLength(3)
  })

  it('of an entry that cannot be read stand in for it', () => {
    const found = anExport({
      'Photos from 2020/a.jpg': { content: 'A', failure: 'CRC-32 does not match' },
      'Trip/a.jpg': 'A',
    })

    expect(found.entry('Photos from 2020/a.jpg')).toMatchObject({ class: 'rejected' })
    expect(found.entry('Trip/a.jpg')).toMatchObject({ role: 'original' })
    expect(found.entry('Trip/a.jpg').sameBytesAs).toBeUndefined()
    expect(found.problems('DAMAGED_ENTRY')).toEqual(['Photos from 2020/a.jpg'])
  })

  it('in two parts under one path count twice as entries, once as item', () => {
    const found = anExport({
      'Trip/a.jpg': { content: 'A', part: 1 },
      'Trip/a.jpg#2': { content: 'A', part: 2 },
    })

    expect(found.inventory.summary).toMatchObject({ entries: 2, media: 2, copies: 1, items: 1 })
    expect(found.inventory.entries.map(({ sameBytesAs }) => sameBytesAs)).toEqual([undefined, 0])
  })

  it('are both kept when one path holds different bytes', () => {
    const found = anExport({
      'Trip/a.jpg': { content: 'A', part: 1, bytes: 10 },
      'Trip/a.jpg#2': { content: 'B', part: 2, bytes: 11 },
    })
    const ids = found.inventory.items.map(({ id }) => id)

    expect(new Set(ids).size).toBe(2)
  })

  it('across exports need the same capture time', () => {
    const older = { content: 'A', exportId: 'takeout-20240101T000000Z' }
    const files = { 'Photos from 2020/a.jpg': 'A', 'Photos from 2020/a.jpg#2': older }

    expect(anExport(files).inventory.items).toHaveLength(2)
  })

  it('with contradicting times are one item and are reported', () => {
    const found = anExport({
      'Photos from 2020/a.jpg': 'A',
      'Photos from 2020/a.jpg.json': sidecar('a.jpg', 1_600_000_000),
      'Trip/a.jpg': 'A',
      'Trip/a.jpg.json': sidecar('a.jpg', 1_500_000_000),
    })

    expect(found.item('Trip/a.jpg').taken?.instant).toBe('2020-09-13T12:26:40Z')
    expect(found.problems('CONFLICT')).toEqual(['Photos from 2020/a.jpg'])
  })

  it('that stand for things Google could not export stay items of their own', () => {
    const names = ['a', 'b', 'c']
    const found = anExport(
      Object.fromEntries(
        names.flatMap((name, at) => [
          [`Photos from 2020/${name}.jpg`, { content: 'X', bytes: 900, sha256: 'ab'.repeat(32) }],
          [`Photos from 2020/${name}.jpg.json`, sidecar(`${name}.jpg`, 1_600_000_000 + at * 1000)],
        ]),
      ),
    )

    expect(new Set(found.inventory.items.map(({ id }) => id)).size).toBe(3)
    expect(found.problems('PLACEHOLDER')).toHaveLength(3)
  })
})

describe('empty files', () => {
  const empty = { content: 'nothing', bytes: 0, sha256: 'e3'.repeat(32) }
  const found = anExport({
    'Photos from 2020/a.jpg': empty,
    'Photos from 2020/a.jpg.json': sidecar('a.jpg', 1_600_000_000),
    'Photos from 2020/b.mp4': empty,
    'Photos from 2020/b.mp4.json': sidecar('b.mp4', 1_600_000_000),
    'Photos from 2020/c.jpg': empty,
    'Trip/a.jpg': empty,
    'Trip/a.jpg.json': sidecar('a.jpg', 1_600_000_000),
  })

  it('are not copies of each other, except in an album', () => {
    expect(found.inventory.items).toHaveLength(3)
    expect(found.item('Trip/a.jpg')).toBe(found.item('Photos from 2020/a.jpg'))
    expect(found.inventory.summary.copies).toBe(1)
  })

  it('are reported, each of them', () => {
    expect(found.problems('EMPTY_FILE')).toEqual([
      'Photos from 2020/a.jpg',
      'Photos from 2020/b.mp4',
      'Photos from 2020/c.jpg',
    ])
    expect(found.problems('PLACEHOLDER')).toEqual([])
  })
})

describe('what belongs to a picture', () => {
  it('is one item with all its copies', () => {
    const inBoth = (folder: string) => ({
      [`${folder}/a.HEIC`]: 'A',
      [`${folder}/a-edited.jpg`]: 'E',
      [`${folder}/a.MP4`]: 'C',
      [`${folder}/a.HEIC.json`]: sidecar('a.HEIC', 1_600_000_000),
    })
    const found = anExport({ ...inBoth('Photos from 2020'), ...inBoth('Trip') })

    expect(found.inventory.items).toHaveLength(1)
    expect(found.inventory.items[0]!.files.map(({ role }) => role)).toEqual([
      'original',
      'edited',
      'clip',
    ])
    expect(found.inventory.summary).toMatchObject({ media: 6, copies: 3, edited: 1, clips: 1 })
    expect(found.inventory.filesOfItem.get(found.inventory.items[0]!.id)).toEqual([0, 1, 2])
  })

  it('joins it from an album where it lies alone', () => {
    const found = anExport({
      'Photos from 2020/a.HEIC': 'A',
      'Photos from 2020/a-edited.jpg': 'E',
      'Photos from 2020/a.MP4': 'C',
      'Photos from 2020/a.HEIC.json': sidecar('a.HEIC', 1_600_000_000),
      'Trip/a-edited.jpg': 'E',
      'Trip/a.HEIC.json': sidecar('a.HEIC', 1_600_000_000),
      'Best/a.MP4': 'C',
    })

    expect(found.inventory.items).toHaveLength(1)
    expect(found.entry('Best/a.MP4')).toMatchObject({ role: 'copy', via: 'copy' })
    expect(found.inventory.albums.map(({ title }) => title).sort()).toEqual(['Best', 'Trip'])
  })

  it('does not join two pictures that share a clip’s bytes', () => {
    const found = anExport({
      'Photos from 2020/a.HEIC': 'A',
      'Photos from 2020/a.MP4': { content: 'C', sha256: 'ab'.repeat(32) },
      'Photos from 2020/b.HEIC': 'B',
      'Photos from 2020/b.MP4': { content: 'C', sha256: 'ab'.repeat(32) },
    })

    expect(found.inventory.items).toHaveLength(2)
  })
})

import { describe, expect, it } from 'vitest'
import { growLibrary } from './grow-library.ts'
import { type ArrivingItem, emptyLibrary } from './library.ts'

function anItem(digit: string): ArrivingItem {
  const file = {
    role: 'original',
    path: `x/${digit}.jpg`,
    bytes: 1,
    mediaType: 'image/jpeg',
  } as const
  return {
    ...{
      id: digit.repeat(20),
      files: [{ ...file, sha256: digit.repeat(64) }],
      title: `${digit}.jpg`,
    },
    ...{ people: [], favorite: false, archived: false, trashed: false, locked: false },
    ...{ partner: false, albums: [], described: true },
  }
}

describe('a full export that only describes a photo', () => {
  const album = { id: 'f'.repeat(20), title: 'Trip', folders: ['Trip'] }
  const both = [anItem('a'), anItem('b'), anItem('c')]
  const items = both.map(({ id }) => id)
  const before = growLibrary(emptyLibrary(), both, [{ ...album, items }]).library
  const place = (digit: string) => before.items.find(({ id }) => id[0] === digit)!.files[0]!.path

  it('does not make it vanish, nor leave its album; what it does not even describe does', () => {
    const seenAt = new Set([place('b')])
    const { library, vanished } = growLibrary(
      before,
      [anItem('a')],
      [{ ...album, items: ['a'.repeat(20)] }],
      { told: 'full', seenAt },
    )

    expect(vanished).toBe(1)
    const marked = library.items.filter((item) => item.vanished)
    expect(marked.map(({ title }) => title)).toEqual(['c.jpg'])
    expect(library.albums[0]!.items).toContain('b'.repeat(20))
  })
})

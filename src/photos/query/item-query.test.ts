import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { Item } from '../library.ts'
import { isAlbum, matchesItem, parseItemQuery } from './item-query.ts'
import { compileWildcards, isLike } from './wildcards.ts'

const ALBUM = 'ab12'.repeat(5)
const albums = new Map([[ALBUM, 'Summer in Zürich']])

const photo: Item = {
  id: '00'.repeat(10),
  files: [
    { role: 'original', path: '/photos/2021/07/IMG_1.JPG', bytes: 1, mediaType: 'image/jpeg' },
    { role: 'clip', path: '/photos/2021/07/IMG_1.MP4', bytes: 1, mediaType: 'video/mp4' },
  ],
  title: 'IMG_1.JPG',
  description: 'At the lake',
  taken: {
    instant: '2021-06-30T23:30:00Z',
    local: '2021-07-01T01:30:00',
    precision: 'second',
    source: 'sidecar',
  },
  people: ['Ann Bee', 'Carl'],
  favorite: true,
  archived: false,
  trashed: false,
  locked: false,
  partner: false,
  albums: [ALBUM],
}
const ofMonth: Item = {
  ...photo,
  taken: { local: '2019-05', precision: 'month', source: 'folder' },
}
const undated: Item = { ...photo }
delete undated.taken

const asks = (query: string, item: Item) => matchesItem(parseItemQuery(query), item, albums)

describe('a query for photos', () => {
  test.for([
    'album:"Summer in Zürich"',
    'album:"SUMMER IN ZU\u0308RICH"',
    'album:summer*',
    `album:${ALBUM.slice(0, 8)}`,
    'person:"Ann Bee"',
    'person:ann*',
    'taken:2021',
    'taken:2021-07',
    'taken:2021-07-01',
    'taken:2019..2021',
    'taken:2021-07-01..',
    'taken:..2021-07',
    'title:img_?.jpg',
    'path:/photos/2021/*',
    'path:*.mp4',
    'description:*lake*',
    'is:favorite',
    'is:Favourite',
    'is:described',
    'type:video',
    '-is:archived',
    'taken:1999 or is:favorite',
    'is:favorite taken:2021 -person:dora',
  ])('finds the photo with %s', (query) => {
    expect(asks(query, photo)).toBe(true)
  })

  test.for([
    'album:Summer',
    `album:${ALBUM.slice(0, 7)}`,
    'person:ann',
    'taken:2020',
    'taken:2021-06-30',
    'taken:..2020-12-31',
    'taken:2021-08..',
    'title:img',
    '-is:favorite',
    'is:favorite person:dora',
    'type:audio',
  ])('does not find it with %s', (query) => {
    expect(asks(query, photo)).toBe(false)
  })

  it('finds a photo of a month on every day of it, and one without a date never', () => {
    expect(asks('taken:2019-05-31', ofMonth)).toBe(true)
    expect(asks('taken:2019-05-07..2019-05-08', ofMonth)).toBe(true)
    expect(asks('taken:2019-06', ofMonth)).toBe(false)
    expect(asks('taken:..2030', undated)).toBe(false)
  })

  test.for([
    '',
    'summer',
    'album:',
    'album:"open',
    'or is:favorite',
    'is:favorite or',
    'is:nice',
    'colour:red',
    'taken:',
    'taken:..',
    'taken:2021-7',
    'taken:2021..2019',
    'taken:2019..2020..2021',
  ])('is refused when it is "%s"', (query) => {
    expect(() => parseItemQuery(query)).toThrow(expect.objectContaining({ code: 'USAGE' }))
  })

  it('means an album by title or by the beginning of its id', () => {
    const album = { id: ALBUM, title: 'Summer in Zürich' }

    expect(isAlbum('summer in zürich', album)).toBe(true)
    expect(isAlbum('summer', album)).toBe(false)
    expect(isAlbum(ALBUM.toUpperCase(), album)).toBe(true)
  })
})

describe('wildcards', () => {
  it('mean what a regular expression says they mean', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 })

    fc.assert(
      fc.property(text, text, (pattern, subject) => {
        const expression = pattern.replaceAll('*', '[^]*').replaceAll('?', '[^]')
        const expected = new RegExp(`^${expression}$`).test(subject)
        expect(isLike(compileWildcards(pattern), subject)).toBe(expected)
      }),
      { numRuns: 500 },
    )
  })
})

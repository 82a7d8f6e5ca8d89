import { describe, expect, it } from 'vitest'
import type { SeenAlbum } from '../library.ts'
import { growLibrary, type ImportCircumstances } from './grow-library.ts'
import { type ArrivingItem, emptyLibrary, type Library } from './library.ts'

const [OLD, NEW, LAST] = ['20240101T000000Z', '20240301T000000Z', '20240501T000000Z']

/** A photo of July 2021; equal letters are equal bytes. */
function aPhoto(letter: string, fields: Partial<ArrivingItem> = {}): ArrivingItem {
  const sha256 = Buffer.from(letter).toString('hex').padEnd(64, '0')
  const path = `Takeout/Google Photos/x/${letter}.jpg`
  const day = String(letter.charCodeAt(0) - 96).padStart(2, '0')
  return {
    ...{ id: sha256.slice(0, 20), title: `${letter}.jpg`, albums: [], people: [] },
    files: [{ role: 'original', path, bytes: 1, mediaType: 'image/jpeg', sha256 }],
    taken: { instant: `2021-07-${day}T10:00:00Z`, precision: 'second', source: 'sidecar' },
    ...{ favorite: false, archived: false, trashed: false, locked: false, partner: false },
    described: true,
    ...fields,
  }
}

const photos = (letters: string) => [...letters].map((letter) => aPhoto(letter))
const idOf = (letter: string) => aPhoto(letter).id

/** An album of one export: `members` are letters, `folder` is what Takeout called it. */
function anAlbum(
  members: string,
  { stamp = OLD, folder = 'Trip', ...more }: Partial<SeenAlbum & { stamp: string; folder: string }>,
): SeenAlbum {
  const path = `Takeout/Google Photos/${folder}`
  return {
    ...{ id: `${folder.length}`.padStart(20, '0'), title: 'Trip', folders: [path] },
    seenIn: [{ export: `takeout-${stamp}`, folder: path }],
    items: [...members].map(idOf),
    ...more,
  }
}

/** Imports `letters` and the albums of one export. */
function grow(
  before: Library,
  stamp: string,
  letters: string,
  albums: SeenAlbum[],
  more: Partial<ImportCircumstances> = {},
) {
  const arriving = photos(letters).map((photo) => ({ ...photo, stamp }))
  const circumstances = { stamp, exports: [`takeout-${stamp}`], export: `takeout-${stamp}` }
  return growLibrary(before, arriving, albums, { ...circumstances, ...more })
}

/** Title, letters of the members, what the description is. */
const told = ({ albums }: Library) =>
  albums
    .map(({ title, items, description = '' }) => [title, lettersOf(items), description].join(' '))
    .sort()
const lettersOf = (ids: string[]) =>
  ids.map((id) => Buffer.from(id.slice(0, 2), 'hex').toString()).join('')

describe('two albums of one title', () => {
  const two = grow(emptyLibrary(), OLD, 'abcd', [
    anAlbum('ab', { folder: 'Trip' }),
    anAlbum('cd', { folder: 'Trip(1)' }),
  ]).library

  it('are found again by their members, though Takeout numbers them the other way round', () => {
    const { library, changed, ambiguousAlbums } = grow(two, NEW, 'abcde', [
      anAlbum('cde', { stamp: NEW, folder: 'Trip' }),
      anAlbum('ab', { stamp: NEW, folder: 'Trip(1)' }),
    ])

    expect(told(library)).toEqual(['Trip ab ', 'Trip cde '])
    expect(library.albums.map(({ id, path }) => [id, path])).toEqual(
      two.albums.map(({ id, path }) => [id, path]),
    )
    expect([changed, ambiguousAlbums]).toEqual([0, []])
  })

  it('stay apart from a third that shares nothing with them, and it is named', () => {
    const { library, ambiguousAlbums } = grow(two, NEW, 'e', [anAlbum('e', { stamp: NEW })])

    expect(told(library)).toEqual(['Trip ab ', 'Trip cd ', 'Trip e '])
    expect(ambiguousAlbums).toMatchObject([{ title: 'Trip' }])
  })

  it('stay apart from a third that shares as much with both, however often it comes', () => {
    const third = anAlbum('ac', { stamp: NEW })
    const once = grow(two, NEW, 'ac', [third])
    const twice = grow(once.library, NEW, 'ac', [third])

    expect(told(once.library)).toEqual(['Trip ab ', 'Trip ac ', 'Trip cd '])
    expect(once.ambiguousAlbums).toHaveLength(1)
    expect(twice.library).toEqual(once.library)
  })

  it('are told by what their files say, also before any photo of them is there', () => {
    const moments = ['2021-07-05T10:00:00Z', '2021-07-05T10:00:01Z']
    const dated = (at: number, folder: string, stamp: string, members = '') =>
      anAlbum(members, { stamp, folder, date: '2021-07-05', instant: moments[at]! })
    const before = grow(emptyLibrary(), OLD, 'abc', [
      dated(0, 'Trip', OLD, 'ab'),
      dated(1, 'Trip(1)', OLD, 'abc'),
    ]).library

    const { library } = grow(before, NEW, 'd', [
      dated(0, 'Trip(1)', NEW),
      dated(1, 'Trip', NEW, 'd'),
    ])

    expect(told(library)).toEqual(['Trip ab ', 'Trip abcd '])
  })

  it('are one when their ids at Google are, and two when those are not, whatever else', () => {
    const { seenIn: _, ...synced } = anAlbum('ab', { remoteId: 'A', description: 'One' })
    const before = grow(emptyLibrary(), OLD, 'ab', [synced]).library

    const { library } = growLibrary(before, photos('abc'), [
      { ...synced, remoteId: 'B' },
      { ...synced, title: 'Renamed', items: [idOf('c')] },
    ])

    expect(told(library)).toEqual(['Renamed abc One', 'Trip ab One'])
  })
})

describe('an album whose export comes in several runs', () => {
  const known = grow(emptyLibrary(), OLD, 'abcd', [
    anAlbum('ab', { folder: 'Trip' }),
    anAlbum('cd', { folder: 'Trip(1)' }),
  ]).library
  const file = anAlbum('', { stamp: NEW, description: 'Second' })
  const all = anAlbum('cde', { stamp: NEW, description: 'Second' })

  it('joins the known one as soon as its photos tell which, and leaves nothing behind', () => {
    const first = grow(known, NEW, 'e', [file]).library
    const then = grow(first, NEW, 'cde', [all]).library

    expect(told(first)).toEqual(['Trip  Second', 'Trip ab ', 'Trip cd '])
    expect(told(then)).toEqual(['Trip ab ', 'Trip cde Second'])
    expect(then).toEqual(grow(known, NEW, 'cde', [all]).library)
  })

  it('leaves a known one that it was taken for too early', () => {
    const alone = grow(emptyLibrary(), OLD, 'ab', [anAlbum('ab', {})]).library
    const early = grow(alone, NEW, 'e', [anAlbum('e', { stamp: NEW, folder: 'Trip(1)' })]).library
    const whole = [
      anAlbum('e', { stamp: NEW, folder: 'Trip(1)' }),
      anAlbum('ab', { stamp: NEW, folder: 'Trip' }),
    ]

    const late = grow(early, NEW, 'abe', whole).library

    expect(told(early)).toEqual(['Trip abe '])
    expect(told(late)).toEqual(['Trip ab ', 'Trip e '])
    expect(late.albums).toContainEqual(expect.objectContaining({ path: alone.albums[0]!.path }))
  })

  it('keeps the members that a run brought whose ledger is lost', () => {
    const first = grow(known, NEW, 'cde', [all]).library

    const then = grow(first, NEW, 'c', [anAlbum('c', { stamp: NEW, description: 'Second' })])

    expect(told(then.library)).toEqual(['Trip ab ', 'Trip cde Second'])
    expect(told(grow(first, NEW, 'f', []).library)).toEqual(told(first))
  })

  it('keeps its id and folder, whatever becomes known of it', () => {
    const first = grow(emptyLibrary(), OLD, 'a', [
      anAlbum('a', { title: 'Oma_s', folder: 'Oma_s' }),
    ])

    const then = grow(first.library, OLD, 'abc', [
      anAlbum('abc', { title: "Oma's", folder: 'Oma_s' }),
    ])

    const [before, after] = [first.library.albums[0]!, then.library.albums[0]!]
    expect(after).toEqual({ ...before, title: "Oma's", items: photos('abc').map(({ id }) => id) })
  })
})

describe('members of an album', () => {
  const trip = (members: string, stamp: string) => [anAlbum(members, { stamp })]

  it('are those of older exports too, whichever comes first', () => {
    const inTurn = grow(
      grow(emptyLibrary(), OLD, 'ab', trip('ab', OLD)).library,
      ...[NEW, 'c', trip('c', NEW)],
    )
    const reversed = grow(
      grow(emptyLibrary(), NEW, 'c', trip('c', NEW)).library,
      ...[OLD, 'ab', trip('ab', OLD)],
    )

    expect(told(inTurn.library)).toEqual(['Trip abc '])
    expect(told(reversed.library)).toEqual(['Trip abc '])
  })

  it('that a full export has elsewhere only do not come back with an older one', () => {
    const before = grow(emptyLibrary(), OLD, 'ab', trip('ab', OLD)).library
    const full = grow(before, NEW, 'ab', trip('a', NEW), { told: 'full' }).library

    expect(told(full)).toEqual(['Trip a '])
    expect(told(grow(full, OLD, 'ab', trip('ab', OLD)).library)).toEqual(['Trip a '])
  })

  it('of which only a sidecar came are photos that are here since an older export', () => {
    const before = grow(emptyLibrary(), OLD, 'ab', []).library
    const waiting = [{ title: 'b.jpg', taken: '2021-07-02T10:00:00Z' }]

    const { library } = grow(before, NEW, 'a', [anAlbum('a', { stamp: NEW, waiting, expected: 2 })])

    expect(told(library)).toEqual(['Trip ab '])
    expect(library.albums[0]).not.toHaveProperty('expected')
    expect(library.items.find(({ id }) => id === idOf('b'))!.albums).toHaveLength(1)
  })

  it('of which only a sidecar came join when their photos come, one export or two later', () => {
    const waiting = [
      { title: 'b.jpg', taken: '2021-07-02T10:00:00Z' },
      { title: 'c.jpg', taken: '2021-07-03T10:00:00Z' },
    ]
    const before = grow(emptyLibrary(), OLD, 'a', [anAlbum('a', { waiting, expected: 3 })]).library

    const then = grow(before, NEW, 'b', []).library
    const last = grow(then, LAST, 'c', []).library

    expect(before.albums[0]).toMatchObject({ expected: 3 })
    expect(told(then)).toEqual(['Trip ab '])
    expect(then.albums[0]).toMatchObject({ expected: 3 })
    expect(told(last)).toEqual(['Trip abc '])
    expect(last.albums[0]).not.toHaveProperty('expected')
  })

  it('are not guessed: two photos of one title and second stay outside', () => {
    const twin = { ...aPhoto('c'), title: 'b.jpg', taken: aPhoto('b').taken! }
    const before = growLibrary(emptyLibrary(), [aPhoto('b'), twin], []).library
    const waiting = [{ title: 'b.jpg', taken: '2021-07-02T10:00:00Z' }]

    const { library } = grow(before, NEW, 'a', [anAlbum('a', { stamp: NEW, waiting, expected: 2 })])

    expect(told(library)).toEqual(['Trip a '])
    expect(library.albums[0]).toMatchObject({ expected: 2 })
  })
})

describe('an album that a full export lacks', () => {
  it('is kept with its members, is marked, and loses the mark when it is back', () => {
    const both = [anAlbum('ab', {}), anAlbum('a', { title: 'Best', folder: 'Best' })]
    const before = grow(emptyLibrary(), OLD, 'ab', both).library

    const best = anAlbum('a', { stamp: NEW, title: 'Best', folder: 'Best' })
    const without = grow(before, NEW, 'ab', [best], { told: 'full' }).library
    const back = grow(without, LAST, 'ab', [anAlbum('ab', { stamp: LAST })]).library

    expect(told(without)).toEqual(['Best a ', 'Trip ab '])
    expect(without.albums.filter(({ vanished }) => vanished)).toMatchObject([
      { title: 'Trip', vanished: { since: '2024-03-01T00:00:00Z' } },
    ])
    expect(back.albums.filter(({ vanished }) => vanished)).toEqual([])
  })

  it('is not marked by a piece of the library', () => {
    const before = grow(emptyLibrary(), OLD, 'ab', [anAlbum('ab', {})]).library

    expect(grow(before, NEW, 'c', []).library.albums).toEqual(before.albums)
  })
})

it('what a newer export says of an album is not overwritten by an older one', () => {
  const say = (stamp: string, description: string, more: Partial<SeenAlbum> = {}) => [
    anAlbum('a', { stamp, description, ...more }),
  ]
  const before = grow(emptyLibrary(), NEW, 'a', say(NEW, 'New words')).library

  const { library } = grow(before, OLD, 'a', say(OLD, 'Old words', { access: 'shared' }))

  expect(library.albums[0]).toMatchObject({ description: 'New words', access: 'shared' })
})

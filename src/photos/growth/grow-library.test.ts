import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Album } from '../library.ts'
import { growLibrary } from './grow-library.ts'
import { type ArrivingItem, emptyLibrary, type KeptFile, type Library } from './library.ts'

function aFile(content: string, role: KeptFile['role'] = 'original', name = 'a.jpg'): KeptFile {
  const sha256 = Buffer.from(content).toString('hex').padEnd(64, '0')
  return {
    role,
    path: `Takeout/Google Photos/x/${name}`,
    bytes: 1,
    mediaType: 'image/jpeg',
    sha256,
  }
}

function anItem(id: string, fields: Partial<ArrivingItem> = {}): ArrivingItem {
  return {
    id: Buffer.from(id).toString('hex').padEnd(20, '0'),
    files: [aFile(id)],
    title: 'a.jpg',
    taken: { instant: '2021-07-01T10:00:00Z', precision: 'second', source: 'sidecar' },
    people: [],
    favorite: false,
    archived: false,
    trashed: false,
    locked: false,
    partner: false,
    albums: [],
    described: true,
    ...fields,
  }
}

function anAlbum(title: string, items: ArrivingItem[], id = '00000000000000000001'): Album {
  return { id, title, folders: [title], items: items.map((item) => item.id) }
}

const grow = (before: Library, items: ArrivingItem[], albums: Album[] = []) =>
  growLibrary(before, items, albums)

describe('growing a library', () => {
  it('puts a new item into the month of its local capture time', () => {
    const newYear = anItem('a', {
      taken: {
        instant: '2020-12-31T23:30:00Z',
        local: '2021-01-01T00:30:00',
        offset: '+01:00',
        precision: 'second',
        source: 'sidecar',
      },
    })

    const { library } = grow(emptyLibrary(), [newYear])

    expect(library.items[0]?.files[0]?.path).toBe('/photos/2021/01/a.jpg')
  })

  it('numbers a second file of the same name, also when only the case differs', () => {
    const { library } = grow(emptyLibrary(), [
      anItem('a', { title: 'IMG.jpg' }),
      anItem('b', { title: 'img.jpg' }),
    ])

    expect(library.items.map((item) => item.files[0]?.path)).toEqual([
      '/photos/2021/07/IMG.jpg',
      '/photos/2021/07/img (2).jpg',
    ])
  })

  it('gives a still and its clip the same number', () => {
    const live = anItem('b', { files: [aFile('b'), aFile('c', 'clip', 'a.mp4')] })

    const { library } = grow(emptyLibrary(), [anItem('a'), live])

    expect(library.items.flatMap((item) => item.files.map((file) => file.path))).toEqual([
      '/photos/2021/07/a (2).jpg',
      '/photos/2021/07/a (2).mp4',
      '/photos/2021/07/a.jpg',
    ])
  })

  it('recognises a photo by its bytes and leaves its path alone when its date was corrected', () => {
    const before = grow(emptyLibrary(), [anItem('a')]).library
    const corrected = anItem('z', {
      files: [aFile('a')],
      taken: { instant: '2019-01-01T10:00:00Z', precision: 'second', source: 'sidecar' },
    })

    const { library, added, changed } = grow(before, [corrected])

    expect({ added, changed }).toEqual({ added: 0, changed: 1 })
    expect(library.items[0]?.files[0]?.path).toBe('/photos/2021/07/a.jpg')
    expect(library.items[0]?.taken?.instant).toBe('2019-01-01T10:00:00Z')
  })

  it('recognises a photo whose bytes changed by its link, and keeps both versions', () => {
    const url = 'https://photos.google.com/photo/1'
    const before = grow(emptyLibrary(), [anItem('a', { url })]).library

    const { library } = grow(before, [anItem('b', { url })])

    expect(library.items).toHaveLength(1)
    expect(library.items[0]?.files.map((file) => file.path)).toEqual([
      '/photos/2021/07/a.jpg',
      '/photos/2021/07/a (2).jpg',
    ])
  })

  it('lets a clip that came alone join its still when the still arrives', () => {
    const lone = anItem('c', { files: [aFile('c', 'original', 'a.mp4')], described: false })
    const before = grow(emptyLibrary(), [lone]).library
    const live = anItem('a', { files: [aFile('a'), aFile('c', 'clip', 'a.mp4')] })

    const { library } = grow(before, [live])

    expect(library.items).toHaveLength(1)
    expect(library.items[0]?.files.map((file) => [file.role, file.path])).toEqual([
      ['original', '/photos/2021/07/a.jpg'],
      ['clip', before.items[0]?.files[0]?.path],
    ])
  })

  it('keeps two stills apart that share the bytes of their clips', () => {
    const { library } = grow(emptyLibrary(), [
      anItem('a', { files: [aFile('a'), aFile('c', 'clip', 'a.mp4')] }),
      anItem('b', { files: [aFile('b'), aFile('c', 'clip', 'a.mp4')] }),
    ])

    expect(library.items).toHaveLength(2)
    expect(new Set(library.items.map((item) => item.files[1]?.path)).size).toBe(1)
  })

  it('keeps what a new import does not mention', () => {
    const before = grow(emptyLibrary(), [anItem('a'), anItem('b')]).library

    const { library, unchanged } = grow(before, [anItem('a')])

    expect(library).toEqual(before)
    expect(unchanged).toBe(1)
  })

  it('does not let an import without sidecar overwrite what is known', () => {
    const before = grow(emptyLibrary(), [anItem('a', { description: 'Grandma' })]).library
    const { taken: _, ...undated } = anItem('a', { described: false, title: 'other.jpg' })

    const { library, changed } = grow(before, [undated])

    expect(library.items[0]).toMatchObject({ title: 'a.jpg', description: 'Grandma' })
    expect(changed).toBe(0)
  })
})

describe('growing by exports', () => {
  const [OLD, NEW] = ['20240101T000000Z', '20240301T000000Z']
  const many = (stamp: string, count = 20, fields: Partial<ArrivingItem> = {}) =>
    Array.from({ length: count }, (_, at) => anItem(`i${at}`, { stamp, ...fields }))
  const growBy = (before: Library, items: ArrivingItem[], stamp: string, more = {}) =>
    growLibrary(before, items, [], { stamp, export: `takeout-${stamp}`, ...more })

  it('marks what a full export lacks as vanished, keeps it, and unmarks it when it is back', () => {
    const before = growBy(emptyLibrary(), many(OLD), OLD).library

    const without = growBy(before, many(NEW).slice(1), NEW)
    const back = growBy(without.library, many('20240501T000000Z'), '20240501T000000Z')

    expect(without).toMatchObject({ vanished: 1, extent: { kind: 'full', known: 20, present: 19 } })
    expect(without.library.items).toHaveLength(20)
    expect(without.library.items.flatMap(({ vanished }) => vanished ?? [])).toEqual([
      { since: '2024-03-01T00:00:00Z', export: 'takeout-20240301T000000Z' },
    ])
    expect(back.vanished).toBe(0)
    expect(back.library.items).toEqual(before.items)
  })

  it.each([
    ['a piece of the library', 10, NEW, {}],
    ['an export that is older than what is known', 19, '20230101T000000Z', {}],
    ['an export with a gap', 19, NEW, { gap: 'a part of it is missing' }],
    ['an export with a gap that is said to be full', 19, NEW, { gap: 'a gap', told: 'full' }],
    ['an export that is said to be a piece', 19, NEW, { told: 'incremental' }],
  ])('marks nothing as vanished after %s', (_, count, stamp, more) => {
    const before = growBy(emptyLibrary(), many(OLD), OLD).library

    const { vanished, extent } = growBy(before, many(stamp).slice(0, count), stamp, more)

    expect({ vanished, kind: extent.kind }).toEqual({ vanished: 0, kind: 'incremental' })
  })

  it('marks nothing as vanished that never was in Google Photos', () => {
    const phone = [anItem('p', { from: 'folder' })]
    const before = growBy(growBy(emptyLibrary(), many(OLD), OLD).library, phone, '').library

    expect(growBy(before, many(NEW), NEW)).toMatchObject({ vanished: 0, extent: { kind: 'full' } })
  })

  it('takes jitter for no change: a second, the order of people, blanks', () => {
    const said = { people: ['Ada', 'Bob'], description: 'By the sea' }
    const before = growBy(emptyLibrary(), many(OLD, 5, said), OLD).library
    const jittered = many(NEW, 5, {
      people: ['Bob', 'Ada'],
      description: 'By  the sea ',
      taken: { instant: '2021-07-01T10:00:01Z', precision: 'second', source: 'sidecar' },
    })

    const { library, changed, unchanged } = growBy(before, jittered, NEW)

    expect({ changed, unchanged }).toEqual({ changed: 0, unchanged: 5 })
    expect(library.items).toEqual(before.items)
  })

  it('believes the newest export, whichever is imported last', () => {
    const older = many(OLD, 1, { description: 'Old words', favorite: true })
    const newer = many(NEW, 1, { title: 'b.jpg' })

    const inTurn = growBy(growBy(emptyLibrary(), older, OLD).library, newer, NEW)
    const reversed = growBy(growBy(emptyLibrary(), newer, NEW).library, older, OLD)

    expect(inTurn.library.items[0]).toMatchObject({ title: 'b.jpg', favorite: false })
    expect(inTurn.library.items[0]).not.toHaveProperty('description')
    expect(reversed.library.items[0]).toMatchObject({ title: 'b.jpg', favorite: false })
    expect(reversed.library.items[0]).not.toHaveProperty('description')
  })

  it('recognises a re-encoded photo by its shot, and a brother of a burst not', () => {
    const shot = (id: string) => anItem(id, { capture: 'Pixel|2021-07-01T10:00:00.123|img_1|4x3' })
    const before = grow(emptyLibrary(), [shot('a')]).library

    const reencoded = grow(before, [shot('b')])
    const burst = grow(before, [shot('b'), shot('c')])
    const both = grow(before, [shot('a'), shot('b')])

    expect(reencoded.library.items).toHaveLength(1)
    expect(reencoded.sameShots).toHaveLength(1)
    expect(reencoded.library.items[0]?.files.map(({ path }) => path)).toContain(
      before.items[0]?.files[0]?.path,
    )
    expect(burst.library.items).toHaveLength(3)
    expect(both.library.items).toHaveLength(2)
  })

  it('takes a photo out of an album when a full export lists it elsewhere only', () => {
    const [a, b] = [anItem('a', { stamp: OLD }), anItem('b', { stamp: OLD })]
    const before = grow(emptyLibrary(), [a, b], [anAlbum('Trip', [a, b])]).library

    const { library } = growLibrary(before, [a, b], [anAlbum('Trip', [a])], { stamp: NEW })

    expect(library.albums[0]?.items).toEqual([a.id])
  })
})

describe('growing albums', () => {
  it('names the folder after the month of the last photo and never renames it', () => {
    const first = anItem('a')
    const later = anItem('b', {
      taken: { instant: '2022-03-01T10:00:00Z', precision: 'second', source: 'sidecar' },
    })
    const before = grow(emptyLibrary(), [first], [anAlbum('Trip', [first])]).library

    const { library } = grow(before, [first, later], [anAlbum('Trip', [first, later])])

    expect(library.albums.map((album) => album.path)).toEqual(['/albums/2021/07 Trip'])
    expect(library.albums[0]?.items).toEqual([first.id, later.id])
    expect(library.items.map((item) => item.albums)).toEqual([
      [library.albums[0]?.id],
      [library.albums[0]?.id],
    ])
  })

  it('gives an album its title when its file comes after its photos', () => {
    const a = anItem('a')
    const folders = ['Takeout/Google Photos/Oma_s garden']
    const unnamed = { ...anAlbum('Oma_s garden', [a]), folders }
    const before = grow(emptyLibrary(), [a], [unnamed]).library

    const { library } = grow(
      before,
      [a],
      [{ ...unnamed, title: "Oma's garden", id: '00000000000000000002' }],
    )

    expect(library.albums).toEqual([{ ...before.albums[0], title: "Oma's garden" }])
    expect(grow(library, [a], [unnamed]).library.albums).toEqual(library.albums)
  })

  it('keeps two albums of one title apart, and finds each again by its members', () => {
    const [a, b] = [anItem('a'), anItem('b')]
    const one = anAlbum('Trip', [a], '00000000000000000001')
    const two = anAlbum('Trip', [b], '00000000000000000002')
    const before = grow(emptyLibrary(), [a, b], [one, two]).library

    const { library } = grow(before, [a, b], [{ ...two, id: '0000000000000000000f' }])

    expect(before.albums.map((album) => album.path)).toEqual([
      '/albums/2021/07 Trip',
      '/albums/2021/07 Trip (2)',
    ])
    expect(library.albums).toEqual(before.albums)
  })
})

describe('for any library', () => {
  const items = fc
    .uniqueArray(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 30 })
    .chain((ids) =>
      fc.tuple(
        ...ids.map((id) =>
          fc
            .record({
              title: fc.oneof(fc.constantFrom('a.jpg', 'A.JPG', 'a (2).jpg', ''), fc.string()),
              hour: fc.integer({ min: 10, max: 12 }),
              clip: fc.boolean(),
            })
            .map(({ title, hour, clip }) =>
              anItem(`i${id}`, {
                title,
                files: [
                  aFile(`o${id}`),
                  ...(clip ? [aFile(`c${id}`, 'clip' as const, 'a.mp4')] : []),
                ],
                taken: {
                  instant: `2021-07-01T${hour}:00:00Z`,
                  precision: 'second' as const,
                  source: 'sidecar' as const,
                },
              }),
            ),
        ),
      ),
    )

  it('gives every file a path of its own on every file system, whatever the order', () => {
    fc.assert(
      fc.property(items, fc.integer(), (arriving, seed) => {
        const shuffled = [...arriving].sort(
          (a, b) => ((a.title.length * seed) % 7) - ((b.title.length * seed) % 7),
        )

        const { library } = grow(emptyLibrary(), arriving)

        const paths = library.items.flatMap((item) => item.files.map((file) => file.path))
        expect(new Set(paths.map((path) => path.normalize('NFC').toLowerCase())).size).toBe(
          paths.length,
        )
        expect(paths.every((path) => /^\/photos\/2021\/07\/[^/\0]+$/.test(path))).toBe(true)
        expect(grow(emptyLibrary(), shuffled).library).toEqual(library)
      }),
    )
  })

  it('changes nothing when the same import comes again', () => {
    fc.assert(
      fc.property(items, (arriving) => {
        const { library } = grow(emptyLibrary(), arriving)

        const again = grow(library, arriving)

        expect(again.library).toEqual(library)
        expect(again).toMatchObject({ added: 0, changed: 0, unchanged: arriving.length })
      }),
    )
  })
})

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

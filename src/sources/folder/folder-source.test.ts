import { appendFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  googleSidecar,
  jpeg,
  movie,
  PhotoFolder,
  shortcut,
  urlOf,
  writeSyncDatabase,
} from '../../../test/support/photo-folders.ts'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import { inspectSource } from '../../operations/inspect-source.ts'
import { quietly } from '../../util/progress.ts'
import { openSource, type SourceSettings } from '../registry.ts'
import type { Inventory } from '../source.ts'

const options = { progress: quietly, signal: new AbortController().signal }

async function inspect(path: string, settings: SourceSettings = {}): Promise<Inventory> {
  const source = await openSource([`folder:${path}`], settings)
  return (await inspectSource(source, options)).inventory
}

/** Runs `test` with an empty folder that goes away again. */
function inFolder(test: (folder: PhotoFolder) => Promise<void>): () => Promise<void> {
  return async () => {
    using temporary = temporaryFolder()
    await test(new PhotoFolder(join(temporary.path, 'Photos')))
  }
}

const titles = ({ items }: Inventory) => items.map(({ title }) => title).sort()

describe('a folder of photos', () => {
  it(
    'accounts for every file, whatever its folders are called',
    inFolder(async (folder) => {
      folder
        .file('a.jpg', jpeg(1))
        .file('Google Photos/b.jpg', jpeg(2))
        .file('Takeout/Mail/c.jpg', jpeg(3))
        .file('Archive/d.jpg', jpeg(4))
        .file('Trash/=/e.jpg', jpeg(5))
        .file('notes.txt', 'no photo')
        .file('.DS_Store', 'x')
        .file('@eaDir/a.jpg/SYNOPHOTO_THUMB_M.jpg', jpeg(6))

      const inventory = await inspect(folder.path)

      expect(titles(inventory)).toEqual(['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg', 'e.jpg'])
      expect(inventory.summary).toMatchObject({ entries: 8, media: 5, other: 1, litter: 2 })
      expect(inventory.entries.map(({ path }) => path)).toContain('Trash/=/e.jpg')
      expect(inventory.items.every(({ archived, trashed }) => !archived && !trashed)).toBe(true)
      expect(inventory.albums).toEqual([])
      expect(inventory.problems).toEqual([])
    }),
  )

  it(
    'joins live photos, raws and edits, and counts the same bytes once',
    inFolder(async (folder) => {
      const live = { contentIdentifier: '6F1E2A34-0000-4000-8000-000000000001' }
      folder
        .file('DCIM/IMG_1.JPG', jpeg(1, live))
        .file(
          'DCIM/IMG_9.MOV',
          movie(2, { 'com.apple.quicktime.content.identifier': live.contentIdentifier }),
        )
        .file('DCIM/IMG_2.JPG', jpeg(3))
        .file('DCIM/IMG_2.MOV', movie(4))
        .file('DCIM/IMG_3.JPG', jpeg(5))
        .file('DCIM/IMG_3-edited.JPG', jpeg(6))
        .file('Old/copy of 3.JPG', jpeg(5))

      const { items, summary } = await inspect(folder.path)

      expect(summary).toMatchObject({ items: 3, clips: 2, edited: 1, copies: 1 })
      const roles = items.map(({ title, files }) => [title, files.map(({ role }) => role).join()])
      expect(Object.fromEntries(roles)).toEqual({
        'IMG_1.JPG': 'original,clip',
        'IMG_2.JPG': 'original,clip',
        'IMG_3.JPG': 'original,edited',
      })
    }),
  )

  it(
    'takes the time from the file, else from its name, else from its date, and says which',
    inFolder(async (folder) => {
      const late = new Date('2022-08-09T10:11:12Z')
      folder
        .file('one.jpg', jpeg(1, { local: '2019-05-01T10:00:00', offset: '+02:00' }), late)
        .file('IMG_20180203_040506.jpg', jpeg(2), late)
        .file('three.jpg', jpeg(3), late)

      const { items } = await inspect(folder.path)

      const taken = Object.fromEntries(items.map((item) => [item.title, item.taken]))
      expect(taken['one.jpg']).toMatchObject({
        instant: '2019-05-01T08:00:00Z',
        source: 'embedded',
      })
      expect(taken['IMG_20180203_040506.jpg']).toMatchObject({
        local: '2018-02-03T04:05:06',
        source: 'name',
      })
      expect(taken['three.jpg']).toMatchObject({
        instant: '2022-08-09T10:11:12Z',
        source: 'modified',
        confidence: 'low',
      })
    }),
  )

  it(
    "understands Google's sidecars beside the photos, and album files, as in an export",
    inFolder(async (folder) => {
      folder
        .file('Trip/a.jpg', jpeg(1))
        .json('Trip/a.jpg.supplemental-metadata.json', {
          ...googleSidecar('a.jpg', '2015-06-07T08:09:10Z', { description: 'the lake' }),
          favorited: true,
        })
        .json('Trip/metadata.json', { title: 'Trip to the lake', description: 'of 2015' })
        .json('Trip/gone.jpg.json', googleSidecar('gone.jpg', '2015-06-07T08:09:10Z'))

      const { items, albums, entries, problems } = await inspect(folder.path)

      expect(items).toMatchObject([
        {
          description: 'the lake',
          favorite: true,
          taken: { instant: '2015-06-07T08:09:10Z', source: 'sidecar' },
        },
      ])
      expect(albums).toMatchObject([
        { title: 'Trip to the lake', description: 'of 2015', folders: ['Trip'] },
      ])
      expect(entries.find(({ path }) => path === 'Trip/a.jpg')).toMatchObject({
        sidecar: 'Trip/a.jpg.supplemental-metadata.json',
        via: 'own',
      })
      const orphan = { code: 'ORPHAN_SIDECAR', path: 'Trip/gone.jpg.json' }
      expect(problems).toContainEqual(expect.objectContaining(orphan))
    }),
  )

  it(
    'makes albums of folders only where it is asked to',
    inFolder(async (folder) => {
      folder.file('Summer/a.jpg', jpeg(1)).file('b.jpg', jpeg(2))

      const plain = await inspect(folder.path)
      const asked = await inspect(folder.path, { foldersAsAlbums: true })

      expect(plain.albums).toEqual([])
      expect(asked.albums).toMatchObject([{ title: 'Summer', folders: ['Summer'] }])
      expect(asked.albums[0]!.items).toEqual(
        asked.items.filter(({ title }) => title === 'a.jpg').map(({ id }) => id),
      )
    }),
  )
})

describe('what is no photo in a folder', () => {
  it(
    'is told by its first bytes, and not read further',
    inFolder(async (folder) => {
      folder
        .file('film.mp3', Buffer.alloc(100_000, 1))
        .file('main.ts', 'export const answer = 42'.repeat(1000))
        .file('MVIMG_20180418_113218', movie(1))
        .file('old.zip', 'PK\u0003\u0004')
      const source = await openSource([`folder:${folder.path}`])
      await using survey = await source.survey(options)

      const { entries, summary, problems } = survey.understand(new Map())

      expect(problems).toMatchObject([{ code: 'ARCHIVE_NOT_READ', path: 'old.zip' }])
      expect(entries.map(({ path, class: kind, reason }) => [path, kind, reason])).toEqual([
        ['MVIMG_20180418_113218', 'media', undefined],
        ['film.mp3', 'other', 'is no photo or video'],
        ['main.ts', 'other', 'is no photo or video'],
        ['old.zip', 'other', expect.stringContaining('name it as a source itself')],
      ])
      expect(summary).toMatchObject({ media: 1, other: 3, items: 1 })
      expect(survey.bytesRead).toBeLessThan(4 * 1024 + 1)
    }),
  )

  it(
    'may be a repository of backups, whose packfiles are no photos',
    inFolder(async (folder) => {
      folder.file('a.jpg', jpeg(1)).file('backup/CONFIG', 'x').file('backup/states/00/ab', 'x')
      folder.file('backup/packfiles/00/ab', jpeg(2)).file('CONFIG', 'of something else')

      const { items, entries } = await inspect(folder.path)

      expect(items).toHaveLength(1)
      expect(entries.filter(({ path }) => path.startsWith('backup/'))).toMatchObject(
        Array(3).fill({ class: 'other', reason: 'belongs to a repository of backups' }),
      )
    }),
  )
})

describe('XMP files beside photos', () => {
  it(
    'give date, place, caption and people to the photo they are named after',
    inFolder(async (folder) => {
      folder.file('a.jpg', jpeg(1, { local: '2001-01-01T00:00:00' })).file(
        'a.jpg.xmp',
        `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description
            exif:GPSLatitude="47,23.5N" exif:GPSLongitude="8,32,30W" photoshop:DateCreated="2019-05-01T10:00:00.12+02:00">
            <dc:description><rdf:Alt><rdf:li xml:lang="x-default">Fish &amp; chips &#x263A;</rdf:li></rdf:Alt></dc:description>
            <Iptc4xmpExt:PersonInImage><rdf:Bag><rdf:li>Ada</rdf:li></rdf:Bag></Iptc4xmpExt:PersonInImage>
            </rdf:Description></rdf:RDF></x:xmpmeta>`,
      )

      const { items, entries } = await inspect(folder.path)

      expect(items).toMatchObject([
        {
          taken: { instant: '2019-05-01T08:00:00Z', offset: '+02:00', source: 'sidecar' },
          location: { latitude: 47.3916667, longitude: -8.5416667 },
          description: 'Fish & chips ☺',
          people: ['Ada'],
        },
      ])
      expect(entries).toMatchObject([
        { path: 'a.jpg', sidecar: 'a.jpg.xmp', via: 'own' },
        { path: 'a.jpg.xmp', class: 'sidecar' },
      ])
    }),
  )

  it(
    'are not guessed to belong to one of several photos, nor read when they are none',
    inFolder(async (folder) => {
      const xmp = '<x:xmpmeta><rdf:RDF></rdf:RDF></x:xmpmeta>'
      folder.file('a.jpg', jpeg(1)).file('a.png', jpeg(2)).file('a.xmp', xmp)
      folder.file('b.jpg', jpeg(3)).file('b.jpg.xmp', 'torn')

      const { problems, items } = await inspect(folder.path)

      expect(problems.map(({ code, path }) => [code, path])).toEqual([
        ['AMBIGUOUS', 'a.xmp'],
        ['BROKEN_SIDECAR', 'b.jpg.xmp'],
      ])
      expect(items).toHaveLength(3)
    }),
  )
})

describe('a tree of gphotos-sync', () => {
  const tree = (folder: PhotoFolder) =>
    folder
      .file('photos/2019/05/IMG_1.jpg', jpeg(1, { local: '2019-05-31T12:00:00' }))
      .file('photos/2019/05/IMG_1 (2).jpg', jpeg(2))
      .file('elsewhere/IMG_2.jpg', jpeg(3))
      .link('albums/2019/0531 Summer/0000_IMG_1.jpg', 'photos/2019/05/IMG_1.jpg')

  const rows = [
    { path: 'photos/2019/05', name: 'IMG_1.jpg', created: '2019-05-31 10:00:00' },
    { path: 'photos/2019/05', name: 'IMG_1 (2).jpg', original: 'IMG_1.jpg', description: 'two' },
    {
      path: 'photos/2019/06',
      name: 'IMG_2.jpg',
      created: '2019-06-01 00:00:00',
      location: '47.4,8.5',
    },
  ]
  const albums = [{ title: 'Summer', description: 'at the sea', members: [1, 0] }]

  it(
    'tells names, times, links, places and albums from its database, also of files that moved',
    inFolder(async (folder) => {
      tree(folder)
      writeSyncDatabase(join(folder.path, 'gphotos.sqlite'), rows, albums)

      const { items, albums: found, problems, summary } = await inspect(folder.path)

      const byUrl = Object.fromEntries(items.map((item) => [item.url, item]))
      expect(byUrl[urlOf(0)]).toMatchObject({
        title: 'IMG_1.jpg',
        taken: { instant: '2019-05-31T10:00:00Z', offset: '+02:00', local: '2019-05-31T12:00:00' },
      })
      expect(byUrl[urlOf(1)]).toMatchObject({ title: 'IMG_1.jpg', description: 'two' })
      expect(byUrl[urlOf(2)]).toMatchObject({
        taken: { instant: '2019-06-01T00:00:00Z' },
        location: { latitude: 47.4, longitude: 8.5 },
      })
      expect(found).toMatchObject([{ title: 'Summer', description: 'at the sea' }])
      expect(found[0]!.items).toHaveLength(2)
      expect(problems).toEqual([])
      expect(summary).toMatchObject({ media: 3, sidecars: 1, other: 1, rejected: 0 })
    }),
  )

  it(
    'may have two albums of one title: Google has an id for each',
    inFolder(async (folder) => {
      tree(folder).link('albums/2019/0601 Summer/0000_IMG_2.jpg', 'elsewhere/IMG_2.jpg')
      const two = [...albums, { title: 'Summer', members: [2, 0] }]
      writeSyncDatabase(join(folder.path, 'gphotos.sqlite'), rows, two)

      const { items, albums: found } = await inspect(folder.path)

      const titleOf = new Map(items.map(({ id, url }) => [id, url?.slice(-2)]))
      const told = found.map(({ title, remoteId, folders, items: members }) => [
        ...[title, remoteId, folders.join(), members.map((id) => titleOf.get(id)).sort()],
      ])
      expect(told.sort()).toEqual([
        ['Summer', 'A0', 'albums/2019/0531 Summer', ['R0', 'R1']],
        ['Summer', 'A1', 'albums/2019/0601 Summer', ['R0', 'R2']],
      ])
      expect(new Set(found.map(({ id }) => id)).size).toBe(2)
    }),
  )

  it(
    'is never written to, also where changes wait in a write-ahead log',
    inFolder(async (folder) => {
      tree(folder)
      const database = join(folder.path, 'gphotos.sqlite')
      writeSyncDatabase(database, rows, albums, { isLogged: true })
      const before = statSync(database)
      const names = readdirSync(folder.path)
      expect(names).toContain('gphotos.sqlite-wal')

      const { items } = await inspect(folder.path)

      expect(items.flatMap(({ url }) => url ?? [])).toHaveLength(3)
      expect(readdirSync(folder.path)).toEqual(names)
      expect(statSync(database)).toMatchObject({ mtimeMs: before.mtimeMs, size: before.size })
    }),
  )

  it(
    'is imported all the same when its database is damaged, and the links still tell the album',
    inFolder(async (folder) => {
      tree(folder).file('gphotos.sqlite', 'SQLite format 3\0 but no more')

      const { problems, albums: found, items } = await inspect(folder.path)

      expect(problems).toMatchObject([{ code: 'BROKEN_SIDECAR', path: 'gphotos.sqlite' }])
      expect(found).toMatchObject([{ title: 'Summer' }])
      expect(items).toHaveLength(3)
    }),
  )
})

describe('what GooglePhotosTakeoutHelper left', () => {
  it.each(['links', 'shortcuts', 'copies', 'Albums', 'json', 'json by album'])(
    'has its albums, given as %s',
    async (form) => {
      using temporary = temporaryFolder()
      const folder = new PhotoFolder(temporary.path)
      folder.file('ALL_PHOTOS/2019/a.jpg', jpeg(1)).file('ALL_PHOTOS/date-unknown/b.jpg', jpeg(2))
      if (form === 'links') folder.link('Summer/a.jpg', 'ALL_PHOTOS/2019/a.jpg')
      if (form === 'shortcuts') {
        folder.file('Summer/a.jpg.lnk', shortcut({ relative: '..\\ALL_PHOTOS\\2019\\a.jpg' }))
      }
      if (form === 'copies') folder.file('Summer/a.jpg', jpeg(1))
      if (form === 'Albums') folder.file('Albums/Summer/a.jpg', jpeg(1))
      if (form === 'json') folder.json('albums-info.json', { 'a.jpg': ['Summer'], 'b.jpg': [] })
      if (form === 'json by album') {
        folder.json('albums-info.json', { albums: { Summer: ['a.jpg'] }, metadata: {} })
      }

      const { albums, items, problems } = await inspect(temporary.path)

      expect(items).toHaveLength(2)
      expect(albums.map(({ title, items: members }) => [title, members])).toEqual([
        ['Summer', items.filter(({ title }) => title === 'a.jpg').map(({ id }) => id)],
      ])
      expect(problems).toEqual([])
    },
  )
})

it(
  'has the albums of GooglePhotosTakeoutHelper also where the photos are in them, and links elsewhere',
  inFolder(async (folder) => {
    folder.file('Summer/a.jpg', jpeg(1)).file('ALL_PHOTOS/2019/b.jpg', jpeg(2))
    folder.link('ALL_PHOTOS/2020/a.jpg', 'Summer/a.jpg')

    const { albums, items } = await inspect(folder.path)

    expect(items).toHaveLength(2)
    expect(albums.map(({ title }) => title)).toEqual(['Summer'])
  }),
)

describe('what a folder may not do', () => {
  it(
    'make us follow links outside, round in circles, or to nothing: each is named',
    inFolder(async (folder) => {
      using elsewhere = temporaryFolder()
      writeFileSync(join(elsewhere.path, 'secret.jpg'), jpeg(9))
      folder.file('sub/a.jpg', jpeg(1))
      symlinkSync(join(elsewhere.path, 'secret.jpg'), join(folder.path, 'out.jpg'))
      symlinkSync('..', join(folder.path, 'sub', 'up'))
      symlinkSync('self.jpg', join(folder.path, 'self.jpg'))
      symlinkSync('nothing', join(folder.path, 'dead.jpg'))
      symlinkSync('sub', join(folder.path, 'inside'))

      const { entries, items, problems } = await inspect(folder.path)

      expect(items.map(({ files }) => files.map(({ path }) => path))).toEqual([['sub/a.jpg']])
      expect(problems.map(({ code, path }) => `${code} ${path}`)).toEqual([
        'REJECTED dead.jpg',
        'REJECTED out.jpg',
        'REJECTED self.jpg',
      ])
      expect(entries).toHaveLength(6)
    }),
  )

  it(
    'change while it is read without being noticed',
    inFolder(async (folder) => {
      folder.file('a.jpg', jpeg(1)).file('b.jpg', jpeg(2))
      const source = await openSource([`folder:${folder.path}`])
      await using survey = await source.survey(options)
      const before = survey.understand(new Map()).entries
      appendFileSync(join(folder.path, 'a.jpg'), 'more')
      rmSync(join(folder.path, 'b.jpg'))

      const { openContents } = await import(survey.contentModule)
      const said: string[] = []
      for (const batch of survey.batches(before.map(({ index }) => index))) {
        for await (const content of openContents(batch.recipe)) {
          const into = new Uint8Array(1 << 16)
          try {
            while ((await content.read(into)) > 0);
            content.finish()
            said.push('read')
          } catch (problem) {
            said.push((problem as { code: string }).code)
          }
        }
      }

      expect(said).toEqual(['DAMAGED_ENTRY', 'DAMAGED_ENTRY'])
    }),
  )

  it('be empty, gone or a file: that is said, and nothing is understood', async () => {
    using temporary = temporaryFolder()
    const empty = new PhotoFolder(join(temporary.path, 'empty'))
    const file = new PhotoFolder(temporary.path).file('a.jpg', jpeg(1))

    await expect(inspect(empty.path)).rejects.toMatchObject({ code: 'SOURCE_EMPTY' })
    await expect(inspect(join(file.path, 'gone'))).rejects.toMatchObject({
      code: 'SOURCE_NOT_FOUND',
    })
    await expect(inspect(join(file.path, 'a.jpg'))).rejects.toMatchObject({ code: 'NOT_A_FOLDER' })
  })

  it('disappear between being named and being read', async () => {
    using temporary = temporaryFolder()
    const folder = new PhotoFolder(join(temporary.path, 'disk')).file('a.jpg', jpeg(1))
    const source = await openSource([`folder:${folder.path}`])
    rmSync(folder.path, { recursive: true })

    await expect(source.survey(options)).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' })
  })
})

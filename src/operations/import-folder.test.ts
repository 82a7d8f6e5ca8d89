import { appendFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ZipWriter } from '../../test/support/archives/zip-writer.ts'
import { googleSidecar, jpeg, PhotoFolder } from '../../test/support/photo-folders.ts'
import { temporaryFolder } from '../../test/support/temporary-folder.ts'
import { openSource } from '../sources/registry.ts'
import { MemoryStore } from '../stores/memory/memory-store.ts'
import { quietly } from '../util/progress.ts'
import { importLibrary } from './import-library.ts'
import { createRepositoryIn, openRepositoryIn, type Repository } from './open-repository.ts'
import { readCatalogue } from './read-catalogue.ts'

async function aRepository(): Promise<Repository> {
  const store = new MemoryStore()
  await createRepositoryIn(store, {})
  return openRepositoryIn(store, { passphrase: () => Promise.reject(new Error('not needed')) })
}

const signal = new AbortController().signal
const options = { progress: quietly, signal, threads: 0, cacheDir: undefined, client: 'test' }
/** Files were all written long before: none of them may have been written to just now. */
const tomorrow = () => Date.now() + 86_400_000

async function save(repository: Repository, location: string, { reread = false } = {}) {
  const source = await openSource([location], { now: tomorrow })
  return importLibrary(repository, source, { ...options, reread })
}

/** Runs `test` with a repository, an empty folder, and a place for other things. */
function withFolder(
  test: (repository: Repository, folder: PhotoFolder, place: string) => Promise<void>,
): () => Promise<void> {
  return async () => {
    using temporary = temporaryFolder()
    await using repository = await aRepository()
    await test(repository, new PhotoFolder(join(temporary.path, 'Phone')), temporary.path)
  }
}

const items = async (repository: Repository) => (await readCatalogue(repository, 'latest')).items

function takeout(place: string, files: Record<string, Buffer | object>): string {
  const zip = new ZipWriter()
  for (const [name, content] of Object.entries(files)) {
    const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content))
    zip.add(`Takeout/Google Photos/Photos from 2019/${name}`, bytes)
  }
  const path = join(place, 'takeout-20240102T030405Z-001.zip')
  writeFileSync(path, zip.finish())
  return path
}

describe('saving a folder of photos', () => {
  it(
    'reads what is new or was touched, and nothing else',
    withFolder(async (repository, folder) => {
      folder.file('a.jpg', jpeg(1)).file('DCIM/b.jpg', jpeg(2)).file('c.jpg', jpeg(3))

      const first = await save(repository, folder.path)
      const again = await save(repository, folder.path)
      folder.file('new.jpg', jpeg(4))
      appendFileSync(join(folder.path, 'c.jpg'), Buffer.alloc(1))
      const grown = await save(repository, folder.path)
      const reread = await save(repository, folder.path, { reread: true })

      expect(first).toMatchObject({ status: 'complete', items: 3, added: 3 })
      expect(first.bytesRead).toBe(jpeg(1).length + jpeg(2).length + jpeg(3).length)
      expect(again).toMatchObject({ status: 'complete', added: 0, unchanged: 3, bytesRead: 0 })
      expect(grown.bytesRead).toBe(jpeg(4).length + jpeg(3).length + 1)
      expect(reread.bytesRead).toBe(grown.summary.bytes)
    }),
  )

  it(
    'reads a file again that was replaced by another of the same name, size and date',
    withFolder(async (repository, folder) => {
      const [one, two] = [Buffer.from(jpeg(1)), Buffer.from(jpeg(1))]
      two[two.length - 3]! ^= 1
      await save(repository, folder.file('a.jpg', one).path)

      const report = await save(repository, folder.file('a.jpg', two).path)

      expect(report).toMatchObject({ items: 2, added: 1, bytesRead: two.length })
    }),
  )

  it(
    'keeps what was moved or deleted in the folder: nothing vanishes',
    withFolder(async (repository, folder) => {
      await save(repository, folder.file('a.jpg', jpeg(1)).file('b.jpg', jpeg(2)).path)
      const before = await items(repository)
      renameSync(join(folder.path, 'a.jpg'), join(folder.path, 'z.jpg'))
      rmSync(join(folder.path, 'b.jpg'))

      const report = await save(repository, folder.path)

      expect(report).toMatchObject({ items: 2, added: 0, vanished: 0 })
      expect((await items(repository)).map(({ id, files }) => [id, files])).toEqual(
        before.map(({ id, files }) => [id, files]),
      )
    }),
  )

  it(
    'makes no snapshot of a folder whose disk is away',
    withFolder(async (repository, folder) => {
      await save(repository, folder.file('a.jpg', jpeg(1)).path)
      rmSync(join(folder.path, 'a.jpg'))

      await expect(save(repository, `folder:${folder.path}`)).rejects.toMatchObject({
        code: 'SOURCE_EMPTY',
      })
      rmSync(folder.path, { recursive: true })
      await expect(save(repository, `folder:${folder.path}`)).rejects.toMatchObject({
        code: 'SOURCE_NOT_FOUND',
      })
      expect(await items(repository)).toHaveLength(1)
    }),
  )
})

describe('a folder and a Takeout', () => {
  const described = {
    ...googleSidecar('a.jpg', '2019-05-01T08:00:00Z', { description: 'from Google' }),
    favorited: true,
  }
  const xmp = `<x:xmpmeta><rdf:RDF><rdf:Description photoshop:DateCreated="2001-01-01T00:00:00Z">
    <dc:description><rdf:Alt><rdf:li>from XMP</rdf:li></rdf:Alt></dc:description>
    </rdf:Description></rdf:RDF></x:xmpmeta>`

  it(
    'are one library: the same photo is one item, and what Google knows of it stays',
    withFolder(async (repository, folder, place) => {
      await save(repository, takeout(place, { 'a.jpg': jpeg(1), 'a.jpg.json': described }))
      folder.file('IMG_7.jpg', jpeg(1)).file('IMG_7.jpg.xmp', xmp)
      folder.file('IMG_8.jpg', jpeg(2)).file('IMG_8.jpg.xmp', xmp)

      const report = await save(repository, folder.path)

      expect(report).toMatchObject({ status: 'complete', items: 2, added: 1 })
      const kept = Object.fromEntries((await items(repository)).map((item) => [item.title, item]))
      expect(kept['a.jpg']).toMatchObject({
        description: 'from Google',
        favorite: true,
        taken: { instant: '2019-05-01T08:00:00Z' },
      })
      expect(kept['IMG_8.jpg']).toMatchObject({
        description: 'from XMP',
        taken: { instant: '2001-01-01T00:00:00Z', source: 'sidecar' },
      })
    }),
  )

  it(
    'may come the other way round: what Google says is added, and the path stays',
    withFolder(async (repository, folder, place) => {
      await save(repository, folder.file('IMG_7.jpg', jpeg(1)).path)
      const [before] = await items(repository)

      await save(repository, takeout(place, { 'a.jpg': jpeg(1), 'a.jpg.json': described }))

      expect(await items(repository)).toMatchObject([
        {
          id: before!.id,
          files: [{ path: before!.files[0]!.path }],
          description: 'from Google',
          taken: { instant: '2019-05-01T08:00:00Z', source: 'sidecar' },
        },
      ])
    }),
  )

  it(
    'are not named together, and each is recognised for what it is',
    withFolder(async (_, folder, place) => {
      folder.file('a.jpg', jpeg(1)).json('settings.json', { theme: 'dark' })
      const zip = takeout(place, { 'a.jpg': jpeg(1) })

      expect(await openSource([folder.path])).toMatchObject({ kind: 'folder' })
      expect(await openSource([zip])).toMatchObject({ kind: 'takeout' })
      expect(await openSource([`takeout:${zip}`])).toMatchObject({ kind: 'takeout' })
      await expect(openSource([folder.path, zip])).rejects.toMatchObject({ code: 'MIXED_SOURCES' })
    }),
  )
})

const caption = (description: string, people: string[] = [], keywords: string[] = []) => `
  <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description>
    <dc:description><rdf:Alt><rdf:li>${description}</rdf:li></rdf:Alt></dc:description>
    <Iptc4xmpExt:PersonInImage><rdf:Bag>${lis(people)}</rdf:Bag></Iptc4xmpExt:PersonInImage>
    <dc:subject><rdf:Bag>${lis(keywords)}</rdf:Bag></dc:subject>
  </rdf:Description></rdf:RDF></x:xmpmeta>`
const lis = (texts: string[]) => texts.map((text) => `<rdf:li>${text}</rdf:li>`).join('')

describe('what is written beside a photo after it was saved', () => {
  it(
    'is a new version of the photo, and so is what is changed later',
    withFolder(async (repository, folder) => {
      await save(repository, folder.file('a.jpg', jpeg(1)).path)

      folder.file('a.jpg.xmp', caption('At the lake', ['Ada'], ['boat']))
      const added = await save(repository, folder.path)
      const [first] = await items(repository)
      folder.file('a.jpg.xmp', caption('At the sea', ['Ada', 'Ben'], ['boat', 'sun']))
      const changed = await save(repository, folder.path)
      const [second] = await items(repository)
      const same = await save(repository, folder.path)

      expect([added, changed, same].map((report) => report.changed)).toEqual([1, 1, 0])
      expect(first).toMatchObject({ description: 'At the lake', people: ['Ada'] })
      expect(second).toMatchObject({
        ...{ id: first!.id, files: first!.files, description: 'At the sea' },
        ...{ people: ['Ada', 'Ben'], more: { 'dc:subject': ['boat', 'sun'] } },
      })
    }),
  )

  it(
    'adds to what Google said, and replaces nothing of it',
    withFolder(async (repository, folder, place) => {
      const sidecar = {
        ...googleSidecar('a.jpg', '2019-05-01T10:00:00Z'),
        description: 'As Google has it',
      }
      const export1 = takeout(place, { 'a.jpg': jpeg(1), 'a.jpg.json': sidecar })
      await save(repository, export1)

      folder.file('a.jpg', jpeg(1)).file('a.jpg.xmp', caption('Another', ['Ada']))
      const report = await save(repository, folder.path)

      expect(report).toMatchObject({ added: 0, changed: 1 })
      expect(await items(repository)).toMatchObject([
        { description: 'As Google has it', people: ['Ada'] },
      ])
    }),
  )

  it(
    'counts once: two folders that disagree do not take turns',
    withFolder(async (repository, folder, place) => {
      const other = new PhotoFolder(join(place, 'Old'))
      folder.file('a.jpg', jpeg(1)).file('a.jpg.xmp', caption('One'))
      other.file('a.jpg', jpeg(1)).file('a.jpg.xmp', caption('Two'))
      await save(repository, folder.path)
      await save(repository, other.path)

      const again = [await save(repository, folder.path), await save(repository, other.path)]

      expect(again.map(({ changed }) => changed)).toEqual([0, 0])
      expect(await items(repository)).toMatchObject([{ description: 'Two' }])
    }),
  )
})

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ZipWriter } from '../../../test/support/archives/zip-writer.ts'
import { aRepositoryInMemory } from '../../../test/support/small-imports.ts'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import { openSource } from '../../sources/registry.ts'
import { quietly } from '../../util/progress.ts'
import { importLibrary } from '../import-library.ts'
import type { Repository } from '../open-repository.ts'
import { readCatalogue } from '../read-catalogue.ts'

/** Always the same few, so that a run can be trusted; `SLOW=1` looks for others. */
const RUNS = process.env.SLOW === '1' ? { numRuns: 60 } : { numRuns: 8, seed: 3 }

type Entry = [path: string, content: string]

const ROOT = 'Takeout/Google Photos'
const YEAR = `${ROOT}/Photos from 2021`

function sidecar(title: string, day: number, more: object = {}): string {
  const timestamp = String(Date.UTC(2021, 6, day, 10) / 1000)
  return JSON.stringify({ title, photoTakenTime: { timestamp }, ...more })
}

/** A photo with an edit, a live photo, plain ones, and two albums, one of sidecars only. */
const EXPORT: readonly Entry[] = [
  [`${YEAR}/IMG_1001.jpg`, 'one'],
  [`${YEAR}/IMG_1001.jpg.json`, sidecar('IMG_1001.jpg', 1, { description: 'One' })],
  [`${YEAR}/IMG_1001-edited.jpg`, 'one, edited'],
  [`${YEAR}/IMG_1002.HEIC`, 'two'],
  [`${YEAR}/IMG_1002.HEIC.json`, sidecar('IMG_1002.HEIC', 2, { people: [{ name: 'Ada' }] })],
  [`${YEAR}/IMG_1002.MP4`, 'two, moving'],
  [`${YEAR}/IMG_1003.jpg`, 'three'],
  [`${YEAR}/IMG_1003.jpg.json`, sidecar('IMG_1003.jpg', 3, { favorited: true })],
  [`${YEAR}/IMG_1004.jpg`, 'four'],
  [`${YEAR}/IMG_1004.jpg.json`, sidecar('IMG_1004.jpg', 4)],
  [`${ROOT}/Trip/metadata.json`, '{"title":"Trip","description":"To the sea"}'],
  [`${ROOT}/Trip/IMG_1001.jpg`, 'one'],
  [`${ROOT}/Trip/IMG_1001.jpg.json`, sidecar('IMG_1001.jpg', 1)],
  [`${ROOT}/Trip/IMG_1003.jpg`, 'three'],
  [`${ROOT}/Trip/IMG_1003.jpg.json`, sidecar('IMG_1003.jpg', 3)],
  [`${ROOT}/Best/metadata.json`, '{"title":"Best"}'],
  [`${ROOT}/Best/IMG_1004.jpg.json`, sidecar('IMG_1004.jpg', 4)],
]

async function importParts(
  repository: Repository,
  parts: ReadonlyMap<number, readonly Entry[]>,
  stamp = '20240102T030405Z',
  extent: 'full' | 'incremental' = 'incremental',
) {
  using folder = temporaryFolder()
  for (const [number, entries] of parts) {
    const zip = new ZipWriter()
    for (const [path, content] of entries) zip.add(path, Buffer.from(content))
    const name = `takeout-${stamp}-${String(number).padStart(3, '0')}.zip`
    writeFileSync(join(folder.path, name), zip.finish())
  }
  const signal = new AbortController().signal
  return await importLibrary(repository, await openSource([folder.path]), {
    ...{ progress: quietly, signal, threads: 0, cacheDir: undefined, client: 'test' },
    ...{ reread: false, extent },
  })
}

/**
 * The library without what depends on who came first: ids of items and numbers in paths; and without
 * albums that the last export lacks, which are kept all the same.
 */
async function libraryOf(repository: Repository) {
  const { items, albums: all } = await readCatalogue(repository, 'latest')
  const albums = all.filter(({ vanished }) => vanished === undefined)
  const titleOf = new Map(albums.map(({ id, title }) => [id, title]))
  const shaOf = new Map(items.map(({ id, files }) => [id, files[0]!.sha256]))
  return {
    items: items
      .map(({ id: _, files, albums: ids, ...rest }) => ({
        ...rest,
        files: files.map(({ role, sha256, mediaType }) => ({ role, sha256, mediaType })),
        albums: ids.flatMap((id) => titleOf.get(id) ?? []).sort(),
      }))
      .sort((a, b) => (a.files[0]!.sha256 < b.files[0]!.sha256 ? -1 : 1)),
    albums: albums
      .map(({ path: _, items: ids, ...said }) => ({
        ...said,
        members: ids.map((id) => shaOf.get(id)).sort(),
      }))
      .sort((a, b) => (a.title < b.title ? -1 : 1)),
  }
}

describe('an export that comes in several runs', () => {
  it('gives the library that one run gives, whatever is in which part and comes when', async () => {
    await using atOnce = await aRepositoryInMemory()
    await importParts(atOnce, new Map([[1, EXPORT]]))
    const whole = await libraryOf(atOnce)
    const spread = fc.array(fc.integer({ min: 1, max: 8 }), {
      minLength: EXPORT.length,
      maxLength: EXPORT.length,
    })
    const order = fc.shuffledSubarray([1, 2, 3, 4, 5, 6, 7, 8], { minLength: 8 })

    await fc.assert(
      fc.asyncProperty(spread, order, async (parts, runs) => {
        await using repository = await aRepositoryInMemory()
        const waiting = runs.filter((number) => parts.includes(number))
        while (waiting.length > 0) {
          const number = waiting.shift()!
          const entries = EXPORT.filter((_, at) => parts[at] === number)
          const { status } = await importParts(repository, new Map([[number, entries]]))
          // A part without any photo saves nothing as long as there is no library.
          if (status === 'failed') waiting.push(number)
        }

        expect(await libraryOf(repository)).toEqual(whole)
      }),
      RUNS,
    )
  })

  it('solves the orphans of the first run when the second brings their photos', async () => {
    await using repository = await aRepositoryInMemory()
    const isSidecar = ([path]: Entry) => path.endsWith('.json') || path.includes('1001')
    const first = await importParts(repository, new Map([[1, EXPORT.filter(isSidecar)]]))

    const second = await importParts(
      repository,
      new Map([[2, EXPORT.filter((entry) => !isSidecar(entry))]]),
    )

    expect(first.status).toBe('incomplete')
    expect(second.status).toBe('complete')
    expect(second.problems.filter(({ resolved }) => !resolved)).toEqual([])
  })
})

describe('exports one after the other', () => {
  const [K, K1] = ['20240102T030405Z', '20240302T030405Z']

  interface Photo {
    taken: boolean
    favorite: boolean
    description: string
    album: boolean
  }

  const versions = fc.array(
    fc.record({
      taken: fc.boolean(),
      favorite: fc.boolean(),
      description: fc.constantFrom('', 'Sea', 'Hill'),
      album: fc.boolean(),
    }),
    { minLength: 6, maxLength: 6 },
  )

  function exportOf(photos: readonly Photo[]): Entry[] {
    return photos.flatMap(({ favorite, description, album }, at): Entry[] => {
      const name = `IMG_${1000 + at}.jpg`
      const json = sidecar(name, at + 1, { favorited: favorite || undefined, description })
      const pair = (folder: string): Entry[] => [
        [`${folder}/${name}`, `photo ${at}`],
        [`${folder}/${name}.json`, json],
      ]
      return [...pair(YEAR), ...(album ? pair(`${ROOT}/Trip`) : [])]
    })
  }

  it('end as the last one alone, when it has all that the first one had', async () => {
    await fc.assert(
      fc.asyncProperty(versions, versions, async (before, after) => {
        const first = exportOf(before.filter((_, at) => at === 0 || before[at]!.taken))
        const last = exportOf(after)
        await using alone = await aRepositoryInMemory()
        await importParts(alone, new Map([[1, last]]), K1)
        await using grown = await aRepositoryInMemory()
        await importParts(grown, new Map([[1, first]]), K)
        await importParts(grown, new Map([[1, last]]), K1, 'full')
        const again = await importParts(grown, new Map([[1, last]]), K1, 'full')

        expect(await libraryOf(grown)).toEqual(await libraryOf(alone))
        expect(again).toMatchObject({ added: 0, changed: 0, vanished: 0, unchanged: 6 })
      }),
      RUNS,
    )
  })
})

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ZipWriter } from '../../../test/support/archives/zip-writer.ts'
import { aRepositoryInMemory } from '../../../test/support/small-imports.ts'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import { openSource } from '../../sources/registry.ts'
import { quietly } from '../../util/progress.ts'
import { type ImportOptions, importLibrary } from '../import-library.ts'
import type { Repository } from '../open-repository.ts'
import { readCatalogue } from '../read-catalogue.ts'

const ROOT = 'Takeout/Google Photos'
const [K, K1] = ['20240102T030405Z', '20240302T030405Z']

/** Letters are photos; each lies in the year folder too. */
type Albums = Record<string, { photos?: string; sidecars?: string; file?: object }>

function entriesOf(albums: Albums, inYear: string): [path: string, content: string][] {
  const pair = (folder: string, letter: string): [string, string][] => [
    [`${ROOT}/${folder}/IMG_${letter}.jpg`, `photo ${letter}`],
    sidecar(folder, letter),
  ]
  const year = [...inYear].flatMap((letter) => pair('Photos from 2021', letter))
  const inAlbums = Object.entries(albums).flatMap(
    ([folder, { photos = '', sidecars = '', file }]) => [
      ...[...photos].flatMap((letter) => pair(folder, letter)),
      ...[...sidecars].map((letter) => sidecar(folder, letter)),
      ...(file
        ? [[`${ROOT}/${folder}/metadata.json`, JSON.stringify(file)] as [string, string]]
        : []),
    ],
  )
  return [...year, ...inAlbums]
}

function sidecar(folder: string, letter: string): [string, string] {
  const timestamp = String(1_625_130_000 + letter.charCodeAt(0))
  const title = `IMG_${letter}.jpg`
  const json = { title, photoTakenTime: { timestamp } }
  return [`${ROOT}/${folder}/${title}.json`, JSON.stringify(json)]
}

async function imports(
  repository: Repository,
  stamp: string,
  entries: readonly [path: string, content: string][],
  { number = 1, ...more }: Partial<ImportOptions> & { number?: number } = {},
) {
  using folder = temporaryFolder()
  const zip = new ZipWriter()
  for (const [path, content] of entries) zip.add(path, Buffer.from(content))
  const name = `takeout-${stamp}-${String(number).padStart(3, '0')}.zip`
  writeFileSync(join(folder.path, name), zip.finish())
  return await importLibrary(repository, await openSource([folder.path]), {
    ...{ progress: quietly, signal: new AbortController().signal, client: 'test' },
    ...{ threads: 0, cacheDir: undefined, reread: false, ...more },
  })
}

/** Title and members of the albums, sorted. */
async function albumsOf(repository: Repository): Promise<string[]> {
  const { items, albums } = await readCatalogue(repository, 'latest')
  const letterOf = new Map(items.map(({ id, title }) => [id, title.slice(4, 5)]))
  const told = albums.map(
    ({ title, items: ids }) => `${title}: ${ids.map((id) => letterOf.get(id)).join('')}`,
  )
  return told.sort()
}

const trip = { title: 'Trip' }
const TWO: Albums = { Trip: { photos: 'ab', file: trip }, 'Trip(1)': { photos: 'cd', file: trip } }

describe('albums of one title in the exports of one library', () => {
  it('are recognised though their folders changed numbers, in one run or part by part', async () => {
    await using repository = await aRepositoryInMemory()
    await imports(repository, K, entriesOf(TWO, 'abcd'))
    const before = await readCatalogue(repository, 'latest')
    const numbered = entriesOf(
      { Trip: { photos: 'cde', file: trip }, 'Trip(1)': { photos: 'ab', file: trip } },
      'abcde',
    )
    const files = numbered.filter(([path]) => path.endsWith('metadata.json'))

    await imports(repository, K1, files, { extent: 'incremental' })
    const others = numbered.filter((entry) => !files.includes(entry))
    const last = await imports(repository, K1, others, { number: 2, extent: 'incremental' })

    expect(await albumsOf(repository)).toEqual(['Trip: ab', 'Trip: cde'])
    const { albums } = await readCatalogue(repository, 'latest')
    const names = ({ id, path }: { id: string; path: string }) => [id, path]
    expect(albums.map(names)).toEqual(before.albums.map(names))
    expect(last.problems.filter(({ code }) => code === 'AMBIGUOUS')).toEqual([])
  })

  it('are named where nothing tells which is which, and change nothing when they come again', async () => {
    await using repository = await aRepositoryInMemory()
    await imports(repository, K, entriesOf(TWO, 'abcd'))

    const third = entriesOf({ Trip: { photos: 'e', file: trip } }, 'e')
    const first = await imports(repository, K1, third, { extent: 'incremental' })
    const albums = await albumsOf(repository)
    const again = await imports(repository, K1, third, { extent: 'incremental' })

    expect(albums).toEqual(['Trip: ab', 'Trip: cd', 'Trip: e'])
    expect(first.status).toBe('complete')
    expect(first.problems).toMatchObject([{ code: 'AMBIGUOUS', path: `${ROOT}/Trip` }])
    expect(again).toMatchObject({ added: 0, changed: 0 })
    expect(await albumsOf(repository)).toEqual(albums)
  })

  it('are found by their photos, of which the export has but the sidecars', async () => {
    await using repository = await aRepositoryInMemory()
    await imports(repository, K, entriesOf(TWO, 'abcd'))
    const later = entriesOf({ Trip: { photos: 'e', sidecars: 'cd', file: trip } }, 'e')

    const { problems } = await imports(repository, K1, later, { extent: 'incremental' })

    expect(await albumsOf(repository)).toEqual(['Trip: ab', 'Trip: cde'])
    expect(problems.filter(({ code }) => code === 'AMBIGUOUS')).toEqual([])
  })
})

it('an album that lacks photos says how many, until they come', async () => {
  await using repository = await aRepositoryInMemory()
  const file = { title: 'Trip', mediaItemsCount: 3 }
  const first = await imports(repository, K, entriesOf({ Trip: { photos: 'a', file } }, 'a'))
  const incomplete = (await readCatalogue(repository, 'latest')).albums[0]

  const all = entriesOf({ Trip: { photos: 'abc', file } }, 'abc')
  await imports(repository, K1, all, { extent: 'incremental' })

  expect(first.problems).toMatchObject([
    { code: 'INCOMPLETE_ALBUM', message: expect.stringContaining('has 3 items, and 1 of them') },
  ])
  expect(incomplete).toMatchObject({ expected: 3 })
  expect((await readCatalogue(repository, 'latest')).albums[0]).not.toHaveProperty('expected')
})

it('an album that another run of the export completes is complete', async () => {
  await using repository = await aRepositoryInMemory()
  const file = { title: 'Trip', mediaItemsCount: 2 }
  await imports(repository, K, entriesOf({ Trip: { photos: 'a', file } }, 'a'))

  const rest = entriesOf({ Trip: { photos: 'b', file } }, 'b')
  const { problems } = await imports(repository, K, rest, { number: 2 })

  expect(await albumsOf(repository)).toEqual(['Trip: ab'])
  expect(problems.filter(({ resolved }) => !resolved)).toEqual([])
})

import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ZipWriter } from '../../../test/support/archives/zip-writer.ts'
import { googleSidecar, jpeg } from '../../../test/support/photo-folders.ts'
import { aRepositoryInMemory, reopened } from '../../../test/support/small-imports.ts'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import { openSource } from '../../sources/registry.ts'
import type { Source } from '../../sources/source.ts'
import { MemoryStore } from '../../stores/memory/memory-store.ts'
import { quietly } from '../../util/progress.ts'
import { importLibrary } from '../import-library.ts'
import { createRepositoryIn, type Repository } from '../open-repository.ts'
import { readCatalogue, readReport } from '../read-catalogue.ts'
import { takeoutStatus } from '../takeout/takeout-status.ts'
import { type HalfRow, parseHalves } from './halves.ts'
import { readPreviousLibrary } from './previous-library.ts'
import { recoverHalves } from './recover-halves.ts'

/** Other exports each time with SLOW=1; else the same. */
const isSlow = process.env.SLOW === '1'

type Entry = [path: string, content: Buffer]

const ROOT = 'Takeout/Google Photos'
const YEAR = `${ROOT}/Photos from 2021`
const [JUNE, AUGUST, OCTOBER] = ['20220601T030405Z', '20220801T030405Z', '20221001T030405Z']

/** Of that day of July 2021, noon in Berlin. */
const photo = (day: number) => jpeg(day, { local: `2021-07-${two(day)}T12:00:00` })
const sidecar = (title: string, day: number, more: object = {}) =>
  Buffer.from(JSON.stringify(googleSidecar(title, `2021-07-${two(day)}T10:00:00Z`, more)))
const two = (day: number) => String(day).padStart(2, '0')

const PHOTO: Entry = [`${YEAR}/IMG_0001.jpg`, photo(1)]
const SIDECAR: Entry = [
  `${YEAR}/IMG_0001.jpg.supplemental-metadata.json`,
  sidecar('IMG_0001.jpg', 1, { description: 'Harbour', people: [{ name: 'Ada' }] }),
]
/** Something of its own in every export, so that none is empty. */
const pair = (day: number): Entry[] => [
  [`${YEAR}/OWN_${day}.jpg`, photo(day)],
  [`${YEAR}/OWN_${day}.jpg.json`, sidecar(`OWN_${day}.jpg`, day)],
]

interface Circumstances {
  /** Happens once, when the import writes its catalogue. */
  meanwhile?: () => Promise<void>
  extent?: 'incremental'
}

const importExport = (
  repository: Repository,
  stamp: string,
  entries: readonly Entry[],
  circumstances: Circumstances = {},
) => importExports(repository, [[stamp, entries]], circumstances)

async function importExports(
  repository: Repository,
  exports: readonly (readonly [stamp: string, entries: readonly Entry[]])[],
  circumstances: Circumstances = {},
) {
  using folder = temporaryFolder()
  for (const [stamp, entries] of exports) {
    const zip = new ZipWriter()
    for (const [path, content] of entries) zip.add(path, content)
    const name = stamp.includes('-') ? `takeout-${stamp}.zip` : `takeout-${stamp}-001.zip`
    writeFileSync(join(folder.path, name), zip.finish())
  }
  return await importFrom(repository, folder.path, circumstances)
}

/** As it was extracted, without the name of any archive. */
async function importFolder(repository: Repository, entries: readonly Entry[]) {
  using folder = temporaryFolder()
  for (const [path, content] of entries) {
    const file = join(folder.path, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
  }
  return await importFrom(repository, join(folder.path, 'Takeout'))
}

async function importFrom(
  repository: Repository,
  path: string,
  { meanwhile, ...told }: Circumstances = {},
) {
  const signal = new AbortController().signal
  const source = interrupted(await openSource([path]), meanwhile)
  return await importLibrary(repository, source, {
    ...{ progress: quietly, signal, threads: 0, cacheDir: undefined, client: 'test' },
    ...{ reread: false, ...told },
  })
}

function interrupted(source: Source, event: (() => Promise<void>) | undefined): Source {
  let pending = event
  return {
    ...source,
    async survey(options) {
      const survey = await source.survey(options)
      const smallFile = survey.smallFile.bind(survey)
      survey.smallFile = async (entry) => {
        const happens = pending
        pending = undefined
        await happens?.()
        return smallFile(entry)
      }
      return survey
    },
  }
}

async function catalogueOf(repository: Repository) {
  const { snapshot: _, ...catalogue } = await readCatalogue(repository, 'latest')
  return catalogue
}

/** All that is said of the photos; paths depend on who came first. */
async function metadataOf(repository: Repository) {
  const { items } = await readCatalogue(repository, 'latest')
  const said = items.map(({ files, ...item }) => ({ ...item, sha256: files.map((f) => f.sha256) }))
  return said.sort((a, b) => (a.id < b.id ? -1 : 1))
}

async function itemTitled(repository: Repository, title: string) {
  const { items } = await readCatalogue(repository, 'latest')
  return items.find((item) => item.title === title)
}

async function waitingIn(repository: Repository) {
  const { waiting } = await takeoutStatus(repository, new Date('2022-12-01T00:00:00Z'))
  return waiting.map(({ kind, path }) => `${kind} ${path}`)
}

const openOf = ({ problems }: { problems: { code: string; path: string; resolved?: true }[] }) =>
  problems.filter(({ resolved }) => !resolved).map(({ code, path }) => `${code} ${path}`)

describe('a photo and its sidecar that come with different exports', () => {
  it('find each other when the sidecar came first', async () => {
    await using repository = await aRepositoryInMemory()
    const first = await importExport(repository, JUNE, [...pair(2), SIDECAR])
    const second = await importExport(repository, AUGUST, [...pair(3), PHOTO])

    expect(first.status).toBe('incomplete')
    expect(openOf(second)).toEqual([])
    expect(await itemTitled(repository, 'IMG_0001.jpg')).toMatchObject({
      ...{ description: 'Harbour', people: ['Ada'] },
      taken: { instant: '2021-07-01T10:00:00Z', local: '2021-07-01T12:00:00', source: 'sidecar' },
    })
  })

  it('find each other when the photo came first, which keeps its id and its place', async () => {
    await using repository = await aRepositoryInMemory()
    await importExport(repository, JUNE, [...pair(2), PHOTO])
    const before = await itemTitled(repository, 'IMG_0001.jpg')
    const second = await importExport(repository, AUGUST, [...pair(3), SIDECAR])

    expect(openOf(second)).toEqual([])
    expect(second).toMatchObject({ status: 'complete', added: 1, changed: 1 })
    const after = await itemTitled(repository, 'IMG_0001.jpg')
    expect(before).not.toHaveProperty('description')
    expect(after).toMatchObject({ description: 'Harbour', id: before!.id, files: before!.files })
  })

  it('wait when nothing but the name says that they belong together', async () => {
    await using repository = await aRepositoryInMemory()
    const strangers: Entry = [SIDECAR[0], sidecar('IMG_0001.jpg', 20, { description: 'Not mine' })]
    await importExport(repository, JUNE, [...pair(2), strangers])
    const second = await importExport(repository, AUGUST, [...pair(3), PHOTO])

    expect(openOf(second)).toEqual([`ORPHAN_MEDIA ${PHOTO[0]}`])
    expect(await itemTitled(repository, 'IMG_0001.jpg')).not.toHaveProperty('description')
  })

  it('wait when the photo does not say when it was taken', async () => {
    await using repository = await aRepositoryInMemory()
    await importExport(repository, JUNE, [...pair(2), SIDECAR])
    const second = await importExport(repository, AUGUST, [...pair(3), [PHOTO[0], jpeg(1)]])

    expect(openOf(second)).toEqual([`ORPHAN_MEDIA ${PHOTO[0]}`])
  })

  it('wait when another photo fits the sidecar as well, and the person is told', async () => {
    await using repository = await aRepositoryInMemory()
    const twin = jpeg(9, { local: '2021-07-01T12:00:00' })
    await importExport(repository, JUNE, [...pair(2), PHOTO])
    await importExport(repository, AUGUST, [...pair(3), [PHOTO[0], twin]])
    const third = await importExport(repository, OCTOBER, [...pair(4), SIDECAR])

    expect(openOf(third)).toEqual([`ORPHAN_SIDECAR ${SIDECAR[0]}`, `AMBIGUOUS ${SIDECAR[0]}`])
    const { items } = await readCatalogue(repository, 'latest')
    expect(items.filter(({ description }) => description)).toEqual([])
  })

  it('are found in folders of another language', async () => {
    await using repository = await aRepositoryInMemory()
    const german: Entry = [`Takeout/Google Fotos/Fotos von 2021/IMG_0001.jpg`, PHOTO[1]]
    await importExport(repository, JUNE, [...pair(2), SIDECAR])
    const second = await importExport(repository, AUGUST, [german])

    expect(openOf(second)).toEqual([])
  })

  it('are found when exports of no date in their names bring them', async () => {
    await using repository = await aRepositoryInMemory()
    await importFolder(repository, [...pair(2), SIDECAR])
    const second = await importFolder(repository, [...pair(3), PHOTO])

    expect(openOf(second)).toEqual([])
    expect(await itemTitled(repository, 'IMG_0001.jpg')).toMatchObject({ description: 'Harbour' })
  })

  it('stay joined whatever is imported once more, and nothing changes by it', async () => {
    await using repository = await aRepositoryInMemory()
    const june = [...pair(2), SIDECAR]
    const august = [...pair(3), PHOTO]
    await importExport(repository, JUNE, june)
    await importExport(repository, AUGUST, august)
    const before = await catalogueOf(repository)

    for (const [stamp, entries] of [
      [JUNE, june],
      [AUGUST, august],
    ] as const) {
      const again = await importExport(repository, stamp, entries)
      expect(openOf(again)).toEqual([])
      expect(again).toMatchObject({ status: 'complete', added: 0, changed: 0 })
    }
    expect(await catalogueOf(repository)).toEqual(before)
  })

  it('give the photo its metadata once more when a newer export has only the sidecar, changed', async () => {
    await using repository = await aRepositoryInMemory()
    const changed = sidecar('IMG_0001.jpg', 1, { description: 'The old harbour' })
    await importExport(repository, JUNE, [...pair(2), SIDECAR])
    await importExport(repository, AUGUST, [...pair(3), PHOTO])
    await importExport(repository, OCTOBER, [...pair(4), [SIDECAR[0], changed]])

    expect(await itemTitled(repository, 'IMG_0001.jpg')).toMatchObject({
      description: 'The old harbour',
    })
  })

  it('keep the words of the newer sidecar when an older export is imported later', async () => {
    await using repository = await aRepositoryInMemory()
    const newer = sidecar('IMG_0001.jpg', 1, { description: 'The old harbour' })
    await importExport(repository, AUGUST, [...pair(3), PHOTO])
    await importExport(repository, OCTOBER, [...pair(4), [SIDECAR[0], newer]])
    const third = await importExport(repository, JUNE, [...pair(2), SIDECAR])

    expect(third).toMatchObject({ status: 'complete', changed: 0 })
    expect(await itemTitled(repository, 'IMG_0001.jpg')).toMatchObject({
      description: 'The old harbour',
    })
  })

  it('find each other when both are imported at the same time', async () => {
    const store = new MemoryStore()
    await createRepositoryIn(store, {})
    await using repository = await reopened(store)
    await importExport(repository, JUNE, pair(5))
    const meanwhile = async () => {
      await using other = await reopened(store)
      await importExport(other, AUGUST, [...pair(3), PHOTO])
    }
    const report = await importExport(repository, JUNE, [...pair(2), SIDECAR], { meanwhile })

    expect(openOf(report)).toEqual([])
    expect(await itemTitled(repository, 'IMG_0001.jpg')).toMatchObject({ description: 'Harbour' })
  })

  it('find each other in one run, too', async () => {
    await using repository = await aRepositoryInMemory()
    const report = await importExports(repository, [
      [JUNE, [...pair(2), SIDECAR]],
      [AUGUST, [...pair(3), PHOTO]],
    ])

    expect(openOf(report)).toEqual([])
    expect(await itemTitled(repository, 'IMG_0001.jpg')).toMatchObject({ description: 'Harbour' })
  })
})

describe('what waits', () => {
  it('is told of until it is joined', async () => {
    await using repository = await aRepositoryInMemory()
    const [lone, other] = [`${YEAR}/LONE.jpg`, `${YEAR}/OTHER.jpg.json`]
    const june: Entry[] = [...pair(2), SIDECAR, [lone, jpeg(30)], [other, sidecar('OTHER.jpg', 8)]]
    await importExport(repository, JUNE, june)
    expect(await waitingIn(repository)).toEqual([
      ...[`sidecar ${SIDECAR[0]}`, `photo ${lone}`, `sidecar ${other}`],
    ])
    const second = await importExport(repository, AUGUST, [...pair(3), PHOTO])

    expect(await waitingIn(repository)).toEqual([`photo ${lone}`, `sidecar ${other}`])
    expect(second.summary.verdict!.reasons.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['HALVES_JOINED', 'HALVES_WAITING']),
    )
    const { halves } = await readReport(repository, 'latest')
    expect(halves).toEqual({ joined: 1, sidecars: 1, photos: 1 })
  })

  it('is no more when another part of the same export has it', async () => {
    await using repository = await aRepositoryInMemory()
    await importExport(repository, JUNE, [...pair(2), SIDECAR])
    const report = await importExports(repository, [[`${JUNE}-002`, [PHOTO]]])

    expect(openOf(report)).toEqual([])
    expect(await waitingIn(repository)).toEqual([])
  })

  it('waits once, however many exports bring it', async () => {
    await using repository = await aRepositoryInMemory()
    await importExport(repository, JUNE, [...pair(2), SIDECAR])
    await importExport(repository, AUGUST, [
      ...pair(3),
      [SIDECAR[0], sidecar('IMG_0001.jpg', 1, { imageViews: '7', description: 'Later' })],
    ])
    expect(await waitingIn(repository)).toEqual([`sidecar ${SIDECAR[0]}`])
    const third = await importExport(repository, OCTOBER, [...pair(4), PHOTO])

    expect(openOf(third)).toEqual([])
    expect(await itemTitled(repository, 'IMG_0001.jpg')).toMatchObject({ description: 'Later' })
  })

  it('is not a sidecar whose photo the library has, nor a photo whose metadata it has', async () => {
    await using repository = await aRepositoryInMemory()
    await importExport(repository, JUNE, [...pair(2), PHOTO, SIDECAR])
    const second = await importExport(repository, AUGUST, [...pair(3), SIDECAR])
    const third = await importExport(repository, OCTOBER, [...pair(4), PHOTO])

    for (const { status, problems } of [second, third]) {
      expect(status).toBe('complete')
      expect(problems).toMatchObject([{ resolved: true }])
    }
    expect(await waitingIn(repository)).toEqual([])
  })

  it('shows that an export is a piece, though the library has what it lacks', async () => {
    await using repository = await aRepositoryInMemory()
    const days = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    const withoutPhoto = (day: number) => pair(day).filter(([path]) => path.endsWith('.json'))
    await importExport(repository, JUNE, [...days.flatMap(pair), ...pair(20)])
    const second = await importExport(repository, AUGUST, [
      ...[...days.slice(1).flatMap(pair), ...withoutPhoto(2)], // and nothing of day 20
    ])

    expect(second).toMatchObject({ status: 'complete', vanished: 0 })
    expect(second.extent).toMatchObject({ kind: 'incremental', known: 11, present: 10 })
  })

  it('is found again in ledgers and reports where there is no list of it', async () => {
    await using repository = await aRepositoryInMemory()
    const lone: Entry = [`${YEAR}/LONE.jpg`, jpeg(30)]
    const other: Entry = [`${YEAR}/OTHER.jpg.json`, sidecar('OTHER.jpg', 8)]
    await importExport(repository, JUNE, [...pair(2), SIDECAR, lone])
    await importExports(repository, [[`${JUNE}-002`, [PHOTO, other]]])
    const { reader, library } = await readPreviousLibrary(repository)
    const said = ({ class: kind, path, export: id, json }: HalfRow) => ({ kind, path, id, json })
    const listed = (await parseHalves(reader!)).map(said)

    expect(listed).toHaveLength(2)
    const recovered = (await recoverHalves(reader!, library)).map(said)
    expect(new Set(recovered)).toEqual(new Set(listed))
  })
})

describe('a library whose photos and sidecars come with several exports', () => {
  const LIBRARY: readonly Entry[] = [
    ...[1, 2, 3, 4, 5].flatMap((day): Entry[] => {
      const name = `IMG_000${day % 3}${day > 2 ? `(${day})` : ''}.jpg`
      const json = sidecar(`IMG_000${day % 3}.jpg`, day, {
        description: `Day ${day}`,
        favorited: day > 3,
      })
      const counter = day > 2 ? `(${day})` : ''
      const sidecarName = `IMG_000${day % 3}.jpg.supplemental-metadata${counter}.json`
      return [
        [`${YEAR}/${name}`, photo(day)],
        [`${YEAR}/${sidecarName}`, json],
      ]
    }),
    [`${ROOT}/Trip/metadata.json`, Buffer.from('{"title":"Trip","description":"To the sea"}')],
    [`${ROOT}/Trip/IMG_0001.jpg`, photo(1)],
    [`${ROOT}/Trip/IMG_0001.jpg.json`, sidecar('IMG_0001.jpg', 1, { description: 'Day 1' })],
    [`${ROOT}/Trip/IMG_0002.jpg.json`, sidecar('IMG_0002.jpg', 2, { description: 'Day 2' })],
    [`${YEAR}/IMG_0009.HEIC.jpg`, photo(9)],
    [`${YEAR}/IMG_0009.HEIC.jpg.json`, sidecar('IMG_0009.HEIC.jpg', 9)],
  ]
  const STAMPS = [JUNE, AUGUST, OCTOBER]

  it('is the one that a single export gives, whatever came with which, in any order', async () => {
    await using atOnce = await aRepositoryInMemory()
    await importExport(atOnce, JUNE, [...pair(20), ...LIBRARY])
    const whole = await metadataOf(atOnce)
    const spread = fc.array(fc.integer({ min: 0, max: 2 }), {
      minLength: LIBRARY.length,
      maxLength: LIBRARY.length,
    })
    const order = fc.shuffledSubarray([0, 1, 2], { minLength: 3 })

    await fc.assert(
      fc.asyncProperty(spread, order, async (exportOf, runs) => {
        await using repository = await aRepositoryInMemory()
        for (const run of runs) {
          const entries = LIBRARY.filter((_, at) => exportOf[at] === run)
          await importExport(repository, STAMPS[run]!, [...pair(20), ...entries], {
            extent: 'incremental',
          })
        }

        expect(await metadataOf(repository)).toEqual(whole)
      }),
      isSlow ? { numRuns: 60 } : { numRuns: 4, seed: 4 },
    )
  })
})

/**
 * Photos whose names need more than one part of an export to be understood: the edited suffix is cut
 * to `(1)`, JPEG and HEIC share a name, sidecars lie in other parts. What an early part suggests is
 * put right by the later ones, and nothing is ever lost by that.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Library, Shot } from '../../scripts/sample-library/model.ts'
import { type Random, randomFrom } from '../../scripts/sample-library/random.ts'
import type { ExportEntry } from '../../scripts/sample-library/takeout.ts'
import { importLibrary } from '../../src/operations/import-library.ts'
import type { Repository } from '../../src/operations/open-repository.ts'
import { readCatalogue } from '../../src/operations/read-catalogue.ts'
import type { KeptItem } from '../../src/photos/growth/library.ts'
import { openSource } from '../../src/sources/registry.ts'
import { quietly } from '../../src/util/progress.ts'
import { deliverFile } from '../support/damage/delivered-file.ts'
import { tinyExport, tinyLibrary } from '../support/damage/tiny-library.ts'
import { PlainImports } from '../support/plain-imports.ts'
import { aRepositoryInMemory } from '../support/small-imports.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const isSlow = process.env.SLOW === '1'
/** Always the same few, so that a run can be trusted; `SLOW=1` looks for others. */
const RUNS = isSlow ? { numRuns: 2000 } : { numRuns: 12, seed: 5 }
const REAL_RUNS = isSlow ? { numRuns: 60 } : { numRuns: 2, seed: 10 }
const TIMEOUT_MS = isSlow ? 3_600_000 : 60_000
const [K, K1] = ['20240115T101500Z', '20240315T101500Z']

const runs = fc.record({
  seed: fc.nat(),
  form: fc.constantFrom('old' as const, 'new' as const),
  parts: fc.integer({ min: 2, max: 8 }),
})
type Runs = { seed: number; form: 'old' | 'new'; parts: number }

/** Of 51 units, where nothing of a suffix fits; of one less, where `-` and a letter or two do. */
const LONG = 'Ein langer Name, der gerade in den Export passt_.jpg'
const TITLES = [
  ...['IMG_0001.jpg', 'IMG_0001.HEIC', 'IMG_0001.JPG', 'IMG_0001(1).jpg', 'IMG_0001-edited.jpg'],
  ...[LONG.slice(1), LONG.slice(2), LONG.slice(4), LONG, 'IMG_0001', 'IMG_0001.MP4'],
]

function hardLibrary(random: Random): Library {
  const { albums, shots } = tinyLibrary(random, { shots: 2 + random.below(7) })
  return { albums, shots: shots.map((shot) => hardShot(shot, random)) }
}

function hardShot(shot: Shot, random: Random): Shot {
  const title = random.pick(TITLES)
  const files = shot.files.slice(0, 1)
  const bytes = () => random.fill(new Uint8Array(64))
  const suffix = random.pick(['-edited', '-bearbeitet', '-modifié'])
  if (random.below(3) === 0) {
    files.push({ role: 'edited', bytes: bytes(), suffix, extension: '.jpg' })
  }
  if (random.below(5) === 0) {
    files.push({ role: 'clip', bytes: bytes(), title: title.replace(/\.\w+$/, '.MP4') })
  }
  const epoch = shot.taken.epoch - random.below(2) * 86_400
  return { ...shot, title, files, taken: { ...shot.taken, epoch } }
}

/** Some are empty, and some the one small picture that stands for what Google cannot export. */
function withStandIns({ albums, shots }: Library, random: Random): Library {
  const instead = [new Uint8Array(0), new Uint8Array(64).fill(7), undefined, undefined]
  const standFor = (bytes: Uint8Array) => random.pick(instead) ?? bytes
  const files = (shot: Shot) => shot.files.map((file) => ({ ...file, bytes: standFor(file.bytes) }))
  return { albums, shots: shots.map((shot) => ({ ...shot, files: files(shot) })) }
}

function cutUp(entries: readonly ExportEntry[], parts: number, random: Random): ExportEntry[][] {
  const shares: ExportEntry[][] = Array.from({ length: parts }, () => [])
  for (const entry of entries) shares[random.below(parts)]!.push(entry)
  return shares
}

/** Google numbers what the generator lets collide; here the first one stays. */
function exported(library: Library, stamp: string, form: 'old' | 'new'): ExportEntry[] {
  const entries = tinyExport(library, { stamp, sidecarForm: form, seed: 1 })
  const byPath = new Map(entries.toReversed().map((entry) => [entry.truth.path, entry]))
  return entries.filter((entry) => byPath.get(entry.truth.path) === entry)
}

const contentsOf = (entries: readonly ExportEntry[]) =>
  entries.flatMap(({ truth }) => (truth.class === 'media' ? [truth.sha256] : []))

const filesOf = ({ library }: PlainImports) => library.items.flatMap(({ files }) => files)
const placesOf = (imports: PlainImports) =>
  filesOf(imports).map(({ sha256, path }) => `${path} ${sha256}`)

/** Part by part. After each one all that came is there, and every file lies where it lay. */
function importInRuns(imports: PlainImports, stamp: string, parts: readonly ExportEntry[][]): void {
  const came = new Set(filesOf(imports).map(({ sha256 }) => sha256))
  for (const entries of parts) {
    const before = placesOf(imports)
    imports.add([{ stamp, entries }], 'incremental')

    for (const sha256 of contentsOf(entries)) came.add(sha256)
    expect(new Set(filesOf(imports).map(({ sha256 }) => sha256))).toEqual(came)
    const places = new Set(placesOf(imports))
    expect(before.filter((place) => !places.has(place))).toEqual([])
    expect([...places].filter((place) => !place.startsWith('/photos/'))).toEqual([])
    expect(new Set(filesOf(imports).map(({ path }) => path)).size).toBe(places.size)
  }
}

/** All that is known of the photos, but for names that are given once and never again. */
function photosOf({ library }: PlainImports) {
  const titleOf = new Map(library.albums.map(({ id, folders }) => [id, folders.join()]))
  const photos = library.items.map(({ id: _, files, albums, ...said }) => ({
    ...{ said, albums: albums.map((album) => titleOf.get(album)).sort() },
    files: files.map(({ role, sha256 }) => `${sha256} ${role}`).sort(),
  }))
  return photos.sort((a, b) => (a.files.join() < b.files.join() ? -1 : 1))
}

describe('photos with names that one part of an export cannot explain', () => {
  it(
    'are those of one run, whatever the parts and their order, and no file is lost or moved',
    () => {
      fc.assert(
        fc.property(runs, ({ seed, form, parts }: Runs) => {
          const random = randomFrom(seed)
          const entries = exported(hardLibrary(random), K, form)
          const [atOnce, inRuns] = [new PlainImports(), new PlainImports()]
          atOnce.add([{ stamp: K, entries }], 'incremental')
          importInRuns(inRuns, K, cutUp(entries, parts, random))

          expect(photosOf(inRuns)).toEqual(photosOf(atOnce))
        }),
        RUNS,
      )
    },
    TIMEOUT_MS,
  )

  it(
    'stay as they are when any part of the export comes again',
    () => {
      fc.assert(
        fc.property(runs, ({ seed, form, parts }: Runs) => {
          const random = randomFrom(seed)
          const entries = exported(hardLibrary(random), K, form)
          const shares = cutUp(entries, parts, random)
          const imports = new PlainImports()
          importInRuns(imports, K, shares)
          const { library } = imports

          for (const again of [...shares, ...cutUp(entries, 3, random)]) {
            const { added, changed } = imports.add([{ stamp: K, entries: again }], 'incremental')
            expect({ added, changed }).toEqual({ added: 0, changed: 0 })
          }
          expect(imports.library).toEqual(library)
        }),
        RUNS,
      )
    },
    TIMEOUT_MS,
  )

  it(
    'are kept to the last file, also over two exports whose parts come in turns',
    () => {
      fc.assert(
        fc.property(runs, ({ seed, form, parts }: Runs) => {
          const random = randomFrom(seed)
          const library = withStandIns(hardLibrary(random), random)
          const before = { ...library, shots: library.shots.slice(random.below(2)) }
          const imports = new PlainImports()
          const first = cutUp(exported(before, K, form), parts, random)
          const second = cutUp(exported(library, K1, random.pick(['old', 'new'])), parts, random)
          for (const [at, share] of first.entries()) {
            importInRuns(imports, K, [share])
            importInRuns(imports, K1, [second[at]!])
          }
          const all = contentsOf([...first, ...second].flat())

          expect(new Set(filesOf(imports).map(({ sha256 }) => sha256))).toEqual(new Set(all))
        }),
        RUNS,
      )
    },
    TIMEOUT_MS,
  )

  it(
    'are those of one run in a repository, too, where ledgers tell what came before',
    async () => {
      await fc.assert(
        fc.asyncProperty(runs, async ({ seed, form, parts }: Runs) => {
          const random = randomFrom(seed)
          const entries = exported(hardLibrary(random), K, form)
          await using atOnce = await aRepositoryInMemory()
          await using inRuns = await aRepositoryInMemory()
          await importPart(atOnce, 1, entries)
          const shares = cutUp(entries, Math.min(parts, 4), random)
          const waiting = [...shares.entries()].filter(([, share]) => share.length > 0)
          for (let tries = 0; waiting.length > 0 && tries < 16; tries++) {
            const [number, share] = waiting.shift()!
            const { snapshot } = await importPart(inRuns, number + 1, share)
            if (snapshot === undefined) waiting.push([number, share]) // no photo yet, or never one
          }

          const { items } = await readCatalogue(inRuns, 'latest')
          expect(filesAndWords(items)).toEqual(
            filesAndWords((await readCatalogue(atOnce, 'latest')).items),
          )
          const again = await importPart(inRuns, 9, entries)
          expect(again).toMatchObject({ added: 0, changed: 0 })
          expect((await readCatalogue(inRuns, 'latest')).items).toEqual(items)
        }),
        REAL_RUNS,
      )
    },
    TIMEOUT_MS,
  )
})

async function importPart(repository: Repository, number: number, entries: readonly ExportEntry[]) {
  using folder = temporaryFolder()
  const name = `takeout-${K}-${String(number).padStart(3, '0')}.zip`
  writeFileSync(join(folder.path, name), (await deliverFile(name, entries)).bytes)
  const { signal } = new AbortController()
  return await importLibrary(repository, await openSource([folder.path]), {
    ...{ progress: quietly, signal, client: 'test', extent: 'incremental' },
    ...{ threads: 0, cacheDir: undefined, reread: false },
  })
}

function filesAndWords(items: readonly KeptItem[]) {
  const photos = items.map(({ id: _, files, albums, ...said }) => ({
    ...{ said, albums: albums.length },
    files: files.map(({ role, sha256 }) => `${sha256} ${role}`).sort(),
  }))
  return photos.sort((a, b) => (a.files.join() < b.files.join() ? -1 : 1))
}

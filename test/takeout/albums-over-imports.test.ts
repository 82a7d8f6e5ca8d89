/**
 * Albums of generated libraries, export after export and part by part. Google numbers the folders of
 * equal titles anew each time; titles repeat on purpose, and photos lie in several albums.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Library, SampleAlbum, Shot } from '../../scripts/sample-library/model.ts'
import { type Random, randomFrom } from '../../scripts/sample-library/random.ts'
import type { ExportEntry } from '../../scripts/sample-library/takeout.ts'
import { tinyExport, tinyLibrary } from '../support/damage/tiny-library.ts'
import { PlainImports } from '../support/plain-imports.ts'

const isSlow = process.env.SLOW === '1'
/** Always the same few, so that a run can be trusted; `SLOW=1` looks for others. */
const RUNS = isSlow ? { numRuns: 1500 } : { numRuns: 10, seed: 11 }
const TIMEOUT_MS = isSlow ? 3_600_000 : 60_000
const [K, K1] = ['20240115T101500Z', '20240315T101500Z']

const seeds = fc.nat()
const forms = fc.constantFrom('old' as const, 'new' as const)

/** What is in each part. */
interface Delivery {
  stamp: string
  parts: ExportEntry[][]
}

interface Years {
  before: Library
  after: Library
}

/** A library, and the same some time later: more photos, and albums in another order. */
function twoYears(seed: number): Years {
  const random = randomFrom(seed)
  const shots = tinyLibrary(random, { shots: 2 + random.below(8) }).shots
  const albums = someAlbums(random)
  const all = shots.map((shot) => inAlbums(shot, albums, random))
  const known = all.slice(0, 1 + random.below(all.length))
  const later = shuffled(albums, random)
  return { before: { albums, shots: known }, after: { albums: later, shots: all } }
}

function someAlbums(random: Random): SampleAlbum[] {
  const texts = [undefined, undefined, 'By the sea', 'In the hills']
  return Array.from({ length: 1 + random.below(4) }, (_, at) => {
    const description = random.pick(texts)
    const title = random.pick(['Trip', 'Trip', "Oma's garden"])
    const album = { key: `album ${at}`, title, date: 1_560_000_000 + at }
    return description === undefined ? album : { ...album, description }
  })
}

function inAlbums(shot: Shot, albums: readonly SampleAlbum[], random: Random): Shot {
  const keys = albums.map(({ key }) => key).filter(() => random.below(3) === 0)
  // Names that need more than one part to be understood are for other tests.
  const plain = { title: `IMG_${shot.key}.jpg`, files: shot.files.slice(0, 1), onlyInAlbums: false }
  return { ...shot, ...plain, albums: keys }
}

function shuffled<T>(values: readonly T[], random: Random): T[] {
  const placed = values.map((value) => ({ value, place: random.next() }))
  return placed.sort((a, b) => a.place - b.place).map(({ value }) => value)
}

interface DeliveryPlan {
  stamp: string
  form: 'old' | 'new'
  seed: number
  parts: number
}

function delivered(library: Library, { stamp, form, seed, parts }: DeliveryPlan): Delivery {
  const random = randomFrom(seed)
  const shares: ExportEntry[][] = Array.from({ length: parts }, () => [])
  const entries = tinyExport(library, { stamp, sidecarForm: form, seed: 1 })
  for (const entry of entries) shares[random.below(parts)]!.push(entry)
  return { stamp, parts: shares }
}

/** Part by part, in random order. */
function importInRuns(imports: PlainImports, { stamp, parts }: Delivery, seed: number): void {
  for (const entries of shuffled(parts, randomFrom(seed))) {
    imports.add([{ stamp, entries }], 'incremental')
  }
}

function importAtOnce(
  imports: PlainImports,
  deliveries: readonly Delivery[],
  extent: 'full' | 'incremental' = 'incremental',
): void {
  const whole = deliveries.map(({ stamp, parts }) => ({ stamp, entries: parts.flat() }))
  imports.add(whole, extent)
}

/**
 * All that is known of the albums, but for names that are given once and never again: paths of
 * albums, and what `without` says. Photos stand by their content.
 */
function albumsOf({ library }: PlainImports, without: readonly string[] = []) {
  const shaOf = new Map(library.items.map(({ id, files }) => [id, files[0]!.sha256]))
  const albums = library.albums.map(({ path: _, items, title, ...said }) => {
    const rest = Object.entries(said).filter(([key]) => !without.includes(key))
    return { title, members: items.map((id) => shaOf.get(id)), ...Object.fromEntries(rest.sort()) }
  })
  return albums.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}

function albumsOfOwner({ albums, shots }: Library): string[] {
  const sizeOf = (key: string) => shots.filter((shot) => shot.albums.includes(key)).length
  return albums.map(({ key, title }) => `${title}: ${sizeOf(key)}`).sort()
}

/** All that is known of the photos, but for names that are given once and never again. */
function photosOf({ library }: PlainImports) {
  const photos = library.items.map(({ id: _, files, albums, ...said }) => ({
    ...{ said, albums: albums.length },
    files: files.map(({ role, sha256 }) => `${sha256} ${role}`).sort(),
  }))
  return photos.sort((a, b) => (a.files.join() < b.files.join() ? -1 : 1))
}

describe('the photos of an export', () => {
  it(
    'are the same, also when they come part by part, in any order',
    () => {
      fc.assert(
        fc.property(seeds, forms, fc.integer({ min: 1, max: 8 }), (seed, form, parts) => {
          const delivery = delivered(twoYears(seed).before, { stamp: K, form, seed, parts })
          const [atOnce, inRuns] = [new PlainImports(), new PlainImports()]
          importAtOnce(atOnce, [delivery])
          importInRuns(inRuns, delivery, seed)

          expect(photosOf(inRuns)).toEqual(photosOf(atOnce))
        }),
        RUNS,
      )
    },
    TIMEOUT_MS,
  )
})

describe('the albums of an export', () => {
  it(
    'are those of its owner, also when they come part by part, in any order',
    () => {
      fc.assert(
        fc.property(seeds, forms, fc.integer({ min: 1, max: 8 }), (seed, form, parts) => {
          const { before } = twoYears(seed)
          const delivery = delivered(before, { stamp: K, form, seed, parts })
          const [atOnce, inRuns] = [new PlainImports(), new PlainImports()]
          importAtOnce(atOnce, [delivery])
          importInRuns(inRuns, delivery, seed)

          const albums = albumsOf(atOnce)
          const sizes = albums.map(({ title, members }) => `${title}: ${members.length}`)
          expect(sizes.sort()).toEqual(albumsOfOwner(before))
          expect(albumsOf(inRuns)).toEqual(albums)
        }),
        RUNS,
      )
    },
    TIMEOUT_MS,
  )

  it(
    'are found again when it comes once more, in other parts and runs',
    () => {
      fc.assert(
        fc.property(seeds, seeds, forms, (seed, other, form) => {
          const { before, after } = twoYears(seed)
          const first = delivered(before, { stamp: K, form, seed, parts: 3 })
          const second = delivered(after, { stamp: K1, form, seed, parts: 3 })
          const imports = new PlainImports()
          importAtOnce(imports, [first])
          importAtOnce(imports, [second])
          const { items, albums } = imports.library

          const again = delivered(after, { stamp: K1, form, seed: other, parts: 4 })
          importInRuns(imports, again, other)
          importInRuns(imports, first, other)

          expect(imports.library.albums).toEqual(albums)
          expect(imports.library.items).toEqual(items)
        }),
        RUNS,
      )
    },
    TIMEOUT_MS,
  )

  it(
    'grow as they would in one import, whatever parts and runs the next export comes in',
    () => {
      fc.assert(
        fc.property(seeds, forms, forms, (seed, form, then) => {
          const { before, after } = twoYears(seed)
          const first = delivered(before, { stamp: K, form, seed, parts: 2 })
          const second = delivered(after, { stamp: K1, form: then, seed, parts: 4 })
          const inTurn = new PlainImports()
          importAtOnce(inTurn, [first])
          importAtOnce(inTurn, [second])
          const inRuns = new PlainImports()
          importInRuns(inRuns, first, seed)
          importInRuns(inRuns, second, seed)
          const atOnce = new PlainImports()
          importAtOnce(atOnce, [first, second])

          const albums = albumsOf(inTurn, ['id'])
          expect(albumsOf(inRuns, ['id'])).toEqual(albums)
          expect(albumsOf(atOnce, ['id'])).toEqual(albums)
        }),
        RUNS,
      )
    },
    TIMEOUT_MS,
  )

  it(
    'end as those of the last full export',
    () => {
      fc.assert(
        fc.property(seeds, forms, (seed, form) => {
          const { before, after } = twoYears(seed)
          const first = delivered(before, { stamp: K, form, seed, parts: 1 })
          const second = delivered(after, { stamp: K1, form, seed, parts: 1 })
          const [grown, alone] = [new PlainImports(), new PlainImports()]
          importAtOnce(grown, [first])
          importAtOnce(grown, [second], 'full')
          importAtOnce(alone, [second])

          const stays = ['id', 'folders'] // an id, once given, stays; so does where it was seen
          const isThere = (album: object) => !('vanished' in album) // what nothing tells is apart
          expect(albumsOf(grown, stays).filter(isThere)).toEqual(albumsOf(alone, stays))
        }),
        RUNS,
      )
    },
    TIMEOUT_MS,
  )
})

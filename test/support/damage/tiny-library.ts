/**
 * Libraries of a few tiny photos, all different, laid out as Google does: for tests that need
 * thousands of exports. The same random gives the same library.
 * @module
 */
import type {
  ExportPlan,
  Library,
  SampleAlbum,
  Shot,
} from '../../../scripts/sample-library/model.ts'
import type { Random } from '../../../scripts/sample-library/random.ts'
import { type ExportEntry, layOut } from '../../../scripts/sample-library/takeout.ts'

const FIRST_EPOCH = Date.parse('2019-06-01T10:00:00Z') / 1000
const MONTH_SECONDS = 30 * 86_400

/** Titles that collide, that are cut, and that need care. */
const TITLES = [
  'IMG_0001.jpg',
  'IMG_0001.jpg',
  'IMG_0001.HEIC',
  'IMG_0002.JPG',
  'DSC(1).jpg',
  'Ein langer Name, der nicht ganz in den Export passt, weil er zu lang ist.jpg',
  'Ein langer Name, der nicht ganz in den Export passt, weil er zu kurz ist.jpg',
  'no extension',
  'PXL_20200101_101010123.jpg',
]

export interface TinyLibraryOptions {
  shots: number
  /** What the keys and contents begin with: other names, other photos. */
  name?: string
}

export function tinyLibrary(random: Random, { shots, name = 'a' }: TinyLibraryOptions): Library {
  const albums: SampleAlbum[] = [
    { key: 'trip', title: 'Trip', date: FIRST_EPOCH },
    { key: 'trip-again', title: 'Trip', description: 'Another one', date: FIRST_EPOCH + 1 },
  ]
  return {
    albums,
    shots: Array.from({ length: shots }, (_, n) => tinyShot(random, `${name}${n}`, n)),
  }
}

function tinyShot(random: Random, key: string, number: number): Shot {
  const files: Shot['files'] = [{ role: 'original', bytes: tinyPhoto(random) }]
  const extra = random.below(8)
  if (extra === 0) {
    files.push({ role: 'edited', bytes: tinyPhoto(random), suffix: '-edited', extension: '.jpg' })
  }
  const albums = ['trip', 'trip-again'].filter(() => random.below(4) === 0)
  return {
    ...{ key, title: random.pick(TITLES), files, albums },
    taken: { epoch: FIRST_EPOCH + number * MONTH_SECONDS + random.below(86_400), offsetMinutes: 0 },
    ...{ people: [], favorite: random.below(5) === 0, archived: false, trashed: false },
    onlyInAlbums: albums.length > 0 && random.below(6) === 0,
    ...{ sidecar: 'proper', decomposedName: false },
  }
}

/** Begins like a JPEG; nothing in it repeats, so it is as large in an archive as by itself. */
function tinyPhoto(random: Random): Uint8Array {
  const bytes = random.fill(new Uint8Array(200 + random.below(1200)))
  bytes.set([0xff, 0xd8, 0xff, 0xe0])
  return bytes
}

export function tinyExport(library: Library, plan: ExportPlan): ExportEntry[] {
  return layOut(library, plan).entries
}

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe } from 'vitest'
import { ZipWriter } from '../../test/support/archives/zip-writer.ts'
import { sha256 } from '../../test/support/file-tree.ts'
import {
  googleSidecar,
  jpeg,
  movie,
  PhotoFolder,
  writeSyncDatabase,
} from '../../test/support/photo-folders.ts'
import { temporaryFolder } from '../../test/support/temporary-folder.ts'
import { openSource } from './registry.ts'
import { itKeepsTheContractOfSources, type SourceUnderTest } from './source.conformance.ts'

/** Photos by name: a copy, an edit, a clip, and one in an album. */
const MEDIA: Record<string, Buffer> = {
  'One/IMG_1.jpg': jpeg(1),
  'One/IMG_1-edited.jpg': jpeg(2),
  'One/IMG_2.jpg': jpeg(3),
  'One/IMG_2.MOV': movie(4),
  'Two/copy.jpg': jpeg(1),
}
const SIDECAR = JSON.stringify(googleSidecar('IMG_1.jpg', '2019-05-01T08:00:00Z'))
const media = Object.values(MEDIA).map(sha256)

type Prepare = (folder: PhotoFolder) => string

async function made(prepare: Prepare): Promise<SourceUnderTest> {
  const temporary = temporaryFolder()
  const location = prepare(new PhotoFolder(join(temporary.path, 'source')))
  const source = await openSource([location])
  return {
    ...{ source, media, folder: temporary.path },
    [Symbol.dispose]: () => temporary[Symbol.dispose](),
  }
}

function zipped(folder: PhotoFolder): string {
  const zip = new ZipWriter()
  for (const [name, bytes] of Object.entries(MEDIA)) zip.add(`Takeout/Google Photos/${name}`, bytes)
  zip.add('Takeout/Google Photos/One/IMG_1.jpg.json', Buffer.from(SIDECAR))
  const path = join(folder.path, 'takeout-20240102T030405Z-001.zip')
  writeFileSync(path, zip.finish())
  return path
}

function written(folder: PhotoFolder, below = ''): string {
  for (const [name, bytes] of Object.entries(MEDIA)) folder.file(below + name, bytes)
  folder.file(`${below}One/IMG_1.jpg.json`, SIDECAR)
  return folder.path
}

function synced(folder: PhotoFolder): string {
  written(folder, 'photos/')
  folder.link('albums/2019/05 Trip/0000_IMG_1.jpg', 'photos/One/IMG_1.jpg')
  const rows = [{ path: 'photos/One', name: 'IMG_1.jpg', created: '2019-05-01 08:00:00' }]
  writeSyncDatabase(join(folder.path, 'gphotos.sqlite'), rows, [{ title: 'Trip', members: [0] }])
  return folder.path
}

const SOURCES: [string, Prepare][] = [
  ['a Takeout in a zip', zipped],
  ['an extracted Takeout', (folder) => written(folder, 'Takeout/Google Photos/')],
  ['a folder of photos', (folder) => `folder:${written(folder)}`],
  ['a tree of gphotos-sync', synced],
  ['a tree of GooglePhotosTakeoutHelper', (folder) => written(folder, 'ALL_PHOTOS/')],
]

describe.each(SOURCES)('%s', (_, prepare) => {
  itKeepsTheContractOfSources(() => made(prepare))
})

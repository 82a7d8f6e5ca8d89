import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ZipWriter } from '../../../test/support/archives/zip-writer.ts'
import { googleSidecar, jpeg } from '../../../test/support/photo-folders.ts'
import { aRepositoryInMemory } from '../../../test/support/small-imports.ts'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import { openSource } from '../../sources/registry.ts'
import { quietly } from '../../util/progress.ts'
import { importLibrary } from '../import-library.ts'
import type { Repository } from '../open-repository.ts'
import { readCatalogue } from '../read-catalogue.ts'

const YEAR = 'Takeout/Google Photos/Photos from 2021'
const SIDECAR = `${YEAR}/IMG_0001.jpg.supplemental-metadata.json`

type Entry = [path: string, content: Buffer]

async function importPart(repository: Repository, part: number, entries: readonly Entry[]) {
  using folder = temporaryFolder()
  const zip = new ZipWriter()
  for (const [path, content] of entries) zip.add(path, content)
  writeFileSync(join(folder.path, `takeout-20220601T030405Z-00${part}.zip`), zip.finish())
  return await importLibrary(repository, await openSource([folder.path]), {
    ...{ progress: quietly, signal: new AbortController().signal, threads: 0 },
    ...{ cacheDir: undefined, client: 'test', reread: false },
  })
}

it('an empty file stays one photo, at its path, when its sidecar comes in a later part', async () => {
  await using repository = await aRepositoryInMemory()
  const sidecar = JSON.stringify(googleSidecar('IMG_0001.jpg', '2021-07-01T10:00:00Z'))
  await importPart(repository, 1, [
    [`${YEAR}/IMG_0001.jpg`, Buffer.alloc(0)],
    [`${YEAR}/OWN.jpg`, jpeg(1, { local: '2021-07-02T12:00:00' })],
  ])
  const before = await readCatalogue(repository, 'latest')

  await importPart(repository, 2, [[SIDECAR, Buffer.from(sidecar)]])

  const { items } = await readCatalogue(repository, 'latest')
  expect(items.map(({ files }) => files)).toEqual(before.items.map(({ files }) => files))
  expect(items.find(({ title }) => title === 'IMG_0001.jpg')).toMatchObject({
    taken: { instant: '2021-07-01T10:00:00Z' },
  })
})

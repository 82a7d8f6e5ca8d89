/**
 * A `.tgz` has no list of its files: it is read from front to back, and that once.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { checkRepository } from '../../src/kloset/reading/check.ts'
import { openSnapshot } from '../../src/kloset/reading/snapshot-reader.ts'
import type { Repository } from '../../src/kloset/repository.ts'
import { EarlyWriter } from '../../src/operations/import/early-writer.ts'
import { type ImportReport, importLibrary } from '../../src/operations/import-library.ts'
import { createRepositoryIn } from '../../src/operations/open-repository.ts'
import { readCatalogue } from '../../src/operations/read-catalogue.ts'
import { openSource } from '../../src/sources/registry.ts'
import { MemoryStore } from '../../src/stores/memory/memory-store.ts'
import { quietly } from '../../src/util/progress.ts'
import {
  flipped,
  partName,
  photoBytes,
  photoEntries,
  tarOf,
  zipOf,
} from '../support/small-export.ts'
import { aRepositoryInMemory, reopened } from '../support/small-imports.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

type Files = Record<string, Uint8Array>

/** Read to see what kind of archive it is. */
const LOOK_BYTES = 1024
/** Photos of another product in the same archive. */
const OTHERS = 50

describe('a tgz', () => {
  it('is read once by a backup', async () => {
    const tgz = await tarOf(photoEntries('a.jpg', 'b.jpg', 'c.jpg')).finish()
    const repository = await aRepositoryInMemory()

    const report = await backup(repository, { [partName(1, 'tgz')]: tgz })

    expect(report).toMatchObject({
      status: 'complete',
      added: 3,
      bytesRead: LOOK_BYTES + tgz.length,
    })
    expect(await contentsOf(repository)).toEqual(photosNamed('a.jpg', 'b.jpg', 'c.jpg'))
  })

  it('is read once by the next backup, too, and adds nothing', async () => {
    const tgz = await tarOf(photoEntries('a.jpg', 'b.jpg')).finish()
    const repository = await aRepositoryInMemory()
    await backup(repository, { [partName(1, 'tgz')]: tgz })

    const again = await backup(repository, { [partName(1, 'tgz')]: tgz })

    expect(again).toMatchObject({
      added: 0,
      changed: 0,
      unchanged: 2,
      bytesRead: LOOK_BYTES + tgz.length,
    })
  })

  it('gives the same library as a zip', async () => {
    const entries = photoEntries('a.jpg', 'b.jpg', 'c.jpg')
    const [fromTgz, fromZip] = [await aRepositoryInMemory(), await aRepositoryInMemory()]

    await backup(fromTgz, { [partName(1, 'tgz')]: await tarOf(entries).finish() })
    await backup(fromZip, { [partName(1)]: zipOf(entries) })

    const items = async (repository: Repository) =>
      (await readCatalogue(repository, 'latest')).items
    expect(await items(fromTgz)).toEqual(await items(fromZip))
  })

  it('that is cut off gives everything before the cut', async () => {
    const whole = await tarOf(photoEntries('a.jpg', 'b.jpg', 'c.jpg')).finish()
    const tgz = whole.subarray(0, (whole.length * 2) / 3)
    const repository = await aRepositoryInMemory()

    const report = await backup(repository, { [partName(1, 'tgz')]: tgz })

    expect(report).toMatchObject({
      status: 'incomplete',
      failed: 1,
      bytesRead: LOOK_BYTES + tgz.length,
    })
    expect(await contentsOf(repository)).toEqual(photosNamed('a.jpg'))
  })

  it('with a flipped bit is saved, and named as damaged', async () => {
    const tar = await tarOf(photoEntries('a.jpg', 'b.jpg')).finishTar()
    const tgz = flipped(gzipSync(tar, { level: 0 }), photoBytes('a.jpg').subarray(0, 1000))
    const repository = await aRepositoryInMemory()

    const report = await backup(repository, { [partName(1, 'tgz')]: tgz })

    expect(report.status).toBe('incomplete')
    expect(report.problems.map(({ code }) => code)).toContain('DAMAGED_PART')
    expect(await contentsOf(repository)).toMatchObject(photosNamed('b.jpg'))
  })

  it('is not called damaged when it is the store that cannot be written', async () => {
    const tgz = await tarOf(photoEntries('a.jpg', 'b.jpg')).finish()
    const store = new FullStore()
    await createRepositoryIn(store, {})
    const repository = await reopened(store)
    store.isFull = true

    const backingUp = backup(repository, { [partName(1, 'tgz')]: tgz })

    await expect(backingUp).rejects.toThrow('no space left')
  })

  it('is surveyed in vain when nothing can be written, and the import then ends for that', async () => {
    using folder = temporaryFolder()
    const tgz = await tarOf(photoEntries('a.jpg')).finish()
    writeFileSync(join(folder.path, partName(1, 'tgz')), tgz)
    const source = await openSource([folder.path])
    const writers = new EarlyWriter(source.contentModule, () => Promise.reject(new Error('full')))
    const { signal } = new AbortController()

    await using _ = await source.survey({ progress: quietly, signal, ...writers.forSurvey() })

    expect(() => writers.check()).toThrow('full')
  })

  it('leaves nothing in the repository that is not of the library', async () => {
    const drive = Array.from({ length: OTHERS }, (_, n) => ({
      path: `Takeout/Drive/${n}.jpg`,
      bytes: photoBytes(`${n}`),
    }))
    const tgz = await tarOf([...drive, ...photoEntries('a.jpg')]).finish()
    const repository = await aRepositoryInMemory()

    const report = await backup(repository, { [partName(1, 'tgz')]: tgz })

    expect(report.summary).toMatchObject({ media: 1, other: OTHERS })
    expect(report.bytesStored).toBeLessThan((OTHERS / 2) * photoBytes('a.jpg').length)
    expect(await whatIsWrong(repository)).toEqual([])
  })

  it('whose photos lie in a folder of unknown name is read again for them', async () => {
    const entries = photoEntries('a.jpg', 'b.jpg').map(({ path, bytes }) => ({
      path: path.replace('Google Photos', 'Myndir frá Google'),
      bytes,
    }))
    const tgz = await tarOf(entries).finish()
    const repository = await aRepositoryInMemory()

    const report = await backup(repository, { [partName(1, 'tgz')]: tgz })

    expect(report).toMatchObject({ status: 'complete', added: 2 })
    expect(report.bytesRead).toBeGreaterThan(LOOK_BYTES + tgz.length)
    expect(await contentsOf(repository)).toEqual(photosNamed('a.jpg', 'b.jpg'))
  })
})

/** A disk that fills up when it is told to. */
class FullStore extends MemoryStore {
  isFull = false

  override async put(...[kind, name, parts]: Parameters<MemoryStore['put']>): Promise<void> {
    if (this.isFull && kind === 'packfile') throw new Error('no space left')
    await super.put(kind, name, parts)
  }
}

async function backup(repository: Repository, files: Files): Promise<ImportReport> {
  using folder = temporaryFolder()
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder.path, name), bytes)
  return await importLibrary(repository, await openSource([folder.path]), {
    ...{ progress: quietly, signal: new AbortController().signal, client: 'test' },
    ...{ threads: 0, cacheDir: undefined, reread: false },
  })
}

function photosNamed(...names: string[]): Record<string, Buffer> {
  return Object.fromEntries(names.map((name) => [name, photoBytes(name)]))
}

async function whatIsWrong(repository: Repository): Promise<unknown[]> {
  const report = await checkRepository(repository, {
    ...{ level: 'full', snapshots: repository.index.snapshots(), now: () => new Date() },
    ...{ progress: quietly, signal: new AbortController().signal },
  })
  return report.problems
}

/** Bytes of every photo in the newest snapshot, by title. */
async function contentsOf(repository: Repository): Promise<Record<string, Buffer>> {
  const { snapshot, items } = await readCatalogue(repository, 'latest')
  const reader = await openSnapshot(repository, snapshot)
  const contents: Record<string, Buffer> = {}
  for (const { title, files } of items) {
    contents[title!] = Buffer.from(await reader.readFile(files[0]!.path, 1_000_000))
  }
  return contents
}

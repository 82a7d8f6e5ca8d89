/**
 * The yearly export is mostly the one of last year: what is known is not read, and what is not new
 * takes no room. The photos are random bytes, so that nothing can be saved on them.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generateBulk } from '../../scripts/sample-library/generate-bulk.ts'
import type { Repository } from '../../src/kloset/repository.ts'
import { type ImportReport, importLibrary } from '../../src/operations/import-library.ts'
import { openSource } from '../../src/sources/registry.ts'
import { quietly } from '../../src/util/progress.ts'
import { aRepositoryInMemory } from '../support/small-imports.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const PHOTOS = 100
const PHOTO_BYTES = 1_000_000
/** Where directories begin, and what form the archives have. */
const FEW_BYTES = 5000

const folder = temporaryFolder()
afterAll(() => folder[Symbol.dispose]())

describe('an export that was imported before', () => {
  let repository: Repository
  let first: ImportReport
  beforeAll(async () => {
    await generate('first', PHOTOS)
    repository = await aRepositoryInMemory()
    first = await backup(repository, 'first')
  })

  it('is read once, all of it, the first time', () => {
    expect(first.bytesRead).toBeGreaterThan(bytesOf('first') * 0.999)
    expect(first.bytesRead).toBeLessThan(bytesOf('first') * 1.01)
  })

  it('costs its directories and next to no room the second time', async () => {
    const second = await backup(repository, 'first')

    expect(second).toMatchObject({ status: 'complete', added: 0, changed: 0, unchanged: PHOTOS })
    expect(second.bytesRead).toBeLessThan(directoryBytesOf('first') + FEW_BYTES)
    expect(second.bytesStored / first.bytesStored).toBeLessThan(0.001)
  })

  it('with one percent more costs that one percent', async () => {
    await generate('more', PHOTOS * 1.01)

    const more = await backup(repository, 'more')

    expect(more).toMatchObject({ added: PHOTOS / 100, changed: 0, unchanged: PHOTOS })
    expect(more.bytesRead / bytesOf('more')).toBeLessThan(0.012)
  })
})

async function generate(name: string, items: number): Promise<void> {
  const sizes = { items: Math.round(items), bytesPerItem: PHOTO_BYTES, parts: 3 }
  await generateBulk(join(folder.path, name), sizes)
}

async function backup(repository: Repository, name: string): Promise<ImportReport> {
  return importLibrary(repository, await openSource([join(folder.path, name)]), {
    ...{ progress: quietly, signal: new AbortController().signal, client: 'test' },
    ...{ threads: 0, cacheDir: undefined, reread: false },
  })
}

function bytesOf(name: string): number {
  const path = join(folder.path, name)
  return readdirSync(path).reduce((sum, file) => sum + statSync(join(path, file)).size, 0)
}

/** Of all archives: what their ends say about the lists of their files. */
function directoryBytesOf(name: string): number {
  const path = join(folder.path, name)
  return readdirSync(path).reduce((sum, file) => {
    const zip = readFileSync(join(path, file))
    return sum + zip.readUInt32LE(zip.lastIndexOf('PK\x05\x06') + 12)
  }, 0)
}

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  flipped,
  partName,
  photoEntries,
  type SmallEntry,
  YEAR_FOLDER,
  zipOf,
} from '../../test/support/small-export.ts'
import { importPhotos } from '../../test/support/small-imports.ts'
import { temporaryFolder } from '../../test/support/temporary-folder.ts'
import { openSource } from '../sources/registry.ts'
import { MemoryStore } from '../stores/memory/memory-store.ts'
import { quietly } from '../util/progress.ts'
import { readAccounts, readLedger } from './certificate.ts'
import { checkRepositoryAt } from './check-repository.ts'
import { type ImportReport, importLibrary } from './import-library.ts'
import { createRepositoryIn, openRepositoryIn, type Repository } from './open-repository.ts'
import { readReport } from './read-catalogue.ts'

const signal = new AbortController().signal
const LATER = new Date(Date.now() + 3_600_000)

let cache: ReturnType<typeof temporaryFolder>
let repository: Repository
beforeEach(async () => {
  cache = temporaryFolder()
  const store = new MemoryStore()
  await createRepositoryIn(store, { cacheDir: cache.path })
  const passphrase = () => Promise.reject(new Error('not needed'))
  repository = await openRepositoryIn(store, { passphrase, cacheDir: cache.path })
})
afterEach(() => cache[Symbol.dispose]())

const importEntries = (...entries: SmallEntry[]) => importFiles({ [partName(1)]: zipOf(entries) })

async function importFiles(files: Record<string, Uint8Array>): Promise<ImportReport> {
  using folder = temporaryFolder()
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder.path, name), bytes)
  return await importLibrary(repository, await openSource([folder.path]), {
    ...{ progress: quietly, signal, client: 'test', threads: 0, cacheDir: undefined },
    reread: false,
  })
}

const check = (level: 'quick' | 'full', now = LATER) =>
  checkRepositoryAt(repository, { level, now: () => now, progress: quietly, signal })

async function certificateOf(snapshot: string | undefined) {
  const accounts = await readAccounts(repository, await readReport(repository, snapshot!))
  return accounts.certificates[0]!
}

describe('the certificate that archives are redundant', () => {
  it('is given when a full check has found every entry of them', async () => {
    const { snapshot } = await importEntries(...photoEntries('a.jpg', 'b.jpg'))
    await check('full')

    expect(await certificateOf(snapshot)).toEqual({
      ...{
        export: 'takeout-20240115T101500Z',
        redundant: true,
        photos: true,
        entries: 4,
        exempt: 0,
        foreign: [],
        foreignMedia: 0,
        missing: [],
      },
      ...{ snapshot, checked: LATER.toISOString() },
    })
  })

  it('is not given without a full check, nor after a quick one', async () => {
    const { snapshot } = await importEntries(...photoEntries('a.jpg'))
    const before = await certificateOf(snapshot)
    await check('quick')

    expect(before.redundant).toBe(false)
    expect(before.missing[0]).toMatch(/No full check/)
    expect(await certificateOf(snapshot)).toEqual(before)
  })

  it('is not given when the check is older than the snapshot', async () => {
    const { snapshot } = await importEntries(...photoEntries('a.jpg'))
    await check('full', new Date(0))

    const { redundant, missing } = await certificateOf(snapshot)
    expect(redundant).toBe(false)
    expect(missing[0]).toMatch(/older than the snapshot/)
  })

  it('may rest on a later snapshot that holds all of it', async () => {
    const first = await importEntries(...photoEntries('a.jpg'))
    const second = await importPhotos(repository, [{ name: 'later.jpg' }])
    await checkRepositoryAt(repository, {
      ...{ level: 'full', now: () => LATER, progress: quietly, signal },
      snapshots: [second.snapshot],
    })

    expect(await certificateOf(first.snapshot)).toMatchObject({
      ...{ redundant: true, snapshot: second.snapshot },
    })
  })

  it.each<[string, SmallEntry[]]>([
    ['was refused', [{ path: 'Takeout/../../evil.jpg', bytes: Buffer.from('x') }]],
    ['lies beside the folder of the photos', [{ path: 'Takeout/x.jpg', bytes: Buffer.from('x') }]],
  ])('is not given when something %s', async (_what, entries) => {
    const { snapshot } = await importEntries(...photoEntries('a.jpg'), ...entries)
    await check('full')

    const { redundant, photos, missing } = await certificateOf(snapshot)
    expect({ redundant, photos }).toEqual({ redundant: false, photos: false })
    expect(missing.length).toBeGreaterThan(0)
  })

  it('is not given for an archive that cannot be read to its end', async () => {
    const { snapshot } = await importFiles({
      [partName(1)]: zipOf(photoEntries('a.jpg')),
      [partName(2)]: zipOf(photoEntries('b.jpg')).subarray(0, -30),
    })
    await check('full')

    const { photos, missing } = await certificateOf(snapshot)
    expect(photos).toBe(false)
    expect(missing.join()).toContain(partName(2))
  })

  it('is given when what is damaged in one archive is sound in another', async () => {
    const archive = zipOf(photoEntries('a.jpg'))
    const damaged = flipped(archive, photoEntries('a.jpg')[0]!.bytes)
    const { snapshot } = await importFiles({
      [partName(1)]: archive,
      [partName(1).replace('.zip', ' (1).zip')]: damaged,
    })
    await check('full')

    expect(await certificateOf(snapshot)).toMatchObject({
      redundant: true,
      entries: 4,
      missing: [],
    })
  })

  it('speaks of the photos only where files of other products are in the archives', async () => {
    const { snapshot } = await importEntries(
      ...photoEntries('a.jpg'),
      { path: 'Takeout/Drive/scan.pdf', bytes: Buffer.from('x') },
      { path: 'Takeout/Drive/old/beach.jpg', bytes: Buffer.from('y') },
      { path: 'Takeout/Drive/list.json', bytes: Buffer.from('{}') },
      { path: 'Takeout/__proto__/all.mbox', bytes: Buffer.from('z') },
    )
    await check('full')

    expect(await certificateOf(snapshot)).toMatchObject({
      ...{ redundant: false, photos: true, entries: 6, foreignMedia: 1, missing: [] },
      foreign: [
        { product: 'Drive', entries: 3 },
        { product: '__proto__', entries: 1 },
      ],
    })
  })

  it('is given though the export lacks a photo: what is there is saved', async () => {
    const { snapshot, status } = await importEntries(
      ...photoEntries('a.jpg'),
      ...photoEntries('gone.jpg').slice(1),
    )
    await check('full')

    expect(status).toBe('incomplete')
    expect(await certificateOf(snapshot)).toMatchObject({ redundant: true, entries: 3 })
  })

  it('is not kept from them by what a Mac or Google left beside the photos', async () => {
    const { snapshot } = await importEntries(
      ...photoEntries('a.jpg'),
      { path: `${YEAR_FOLDER}/.DS_Store`, bytes: Buffer.from('Bud1') },
      { path: 'Takeout/archive_browser.html', bytes: Buffer.from('<html>') },
    )
    await check('full')

    expect(await certificateOf(snapshot)).toMatchObject({ redundant: true, entries: 4, exempt: 1 })
  })
})

describe('a ledger that cannot be read', () => {
  it('leaves the rest of the report as it is, and proves nothing', async () => {
    const { snapshot } = await importEntries(...photoEntries('a.jpg'))
    await check('full')
    const stored = await readReport(repository, snapshot!)

    const accounts = await readAccounts(repository, { ...stored, import: 'gone' })

    expect(accounts).toMatchObject({ entries: 0, addUp: false })
    expect(accounts.certificates[0]!.redundant).toBe(false)
    expect(accounts.certificates[0]!.missing[0]).toMatch(/cannot be read/)
  })
})

describe('the accounts of an import', () => {
  it('add up to all entries', async () => {
    const [photo] = photoEntries('a.jpg')
    const { snapshot, summary } = await importEntries(
      ...photoEntries('a.jpg', 'b.jpg'),
      { path: `${YEAR_FOLDER}/.DS_Store`, bytes: Buffer.from('Bud1') },
      { ...photo!, path: 'Takeout/Google Photos/Trip/a.jpg' },
    )
    const stored = await readReport(repository, snapshot!)
    const accounts = await readAccounts(repository, stored)

    expect(accounts).toMatchObject({ entries: 6, addUp: true })
    expect(accounts.ends).toEqual({ stored: 2, copy: 1, kept: 2, ignored: 1 })
    let rows = 0
    for await (const _ of readLedger(repository, snapshot!, stored.import)) rows++
    expect(rows).toBe(summary.entries)
  })
})

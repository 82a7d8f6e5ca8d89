import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { overviewPage } from '../../../test/support/overview-page.ts'
import {
  flipped,
  partName,
  photoBytes,
  photoEntries,
  type SmallEntry,
  tarOf,
  YEAR_FOLDER,
  zipOf,
} from '../../../test/support/small-export.ts'
import { aRepositoryInMemory } from '../../../test/support/small-imports.ts'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import { findSnapshot } from '../../kloset/reading/snapshot-list.ts'
import { openSnapshot } from '../../kloset/reading/snapshot-reader.ts'
import type { Repository } from '../../kloset/repository.ts'
import { openSource } from '../../sources/registry.ts'
import { quietly } from '../../util/progress.ts'
import { readLedger } from '../certificate.ts'
import { importLibrary } from '../import-library.ts'
import { readReport } from '../read-catalogue.ts'

const PDF: SmallEntry = { path: `${YEAR_FOLDER}/menu.pdf`, bytes: photoBytes('menu').subarray(4) }
const EDITS: SmallEntry = { path: `${YEAR_FOLDER}/a.aae`, bytes: Buffer.from('<plist/>') }
const DRIVE: SmallEntry = { path: 'Takeout/Drive/menu.pdf', bytes: Buffer.from('not a photo') }

async function importFiles(repository: Repository, files: Record<string, Uint8Array>) {
  using folder = temporaryFolder()
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder.path, name), bytes)
  return await importLibrary(repository, await openSource([folder.path]), {
    ...{ progress: quietly, signal: new AbortController().signal, client: 'test' },
    ...{ threads: 0, cacheDir: undefined, reread: false },
  })
}

const importZip = (repository: Repository, ...entries: SmallEntry[]) =>
  importFiles(repository, { [partName(1)]: zipOf(entries) })

/** Rows of the newest import's ledger, by path. */
async function ledgerOf(repository: Repository) {
  const { snapshot, import: id } = await readReport(repository, 'latest')
  const rows = new Map<string, { end: string; at?: string; reason?: string }>()
  for await (const row of readLedger(repository, snapshot, id)) rows.set(row.path, row)
  return rows
}

/** What lies in the newest snapshot beside photos, album links and catalogue. */
async function keptBytes(repository: Repository, at: string) {
  const reader = await openSnapshot(repository, await findSnapshot(repository, 'latest'))
  return Buffer.from(await reader.readFile(at, 2 ** 20))
}

async function pathsOf(repository: Repository) {
  const reader = await openSnapshot(repository, await findSnapshot(repository, 'latest'))
  const paths: string[] = []
  for await (const { kind, path } of reader.walk('/')) if (kind === 'file') paths.push(path)
  return paths
}

describe('files among the photos that are none', () => {
  it.each([
    ['zip', async (entries: SmallEntry[]) => zipOf(entries)],
    ['tgz', (entries: SmallEntry[]) => tarOf(entries).finish()],
  ] as const)('are kept byte for byte, from a %s', async (extension, pack) => {
    const repository = await aRepositoryInMemory()
    const archive = await pack([...photoEntries('a.jpg'), PDF, EDITS])

    const report = await importFiles(repository, { [partName(1, extension)]: archive })

    expect(report).toMatchObject({ status: 'complete', items: 1, summary: { other: 2 } })
    const ledger = await ledgerOf(repository)
    for (const { path, bytes } of [PDF, EDITS]) {
      const { end, at } = ledger.get(path)!
      expect(end).toBe('kept')
      expect(at).toMatch(/^\/metadata\/imports\/[^/]+\/files\/Takeout\//)
      expect(await keptBytes(repository, at!)).toEqual(Buffer.from(bytes))
    }
  })

  it('are not read again by the next import, and lie where they lay', async () => {
    const repository = await aRepositoryInMemory()
    const entries = [...photoEntries('a.jpg'), PDF]
    const first = await importZip(repository, ...entries)
    const before = (await ledgerOf(repository)).get(PDF.path)!.at

    const again = await importZip(repository, ...entries)

    const [photo, pdf] = [photoBytes('a.jpg').length, PDF.bytes.length]
    expect(first.bytesRead - again.bytesRead).toBeGreaterThanOrEqual(photo + pdf)
    expect((await ledgerOf(repository)).get(PDF.path)!.at).toBe(before)
    expect((await pathsOf(repository)).filter((path) => path.endsWith('menu.pdf'))).toEqual([
      before,
    ])
  })

  it('are refused when they are damaged, as photos are', async () => {
    const repository = await aRepositoryInMemory()
    const archive = flipped(zipOf([...photoEntries('a.jpg'), PDF]), PDF.bytes)

    const { status, problems } = await importFiles(repository, { [partName(1)]: archive })

    expect(status).toBe('incomplete')
    expect(problems).toMatchObject([{ code: 'DAMAGED_ENTRY', path: PDF.path }])
  })

  it('that looked like a photo by name become none in a later run either', async () => {
    const repository = await aRepositoryInMemory()
    const nameless = { path: `${YEAR_FOLDER}/notes`, bytes: Buffer.from('milk, bread') }
    await importFiles(repository, { [partName(1)]: zipOf([...photoEntries('a.jpg'), nameless]) })

    const later = await importFiles(repository, { [partName(2)]: zipOf(photoEntries('b.jpg')) })

    expect(later).toMatchObject({ status: 'complete', items: 2 })
  })

  it('lie side by side when two archives hold other bytes under one name', async () => {
    const repository = await aRepositoryInMemory()
    const other = { ...PDF, bytes: Buffer.from('another menu') }

    await importFiles(repository, {
      [partName(1)]: zipOf([...photoEntries('a.jpg'), PDF]),
      [partName(2)]: zipOf([...photoEntries('b.jpg'), other]),
    })

    const kept = (await pathsOf(repository)).filter((path) => path.includes('/files/'))
    const bytes = await Promise.all(kept.map((at) => keptBytes(repository, at)))
    expect(bytes.map(({ length }) => length).sort((a, b) => a - b)).toEqual([
      ...[other.bytes.length, PDF.bytes.length],
    ])
  })

  it('of other products are not taken, whatever they are', async () => {
    const repository = await aRepositoryInMemory()
    const list = { path: 'Takeout/Keep/list.json', bytes: Buffer.from('{"items":[]}') }

    await importZip(repository, ...photoEntries('a.jpg'), DRIVE, list)

    const ledger = await ledgerOf(repository)
    expect([DRIVE, list].map(({ path }) => ledger.get(path))).toMatchObject([
      ...[{ end: 'ignored', foreign: true }],
      ...[{ end: 'ignored', foreign: true }],
    ])
    expect((await pathsOf(repository)).filter((path) => /Drive|Keep/.test(path))).toEqual([])
  })
})

describe('the overview page of an export that comes in several runs', () => {
  it('proves with the last of them that all is here', async () => {
    const repository = await aRepositoryInMemory()
    const names = ['a.jpg', 'b.jpg'].flatMap((name) => [name, `${name}.json`])
    const page: SmallEntry = {
      path: 'Takeout/archive_browser.html',
      bytes: overviewPage({ 'Google Photos': names.map((name) => `Photos from 2021/${name}`) }),
    }

    const first = await importFiles(repository, {
      [partName(1)]: zipOf([page, ...photoEntries('a.jpg')]),
    })
    const last = await importFiles(repository, { [partName(2)]: zipOf(photoEntries('b.jpg')) })

    expect(first.problems.map(({ code }) => code)).toEqual(['MISSING_FILES'])
    expect(last.summary.verdict!.answer).toBe('complete')
    expect(last.problems.filter(({ resolved }) => !resolved)).toEqual([])
  })
})

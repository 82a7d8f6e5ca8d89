import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { randomFrom } from '../../../scripts/sample-library/random.ts'
import { tinyExport, tinyLibrary } from '../../../test/support/damage/tiny-library.ts'
import {
  partName,
  photoEntries,
  type SmallEntry,
  sidecarBytes,
  YEAR_FOLDER,
  zipOf,
} from '../../../test/support/small-export.ts'
import { aRepositoryInMemory } from '../../../test/support/small-imports.ts'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import { findSnapshot } from '../../kloset/reading/snapshot-list.ts'
import { openSnapshot, type SnapshotReader } from '../../kloset/reading/snapshot-reader.ts'
import type { Repository } from '../../kloset/repository.ts'
import { ResourceType } from '../../kloset/resource-type.ts'
import { WRAPPER_HEADER_BYTES } from '../../kloset/wrapper.ts'
import { openSource } from '../../sources/registry.ts'
import type { SurveyOptions } from '../../sources/source.ts'
import { quietly } from '../../util/progress.ts'
import { importLibrary } from '../import-library.ts'
import { readCatalogue, readReport } from '../read-catalogue.ts'
import { KnownSidecars } from './known-sidecars.ts'

const signal = new AbortController().signal
const ALBUM: SmallEntry = {
  path: 'Takeout/Google Photos/Sommer ☀️/metadata.json',
  bytes: Buffer.from(JSON.stringify({ title: 'Sommer ☀️', description: noise(100) })),
}
const BROKEN: SmallEntry = { path: `${YEAR_FOLDER}/c.jpg.json`, bytes: Buffer.from('{"title":') }
const NO_TEXT: SmallEntry = {
  path: `${YEAR_FOLDER}/d.jpg.json`,
  bytes: Buffer.from('{"title":"d\xe9.jpg"}', 'latin1'),
}
const ENTRIES = [...photoEntries('a.jpg', 'b.jpg'), ALBUM, BROKEN]

describe('sidecars that an earlier import kept', () => {
  it('are not read again: an export that is known costs its directory', async () => {
    const repository = await aRepositoryInMemory()
    await importEntries(repository, ENTRIES)

    const again = await importEntries(repository, ENTRIES)

    expect(again.bytesRead).toBeLessThan(directoryBytes(ENTRIES) + FEW_BYTES)
    expect(again).toMatchObject({ added: 0, changed: 0, unchanged: 2 })
  })

  it('are read again where another one came in their place', async () => {
    const repository = await aRepositoryInMemory()
    await importEntries(repository, ENTRIES)
    const later = sidecarBytes('a.jpg').toString().replace('1625130000', '1625133600')
    const changed = ENTRIES.map((entry) =>
      entry.path.endsWith('a.jpg.json') ? { ...entry, bytes: Buffer.from(later) } : entry,
    )

    const again = await importEntries(repository, changed)

    expect(again).toMatchObject({ added: 0, changed: 1, unchanged: 1 })
    const { items } = await readCatalogue(repository, 'latest')
    const hours = items.map(({ taken }) => taken?.instant?.slice(11, 16)).sort()
    expect(hours).toEqual(['09:00', '10:00'])
  })

  it('stay where they lay, and each is written into a file of all of them only once', async () => {
    const repository = await aRepositoryInMemory()
    await importEntries(repository, ENTRIES)
    const before = await filesUnder(repository, '/metadata/imports')

    await importEntries(repository, ENTRIES)

    const after = await filesUnder(repository, '/metadata/imports')
    const added = after
      .filter((path) => !before.includes(path))
      .map((path) => path.split('/').at(-1))
    expect(added).toEqual(['ledger.ndjson', 'report.json'])
  })

  it('are all read with --reread', async () => {
    const repository = await aRepositoryInMemory()
    const first = await importEntries(repository, ENTRIES)

    const again = await importEntries(repository, ENTRIES, { reread: true })

    expect(again.bytesRead).toBe(first.bytesRead)
  })

  it('are read again every time when they are no text', async () => {
    const repository = await aRepositoryInMemory()
    const entries = [...ENTRIES, NO_TEXT]
    await importEntries(repository, entries)

    const again = await importEntries(repository, entries)

    expect(again.bytesRead).toBeGreaterThan(directoryBytes(entries) + NO_TEXT.bytes.length)
    const reader = await newest(repository)
    const at = (await filesUnder(repository, '/')).find((path) => path.endsWith('d.jpg.json'))
    expect(Buffer.from(await reader.readFile(at!, 1000))).toEqual(NO_TEXT.bytes)
  })

  it('are read from the archive when the copy in the store is damaged, which is told', async () => {
    const repository = await aRepositoryInMemory()
    await importEntries(repository, ENTRIES)
    const catalogue = await readCatalogue(repository, 'latest')
    await damageTexts(repository)

    const again = await importEntries(repository, ENTRIES)

    expect(again.bytesRead).toBeGreaterThan(directoryBytes(ENTRIES) + sizeOfJson(ENTRIES))
    expect(again.problems.map(({ code }) => code)).toContain('DAMAGED_LEDGER')
    expect((await readCatalogue(repository, 'latest')).items).toEqual(catalogue.items)
    await importEntries(repository, ENTRIES, { reread: true }) // heals it
    const last = await importEntries(repository, ENTRIES)
    expect(last.bytesRead).toBeLessThan(directoryBytes(ENTRIES) + FEW_BYTES)
  })

  it('are understood as if they had been read', async () => {
    const repository = await aRepositoryInMemory()
    await importEntries(repository, [...ENTRIES, NO_TEXT])
    const known = new KnownSidecars(await newest(repository))

    const read = await understood([...ENTRIES, NO_TEXT], {})
    const recalled = await understood([...ENTRIES, NO_TEXT], { known })

    expect(recalled.inventory).toEqual(read.inventory)
    expect(recalled.bytesRead).toBeLessThan(read.bytesRead)
  })

  it.each([1, 2, 3, 4])('of generated export %i are understood likewise', async (seed) => {
    const library = tinyLibrary(randomFrom(seed), { shots: 12 })
    const options = { stamp: '20240115T101500Z', sidecarForm: 'new' as const, seed: 1 }
    const entries = tinyExport(library, options).map(({ truth, bytes }) => ({
      path: truth.path,
      bytes,
    }))
    const repository = await aRepositoryInMemory()
    await importEntries(repository, entries.slice(entries.length >> 1))
    const known = new KnownSidecars(await newest(repository))

    const read = await understood(entries, {})
    const recalled = await understood(entries, { known })

    expect(recalled.inventory).toEqual(read.inventory)
    expect(recalled.bytesRead).toBeLessThan(read.bytesRead)
  })
})

/** What is read beside a directory: where it begins, and what form the archive has. */
const FEW_BYTES = 1200

/** Text that takes much room in an archive, too. */
function noise(lines: number): string {
  const digest = (line: number) => createHash('sha256').update(`${line}`).digest('base64')
  return Array.from({ length: lines }, (_, line) => digest(line)).join('\u2028')
}

async function importEntries(
  repository: Repository,
  entries: readonly SmallEntry[],
  { reread = false } = {},
) {
  using folder = temporaryFolder()
  writeFileSync(join(folder.path, partName(1)), zipOf(entries))
  return await importLibrary(repository, await openSource([folder.path]), {
    ...{ progress: quietly, signal, client: 'test' },
    ...{ threads: 0, cacheDir: undefined, reread },
  })
}

async function understood(entries: readonly SmallEntry[], known: Pick<SurveyOptions, 'known'>) {
  using folder = temporaryFolder()
  writeFileSync(join(folder.path, partName(1)), zipOf(entries))
  const source = await openSource([folder.path])
  await using survey = await source.survey({ progress: quietly, signal, ...known })
  return { inventory: survey.understand(new Map()), bytesRead: survey.bytesRead }
}

function directoryBytes(entries: readonly SmallEntry[]): number {
  const zip = zipOf(entries)
  return zip.readUInt32LE(zip.lastIndexOf('PK\x05\x06') + 12)
}

function sizeOfJson(entries: readonly SmallEntry[]): number {
  const json = entries.filter(({ path }) => path.endsWith('.json'))
  return json.reduce((sum, { bytes }) => sum + bytes.length, 0)
}

async function newest(repository: Repository): Promise<SnapshotReader> {
  return openSnapshot(repository, await findSnapshot(repository, 'latest'))
}

async function filesUnder(repository: Repository, top: string): Promise<string[]> {
  const paths: string[] = []
  for await (const entry of (await newest(repository)).walk(top)) {
    if (entry.kind === 'file') paths.push(entry.path)
  }
  return paths
}

/** Flips a bit where the store keeps the file of all sidecars. */
async function damageTexts(repository: Repository): Promise<void> {
  const reader = await newest(repository)
  const { import: id } = await readReport(repository, 'latest')
  const entry = await reader.entry(`/metadata/imports/${id}/sidecars.ndjson`)
  const { chunks } = await reader.object(entry!.objectMac!)
  const mac = chunks[0]!.contentMac
  const { packfile, offset, length } = repository.index.locations(ResourceType.CHUNK, mac)[0]!
  const bytes = await repository.store.get('packfile', packfile)
  bytes[WRAPPER_HEADER_BYTES + offset + (length >> 1)]! ^= 0x10
  await repository.store.put('packfile', packfile, [bytes])
}

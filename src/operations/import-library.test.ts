import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { ZipWriter } from '../../test/support/archives/zip-writer.ts'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { sha256 } from '../../test/support/file-tree.ts'
import { temporaryFolder } from '../../test/support/temporary-folder.ts'
import { openSource } from '../sources/registry.ts'
import type { Source } from '../sources/source.ts'
import { MemoryStore } from '../stores/memory/memory-store.ts'
import { quietly } from '../util/progress.ts'
import { importLibrary } from './import-library.ts'
import { listSnapshotLines } from './list-snapshots.ts'
import { createRepositoryIn, openRepositoryIn, type Repository } from './open-repository.ts'
import { readCatalogue, readReport } from './read-catalogue.ts'
import { readFileContent } from './read-file.ts'
import { repairStore } from './repair-store.ts'

const YEAR = 'Takeout/Google Photos/Photos from 2021'
const ALBUM = 'Takeout/Google Photos/Trip'

/** JSON of a sidecar, captured on 1 July 2021 at the given hour. */
function sidecar(title: string, hour = 10, more: object = {}): Buffer {
  const timestamp = String(Date.UTC(2021, 6, 1, hour) / 1000)
  return Buffer.from(JSON.stringify({ title, photoTakenTime: { timestamp }, ...more }))
}

async function aRepository(): Promise<Repository> {
  const store = new MemoryStore()
  await createRepositoryIn(store, {})
  return openRepositoryIn(store, { passphrase: () => Promise.reject(new Error('not needed')) })
}

interface Circumstances {
  reread?: boolean
  /** Something that happens while the import is under way. */
  beforeSidecars?: () => Promise<unknown>
}

/** Writes `zips` into a folder of their own and imports them as one source. */
async function importParts(
  repository: Repository,
  zips: ZipWriter[],
  { reread = false, beforeSidecars }: Circumstances = {},
) {
  using folder = temporaryFolder()
  zips.forEach((zip, at) => {
    const name = `takeout-20240102T030405Z-00${at + 1}.zip`
    writeFileSync(join(folder.path, name), zip.finish())
  })
  const source = interrupted(await openSource([folder.path]), beforeSidecars)
  const signal = new AbortController().signal
  const options = { progress: quietly, signal, threads: 0, cacheDir: undefined, client: 'test' }
  return await importLibrary(repository, source, { ...options, reread })
}

/** The same source, with something happening once when sidecars are asked for. */
function interrupted(source: Source, event: (() => Promise<unknown>) | undefined): Source {
  let pending = event
  return {
    ...source,
    async survey(options) {
      const survey = await source.survey(options)
      const smallFile = survey.smallFile.bind(survey)
      survey.smallFile = async (entry) => {
        const happens = pending
        pending = undefined
        await happens?.()
        return smallFile(entry)
      }
      return survey
    },
  }
}

/** Bytes that do not compress, so that they lie in a plaintext store as they are. */
function noise(pieces: number): Buffer {
  const digests = Array.from({ length: pieces }, (_, at) => sha256(Buffer.from(String(at))))
  return Buffer.from(digests.join(''), 'hex')
}

/** Flips a bit of `content` in the packfile that holds it. */
async function damage(store: MemoryStore, content: Buffer): Promise<void> {
  for await (const name of store.list('packfile')) {
    const bytes = Buffer.from(await store.get('packfile', name))
    const at = bytes.indexOf(content.subarray(0, 64))
    if (at < 0) continue
    bytes[at]! ^= 1
    return store.put('packfile', name, [bytes])
  }
  throw new Error('no packfile holds the content')
}

async function contentAt(repository: Repository, path: string): Promise<string> {
  const pieces: Uint8Array[] = []
  const content = await readFileContent(repository, { snapshot: 'latest', path })
  for await (const bytes of content) pieces.push(bytes)
  return Buffer.concat(pieces).toString()
}

const ledgerOf = async (repository: Repository, id: string) =>
  (await contentAt(repository, `/metadata/imports/${id}/ledger.ndjson`))
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => JSON.parse(line) as Record<string, unknown>)

describe('importing a library', () => {
  it('stores a photo once that is in a year folder and in an album', async () => {
    await using repository = await aRepository()
    const photo = Buffer.from('PHOTO')
    const zip = new ZipWriter()
      .add(`${YEAR}/a.jpg`, photo)
      .add(`${YEAR}/a.jpg.json`, sidecar('a.jpg'))
      .add(`${ALBUM}/metadata.json`, Buffer.from('{"title":"Trip"}'))
      .add(`${ALBUM}/a.jpg`, photo)
      .add(`${ALBUM}/a.jpg.json`, sidecar('a.jpg'))

    const report = await importParts(repository, [zip])

    expect(report).toMatchObject({ status: 'complete', items: 1, added: 1 })
    const { items, albums } = await readCatalogue(repository, 'latest')
    expect(items[0]?.files.map((file) => file.path)).toEqual(['/photos/2021/07/a.jpg'])
    expect(albums[0]).toMatchObject({ title: 'Trip', items: [items[0]?.id] })
    expect(await contentAt(repository, '/albums/2021/07 Trip/a.jpg')).toBe('PHOTO')
  })

  it('keeps every sidecar byte for byte, also one that is no JSON', async () => {
    await using repository = await aRepository()
    const zip = new ZipWriter()
      .add(`${YEAR}/a.jpg`, Buffer.from('A'))
      .add(`${YEAR}/a.jpg.json`, Buffer.from('{"title": "a.j'))

    await importParts(repository, [zip])

    const { import: id } = await readReport(repository, 'latest')
    const kept = `/metadata/imports/${id}/sidecars/${YEAR}/a.jpg.json`
    expect(await contentAt(repository, kept)).toBe('{"title": "a.j')
  })

  it('takes the photo from its album copy when the one in the year folder is damaged', async () => {
    await using repository = await aRepository()
    const photo = Buffer.from('PHOTO')
    const damaged = Buffer.from('PHOTA')
    const truth = new ZipWriter().add('x', photo).finish()
    const forge = { crc32: Buffer.from(truth).readUInt32LE(14) }
    const zip = new ZipWriter()
      .add(`${YEAR}/a.jpg`, damaged, { forge })
      .add(`${YEAR}/a.jpg.json`, sidecar('a.jpg'))
      .add(`${ALBUM}/metadata.json`, Buffer.from('{"title":"Trip"}'))
      .add(`${ALBUM}/a.jpg`, photo)
      .add(`${ALBUM}/a.jpg.json`, sidecar('a.jpg'))

    const report = await importParts(repository, [zip])

    expect(report).toMatchObject({ status: 'incomplete', items: 1, failed: 1, refused: 0 })
    expect(report.problems[0]).toMatchObject({ code: 'DAMAGED_ENTRY', path: `${YEAR}/a.jpg` })
    expect(await contentAt(repository, '/photos/2021/07/a.jpg')).toBe('PHOTO')
  })

  it('accounts for a part that was downloaded twice, and takes from the second what the first lost', async () => {
    await using repository = await aRepository()
    const photo = noise(10)
    const part = (content: Buffer) =>
      new ZipWriter()
        .add(`${YEAR}/a.jpg`, content, { forge: { crc32: crc32(photo) } })
        .add(`${YEAR}/a.jpg.json`, sidecar('a.jpg'))
    const damaged = Buffer.from(photo)
    damaged[100]! ^= 1

    const report = await importParts(repository, [part(damaged), part(photo)])

    expect(report.summary).toMatchObject({ entries: 4, items: 1, rejected: 1 })
    expect(report.problems.map(({ code }) => code)).toEqual(['DAMAGED_ENTRY'])
    const { items } = await readCatalogue(repository, 'latest')
    expect(items[0]?.files.map((file) => file.sha256)).toEqual([sha256(photo)])
  })

  it('makes no snapshot when nothing could be saved', async () => {
    await using repository = await aRepository()
    const zip = new ZipWriter().add(`${YEAR}/a.jpg`, Buffer.from('A'), { forge: { crc32: 1 } })

    const report = await importParts(repository, [zip])

    expect(report).toMatchObject({ status: 'failed', items: 0, failed: 1, refused: 0 })
    expect(await listSnapshotLines(repository)).toEqual([])
  })

  it('gives every entry one row in the ledger, and the rows add up', async () => {
    await using repository = await aRepository()
    const zip = new ZipWriter()
      .add(`${YEAR}/a.jpg`, Buffer.from('A'))
      .add(`${YEAR}/a.jpg.json`, sidecar('a.jpg'))
      .add(`${YEAR}/b.jpg`, Buffer.from('B'), { forge: { crc32: 1 } })
      .add(`${YEAR}/../../evil.jpg`, Buffer.from('E'))
      .add('Takeout/archive_browser.html', Buffer.from('<html>'))

    const { summary } = await importParts(repository, [zip])

    const { import: id } = await readReport(repository, 'latest')
    const rows = await ledgerOf(repository, id)
    expect(rows).toHaveLength(summary.entries)
    expect(rows.map((row) => `${row.end} ${String(row.path).split('/').at(-1)}`).sort()).toEqual([
      'kept a.jpg.json',
      'kept archive_browser.html',
      'refused b.jpg',
      'refused evil.jpg',
      'stored a.jpg',
    ])
    expect(rows.find((row) => row.end === 'stored')).toMatchObject({
      at: '/photos/2021/07/a.jpg',
      sha256: sha256(Buffer.from('A')),
    })
  })

  it('reads no photo again that it knows by name, size and checksum', async () => {
    await using repository = await aRepository()
    const photo = Buffer.alloc(100_000, 'x')
    const zip = () =>
      new ZipWriter().add(`${YEAR}/a.jpg`, photo).add(`${YEAR}/a.jpg.json`, sidecar('a.jpg'))
    const first = await importParts(repository, [zip()])

    const second = await importParts(repository, [zip()])
    const third = await importParts(repository, [zip()], { reread: true })

    expect(first.bytesRead).toBeGreaterThan(100_000)
    expect(second).toMatchObject({ added: 0, changed: 0, unchanged: 1 })
    expect(second.bytesRead).toBeLessThan(3000)
    expect(third.bytesRead).toBe(first.bytesRead)
  })

  it('joins a library that another import brought meanwhile, and leaves out nothing of either', async () => {
    await using repository = await aRepository()
    const part = (name: string) =>
      new ZipWriter()
        .add(`${YEAR}/${name}`, Buffer.from(name))
        .add(`${YEAR}/${name}.json`, sidecar(name))

    const meanwhile = () => importParts(repository, [part('b.jpg')])

    const report = await importParts(repository, [part('a.jpg')], { beforeSidecars: meanwhile })

    expect(report).toMatchObject({ status: 'complete', items: 2, added: 1 })
    const { snapshot, items } = await readCatalogue(repository, 'latest')
    expect(snapshot).toBe(report.snapshot)
    expect(items.map(({ title }) => title).sort()).toEqual(['a.jpg', 'b.jpg'])
    expect(await contentAt(repository, '/photos/2021/07/a.jpg')).toBe('a.jpg')
    expect(await contentAt(repository, '/photos/2021/07/b.jpg')).toBe('b.jpg')
  })

  it('takes a later caption, and keeps the earlier snapshot as it was', async () => {
    await using repository = await aRepository()
    const zip = (more: object) =>
      new ZipWriter()
        .add(`${YEAR}/a.jpg`, Buffer.from('A'))
        .add(`${YEAR}/a.jpg.json`, sidecar('a.jpg', 10, more))
    const first = await importParts(repository, [zip({ description: 'before' })])

    const second = await importParts(repository, [zip({ description: 'after' })])

    expect(second).toMatchObject({ added: 0, changed: 1 })
    expect((await readCatalogue(repository, 'latest')).items[0]?.description).toBe('after')
    const earlier = await readCatalogue(repository, first.snapshot!)
    expect(earlier.items[0]?.description).toBe('before')
  })

  it('heals a photo that was damaged in the store when the archives are read anew', async () => {
    const store = new MemoryStore()
    await createRepositoryIn(store, {})
    const open = () => openRepositoryIn(store, { passphrase: () => Promise.reject() })
    const photo = noise(3000)
    const zip = () =>
      new ZipWriter().add(`${YEAR}/a.jpg`, photo).add(`${YEAR}/a.jpg.json`, sidecar('a.jpg'))
    await using before = await open()
    await importParts(before, [zip()])
    await damage(store, photo)

    await using repository = await open()
    await expect(contentAt(repository, '/photos/2021/07/a.jpg')).rejects.toThrow()
    await importParts(repository, [zip()], { reread: true })

    expect(await contentAt(repository, '/photos/2021/07/a.jpg')).toBe(photo.toString())
  })

  it('goes on without a photo that the store has lost, and says so until it comes again', async () => {
    const store = new MemoryStore()
    await createRepositoryIn(store, {})
    const open = () => openRepositoryIn(store, { passphrase: () => Promise.reject() })
    const photo = noise(3000)
    const zipOf = (name: string, bytes: Buffer) =>
      new ZipWriter().add(`${YEAR}/${name}`, bytes).add(`${YEAR}/${name}.json`, sidecar(name))
    await importParts(await open(), [zipOf('a.jpg', photo)])
    await damage(store, photo)
    const clock = new FakeClock('2026-11-21T12:00:00Z')
    const signal = new AbortController().signal
    await repairStore(await open(), { apply: true, full: true, clock, progress: quietly, signal })

    const without = await importParts(await open(), [zipOf('b.jpg', Buffer.from('B'))])
    const still = await importParts(await open(), [zipOf('c.jpg', Buffer.from('C'))])
    const healed = await importParts(await open(), [zipOf('a.jpg', photo)])

    const path = '/photos/2021/07/a.jpg'
    expect(without).toMatchObject({ status: 'incomplete', items: 2, added: 1 })
    expect(without.problems).toMatchObject([{ code: 'LOST_CONTENT', path }])
    expect(still.problems).toMatchObject([{ code: 'LOST_CONTENT', path }])
    expect(healed).toMatchObject({ status: 'complete', items: 3, problems: [] })
    const repository = await open()
    expect(await contentAt(repository, path)).toBe(photo.toString())
    expect(await contentAt(repository, '/photos/2021/07/b.jpg')).toBe('B')
  })

  it('joins a library that comes part by part', async () => {
    await using repository = await aRepository()
    const media = new ZipWriter().add(`${YEAR}/a.jpg`, Buffer.from('A'))
    const rest = new ZipWriter()
      .add(`${YEAR}/a.jpg`, Buffer.from('A'))
      .add(`${YEAR}/a.jpg.json`, sidecar('a.jpg', 10, { description: 'Grandma' }))
    await importParts(repository, [media])

    const report = await importParts(repository, [rest])

    expect(report).toMatchObject({ items: 1, added: 0, changed: 1 })
    expect((await readCatalogue(repository, 'latest')).items[0]).toMatchObject({
      description: 'Grandma',
      taken: { instant: '2021-07-01T10:00:00Z', source: 'sidecar' },
    })
  })
})

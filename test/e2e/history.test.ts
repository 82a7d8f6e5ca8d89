import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ZipWriter } from '../support/archives/zip-writer.ts'
import { CHEAP_KDF, jsonLines, runTintype } from '../support/run-program.ts'

const ROOT = 'Takeout/Google Photos'
const YEAR = `${ROOT}/Photos from 2021`
const home = mkdtempSync(join(tmpdir(), 'tintype-history-'))
const tintype = (...words: string[]) => runTintype(home, ['at', join(home, 'store'), ...words])

interface Photo {
  number: number
  description?: string
  album?: string
}

function sidecar({ number, description }: Photo): Buffer {
  const timestamp = String(Date.UTC(2021, 6, 1, 0, number) / 1000)
  const title = `IMG_${number}.jpg`
  return Buffer.from(JSON.stringify({ title, photoTakenTime: { timestamp }, description }))
}

/** Writes an export of these photos and backs it up. */
async function backup(stamp: string, photos: readonly Photo[]) {
  const zip = new ZipWriter()
  for (const photo of photos) {
    const name = `IMG_${photo.number}.jpg`
    zip.add(`${YEAR}/${name}`, Buffer.from(`photo ${photo.number}`))
    zip.add(`${YEAR}/${name}.json`, sidecar(photo))
    if (photo.album === undefined) continue
    zip.add(`${ROOT}/${photo.album}/${name}`, Buffer.from(`photo ${photo.number}`))
    zip.add(`${ROOT}/${photo.album}/${name}.json`, sidecar(photo))
  }
  for (const album of new Set(photos.flatMap(({ album }) => album ?? []))) {
    const file = Buffer.from(JSON.stringify({ title: album }))
    zip.add(`${ROOT}/${album}/metadata.json`, file)
  }
  const folder = join(home, stamp)
  mkdirSync(folder)
  writeFileSync(join(folder, `takeout-${stamp}-001.zip`), zip.finish())
  const ran = await tintype('backup', '--json', folder)
  expect(ran.code).toBe(0)
  return jsonLines(ran).at(-1) as Record<string, unknown>
}

const TEN = Array.from({ length: 10 }, (_, at): Photo => ({ number: 1000 + at }))
let results: Record<string, unknown>[]

beforeAll(async () => {
  await tintype('create', ...CHEAP_KDF)
  const before = [{ ...TEN[0]!, album: 'Trip' }, { ...TEN[1]!, album: 'Best' }, ...TEN.slice(2)]
  const after = [
    { ...TEN[0]!, album: 'Trip', description: 'At sea' },
    { ...TEN[1]!, album: 'Trip' },
    { ...TEN[2]!, album: 'Best' },
    ...TEN.slice(3, 9),
    { number: 2000 },
  ]
  results = [await backup('20260110T030405Z', before), await backup('20260310T030405Z', after)]
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

describe('a second export', () => {
  it('is recognised as a full one, and what it lacks vanishes and is kept', async () => {
    expect(results[0]).toMatchObject({ added: 10, vanished: 0, extent: { kind: 'first' } })
    expect(results[1]).toMatchObject({
      ...{ status: 'complete', items: 11, added: 1, changed: 3, unchanged: 6, vanished: 1 },
      extent: { kind: 'full', known: 10, present: 9 },
    })
    const gone = jsonLines(await tintype('vanished', '--json'))
    expect(gone).toMatchObject([
      { title: 'IMG_1009.jpg', vanished: { since: '2026-03-10T03:04:05Z' } },
    ])
    expect(await tintype('cat', 'latest:/photos/2021/07/IMG_1009.jpg')).toMatchObject({
      ...{ code: 0, stdout: 'photo 1009' },
    })
  })

  it('is told by history, field by field and by album', async () => {
    const described = jsonLines(await tintype('history', '--json', '/photos/2021/07/IMG_1000.jpg'))
    const moved = await tintype('history', '/photos/2021/07/IMG_1001.jpg')

    expect(described).toMatchObject([
      { type: 'event', change: 'added', albums: ['Trip'] },
      { change: 'changed', changes: { metadata: [{ field: 'description', after: 'At sea' }] } },
      { type: 'history', title: 'IMG_1000.jpg', snapshots: 2, events: 2 },
    ])
    expect(moved.stdout).toMatch(/into album Trip\n.*out of album Best/)
    expect((await tintype('history', 'ffffffffffffffffffff')).code).toBe(66)
  })

  it('is told by diff in terms of photos', async () => {
    const lines = jsonLines(
      await tintype('diff', '--photos', '--json', String(results[0]!.snapshot)),
    )

    const photos = lines.filter(({ type }) => type === 'photo')
    expect(photos.map(({ title, what }) => [title, what]).sort()).toEqual([
      ['IMG_1000.jpg', ['metadata']],
      ['IMG_1001.jpg', ['albums']],
      ['IMG_1002.jpg', ['albums']],
      ['IMG_1009.jpg', ['vanished']],
      ['IMG_2000.jpg', ['added']],
    ])
    expect(lines.at(-1)).toMatchObject({
      photos: { added: 1, content: 0, metadata: 1, albums: 2, vanished: 1, removed: 0 },
    })
  })

  it('is a link of the chain that "takeout status" shows', async () => {
    const lines = jsonLines(await tintype('takeout', 'status', '--json'))

    expect(lines).toMatchObject([
      { type: 'export', id: 'takeout-20260110T030405Z', kind: 'first', added: 10 },
      { type: 'export', id: 'takeout-20260310T030405Z', kind: 'full', added: 1 },
      { type: 'takeout', exports: 2, schedule: { began: '2026-01-10', ends: '2027-01-10' } },
    ])
    expect((await tintype('takeout', 'status')).stdout).toContain('2 exports from 2026-01-10')
  })

  it('cannot be told to be full and incremental at once', async () => {
    expect((await tintype('backup', '--full', '--incremental', home)).code).toBe(64)
  })
})

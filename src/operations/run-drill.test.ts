import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  aSmallRepository,
  aSnapshotOf,
  type SmallFile,
} from '../../test/support/small-snapshots.ts'
import type { Repository } from '../kloset/repository.ts'
import { quietly } from '../util/progress.ts'
import { type DrillOptions, runDrill } from './run-drill.ts'

const TAKEN = '2021-07-01T10:00:00.000Z'

/** Photos by number, each a file of its own, all in one album; `wrong` is where one was altered. */
function aLibrary(count: number, wrong: { bytesOf?: number; linkOf?: number } = {}) {
  const files: Record<string, SmallFile> = {}
  const items = Array.from({ length: count }, (_, at) => {
    const path = `/photos/2021/07/${at}.jpg`
    const content = `photo ${at} `.repeat(20)
    const stored = wrong.bytesOf === at ? content.replace('photo', 'foto!') : content
    files[path] = { content: stored, modified: new Date(TAKEN) }
    if (wrong.linkOf !== at) {
      files[`/albums/2021/07 Trip/${at}.jpg`] = `-> ../../..${path}`
    }
    const sha256 = createHash('sha256').update(content).digest('hex')
    return {
      id: String(at),
      files: [{ role: 'original', path, bytes: content.length, sha256 }],
      taken: { instant: TAKEN },
      albums: ['trip'],
    }
  })
  files['/metadata/library.ndjson'] = lines({ schema: 'tintype/items', version: 1 }, ...items)
  files['/metadata/albums.ndjson'] = lines(
    { schema: 'tintype/albums', version: 1 },
    { id: 'trip', title: 'Trip', path: '/albums/2021/07 Trip', items: [] },
  )
  return files
}

const lines = (...records: object[]) =>
  records.map((record) => `${JSON.stringify(record)}\n`).join('')

function drill(repository: Repository, options: Partial<DrillOptions> = {}) {
  return runDrill(repository, {
    progress: quietly,
    signal: new AbortController().signal,
    snapshot: 'latest',
    size: { items: 5 },
    seed: 'seed',
    ticksMs: () => 0,
    ...options,
  })
}

describe('a drill', () => {
  it('restores a sample and compares bytes, dates and album links', async () => {
    const repository = await aSmallRepository()
    await aSnapshotOf(repository, aLibrary(20))

    const report = await drill(repository)

    expect(report).toMatchObject({
      ...{ status: 'sound', items: 5, of: 20, files: 5, links: 5, datedAsTaken: 5 },
      ...{ compared: true, problems: [] },
    })
    expect(report.bytes).toBeGreaterThan(5 * 160)
  })

  it('says how likely it would have noticed that one in a hundred is damaged', async () => {
    const repository = await aSmallRepository()
    await aSnapshotOf(repository, aLibrary(100))

    const { notices } = await drill(repository, { size: { items: 25 } })

    expect(notices.chance).toBeCloseTo(0.25, 10)
    expect(notices.itemsForNearCertainty).toBe(99)
  })

  it('finds a photo whose bytes are not those that were imported, though the store is sound', async () => {
    const repository = await aSmallRepository()
    await aSnapshotOf(repository, aLibrary(8, { bytesOf: 3 }))

    const report = await drill(repository, { size: { percent: 100 } })

    expect(report).toMatchObject({
      status: 'damaged',
      problems: [{ path: '/photos/2021/07/3.jpg', code: 'DAMAGED_ORIGINAL' }],
    })
  })

  it('finds an album that lacks a link', async () => {
    const repository = await aSmallRepository()
    await aSnapshotOf(repository, aLibrary(8, { linkOf: 2 }))

    const report = await drill(repository, { size: { percent: 100 } })

    expect(report).toMatchObject({
      status: 'damaged',
      problems: [{ path: '/photos/2021/07/2.jpg', code: 'DAMAGED_ALBUM_LINK' }],
    })
  })

  it('finds a photo that the catalogue names and the tree does not have', async () => {
    const repository = await aSmallRepository()
    const { '/photos/2021/07/1.jpg': _, ...others } = aLibrary(4)
    await aSnapshotOf(repository, others)

    const report = await drill(repository, { size: { percent: 100 } })

    expect(report).toMatchObject({ status: 'damaged', files: 3 })
    expect(report.problems).toMatchObject([{ code: 'PATH_NOT_FOUND' }])
  })

  it('names every photo that lies in a damaged packfile, and does not stop at the first', async () => {
    const repository = await aSmallRepository()
    await aSnapshotOf(repository, aLibrary(6))
    await damageWhere(repository, /photo [24] /g)

    const report = await drill(repository, { size: { percent: 100 } })

    expect(report.status).toBe('damaged')
    expect(report.problems.map(({ path }) => path).sort()).toEqual([
      '/photos/2021/07/2.jpg',
      '/photos/2021/07/4.jpg',
    ])
    expect(report.files).toBe(4)
  })

  it('does not call it damage when the store does not answer', async () => {
    const repository = await aSmallRepository()
    await aSnapshotOf(repository, aLibrary(6))
    const get = repository.store.get.bind(repository.store)
    let isCutOff = false
    repository.store.get = async (...wanted) => {
      if (isCutOff) throw Object.assign(new Error('no answer'), { code: 'EIO' })
      return get(...wanted)
    }
    const progress = {
      stage(title: string) {
        isCutOff = title === 'Restoring a sample'
      },
      advance() {},
    }

    const report = await drill(repository, { progress, size: { percent: 100 } })

    expect(report.status).toBe('unread')
    expect(new Set(report.problems.map(({ code }) => code))).toEqual(new Set(['EIO']))
  })

  it('chooses the same for the same seed', async () => {
    const repository = await aSmallRepository()
    await aSnapshotOf(repository, aLibrary(40, { bytesOf: 7 }))
    const outcomes = async (seed: string) => (await drill(repository, { seed })).status

    const seeds = Array.from({ length: 12 }, (_, at) => `seed ${at}`)
    const once = await Promise.all(seeds.map(outcomes))
    const twice = await Promise.all(seeds.map(outcomes))

    expect(once).toEqual(twice)
    expect(new Set(once)).toEqual(new Set(['sound', 'damaged']))
  })

  it('tries the files of a snapshot that Tintype did not make', async () => {
    const repository = await aSmallRepository()
    await aSnapshotOf(repository, { '/home/a.txt': 'A', '/home/b.txt': 'B', '/home/c': '-> b.txt' })

    const report = await drill(repository)

    expect(report).toMatchObject({ status: 'sound', items: 2, of: 2, files: 2, compared: false })
  })

  it('proves nothing where there is nothing', async () => {
    const repository = await aSmallRepository()
    await aSnapshotOf(repository, { '/l': '-> nowhere' })

    await expect(drill(repository)).rejects.toMatchObject({ code: 'NOTHING_TO_DRILL' })
  })
})

/** Flips a bit wherever stored bytes match. */
async function damageWhere({ store }: Repository, pattern: RegExp): Promise<void> {
  for await (const name of store.list('packfile')) {
    const bytes = Buffer.from(await store.get('packfile', name))
    for (const { index } of bytes.toString('latin1').matchAll(pattern)) bytes[index]! ^= 0x20
    await store.put('packfile', name, [bytes])
  }
}

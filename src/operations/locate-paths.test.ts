import { describe, expect, it } from 'vitest'
import { aSmallRepository, aSnapshotOf } from '../../test/support/small-snapshots.ts'
import type { Repository } from '../kloset/repository.ts'
import { quietly } from '../util/progress.ts'
import { type Located, type LocateOptions, locatePaths } from './locate-paths.ts'

const MONDAY = new Date('2026-11-16T10:00:00Z')
const TUESDAY = new Date('2026-11-17T10:00:00Z')

async function locate(
  repository: Repository,
  patterns: string[],
  options: Partial<LocateOptions> = {},
) {
  const found: Located[] = []
  const report = await locatePaths(repository, {
    ...{ progress: quietly, signal: new AbortController().signal, patterns, ignoreCase: false },
    ...{ query: { filters: {}, matchers: [] }, now: TUESDAY },
    tell: async (located) => void found.push(located),
    ...options,
  })
  return { report, found }
}

describe('locating files', () => {
  it('finds a name in every snapshot, the newest first', async () => {
    const repository = await aSmallRepository()
    const older = await aSnapshotOf(repository, { '/a/x.jpg': 'X', '/b/y.jpg': 'Y' }, MONDAY)
    const newer = await aSnapshotOf(repository, { '/c/x.jpg': 'X', '/l': '-> c/x.jpg' }, TUESDAY)

    const { found, report } = await locate(repository, ['x.*', 'l'])

    expect(found).toEqual([
      { snapshot: newer, path: '/l' },
      { snapshot: newer, path: '/c/x.jpg' },
      { snapshot: older, path: '/a/x.jpg' },
    ])
    expect(report).toEqual({ status: 'sound', found: 3, snapshots: 2, problems: [] })
  })

  it('takes a pattern with a slash for the whole path', async () => {
    const repository = await aSmallRepository()
    await aSnapshotOf(repository, { '/a/b/x.jpg': '1', '/a/x.jpg': '2', '/x.jpg': '3' })
    const paths = async (pattern: string) =>
      (await locate(repository, [pattern])).found.map(({ path }) => path)

    expect(await paths('/a/*.jpg')).toEqual(['/a/x.jpg'])
    expect(await paths('/a/**.jpg')).toEqual(['/a/x.jpg', '/a/b/x.jpg'])
    expect(await paths('X.JPG')).toEqual([])
  })

  it('looks only where the query says', async () => {
    const repository = await aSmallRepository()
    await aSnapshotOf(repository, { '/x.jpg': '1' }, MONDAY)
    const newer = await aSnapshotOf(repository, { '/x.jpg': '1' }, TUESDAY)

    const { found, report } = await locate(repository, ['X.jpg'], {
      ...{ ignoreCase: true, query: { filters: { latest: true }, matchers: [] } },
    })

    expect(found).toEqual([{ snapshot: newer, path: '/x.jpg' }])
    expect(report.snapshots).toBe(1)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  aSmallRepository,
  aSnapshotOf,
  type SmallFile,
} from '../../test/support/small-snapshots.ts'
import { quietly } from '../util/progress.ts'
import { type Difference, diffSnapshots } from './diff-snapshots.ts'
import { parseSnapshotRef } from './snapshot-ref.ts'

type Files = Readonly<Record<string, SmallFile>>

/** Compares two snapshots of these files; `at` is a place in both. */
async function diffOf(before: Files, after: Files, at = '/') {
  const repository = await aSmallRepository()
  const left = await aSnapshotOf(repository, before)
  const right = await aSnapshotOf(repository, after)
  const told: Difference[] = []
  const report = await diffSnapshots(
    repository,
    { left: parseSnapshotRef(`${left}:${at}`), right: parseSnapshotRef(`${right}:${at}`) },
    {
      progress: quietly,
      signal: new AbortController().signal,
      ticksMs: () => 0,
      tell: async (difference) => void told.push(difference),
    },
  )
  return { report, told }
}

describe('the difference between two snapshots', () => {
  it('is none when both hold the same files', async () => {
    const files = { '/a/sun.jpg': 'SUN', '/a/moon.jpg': 'MOON', '/b/sun.jpg': '-> ../a/sun.jpg' }

    const { report, told } = await diffOf(files, files)

    expect(report.equal).toBe(true)
    expect(told).toEqual([])
  })

  it('names what is new, gone, changed and moved', async () => {
    const { report, told } = await diffOf(
      { '/a/gone.jpg': 'GONE', '/a/kept.jpg': 'KEPT', '/a/edited.jpg': 'ONE', '/a/x.jpg': 'MOVED' },
      { '/a/kept.jpg': 'KEPT', '/a/edited.jpg': 'TWO!', '/a/new.jpg': 'NEW', '/b/y.jpg': 'MOVED' },
    )

    expect(told).toEqual([
      { change: 'changed', path: '/a/edited.jpg', kind: 'file', aspects: ['content'], bytes: 4 },
      { change: 'added', path: '/a/new.jpg', kind: 'file', bytes: 3 },
      { change: 'added', path: '/b', kind: 'directory', bytes: 0 },
      { change: 'moved', path: '/b/y.jpg', from: '/a/x.jpg', kind: 'file', bytes: 5 },
      { change: 'removed', path: '/a/gone.jpg', kind: 'file', bytes: 4 },
    ])
    expect(report.counts).toEqual({ added: 2, removed: 1, moved: 1, changed: 1, type: 0 })
  })

  it('tells a new date from a new content', async () => {
    const modified = new Date('2020-01-01T00:00:00Z')

    const { told } = await diffOf({ '/a.jpg': 'A' }, { '/a.jpg': { content: 'A', modified } })

    expect(told).toMatchObject([{ change: 'changed', path: '/a.jpg', aspects: ['modified'] }])
  })

  it('tells when a file became a folder or a link', async () => {
    const { told } = await diffOf(
      { '/a': 'FILE', '/b': 'FILE' },
      { '/a/x.jpg': 'X', '/b': '-> a/x.jpg' },
    )

    expect(told).toEqual([
      { change: 'type', path: '/a', before: 'file', kind: 'directory', bytes: 0 },
      { change: 'added', path: '/a/x.jpg', kind: 'file', bytes: 1 },
      { change: 'type', path: '/b', before: 'file', kind: 'symlink', bytes: 0 },
    ])
  })

  it('says where a link points now', async () => {
    const { told } = await diffOf({ '/l': '-> a' }, { '/l': '-> b' })

    expect(told).toMatchObject([{ change: 'changed', path: '/l', aspects: ['target'] }])
  })

  it('pairs each moved copy with one that is gone, and no more', async () => {
    const { report } = await diffOf({ '/1': 'SAME' }, { '/2': 'SAME', '/3': 'SAME' })

    expect(report.counts).toMatchObject({ moved: 1, added: 1, removed: 0 })
  })

  it('can be limited to a folder or a file', async () => {
    const before = { '/a/x.jpg': 'X', '/b/y.jpg': 'Y' }
    const after = { '/a/x.jpg': 'X2', '/b/y.jpg': 'Y2' }

    const folder = await diffOf(before, after, '/a')
    const file = await diffOf(before, after, '/b/y.jpg')

    expect(folder.told).toMatchObject([{ path: '/x.jpg', aspects: ['content'] }])
    expect(file.told).toMatchObject([{ path: '/b/y.jpg', aspects: ['content'] }])
  })

  it('is not taken between a folder and a file', async () => {
    await expect(diffOf({ '/a': 'A' }, { '/a/b': 'B' }, '/a')).rejects.toMatchObject({
      code: 'NOT_COMPARABLE',
    })
  })

  it('counts photos and albums when both are libraries', async () => {
    const catalogue = (items: object[], albums: object[]) => ({
      '/metadata/library.ndjson': [{ schema: 'tintype/items', version: 1 }, ...items]
        .map((line) => `${JSON.stringify(line)}\n`)
        .join(''),
      '/metadata/albums.ndjson': [{ schema: 'tintype/albums', version: 1 }, ...albums]
        .map((line) => `${JSON.stringify(line)}\n`)
        .join(''),
    })

    const { report } = await diffOf(
      catalogue([{ id: '1', title: 'a' }, { id: '2' }, { id: '3' }], [{ id: 'x' }]),
      catalogue([{ id: '1', title: 'b' }, { id: '3' }, { id: '4' }, { id: '5' }], [{ id: 'x' }]),
    )

    expect(report.library).toEqual({
      items: { added: 2, removed: 1, changed: 1, same: 1 },
      albums: { added: 0, removed: 0, changed: 0, same: 1 },
    })
  })

  it('turns, applied to the paths of the one, into the paths of the other', async () => {
    const tree = fc.dictionary(
      fc.constantFrom('/a', '/b/c', '/b/d', '/b/e/f', '/g'),
      fc.constantFrom('ONE', 'TWO', 'THREE'),
    )
    await fc.assert(
      fc.asyncProperty(tree, tree, async (before, after) => {
        const { told } = await diffOf(before, after)
        const patched = new Map(Object.entries(before))
        for (const each of told) {
          if (each.kind !== 'file') continue
          if (each.change === 'removed') patched.delete(each.path)
          if (each.change === 'moved') patched.delete(each.from)
          if (each.change !== 'removed') patched.set(each.path, after[each.path]!)
        }

        expect(Object.fromEntries(patched)).toEqual({ ...after })
      }),
      { numRuns: 40 },
    )
  })
})

import { describe, expect, it } from 'vitest'
import { openFixture } from '../../test/fixtures/kloset/open-fixture.ts'
import { openSnapshot } from '../kloset/reading/snapshot-reader.ts'
import type { Repository } from '../kloset/repository.ts'
import { quietly } from '../util/progress.ts'
import { addHold } from './holds/holds.ts'
import { duplicateSnapshots, type TagChange, tagSnapshots } from './tag-snapshots.ts'

const NOW = new Date('2026-11-21T10:00:00Z')
const OPTIONS = { now: () => NOW, progress: quietly, signal: new AbortController().signal }
const NO_CHANGE: TagChange = { add: [], remove: [] }

describe('other tags', () => {
  it('make another snapshot of the same tree, which takes the place of the first', async () => {
    const repository = await openFixture('fs-plain')
    const [original] = repository.index.snapshots() as [string]
    const before = (await openSnapshot(repository, original)).header

    const [made] = await tag(repository, original, { ...NO_CHANGE, add: ['kept'] })

    expect(repository.index.snapshots()).toEqual([made!.id])
    const { header } = await openSnapshot(repository, made!.id)
    expect(header.tags).toEqual([...(before.tags ?? []), 'kept'])
    const { identifier, tags, context, ...rest } = header
    expect({ ...before, ...rest }).toEqual(before)
    expect(context).toContainEqual({ key: 'tintype.original', value: original })
  })

  it.each([
    { change: { add: ['b', 'a'], remove: [] }, tags: ['gamma', 'b', 'a'] },
    { change: { add: [], remove: ['gamma', 'never there'] }, tags: [] },
    { change: { add: ['x'], remove: ['gamma'] }, tags: ['x'] },
    { change: { add: [], remove: [], set: ['new', 'new'] }, tags: ['new'] },
    { change: { add: ['more'], remove: [], set: [] }, tags: ['more'] },
  ])('are, after $change, $tags', async ({ change, tags }) => {
    const repository = await openFixture('fs-plain')

    const [made] = await tag(repository, 'latest', change)

    expect(made!.tags).toEqual(tags)
  })

  it('leave a snapshot alone that has them already', async () => {
    const repository = await openFixture('fs-plain')
    const [original] = repository.index.snapshots() as [string]
    const { states } = repository.index

    const [made] = await tag(repository, original, { ...NO_CHANGE, add: ['gamma'] })

    expect(made!.id).toBe(original)
    expect(repository.index.states).toBe(states)
  })

  it('remember the first of several originals', async () => {
    const repository = await openFixture('fs-plain')
    const [original] = repository.index.snapshots() as [string]
    await tag(repository, 'latest', { ...NO_CHANGE, add: ['one'] })

    const [made] = await tag(repository, 'latest', { ...NO_CHANGE, add: ['two'] })

    const { context } = (await openSnapshot(repository, made!.id)).header
    const originals = context!.filter(({ key }) => key === 'tintype.original')
    expect(originals).toEqual([{ key: 'tintype.original', value: original }])
  })

  it('are refused for a snapshot that a hold keeps', async () => {
    const repository = await openFixture('fs-plain')
    const [original] = repository.index.snapshots() as [string]
    const covers = { snapshots: [original] }
    const hold = { name: 'court', reason: 'evidence', author: 'A', covers }
    await addHold(repository, hold, () => NOW)

    const tagging = tag(repository, original, { ...NO_CHANGE, add: ['x'] })

    await expect(tagging).rejects.toMatchObject({ code: 'SNAPSHOT_HELD' })
    expect(repository.index.snapshots()).toEqual([original])
  })
})

describe('a duplicate', () => {
  it('is a second snapshot of the same tree', async () => {
    const repository = await openFixture('fs-encrypted')
    const before = repository.index.snapshots()
    const [original] = before as [string]

    const [made] = await duplicateSnapshots(repository, [original], OPTIONS)

    expect(repository.index.snapshots().sort()).toEqual([...before, made!.id].sort())
    const [first, second] = [
      await openSnapshot(repository, original),
      await openSnapshot(repository, made!.id),
    ]
    expect(second.header.sources).toEqual(first.header.sources)
    expect(second.header.timestamp).toEqual(first.header.timestamp)
  })
})

function tag(repository: Repository, snapshot: string, change: TagChange) {
  return tagSnapshots(repository, [snapshot], change, OPTIONS)
}

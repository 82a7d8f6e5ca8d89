import { beforeEach, describe, expect, it } from 'vitest'
import { aRepositoryInMemory, importPhotos, reopened } from '../../test/support/small-imports.ts'
import { NO_MAC } from '../kloset/mac-hex.ts'
import { timestampFromDate } from '../kloset/msgpack/timestamp.ts'
import { openSnapshot } from '../kloset/reading/snapshot-reader.ts'
import { ResourceType } from '../kloset/resource-type.ts'
import { randomMac } from '../kloset/state/random-mac.ts'
import { removeSnapshots } from '../kloset/state/remove-snapshots.ts'
import { StateEntryType } from '../kloset/state/state-codec.ts'
import { copyHeader } from '../kloset/transfer/copy-header.ts'
import { quietly } from '../util/progress.ts'
import { addHold } from './holds/holds.ts'
import type { Repository } from './open-repository.ts'
import { planPrune } from './prune-snapshots.ts'
import { readCatalogue } from './read-catalogue.ts'
import { planFilteredRemoval, planNamedRemoval } from './remove-snapshots.ts'
import { applyRemoval } from './retention/apply-removal.ts'
import type { RemovalPlan } from './retention/removal-plan.ts'
import { undoRemoval } from './undo-removal.ts'

const NOON = new Date(2024, 4, 31, 12)
const now = () => NOON
const { signal } = new AbortController()
const because = { reason: 'audit', author: 'Ann' }

let repository: Repository

beforeEach(async () => {
  repository = await aRepositoryInMemory()
})

/** The same library, as it was saved so many days ago; the newest first. */
async function snapshotsOf(...daysAgo: number[]): Promise<string[]> {
  const { snapshot } = await importPhotos(repository, [{ name: 'a.jpg' }])
  const ids: string[] = []
  for (const days of daysAgo) {
    const timestamp = timestampFromDate(new Date(2024, 4, 31 - days, 9))
    const options = { now, signal }
    ids.push(await copyHeader(repository, snapshot, (h) => ({ ...h, timestamp }), options))
  }
  await removeSnapshots(repository, [snapshot], now)
  return ids
}

const apply = (ids: readonly string[]) => applyRemoval(repository, ids, { now, signal })
const undo = (...ids: string[]) => undoRemoval(repository, ids, { progress: quietly, signal })
const plan = (...wanted: string[]) => planNamedRemoval(repository, wanted, { now: NOON })
const actions = ({ decisions }: RemovalPlan) => decisions.map(({ action }) => action)

describe('removing snapshots', () => {
  it('changes nothing until it is applied', async () => {
    const [newest, oldest] = await snapshotsOf(0, 9)

    const { removes } = await plan(oldest!.slice(0, 12))

    expect(removes).toEqual([oldest])
    expect((await reopened(repository.store)).index.snapshots().sort()).toEqual(
      [newest, oldest].sort(),
    )
  })

  it('takes exactly those that were named, also the newest', async () => {
    const [newest, oldest] = await snapshotsOf(0, 9)

    await apply((await plan('latest')).removes)

    expect((await reopened(repository.store)).index.snapshots()).toEqual([oldest])
    await expect(plan(newest!)).rejects.toMatchObject({ code: 'SNAPSHOT_NOT_FOUND' })
  })

  it('takes nothing at all when one of those that were named is held, and says by whom', async () => {
    const [newest, oldest] = await snapshotsOf(0, 9)
    await addHold(repository, { name: 'tax', ...because, covers: { snapshots: [oldest!] } }, now)

    const refusal = plan(newest!, oldest!)

    await expect(refusal).rejects.toMatchObject({ code: 'HELD' })
    await expect(refusal).rejects.toThrow(/"tax" \(audit; Ann\)/)
  })

  it('leaves the newest of what filters choose, and what is held', async () => {
    const [newest, middle, oldest] = await snapshotsOf(0, 9, 20)
    await addHold(repository, { name: 'tax', ...because, covers: { snapshots: [middle!] } }, now)

    const filtered = await planFilteredRemoval(repository, { before: NOON }, { now: NOON })

    expect(filtered.removes).toEqual([oldest])
    expect(filtered.decisions.map(({ reasons }) => reasons.map(({ kind }) => kind))).toEqual([
      ['newest'],
      ['held'],
      [],
    ])
    expect(filtered.decisions[0]?.snapshot.id).toBe(newest)
  })

  it('puts back what somebody began to hold at the same moment', async () => {
    const [, oldest] = await snapshotsOf(0, 9)
    const other = await reopened(repository.store)
    const put = repository.store.put.bind(repository.store)
    repository.store.put = async (...args) => {
      repository.store.put = put
      await addHold(other, { name: 'tax', ...because, covers: { snapshots: [oldest!] } }, now)
      return put(...args)
    }

    await expect(apply([oldest!])).rejects.toMatchObject({ code: 'HELD' })

    expect((await reopened(repository.store)).index.snapshots()).toContain(oldest)
  })
})

describe('taking a removal back', () => {
  it('brings back all of it', async () => {
    const [, oldest] = await snapshotsOf(0, 9)
    await apply([oldest!])

    const [undone] = await undo(oldest!.slice(0, 12))

    expect(undone).toMatchObject({ wasThere: false, snapshot: { id: oldest } })
    const again = await reopened(repository.store)
    expect((await readCatalogue(again, oldest!)).items).toHaveLength(1)
  })

  it('does nothing to a snapshot that is there', async () => {
    const [, oldest] = await snapshotsOf(0, 9)
    const states = repository.index.states

    expect(await undo(oldest!)).toMatchObject([{ wasThere: true }])
    expect(repository.index.states).toBe(states)
  })

  it('works although the clock went back since', async () => {
    const [, oldest] = await snapshotsOf(0, 9)
    const ahead = () => new Date(Date.now() + 400 * 86_400_000)
    await removeSnapshots(repository, [oldest!], ahead)

    await undo(oldest!)

    expect((await reopened(repository.store)).index.snapshots()).toContain(oldest)
  })

  it('is refused when a byte of it is gone, and then nothing comes back', async () => {
    const [newest] = await snapshotsOf(0)
    const { snapshot } = await importPhotos(repository, [{ name: 'b.jpg' }])
    const reader = await openSnapshot(repository, snapshot)
    const object = (await reader.entry('/photos/2021/07/b.jpg'))!.objectMac!
    await apply([snapshot])
    await forget(object)

    await expect(undo(snapshot)).rejects.toMatchObject({ code: 'REMOVAL_FINAL' })
    expect((await reopened(repository.store)).index.snapshots()).toEqual([newest])
  })

  it('is refused for what was never there', async () => {
    await snapshotsOf(0)

    await expect(undo('00000000')).rejects.toMatchObject({ code: 'SNAPSHOT_NOT_FOUND' })
  })
})

/** As a maintenance does when it deletes the packfile of an object. */
async function forget(objectMac: string): Promise<void> {
  const { index } = repository
  const { packfile } = index.locate(ResourceType.OBJECT, objectMac)!
  const deletion = { entryType: StateEntryType.PACKFILE, blobType: 0, mac: NO_MAC, packfile }
  const empty = { locations: [], packfiles: [], deleted: [deletion] }
  await repository.publish({ parent: index.latestState, timestamp: NOON, ...empty }, randomMac())
}

describe('pruning', () => {
  it('removes what no rule keeps, and tells why the rest stays', async () => {
    const ids = await snapshotsOf(0, 1, 40, 41)
    const rules = [{ kind: 'period' as const, period: 'month' as const, count: 2 }]

    const pruned = await planPrune(repository, { rules }, {}, { now: NOON })
    await apply(pruned.removes)

    expect(actions(pruned)).toEqual(['keep', 'remove', 'keep', 'remove'])
    expect(pruned.decisions[2]?.reasons).toEqual([
      { kind: 'rule', rule: 'keep-monthly 2', bucket: '2024-04', rank: 2 },
    ])
    expect((await reopened(repository.store)).index.snapshots().sort()).toEqual(
      [ids[0], ids[2]].sort(),
    )
  })

  it('is about what the filters leave only', async () => {
    const ids = await snapshotsOf(0, 1, 40, 41)
    const rules = [{ kind: 'last' as const, count: 1 }]
    const scope = { before: new Date(2024, 4, 1) }

    const { removes, decisions } = await planPrune(repository, { rules }, scope, { now: NOON })

    expect(decisions).toHaveLength(2)
    expect(removes).toEqual([ids[3]])
  })

  it('leaves one of several that have what a hold covers', async () => {
    const [newest] = await snapshotsOf(0, 1, 2)
    await addHold(repository, { name: 'a', ...because, covers: { query: 'title:a.jpg' } }, now)
    const rules = [{ kind: 'last' as const, count: 1 }]

    const pruned = await planPrune(repository, { rules }, {}, { now: NOON })

    expect(actions(pruned)).toEqual(['keep', 'remove', 'remove'])
    expect(pruned.decisions[0]?.snapshot.id).toBe(newest)
  })

  it('keeps an old snapshot that alone has a held photo as it was', async () => {
    const first = await importPhotos(repository, [{ name: 'a.jpg', description: 'before' }])
    await importPhotos(repository, [{ name: 'a.jpg', description: 'after' }])
    await addHold(repository, { name: 'a', ...because, covers: { query: 'title:a.jpg' } }, now)
    const rules = [{ kind: 'last' as const, count: 1 }]

    const pruned = await planPrune(repository, { rules }, {}, { now: new Date() })

    expect(pruned.removes).toEqual([])
    const [, old] = pruned.decisions
    expect(old).toMatchObject({ snapshot: { id: first.snapshot }, reasons: [{ kind: 'held' }] })
  })
})

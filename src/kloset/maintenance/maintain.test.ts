import { beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../../../test/support/fake-clock.ts'
import {
  aSmallRepository,
  backUp,
  namesIn,
  openSmall,
  photo,
  restoreAll,
} from '../../../test/support/small-library.ts'
import { MemoryStore } from '../../stores/memory/memory-store.ts'
import { NotInStoreError, type StoredKind } from '../../stores/store.ts'
import { utf8 } from '../../util/bytes.ts'
import { quietly } from '../../util/progress.ts'
import { macToHex } from '../mac-hex.ts'
import { repairRepository } from '../repair/repair.ts'
import { ResourceType } from '../resource-type.ts'
import { putLock } from '../state/lock-file.ts'
import { removeSnapshots } from '../state/remove-snapshots.ts'
import { listAgain } from '../writing/list-again.ts'
import { type MaintenanceOptions, maintain } from './maintain.ts'
import { UnreadableSnapshotError } from './maintenance-errors.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** A store of which a packfile can vanish whose metadata somebody has read before. */
class LossyStore extends MemoryStore {
  missing: string | undefined

  override async *list(kind: StoredKind) {
    for await (const name of super.list(kind)) if (name !== this.missing) yield name
  }

  override async size(kind: StoredKind, name: string) {
    if (name === this.missing) throw new NotInStoreError(kind, name, this.location)
    return super.size(kind, name)
  }
}

let store: LossyStore
let clock: FakeClock

beforeEach(async () => {
  clock = new FakeClock('2026-11-21T10:00:00Z')
  store = new LossyStore()
  await aSmallRepository(store, clock)
})

async function maintenance(options: Partial<MaintenanceOptions> = {}) {
  await using repository = await openSmall(store)
  return await maintain(repository, {
    ...{ clock, progress: quietly, signal: new AbortController().signal },
    ...{ graceMs: 7 * DAY, dryRun: false, repackBelow: 0, compactFrom: false, yesReally: true },
    ...options,
  })
}

async function remove(...ids: string[]): Promise<void> {
  await removeSnapshots(await openSmall(store), ids, () => clock.now())
}

const packfiles = () => namesIn(store, 'packfile')
const states = () => namesIn(store, 'state')
const save = (...seeds: number[]) => backUp(store, seeds, { clock })

describe('what nobody needs', () => {
  it('is announced first, and gone a grace period later', async () => {
    const kept = await save(1, 2)
    const old = await save(3, 4)
    const all = await packfiles()
    await remove(old)

    const first = await maintenance()
    expect(first.coloured).toHaveLength(3) // two photos, and the tree of the snapshot
    expect(await packfiles()).toEqual(all)
    clock.advance(6 * DAY)
    expect((await maintenance()).swept).toEqual([])
    clock.advance(1 * DAY)
    const last = await maintenance()

    expect(last.swept.sort()).toEqual(first.coloured.sort())
    expect(last.bytesFreed).toBeGreaterThan(12_000)
    expect(await packfiles()).toEqual(all.filter((name) => !first.coloured.includes(name)))
    expect(await restoreAll(store)).toEqual(new Map([[kept, [1, 2]]]))
  })

  it('is never announced and gone in one run, not even without a grace period', async () => {
    await save(1)
    await remove(await save(2))
    const all = await packfiles()

    const { coloured, swept } = await maintenance({ graceMs: 0 })

    expect(coloured.length).toBeGreaterThan(0)
    expect(swept).toEqual([])
    expect(await packfiles()).toEqual(all)
    expect((await maintenance({ graceMs: 0 })).swept.sort()).toEqual(coloured.sort())
  })

  it('stays when a dry run decides about it, which writes nothing and takes no lock', async () => {
    await save(1)
    await remove(await save(2))
    const before = [await packfiles(), await states()]
    await putLock(await openSmall(store), 'ab'.repeat(32), { exclusive: true, now: clock.now() })

    const { decisions, coloured } = await maintenance({ dryRun: true, graceMs: 0 })

    expect(decisions.colour.length).toBeGreaterThan(0)
    expect(coloured).toEqual([])
    expect([await packfiles(), await states()]).toEqual(before)
  })

  it('is nothing of what a hold protects, though the snapshot was removed', async () => {
    await save(1)
    const held = await save(2)
    await remove(held)
    const keep = async () => [held]

    await maintenance({ graceMs: 0, keep })
    const { coloured, swept, held: reported } = await maintenance({ graceMs: 0, keep })

    expect([coloured, swept, reported]).toEqual([[], [], [held]])
    expect((await openSmall(store)).index.snapshotLocations(held)).toHaveLength(1)
  })
})

describe('what is needed again after it was announced', () => {
  it('is rescued, and that is recorded though nothing is swept', async () => {
    await save(1)
    const old = await save(2)
    await remove(old)
    await maintenance()
    const keep = async () => [old]

    const { rescued } = await maintenance({ keep })

    expect(rescued.length).toBeGreaterThan(0)
    const { index } = await openSmall(store)
    expect(index.colouredPackfiles().size).toBe(0)
  })

  it('is rescued although the clock that announced it was ahead', async () => {
    await save(1)
    const old = await save(2)
    await remove(old)
    clock.advance(365 * DAY)
    await maintenance()
    clock.setCalendar('2026-11-22T10:00:00Z')

    await maintenance({ keep: async () => [old] })

    expect((await openSmall(store)).index.colouredPackfiles().size).toBe(0)
  })

  it('is stored anew by a backup, which relies on nothing announced', async () => {
    await save(1)
    await remove(await save(2))
    await maintenance()

    const again = await save(2)
    clock.advance(8 * DAY)
    await maintenance()

    expect((await restoreAll(store)).get(again)).toEqual([2])
  })
})

describe('packfiles no state knows', () => {
  const orphan = 'cd'.repeat(32)

  it('are left alone while they may belong to a run under way', async () => {
    await save(1)
    await leaveAnOrphan()

    const { decisions, coloured } = await maintenance()

    expect(decisions.leftAlone).toHaveLength(1)
    expect(coloured).toEqual([])
  })

  it('are announced when they are old, and swept a grace period later', async () => {
    await save(1)
    const name = await leaveAnOrphan()
    clock.advance(8 * DAY)
    expect((await maintenance()).coloured).toEqual([name])
    clock.advance(8 * DAY)

    const { swept } = await maintenance()

    expect(swept).toEqual([name])
    expect(await packfiles()).not.toContain(name)
  })

  it('are left alone when they cannot be read', async () => {
    await save(1)
    await store.put('packfile', orphan, [utf8('half a packfile')])
    clock.advance(80 * DAY)

    const { decisions } = await maintenance({ graceMs: 0 })

    expect(decisions.leftAlone).toEqual([orphan])
    expect(await packfiles()).toContain(orphan)
  })

  /** A packfile of a run that was killed before it could publish it. */
  async function leaveAnOrphan(): Promise<string> {
    const before = await packfiles()
    const other = new MemoryStore()
    await aSmallRepository(other, clock)
    const states = await namesIn(store, 'state')
    await save(9)
    for (const state of await namesIn(store, 'state')) {
      if (!states.includes(state)) await store.remove('state', state)
    }
    const added = (await packfiles()).filter((name) => !before.includes(name))
    for (const name of added.slice(1)) await store.remove('packfile', name)
    return added[0]!
  }
})

describe('files that an earlier run deleted but did not get to remove', () => {
  it('are removed by the next one', async () => {
    await save(1)
    await remove(await save(2))
    const [doomed] = (await maintenance({ graceMs: 0 })).coloured
    const bytes = await store.get('packfile', doomed!)
    await maintenance({ graceMs: 0 })
    await store.put('packfile', doomed!, [bytes])

    const { leftovers } = await maintenance({ graceMs: 0 })

    expect(leftovers).toEqual([doomed])
    expect(await packfiles()).not.toContain(doomed)
  })
})

describe('a packfile that holds little that is needed', () => {
  /** One packfile with photos 1, 2 and 3; only 2 is still needed. */
  async function aSparsePackfile(): Promise<string> {
    const old = await saveTogether(1, 2, 3)
    const kept = await save(2)
    await remove(old)
    return kept
  }

  /** All in the same packfile. */
  async function saveTogether(...seeds: number[]): Promise<string> {
    const { newSnapshot } = await import('../writing/snapshot-writer.ts')
    const repository = await openSmall(store)
    const now = () => clock.now()
    await using writer = await newSnapshot(repository, {
      contentModule: new URL('../workers/fixtures/listed-contents.mjs', import.meta.url).href,
      ...{ threads: 0, expected: { contents: 9, bytes: 90_000 }, now, clock },
      signal: new AbortController().signal,
    })
    for (const seed of seeds) {
      const content = await writer.storeBytes(photo(seed), 'image/jpeg')
      writer.addFile(`/photos/${seed}.jpg`, { content, modified: now() })
    }
    return (
      await writer.commit({
        importer: { type: 'googlephotos', origin: 'takeout', directory: '/' },
        ...{ name: 'test', tags: [], timestamp: now(), durationMs: 1, context: [] },
      })
    ).id
  }

  it('is repacked, and its old self is swept a grace period later', async () => {
    const kept = await aSparsePackfile()
    const { repacked } = await maintenance({ repackBelow: 0.5 })
    expect(repacked.packfiles.length).toBeGreaterThan(0)
    expect(repacked.into).toHaveLength(1)
    expect(await restoreAll(store)).toEqual(new Map([[kept, [2]]]))
    clock.advance(7 * DAY)

    const { swept, rescued } = await maintenance({ repackBelow: 0.5 })

    expect(rescued).toEqual([])
    expect(swept).toEqual(expect.arrayContaining(repacked.packfiles))
    expect(await restoreAll(store)).toEqual(new Map([[kept, [2]]]))
  })

  it('is repacked once: a new packfile is never sparse', async () => {
    await aSparsePackfile()
    await maintenance({ repackBelow: 0.5 })

    const { repacked } = await maintenance({ repackBelow: 0.5 })

    expect(repacked.into).toEqual([])
  })

  it('is rescued when the copy that replaced it turns out to be damaged', async () => {
    const kept = await aSparsePackfile()
    const { repacked } = await maintenance({ repackBelow: 0.5, graceMs: 0 })
    await damage(repacked.into[0]!)

    const { rescued, swept } = await maintenance({ repackBelow: 0, graceMs: 0 })

    expect(rescued.sort()).toEqual(repacked.packfiles.sort())
    expect(swept).not.toContain(repacked.packfiles[0])
    expect(await restoreAll(store)).toEqual(new Map([[kept, [2]]]))
  })

  it('is left as it is when what is needed in it cannot be read', async () => {
    await aSparsePackfile()
    const sparse = (await maintenance({ dryRun: true, repackBelow: 0.5 })).decisions.repack[0]!
    await damage(sparse, [ResourceType.CHUNK])

    const { repacked } = await maintenance({ repackBelow: 0.5 })

    expect(repacked.unreadable).toEqual([sparse])
    expect(repacked.packfiles).not.toContain(sparse)
    expect(await packfiles()).toContain(sparse)
  })

  it('takes its snapshot along, which is then listed at its new place only', async () => {
    const kept = await save(1)
    const { index } = await openSmall(store)
    const [{ packfile: sparse } = { packfile: '' }] = index.snapshotLocations(kept)

    const { repacked } = await maintenance({ repackBelow: 1.01 }) // everything

    expect(repacked.packfiles).toContain(sparse)
    const after = await openSmall(store)
    expect(after.index.snapshotLocations(kept)).toEqual([
      expect.objectContaining({ packfile: repacked.into[0] }),
    ])
    expect(await restoreAll(store)).toEqual(new Map([[kept, [1]]]))
  })
})

describe('many states', () => {
  it('are merged into one that says the same', async () => {
    const kept = await save(1, 2, 3)
    const removed = await save(4)
    await remove(removed)
    await maintenance({ graceMs: 0 })
    await maintenance({ graceMs: 0 })
    const before = await openSmall(store)

    const report = await maintenance({ compactFrom: 2 })

    expect(report.states?.merged).toBeGreaterThan(5)
    expect(await states()).toHaveLength(1)
    const after = await openSmall(store)
    expect([...after.index.publishedPackfiles()].sort()).toEqual(
      [...before.index.publishedPackfiles()].sort(),
    )
    expect([...after.index.deletedPackfiles()].sort()).toEqual(
      [...before.index.deletedPackfiles()].sort(),
    )
    expect(after.index.wasRemoved(removed)).toBe(true)
    expect(await restoreAll(store)).toEqual(new Map([[kept, [1, 2, 3]]]))
  })

  it('keep announcements, holds and what was merged before', async () => {
    const { publishHold } = await import('../state/hold-entries.ts')
    await save(1, 2)
    await remove(await save(3))
    await maintenance()
    const hold = await publishHold(await openSmall(store), utf8('{}'), () => clock.now())
    const coloured = (await openSmall(store)).index.colouredPackfiles()
    const old = await states()

    await maintenance({ compactFrom: 2 })
    await maintenance({ compactFrom: 1 })

    const { index } = await openSmall(store)
    expect(index.colouredPackfiles()).toEqual(coloured)
    expect(index.holds().map(({ id }) => id)).toEqual([hold])
    expect([...index.mergedStates()]).toEqual(expect.arrayContaining(old))
  })

  it('are left alone while they are few', async () => {
    await save(1)
    const before = await states()

    const { states: report } = await maintenance({ compactFrom: 8 })

    expect(report).toMatchObject({ merged: 0, before: before.length, after: before.length })
    expect(await states()).toEqual(before)
  })
})

describe('in doubt', () => {
  it('nothing is done when a snapshot cannot be read', async () => {
    const broken = await save(1)
    await remove(await save(2))
    const { index } = await openSmall(store)
    for (const { packfile } of index.snapshotLocations(broken)) await damage(packfile)
    const before = [await packfiles(), await states()]

    await expect(maintenance({ graceMs: 0 })).rejects.toThrow(UnreadableSnapshotError)

    expect([await packfiles(), await states()]).toEqual(before)
    expect(await namesIn(store, 'lock')).toEqual([])
  })

  it('nothing is done when a state cannot be read', async () => {
    await save(1)
    await remove(await save(2))
    const [state] = await states()
    await store.put('state', state!, [utf8('not a state')])
    const before = [await packfiles(), await states()]

    await expect(maintenance({ graceMs: 0 })).rejects.toMatchObject({ code: 'DAMAGED_FILE' })

    expect([await packfiles(), await states()]).toEqual(before)
  })

  it('nothing is done when a packfile that is needed is missing', async () => {
    await save(1, 2)
    await remove(await save(3))
    const { colour } = (await maintenance({ dryRun: true })).decisions
    store.missing = (await packfiles()).find((name) => !colour.includes(name))

    await expect(maintenance({ graceMs: 0 })).rejects.toMatchObject({ code: 'DAMAGED_STORE' })
    expect((await openSmall(store)).index.colouredPackfiles().size).toBe(0)
  })

  it('a packfile that is missing is given up once all that was in it is stored again', async () => {
    await save(1)
    const all = new Set(await packfiles())
    const blobs = [...(await openSmall(store)).index.blobsIn(all)]
    const lost = blobs.find(({ type }) => type === ResourceType.CHUNK)!.packfile
    await store.remove('packfile', lost)
    await expect(maintenance({ graceMs: 0 })).rejects.toThrow()

    await save(1)
    for (let runs = 0; runs < 2; runs++) await maintenance({ graceMs: 0 })

    const { index } = await openSmall(store)
    expect([...index.publishedPackfiles()]).not.toContain(lost)
    expect([...(await restoreAll(store)).values()]).toEqual([[1], [1]])
  })

  it('what was announced stays when it became the last copy, because a packfile is missing', async () => {
    await save(2)
    await remove(await save(1))
    const { coloured } = await maintenance({ graceMs: 0 })
    const kept = await save(1)
    const { index } = await openSmall(store)
    const twice = [...index.blobsIn(new Set(index.packfiles()))].find(
      ({ type, mac }) =>
        type === ResourceType.CHUNK &&
        index.locations(type, macToHex(mac)).some(({ packfile }) => coloured.includes(packfile)),
    )
    await store.remove('packfile', twice!.packfile)

    for (let runs = 0; runs < 3; runs++) await maintenance({ graceMs: 0 })

    expect((await restoreAll(store)).get(kept)).toEqual([1])
  })

  it.each([
    { what: 'a backup', before: async () => {}, last: () => save(2) },
    {
      what: 'the return of a removed snapshot',
      before: async () => {
        await remove(await save(2))
        await maintenance({ graceMs: 0 })
      },
      last: async () => {
        const repository = await openSmall(store)
        const [removed] = repository.index.removedSnapshots()
        const header = await repository.readBlob(ResourceType.SNAPSHOT, removed!.id)
        await listAgain(repository, [{ id: removed!.id, header }], [], clock.now())
        return removed!.id
      },
    },
  ])('nothing goes of $what whose states are lost, until a repair lists it again', async (lost) => {
    const kept = await save(1)
    await lost.before()
    const known = await states()
    const id = await lost.last()
    for (const state of await states())
      if (!known.includes(state)) await store.remove('state', state)
    const before = await packfiles()
    expect([...(await restoreAll(store)).keys()]).toEqual([kept])

    await save(3) // a backup takes packfiles in that no state names
    for (let runs = 0; runs < 4; runs++) {
      clock.advance(8 * DAY)
      expect((await maintenance()).unlisted).toEqual([id])
    }

    expect(await packfiles()).toEqual(expect.arrayContaining(before))
    await using repository = await openSmall(store)
    await repairRepository(repository, {
      ...{ apply: true, full: false, clock, progress: quietly },
      signal: new AbortController().signal,
    })
    expect((await restoreAll(store)).get(id)).toEqual([2])
    expect((await maintenance()).unlisted).toEqual([])
  })

  it('nothing is swept when the clock went backwards since it was announced', async () => {
    await save(1, 2, 3, 4)
    await remove(await save(5))
    await maintenance({ yesReally: false })
    clock.setCalendar('2025-01-01T00:00:00Z')
    const before = await packfiles()

    const { refusals } = await maintenance({ graceMs: 0, yesReally: false })

    expect(refusals.map(({ code }) => code)).toEqual(['CLOCK_WENT_BACKWARDS'])
    expect(await packfiles()).toEqual(before)
  })

  it('nothing goes when more than half would, unless it is really meant', async () => {
    await save(1)
    await remove(await save(2, 3, 4))

    const careful = await maintenance({ yesReally: false })
    const meant = await maintenance({ yesReally: true })

    expect(careful.refusals.map(({ code }) => code)).toEqual(['TOO_MUCH_WOULD_GO'])
    expect(careful.coloured).toEqual([])
    expect(meant.coloured.length).toBeGreaterThan(3)
  })

  it('a backup at work is not disturbed: the maintenance is busy', async () => {
    await save(1)
    await putLock(await openSmall(store), 'ab'.repeat(32), { exclusive: false, now: clock.now() })

    await expect(maintenance()).rejects.toMatchObject({ code: 'REPOSITORY_BUSY' })
  })

  it('a maintenance that lost its lock deletes nothing', async () => {
    await save(1)
    await remove(await save(2))
    await maintenance({ graceMs: 0 })
    const before = await packfiles()
    const stealing = {
      ...quietly,
      stage: (title: string) => void (title.startsWith('Finding out') && stealLocks()),
    }

    await expect(maintenance({ graceMs: 0, progress: stealing })).rejects.toMatchObject({
      code: 'LOCK_LOST',
    })

    expect(await packfiles()).toEqual(before)
  })

  async function stealLocks(): Promise<void> {
    for (const lock of await namesIn(store, 'lock')) await store.remove('lock', lock)
  }

  it('what a hold begins to protect meanwhile is not deleted', async () => {
    const { publishHold } = await import('../state/hold-entries.ts')
    await save(1)
    await remove(await save(2))
    await maintenance({ graceMs: 0 })
    const before = await packfiles()
    let held: Promise<unknown> | undefined
    const holding = {
      ...quietly,
      stage(title: string) {
        if (!title.startsWith('Finding out')) return
        held ??= openSmall(store).then((other) => publishHold(other, utf8('{}'), () => clock.now()))
      },
    }

    const { endedEarly, swept } = await maintenance({ graceMs: 0, progress: holding })
    await held

    expect(endedEarly).toBe(true)
    expect(swept).toEqual([])
    expect(await packfiles()).toEqual(before)
  })
})

/** Every byte of the blobs in a packfile is turned; of those of certain types, or of all. */
async function damage(packfile: string, types?: readonly number[]): Promise<void> {
  const bytes = await store.get('packfile', packfile)
  const repository = await openSmall(store)
  for (const { type, offset, length } of repository.index.blobsIn(new Set([packfile]))) {
    if (type === ResourceType.RANDOM || types?.includes(type) === false) continue
    for (let at = 16 + offset; at < 16 + offset + length; at++) bytes[at]! ^= 0xff
  }
  await store.put('packfile', packfile, [bytes])
}

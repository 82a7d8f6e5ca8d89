import { beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../../../test/support/fake-clock.ts'
import {
  type Files,
  maintainTiny,
  makeTiny,
  noise,
  openTiny,
  readFiles,
  saveFiles,
  TINY_START,
} from '../../../test/support/faults/tiny-library.ts'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import { MemoryStore } from '../../stores/memory/memory-store.ts'
import type { StoredKind } from '../../stores/store.ts'
import { quietly } from '../../util/progress.ts'
import { openRepository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'
import { removeSnapshots } from '../state/remove-snapshots.ts'
import { listAgain } from '../writing/list-again.ts'
import { quarantined } from './quarantine.ts'
import { type RepairReport, repairRepository } from './repair.ts'

const FIRST: Files = { '/a.jpg': noise(30_000, 1) }
const SECOND: Files = { ...FIRST, '/b.jpg': noise(40_000, 2) }

let store: MemoryStore
let first: string
let second: string
beforeEach(async () => {
  store = new MemoryStore()
  await makeTiny(store)
  first = await saveFiles(store, FIRST)
  second = await saveFiles(store, SECOND)
})

async function repair(options: { apply?: boolean; full?: boolean } = {}): Promise<RepairReport> {
  const { apply = true, full = false } = options
  const signal = new AbortController().signal
  const clock = new FakeClock(TINY_START)
  const repository = await openTiny(store)
  return repairRepository(repository, { apply, full, clock, progress: quietly, signal })
}

async function names(kind: StoredKind): Promise<string[]> {
  const all: string[] = []
  for await (const name of store.list(kind)) all.push(name)
  return all
}

async function flip(kind: StoredKind, name: string, at: number): Promise<void> {
  const bytes = await store.get(kind, name)
  bytes[at]! ^= 1
  await store.put(kind, name, [bytes])
}

async function expectBothWhole(): Promise<void> {
  const repository = await openTiny(store)
  expect(repository.index.snapshots().toSorted()).toEqual([first, second].toSorted())
  expect(await readFiles(repository, first)).toEqual(FIRST)
  expect(await readFiles(repository, second)).toEqual(SECOND)
}

describe('a repair', () => {
  it('has nothing to do in a sound repository', async () => {
    const before = await names('state')

    const report = await repair({ full: true })

    expect(report.steps).toEqual([])
    expect(await names('state')).toEqual(before)
    expect(await names('lock')).toEqual([])
  })

  it('brings back what only a damaged state knew, and keeps that state', async () => {
    for (const state of await names('state')) await flip('state', state, 100)
    await expect(saveFiles(store, FIRST)).rejects.toThrow(/damaged/)

    const report = await repair()

    expect(report.snapshots.toSorted()).toEqual([first, second].toSorted())
    await expectBothWhole()
    const kept: string[] = []
    for await (const { kind } of quarantined(store)) kept.push(kind)
    expect(new Set(kept)).toEqual(new Set(['state']))
    await saveFiles(store, { '/c.jpg': noise(9_000, 3) })
  })

  it('brings back snapshots whose states are gone', async () => {
    for (const state of await names('state')) await store.remove('state', state)

    await repair()

    await expectBothWhole()
  })

  it('brings them back when a backup took in their packfiles meanwhile', async () => {
    for (const state of await names('state')) await store.remove('state', state)
    await saveFiles(store, { '/c.jpg': noise(9_000, 3) })

    const { snapshots } = await repair({ full: true })

    expect(snapshots.toSorted()).toEqual([first, second].toSorted())
  })

  it('does not bring back what somebody removed', async () => {
    const repository = await openTiny(store)
    await removeSnapshots(repository, [first], () => new Date())

    const { steps } = await repair({ full: true })

    expect(steps).toEqual([])
    expect((await openTiny(store)).index.snapshots()).toEqual([second])
  })

  it('brings back what was taken back, though the state that said so is lost', async () => {
    await removeAndTakeBack(first)
    await store.remove('state', (await names('state')).at(-1)!)
    expect((await openTiny(store)).index.snapshots()).toEqual([second])

    const { snapshots } = await repair()
    const again = await repair({ full: true })

    expect(snapshots).toEqual([first])
    expect(again.steps).toEqual([])
    await expectBothWhole()
    expect((await openTiny(store)).index.snapshotLocations(first)).toHaveLength(1)
  })

  it('does so although maintenance has announced to delete what belongs to it', async () => {
    await remove(first)
    await remove(second)
    await maintainTiny(await openTiny(store))
    await takeBack(first)
    await store.remove('state', (await names('state')).at(-1)!)

    await repair()
    for (let runs = 0; runs < 3; runs++) await maintainTiny(await openTiny(store))

    const repository = await openTiny(store)
    expect(repository.index.snapshots()).toEqual([first])
    expect(await readFiles(repository, first)).toEqual(FIRST)
  })

  it.each([
    { when: 'after', later: 0 },
    { when: 'by a clock that is behind, after', later: -10 },
  ])('does not bring back what was removed $when its removal was taken back', async ({ later }) => {
    await removeAndTakeBack(first)
    await remove(first, later)

    const { steps } = await repair({ full: true })

    expect(steps).toEqual([])
    expect((await openTiny(store)).index.snapshots()).toEqual([second])
  })

  it('finds the older header of what was taken back, when the packfile of the newer one is lost', async () => {
    await removeAndTakeBack(first)
    const { index } = await openTiny(store)
    await store.remove('packfile', index.snapshotLocations(first)[0]!.packfile)
    await expect(expectBothWhole()).rejects.toThrow()

    const { snapshots } = await repair({ full: true })
    await maintainTiny(await openTiny(store))
    const again = await repair({ full: true })

    expect(snapshots).toEqual([first])
    expect(again.snapshots).toEqual([])
    await expectBothWhole()
  })

  it('lists a snapshot once whose header lies in several packfiles', async () => {
    await removeAndTakeBack(first)
    for (const state of await names('state')) await store.remove('state', state)

    const { snapshots } = await repair()

    expect(snapshots.toSorted()).toEqual([first, second].toSorted())
    await expectBothWhole()
    expect((await openTiny(store)).index.snapshotLocations(first)).toHaveLength(1)
  })

  it('lists no snapshot of which something is missing', async () => {
    for (const state of await names('state')) await store.remove('state', state)
    const [packfile] = await names('packfile') // the first photo
    await store.remove('packfile', packfile!)

    const { snapshots, steps } = await repair()

    expect(snapshots).toEqual([])
    const remarks = steps.filter((step) => step.what === 'remark')
    expect(remarks.map(({ name }) => name).toSorted()).toEqual([first, second].toSorted())
    expect(remarks).toMatchObject([{ code: 'SNAPSHOT_NOT_WHOLE' }, { code: 'SNAPSHOT_NOT_WHOLE' }])
  })

  it.each([
    { harm: 'damaged', hurt: (name: string) => flip('packfile', name, 40) },
    { harm: 'missing', hurt: (name: string) => store.remove('packfile', name) },
  ])('lists no snapshot of which something is $harm that others have as well', async ({ hurt }) => {
    const [packfile] = await names('packfile') // the photo that both have
    const states = await names('state')
    const third = await saveFiles(store, FIRST)
    for (const state of await names('state')) {
      if (!states.includes(state)) await store.remove('state', state)
    }
    await hurt(packfile!)

    const { snapshots, steps } = await repair({ full: true })

    expect(snapshots).toEqual([])
    expect(steps).toContainEqual(
      expect.objectContaining({ what: 'remark', code: 'SNAPSHOT_NOT_WHOLE', name: third }),
    )
  })

  it('makes room for what is damaged, so that the next backup stores it again', async () => {
    const [packfile] = await names('packfile')
    await flip('packfile', packfile!, 40)
    await saveFiles(store, FIRST) // relies on the damaged one: it was not read
    await expect(readFiles(await openTiny(store), first)).rejects.toThrow()

    const { steps } = await repair({ full: true })
    await saveFiles(store, FIRST)

    expect(steps).toMatchObject([{ what: 'rescue', pack: { name: packfile } }])
    await expectFirstTwoWhole()
    expect(await names('packfile')).not.toContain(packfile)
    for await (const file of quarantined(store)) expect(file).toMatchObject({ name: packfile })
  })

  it('replaces a packfile whose own index is damaged or cut off', async () => {
    const sizes = await Promise.all(
      (await names('packfile')).map(async (name) => ({
        name,
        size: await store.size('packfile', name),
      })),
    )
    const [cut, whole] = sizes.toSorted((a, b) => b.size - a.size).map(({ name }) => name)
    await flip('packfile', whole!, (await store.size('packfile', whole!)) - 60)
    await store.put('packfile', cut!, [(await store.get('packfile', cut!)).subarray(0, 20_000)])

    const { steps } = await repair({ full: true })
    await saveFiles(store, SECOND)

    expect(steps.map(({ what }) => what)).toEqual(['rescue', 'rescue'])
    await expectFirstTwoWhole()
    expect(await names('packfile')).not.toContain(cut)
    expect(await names('quarantine')).toHaveLength(2)
  })

  it('sees a state that was damaged since this computer read it', async () => {
    using folder = temporaryFolder()
    const cacheDir = folder.path
    const open = () => openRepository(store, { passphrase: async () => '', cacheDir })
    await (await open())[Symbol.asyncDispose]()
    const [state] = await names('state')
    await flip('state', state!, 100)

    await using repository = await open()
    const { steps } = await repairRepository(repository, {
      ...{ apply: true, full: false, clock: new FakeClock(TINY_START), progress: quietly },
      signal: new AbortController().signal,
    })

    expect(steps[0]).toMatchObject({ what: 'set-aside', kind: 'state', name: state })
    await expectBothWhole()
  })

  it('tells beforehand what it does, and has nothing to do a second time', async () => {
    for (const state of await names('state')) await flip('state', state, 100)
    await flip('packfile', (await names('packfile')).at(-1)!, 40)
    const before = await names('state')

    const dry = await repair({ apply: false, full: true })
    expect(await names('state')).toEqual(before)
    const done = await repair({ full: true })
    const again = await repair({ full: true })

    expect(dry.applied).toBe(false)
    expect(told(done)).toEqual(told(dry))
    expect(told(dry).filter((step) => step.startsWith('set-aside state'))).toHaveLength(
      before.length,
    )
    expect(again.steps.filter((step) => step.what !== 'remark')).toEqual([])
  })

  it('takes away a lock that nobody can read', async () => {
    await store.put('lock', 'ab'.repeat(32), [noise(50, 1)])

    const { steps } = await repair()

    expect(steps).toMatchObject([{ what: 'set-aside', kind: 'lock' }])
    expect(await names('lock')).toEqual([])
    expect(await names('quarantine')).toHaveLength(1)
  })

  it('names packfiles that are missing, and does nothing about them', async () => {
    const [packfile] = await names('packfile')
    const bytes = await store.get('packfile', packfile!)
    await store.remove('packfile', packfile!)

    const { steps } = await repair({ full: true })
    await store.put('packfile', packfile!, [bytes]) // the disk is connected again

    expect(steps).toMatchObject([{ what: 'remark', code: 'PACKFILE_MISSING', name: packfile }])
    await expectBothWhole()
  })
})

const at = (days: number) => new Date(Date.parse(TINY_START) + days * 86_400_000)

async function remove(id: string, days = 0): Promise<void> {
  await removeSnapshots(await openTiny(store), [id], () => at(days))
}

/** As `rm --undo` does. */
async function takeBack(id: string): Promise<void> {
  const repository = await openTiny(store)
  const header = await repository.readBlob(ResourceType.SNAPSHOT, id)
  const doomed = repository.index.colouredPackfiles().keys()
  await listAgain(repository, [{ id, header }], doomed, at(0))
}

async function removeAndTakeBack(id: string): Promise<void> {
  await remove(id)
  await takeBack(id)
}

async function expectFirstTwoWhole(): Promise<void> {
  const repository = await openTiny(store)
  expect(await readFiles(repository, first)).toEqual(FIRST)
  expect(await readFiles(repository, second)).toEqual(SECOND)
}

/** What a report says, without what only a program wants to know. */
function told({ steps }: RepairReport): string[] {
  return steps.map((step) => {
    if ('pack' in step) return `${step.what} ${step.pack.name}`
    return `${step.what} ${'id' in step ? step.id : `${'kind' in step ? step.kind : step.code} ${step.name}`}`
  })
}

import { beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../../../test/support/fake-clock.ts'
import {
  aSmallRepository,
  backUp,
  namesIn,
  openSmall,
  restoreAll,
} from '../../../test/support/small-library.ts'
import { MemoryStore } from '../../stores/memory/memory-store.ts'
import { quietly } from '../../util/progress.ts'
import { NO_MAC } from '../mac-hex.ts'
import { colourEntries } from '../maintenance/colour-packfiles.ts'
import { maintain } from '../maintenance/maintain.ts'
import { putLock } from '../state/lock-file.ts'
import { randomMac } from '../state/random-mac.ts'
import { removeSnapshots } from '../state/remove-snapshots.ts'

const DAY = 24 * 3_600_000

/** Of a computer that is not ours. */
const THEIRS = 'bb'.repeat(32)

let store: MemoryStore
let clock: FakeClock

beforeEach(async () => {
  clock = new FakeClock('2026-11-21T10:00:00Z')
  store = new MemoryStore()
  await aSmallRepository(store, clock)
})

async function stealLocks(): Promise<string[]> {
  const locks = await namesIn(store, 'lock')
  for (const lock of locks) await store.remove('lock', lock)
  return locks
}

async function clean({ dryRun }: { dryRun: boolean }) {
  return maintain(await openSmall(store), {
    ...{ clock, progress: quietly, signal: new AbortController().signal, graceMs: 0 },
    ...{ dryRun, repackBelow: 0, compactFrom: false, yesReally: true },
  })
}

async function announce(packfiles: readonly string[]): Promise<void> {
  const repository = await openSmall(store)
  const timestamp = clock.now()
  const coloured = colourEntries(repository, packfiles, timestamp)
  const draft = { parent: NO_MAC, timestamp, locations: [], packfiles: [], coloured }
  await repository.publish(draft, randomMac())
}

/** A computer sleeps; meanwhile another one takes its lock for a dead one's and cleans up. */
async function sleepWhileOthersClean(doomed: string): Promise<void> {
  const locks = await stealLocks()
  await removeSnapshots(await openSmall(store), [doomed], () => clock.now())
  for (let run = 0; run < 2; run++) {
    await clean({ dryRun: false })
    clock.advance(DAY)
  }
  for (const lock of locks) {
    await putLock(await openSmall(store), lock, { exclusive: false, now: clock.now() })
  }
}

describe('a backup', () => {
  it('that finds its lock gone publishes nothing', async () => {
    const saving = backUp(store, [1], {
      clock,
      beforeCommit: async () => void (await stealLocks()),
    })

    await expect(saving).rejects.toMatchObject({ code: 'LOCK_LOST' })

    expect((await restoreAll(store)).size).toBe(0)
  })

  it('passes over a lock that nobody can read, and says so', async () => {
    await store.put('lock', THEIRS, [Uint8Array.of(1, 2, 3)])
    const told: string[] = []

    const id = await backUp(store, [1], { clock, onWait: (what) => told.push(what) })

    expect(told).toEqual([expect.stringMatching(/^Passing over the lock bbbbbbbbbbbb…/)])
    expect(await restoreAll(store)).toEqual(new Map([[id, [1]]]))
  })

  it('takes its snapshot back when what it relied on was cleaned away meanwhile', async () => {
    const old = await backUp(store, [1, 2], { clock })
    await backUp(store, [3, 4, 5], { clock })

    const saving = backUp(store, [1, 2], { clock, beforeCommit: () => sleepWhileOthersClean(old) })

    await expect(saving).rejects.toMatchObject({ code: 'LOCK_LOST' })
    expect([...(await restoreAll(store)).values()]).toEqual([[3, 4, 5]])
    expect(await namesIn(store, 'lock')).toEqual([])
  })

  it('is saved when only what it does not need was cleaned away', async () => {
    const old = await backUp(store, [1, 2], { clock })
    const other = await backUp(store, [9], { clock })
    await removeSnapshots(await openSmall(store), [old], () => clock.now())
    const { decisions } = await clean({ dryRun: true })

    const id = await backUp(store, [3], {
      clock,
      beforeCommit: () => announce(decisions.colour),
    })

    expect((await openSmall(store)).index.colouredPackfiles().size).toBe(2)
    expect(await restoreAll(store)).toEqual(
      new Map([
        [id, [3]],
        [other, [9]],
      ]),
    )
  })

  it('is saved beside somebody who tries to work alone, sees it, and gives up', async () => {
    clock.onSleep = () => store.remove('lock', THEIRS)

    const id = await backUp(store, [1], {
      clock,
      beforeCommit: async () =>
        putLock(await openSmall(store), THEIRS, { exclusive: true, now: clock.now() }),
    })

    expect(await restoreAll(store)).toEqual(new Map([[id, [1]]]))
  })

  it('is taken back when somebody works alone in spite of it', async () => {
    const saving = backUp(store, [1], {
      clock,
      beforeCommit: async () =>
        putLock(await openSmall(store), THEIRS, { exclusive: true, now: clock.now() }),
    })

    await expect(saving).rejects.toMatchObject({ code: 'LOCK_LOST' })
    expect((await restoreAll(store)).size).toBe(0)
    expect(await namesIn(store, 'lock')).toEqual([THEIRS])
  })
})

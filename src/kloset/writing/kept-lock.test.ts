import { beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../../../test/support/fake-clock.ts'
import { aSmallRepository, namesIn, openSmall } from '../../../test/support/small-library.ts'
import { MemoryStore } from '../../stores/memory/memory-store.ts'
import type { StoredKind } from '../../stores/store.ts'
import type { Repository } from '../repository.ts'
import { readLock } from '../state/lock-file.ts'
import { KeptLock } from './kept-lock.ts'
import { WriteGuard } from './write-guard.ts'

const MINUTE = 60_000
const OURS = 'aa'.repeat(32)

/** A store that takes no locks any more, or does not let go of them. */
class StubbornStore extends MemoryStore {
  refusesPuts = false
  refusedRemovals = 0

  override async put(kind: StoredKind, name: string, parts: readonly Uint8Array[]) {
    if (kind === 'lock' && this.refusesPuts) throw new Error('no answer')
    await super.put(kind, name, parts)
  }

  override async remove(kind: StoredKind, name: string) {
    if (kind === 'lock' && this.refusedRemovals-- > 0) throw new Error('no answer')
    await super.remove(kind, name)
  }
}

let store: StubbornStore
let clock: FakeClock
let repository: Repository
let guard: WriteGuard

beforeEach(async () => {
  clock = new FakeClock('2026-11-21T10:00:00Z')
  store = new StubbornStore()
  await aSmallRepository(store, clock)
  repository = await openSmall(store)
  guard = new WriteGuard('memory', new AbortController().signal)
})

const acquire = () => KeptLock.acquire({ repository, id: OURS, guard, exclusive: false, clock })

describe('a lock that is kept', () => {
  it('tells others the time of its last refresh', async () => {
    await using lock = await acquire()
    clock.advance(3 * MINUTE)

    await lock.keepAlive()

    const stored = await readLock(repository, OURS)
    expect(Number(stored?.record?.timestamp.seconds) * 1000).toBe(clock.now().getTime())
  })

  it('survives a store that does not answer for four minutes', async () => {
    await using lock = await acquire()
    store.refusesPuts = true
    for (let minute = 1; minute <= 4; minute++) {
      clock.advance(MINUTE)
      await lock.keepAlive()
    }
    store.refusesPuts = false

    await lock.keepAlive()

    await expect(lock.confirm()).resolves.toBeUndefined()
  })

  it('is lost after five minutes without a refresh, for good', async () => {
    await using lock = await acquire()
    store.refusesPuts = true
    clock.advance(5 * MINUTE)
    await lock.keepAlive()
    store.refusesPuts = false

    await lock.keepAlive()

    await expect(lock.confirm()).rejects.toMatchObject({ code: 'LOCK_LOST' })
    expect(() => guard.check()).toThrow(/lock on the repository was lost/)
  })

  it('is lost when somebody removed it, and is not put back', async () => {
    await using lock = await acquire()
    await store.remove('lock', OURS)

    await lock.keepAlive()

    expect(await namesIn(store, 'lock')).toEqual([])
    await expect(lock.confirm()).rejects.toMatchObject({ code: 'LOCK_LOST' })
  })

  it('is gone when the work is done, also when the store did not answer at first', async () => {
    const lock = await acquire()
    store.refusedRemovals = 1

    await lock[Symbol.asyncDispose]()

    expect(await namesIn(store, 'lock')).toEqual([])
  })

  it('is not written any more after it was given back', async () => {
    const lock = await acquire()
    await lock[Symbol.asyncDispose]()

    await lock.keepAlive()

    expect(await namesIn(store, 'lock')).toEqual([])
  })
})

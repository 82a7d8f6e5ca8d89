import { setImmediate as nextTurn } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import { MemoryStore } from '../../stores/memory/memory-store.ts'
import type { Clock } from '../../util/clock.ts'
import { createRepository, openRepository, type Repository } from '../repository.ts'
import { putLock, readLock, readOtherLocks } from './lock-file.ts'
import { acquireLock, LOCK_STALE_MS, release } from './locks.ts'
import { takeTurn } from './publish-turn.ts'

const MINUTE_MS = 60_000
const { signal } = new AbortController()
const OTHERS = ' (publishing a library; 1.2.elsewhere)'
const OTHER = 'ee'.repeat(32)

let repository: Repository

beforeEach(async () => {
  const store = new MemoryStore()
  await createRepository(store, { now: () => new Date() })
  repository = await openRepository(store, { passphrase: async () => '' })
})

/** Every wait takes a minute of its stopwatch and calls `onMinute`. */
function quickClock(onMinute: (minutes: number) => unknown = () => {}): Clock {
  let minutes = 0
  return {
    now: () => new Date('2024-05-01T12:00:00Z'),
    ticksMs: () => minutes * MINUTE_MS,
    async sleep() {
      minutes++
      await onMinute(minutes)
      await nextTurn()
    },
  }
}

const locks = async () => (await readOtherLocks(repository, '')).map(({ id }) => id)
const putOther = (now: Date, purpose = OTHERS) =>
  putLock(repository, OTHER, { exclusive: false, now, purpose })

describe('a turn at publishing', () => {
  it('is for one at a time, whoever asks', async () => {
    let holders = 0
    let most = 0
    const work = async () => {
      await using _ = await takeTurn(repository, { clock: quickClock(), signal })
      most = Math.max(most, ++holders)
      await nextTurn()
      holders--
    }

    await Promise.all([work(), work(), work(), work(), work()])

    expect(most).toBe(1)
    expect(await locks()).toEqual([])
  })

  it('is waited for as long as its owner shows that he is alive', async () => {
    await putOther(new Date(0))
    const told: string[] = []
    const clock = quickClock(async (minutes) => {
      if (minutes < 40) await putOther(new Date(minutes * MINUTE_MS))
      else await release(repository, OTHER)
    })

    await using _ = await takeTurn(repository, { clock, signal, onWait: (what) => told.push(what) })

    expect(clock.ticksMs()).toBe(40 * MINUTE_MS)
    expect(told).toHaveLength(1)
  })

  it('that was left behind ends after ten minutes on our own stopwatch, and is cleared away', async () => {
    await putOther(new Date('2031-01-01'))
    const clock = quickClock()

    await using _ = await takeTurn(repository, { clock, signal })

    expect(clock.ticksMs()).toBeGreaterThan(LOCK_STALE_MS)
    expect(clock.ticksMs()).toBeLessThan(LOCK_STALE_MS + 2 * MINUTE_MS)
    expect(await locks()).not.toContain(OTHER)
  })

  it('is a shared lock for everybody else, and no other lock is taken for one', async () => {
    await putOther(new Date(), '')
    const clock = quickClock()
    await using _ = await takeTurn(repository, { clock, signal })

    expect(clock.ticksMs()).toBe(0)
    for (const id of await locks()) {
      expect((await readLock(repository, id))?.record?.exclusive).toBe(false)
    }
    await acquireLock(repository, 'aa'.repeat(32), { exclusive: false, clock })
  })

  it('is not waited for by who was told to stop', async () => {
    await putOther(new Date())
    const stop = new AbortController()
    const clock = quickClock(() => stop.abort())

    await expect(takeTurn(repository, { clock, signal: stop.signal })).rejects.toThrow()
    expect(await locks()).toEqual([OTHER])
  })
})

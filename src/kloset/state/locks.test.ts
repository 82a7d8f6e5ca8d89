import { beforeEach, describe, expect, it } from 'vitest'
import { openFixture } from '../../../test/fixtures/kloset/open-fixture.ts'
import { FakeClock } from '../../../test/support/fake-clock.ts'
import { MemoryStore } from '../../stores/memory/memory-store.ts'
import { utf8 } from '../../util/bytes.ts'
import { createRepository, openRepository, type Repository } from '../repository.ts'
import { acquireLock, type LockOptions, RepositoryBusyError, refresh, release } from './locks.ts'

const NOON = '2024-05-01T12:00:00Z'
const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const OURS = 'aa'.repeat(32)
const THEIRS = 'bb'.repeat(32)

let repository: Repository
/** Ours. */
let clock: FakeClock

beforeEach(async () => {
  clock = new FakeClock(NOON)
  const store = new MemoryStore()
  await createRepository(store, { now: () => clock.now() })
  repository = await openRepository(store, { passphrase: async () => '' })
})

async function locks(): Promise<string[]> {
  const names: string[] = []
  for await (const name of repository.store.list('lock')) names.push(name)
  return names
}

/** Somebody else's lock, written by a clock that differs so much from ours. */
async function theirLock({ exclusive, skewMs = 0 }: { exclusive: boolean; skewMs?: number }) {
  await refresh(repository, THEIRS, { exclusive, clock: clockAt(skewMs) })
}

const clockAt = (skewMs: number) => new FakeClock(new Date(clock.now().getTime() + skewMs))

const shared = (options: Partial<LockOptions> = {}) =>
  acquireLock(repository, OURS, { exclusive: false, clock, ...options })
const exclusive = (options: Partial<LockOptions> = {}) =>
  acquireLock(repository, OURS, { exclusive: true, clock, ...options })

describe('a shared lock', () => {
  it('is held until it is released', async () => {
    await shared()
    expect(await locks()).toEqual([OURS])

    await release(repository, OURS)

    expect(await locks()).toEqual([])
  })

  it('lets other backups work, dead ones too, and leaves their locks alone', async () => {
    await theirLock({ exclusive: false, skewMs: -10 * DAY })

    await shared()

    expect(await locks()).toEqual([THEIRS, OURS])
    expect(clock.sleptMs).toBe(0)
  })

  it('is refused at once during maintenance, and leaves no trace then', async () => {
    await theirLock({ exclusive: true })
    clock.advance(9 * MINUTE)

    await expect(shared()).rejects.toThrow(RepositoryBusyError)

    expect(await locks()).toEqual([THEIRS])
    expect(clock.sleptMs).toBe(0)
  })

  it('is given when the maintenance died, which is certain after ten minutes of looking', async () => {
    await theirLock({ exclusive: true, skewMs: -11 * MINUTE })
    const told: string[] = []

    const { removed } = await shared({ onWait: (what) => told.push(what) })

    expect(removed).toEqual([THEIRS])
    expect(await locks()).toEqual([OURS])
    expect(clock.sleptMs).toBeGreaterThan(10 * MINUTE)
    expect(told).toEqual([
      expect.stringMatching(
        /^Watching for ten minutes whether maintenance on .* is still at work$/,
      ),
    ])
  })

  it('is given beside a lock nobody can read, which is named and left alone', async () => {
    await repository.store.put('lock', THEIRS, [utf8('half a lo')])

    const { unreadable } = await shared()

    expect(unreadable).toEqual([THEIRS])
    expect(await locks()).toEqual([THEIRS, OURS])
  })
})

describe('an exclusive lock', () => {
  it('is refused at once while a backup runs', async () => {
    await theirLock({ exclusive: false })
    clock.advance(9 * MINUTE)

    await expect(exclusive()).rejects.toThrow(/a backup on/)

    expect(await locks()).toEqual([THEIRS])
    expect(clock.sleptMs).toBe(0)
  })

  it('is given once the backup is done, to whoever is ready to wait', async () => {
    await theirLock({ exclusive: false })
    clock.onSleep = () => release(repository, THEIRS)

    await exclusive({ waitMs: MINUTE })

    expect(await locks()).toEqual([OURS])
  })

  it.each([-10 * DAY, -11 * MINUTE, 11 * MINUTE, 365 * DAY])(
    'is never taken from a program at work whose clock differs by %d ms',
    async (skewMs) => {
      await theirLock({ exclusive: false, skewMs })
      clock.onSleep = async () => {
        if (clock.ticksMs() % (5 * MINUTE) === 0) await theirLock({ exclusive: false, skewMs })
      }

      await expect(exclusive()).rejects.toThrow(RepositoryBusyError)

      expect(await locks()).toEqual([THEIRS])
    },
  )

  it.each([-10 * DAY, 365 * DAY])(
    'is given ten minutes after a program died whose clock differed by %d ms',
    async (skewMs) => {
      await theirLock({ exclusive: false, skewMs })

      await exclusive()

      expect(await locks()).toEqual([OURS])
    },
  )

  it('does not wait longer than it was told to', async () => {
    await theirLock({ exclusive: false, skewMs: -10 * DAY })

    await expect(exclusive({ observeMs: 5 * MINUTE })).rejects.toThrow(RepositoryBusyError)

    expect(clock.sleptMs).toBe(5 * MINUTE)
    expect(await locks()).toEqual([THEIRS])
  })

  it('holds nobody up while it waits: no lock of ours is there', async () => {
    await theirLock({ exclusive: false, skewMs: -10 * DAY })
    const seen = new Set<string>()
    clock.onSleep = async () => {
      for (const lock of await locks()) seen.add(lock)
    }

    await exclusive()

    expect([...seen]).toEqual([THEIRS])
  })

  it('stops waiting when it is told to', async () => {
    await theirLock({ exclusive: false, skewMs: -10 * DAY })
    const cancel = new AbortController()
    clock.onSleep = () => cancel.abort()

    await expect(exclusive({ signal: cancel.signal })).rejects.toThrow(/aborted/)

    expect(await locks()).toEqual([THEIRS])
  })

  it('is not given beside a lock nobody can read, which is named', async () => {
    await repository.store.put('lock', THEIRS, [])

    await expect(exclusive()).rejects.toThrow(THEIRS)

    expect(await locks()).toEqual([THEIRS])
  })
})

it('two who want to exclude each other never both succeed, whoever is faster when', async () => {
  const outcomes = await Promise.allSettled([
    acquireLock(repository, OURS, { exclusive: true, clock }),
    acquireLock(repository, THEIRS, { exclusive: true, clock }),
  ])

  expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeLessThan(2)
  expect((await locks()).length).toBeLessThan(2)
})

it('a lock that plakar left behind is understood', async () => {
  const fixture = await openFixture('fs-plain')
  const soon = new FakeClock(new Date(1_795_217_467_667 + MINUTE))

  await expect(acquireLock(fixture, OURS, { exclusive: true, clock: soon })).rejects.toThrow(
    'a backup on fixture-host holds a lock, last confirmed 2026-11-20T23:31:07',
  )
})

import { beforeEach, describe, expect, it } from 'vitest'
import { openFixture } from '../../../test/fixtures/kloset/open-fixture.ts'
import { MemoryStore } from '../../stores/memory/memory-store.ts'
import { utf8 } from '../../util/bytes.ts'
import { createRepository, openRepository, type Repository } from '../repository.ts'
import { acquireExclusive, acquireShared, RepositoryBusyError, refresh, release } from './locks.ts'

const NOON = new Date('2024-05-01T12:00:00Z')
const at = (minutes: number) => () => new Date(NOON.getTime() + minutes * 60_000)
const OURS = 'aa'.repeat(32)
const THEIRS = 'bb'.repeat(32)

let repository: Repository
beforeEach(async () => {
  const store = new MemoryStore()
  await createRepository(store, { now: at(0) })
  repository = await openRepository(store, { passphrase: async () => '' })
})

async function locks(): Promise<string[]> {
  const names: string[] = []
  for await (const name of repository.store.list('lock')) names.push(name)
  return names
}

describe('a shared lock', () => {
  it('is held until it is released', async () => {
    await acquireShared(repository, OURS, at(0))
    expect(await locks()).toEqual([OURS])

    await release(repository, OURS)

    expect(await locks()).toEqual([])
  })

  it('lets other backups work', async () => {
    await acquireShared(repository, THEIRS, at(0))

    await acquireShared(repository, OURS, at(1))

    expect(await locks()).toEqual([THEIRS, OURS])
  })

  it('is not given during maintenance, and leaves no trace then', async () => {
    await acquireExclusive(repository, THEIRS, at(0))

    await expect(acquireShared(repository, OURS, at(9))).rejects.toThrow(RepositoryBusyError)

    expect(await locks()).toEqual([THEIRS])
  })

  it('is given when the maintenance died more than ten minutes ago', async () => {
    await acquireExclusive(repository, THEIRS, at(0))

    await acquireShared(repository, OURS, at(10.1))

    expect(await locks()).toEqual([OURS])
  })

  it('is not given when the maintenance showed that it is alive', async () => {
    await acquireExclusive(repository, THEIRS, at(0))
    await refresh(repository, THEIRS, at(9), true)

    await expect(acquireShared(repository, OURS, at(11))).rejects.toThrow(RepositoryBusyError)
  })

  it('is not given because a clock is ahead: a lock from the future is fresh', async () => {
    await acquireExclusive(repository, THEIRS, at(60))

    await expect(acquireShared(repository, OURS, at(0))).rejects.toThrow(RepositoryBusyError)
  })

  it('is given beside a lock nobody can read, which is named and left alone', async () => {
    await repository.store.put('lock', THEIRS, [utf8('half a lo')])

    const { unreadable } = await acquireShared(repository, OURS, at(0))

    expect(unreadable).toEqual([THEIRS])
    expect(await locks()).toEqual([THEIRS, OURS])
  })
})

describe('an exclusive lock', () => {
  it('is not given while a backup runs', async () => {
    await acquireShared(repository, THEIRS, at(0))

    await expect(acquireExclusive(repository, OURS, at(9))).rejects.toThrow(/a backup on/)

    expect(await locks()).toEqual([THEIRS])
  })

  it('is not given beside a lock nobody can read, which is named', async () => {
    await repository.store.put('lock', THEIRS, [])

    await expect(acquireExclusive(repository, OURS, at(0))).rejects.toThrow(THEIRS)

    expect(await locks()).toEqual([THEIRS])
  })

  it('is given when it is alone', async () => {
    await acquireExclusive(repository, OURS, at(0))

    expect(await locks()).toEqual([OURS])
  })
})

it('a lock that plakar left behind is understood', async () => {
  const fixture = await openFixture('fs-plain')
  const written = new Date(1_795_217_467_667)

  await expect(
    acquireExclusive(fixture, OURS, () => new Date(written.getTime() + 60_000)),
  ).rejects.toThrow('a backup on fixture-host holds a lock, last confirmed 2026-11-20T23:31:07')
})

import { describe, expect, it } from 'vitest'
import {
  FIXTURE_PASSPHRASE,
  fixtureStore,
  openFixture,
} from '../../test/fixtures/kloset/open-fixture.ts'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { openSnapshot } from '../kloset/reading/snapshot-reader.ts'
import { repairRepository } from '../kloset/repair/repair.ts'
import { createRepository, openRepository, type Repository } from '../kloset/repository.ts'
import { ResourceType } from '../kloset/resource-type.ts'
import { publishHold, releaseHold } from '../kloset/state/hold-entries.ts'
import { removeSnapshots } from '../kloset/state/remove-snapshots.ts'
import { MemoryStore } from '../stores/memory/memory-store.ts'
import { type Store, type StoredKind, StoreReadError } from '../stores/store.ts'
import { utf8 } from '../util/bytes.ts'
import { quietly } from '../util/progress.ts'
import { type SyncOptions, syncRepositories } from './sync-repositories.ts'

const NOW = new Date('2026-11-21T10:00:00Z')
const LATER = new Date('2026-11-22T10:00:00Z')

describe('a sync', () => {
  it('copies every snapshot under its id, oldest first, and then has nothing to do', async () => {
    const source = await openFixture('fs-encrypted')
    const destination = await aRepository()

    const first = await sync(source, destination)
    const again = await sync(source, destination)

    expect(first.status).toBe('complete')
    expect(first.snapshots.map(({ status }) => status)).toEqual(['copied', 'copied'])
    const taken = first.snapshots.map((each) => each.taken!)
    expect(taken).toEqual([...taken].sort())
    expect(destination.index.snapshots().sort()).toEqual(source.index.snapshots().sort())
    expect(again.snapshots.map(({ status }) => status)).toEqual(['present', 'present'])
    expect(again).toMatchObject({ bytesRead: 0, bytesStored: 0 })
  })

  it('copies only what is named', async () => {
    const source = await openFixture('fs-encrypted')
    const destination = await aRepository()
    const [id] = source.index.snapshots() as [string]

    await sync(source, destination, { snapshots: [id.slice(0, 8)] })

    expect(destination.index.snapshots()).toEqual([id])
  })

  it('leaves deleted what was deleted at the destination', async () => {
    const source = await openFixture('fs-plain')
    const destination = await aRepository()
    const [id] = source.index.snapshots() as [string]
    await sync(source, destination)
    await removeSnapshots(destination, [id], () => NOW)

    const report = await sync(source, destination)

    expect(report.snapshots.map(({ status }) => status)).toEqual(['removed'])
    expect(destination.index.snapshots()).toEqual([])
  })

  it.each([
    { when: NOW, says: 'at once' },
    { when: LATER, says: 'by a clock that is ahead of ours' },
  ])(
    'brings it back when that is asked for, deleted $says, and it is there once',
    async ({ when }) => {
      const source = await openFixture('fs-plain')
      const destination = await aRepository()
      const [id] = source.index.snapshots() as [string]
      await sync(source, destination)
      await removeSnapshots(destination, [id], () => when)
      const known = destination.index.stateIds().size

      const report = await sync(source, destination, { restoreRemoved: true })

      expect(report.snapshots.map(({ status }) => status)).toEqual(['copied'])
      expect(destination.index.snapshots()).toEqual([id])
      expect(destination.index.snapshotLocations(id)).toHaveLength(1)
      expect(await names(destination, id)).toEqual(await names(source, id))
      const newer = [...destination.index.stateIds()].slice(known)
      for (const state of newer) await destination.store.remove('state', state)
      const left = await openAgain(destination.store)
      expect(left.index.snapshots()).toEqual([])
      await repairRepository(left, {
        ...{ apply: true, full: false, progress: quietly, signal: new AbortController().signal },
        clock: new FakeClock(NOW.toISOString()),
      })
      expect(left.index.snapshots()).toEqual([id])
      expect(await names(left, id)).toEqual(await names(source, id))
    },
  )

  it('refuses a store that is a copy of the files of the other', async () => {
    const source = await openFixture('fs-plain')
    const clone = await openFixture('fs-plain')

    await expect(sync(source, clone)).rejects.toMatchObject({ code: 'SAME_REPOSITORY' })
  })

  it('copies the sound snapshots, and names what is damaged in the others', async () => {
    const { source, damaged } = await withOneDamaged()
    const destination = await aRepository()

    const report = await sync(source, destination)

    expect(report.status).toBe('incomplete')
    const failed = report.snapshots.filter(({ status }) => status === 'failed')
    expect(failed.map(({ id }) => id)).toEqual([damaged])
    expect(failed[0]!.problems[0]).toMatchObject({ code: expect.stringMatching(/^DAMAGED_/) })
    const sound = source.index.snapshots().filter((id) => id !== damaged)
    expect(destination.index.snapshots()).toEqual(sound)
  })

  it('ends when the source does not answer, for that is no damage', async () => {
    const store = new SilentStore(await fixtureStore('fs-plain'))
    const source = await openRepository(store, { passphrase: async () => FIXTURE_PASSPHRASE })
    store.isSilent = true

    const syncing = sync(source, await aRepository())

    await expect(syncing).rejects.toMatchObject({ code: 'STORE_READ_FAILED' })
  })

  it('takes holds along, once, and does not renew what was released there', async () => {
    const source = await openFixture('fs-plain')
    const destination = await aRepository()
    const body = utf8('{"name":"court","reason":"evidence"}')
    const hold = await publishHold(source, body, () => NOW)

    const first = await sync(source, destination)
    const second = await sync(source, destination)
    expect([first.holds, second.holds]).toEqual([1, 0])
    expect(destination.index.holds().map(({ id }) => id)).toEqual([hold])

    await releaseHold(destination, hold, () => NOW)
    const third = await sync(source, destination)

    expect(third.holds).toBe(0)
    expect(destination.index.holds()).toEqual([])
  })

  it('goes on where it was interrupted: what was stored is not stored again', async () => {
    const source = await openFixture('fs-plain')
    const whole = new CountingStore()
    await sync(source, await aRepository(whole))
    const store = new CountingStore()
    const cancel = new AbortController()
    store.onPut = () => cancel.abort()
    const destination = await aRepository(store)

    const interrupted = sync(source, destination, { signal: cancel.signal })
    await expect(interrupted).rejects.toThrow('aborted')
    expect(destination.index.snapshots()).toEqual([])
    const report = await sync(source, await openAgain(store))

    expect(report.status).toBe('complete')
    expect(store.chunkBytes).toBeLessThan(whole.chunkBytes * 1.2)
  })
})

async function sync(source: Repository, destination: Repository, some: Partial<SyncOptions> = {}) {
  return syncRepositories(source, destination, {
    snapshots: [],
    restoreRemoved: false,
    readBack: false,
    threads: 0,
    now: () => NOW,
    progress: quietly,
    signal: new AbortController().signal,
    ...some,
  })
}

async function aRepository(store: Store = new MemoryStore('copy')): Promise<Repository> {
  const passphrase = 'another passphrase'
  const chunking = { minBytes: 1024, normalBytes: 4096, maxBytes: 16_384 }
  await createRepository(store, { passphrase, kdfMemoryMiB: 8, chunking, now: () => NOW })
  return openAgain(store)
}

function openAgain(store: Store): Promise<Repository> {
  return openRepository(store, { passphrase: async () => 'another passphrase' })
}

async function names(repository: Repository, id: string): Promise<string[]> {
  const found: string[] = []
  for await (const { path } of (await openSnapshot(repository, id)).walk('/')) found.push(path)
  return found
}

/** Two snapshots; a file that only one of them has is altered. */
async function withOneDamaged(): Promise<{ source: Repository; damaged: string }> {
  const sound = await openFixture('fs-encrypted')
  const store = await fixtureStore('fs-encrypted')
  const [first, second] = sound.index.snapshots() as [string, string]
  const [inFirst, inSecond] = [await objectsOf(sound, first), await objectsOf(sound, second)]
  const onlyFirst = [...inFirst].find((mac) => !inSecond.has(mac))
  const object = onlyFirst ?? [...inSecond].find((mac) => !inFirst.has(mac))!
  const damaged = onlyFirst === undefined ? second : first
  const { chunks } = await (await openSnapshot(sound, damaged)).object(object)
  const place = sound.index.locate(ResourceType.CHUNK, chunks[0]!.contentMac)!
  const bytes = await store.get('packfile', place.packfile)
  bytes[16 + place.offset + place.length - 6]! ^= 1
  await store.put('packfile', place.packfile, [bytes])
  const source = await openRepository(store, { passphrase: async () => FIXTURE_PASSPHRASE })
  return { source, damaged }
}

async function objectsOf(repository: Repository, id: string): Promise<Set<string>> {
  const objects = new Set<string>()
  for await (const { objectMac } of (await openSnapshot(repository, id)).walk('/')) {
    if (objectMac !== undefined) objects.add(objectMac)
  }
  return objects
}

/** A disk that was pulled out. */
class SilentStore extends MemoryStore {
  isSilent = false
  readonly #inner: Store

  constructor(inner: Store) {
    super('silent')
    this.#inner = inner
  }

  override getConfig = () => this.#inner.getConfig()
  override list = (kind: StoredKind) => this.#inner.list(kind) as AsyncGenerator<string>
  override size = (kind: StoredKind, name: string) => this.#inner.size(kind, name)

  override async get(...args: Parameters<Store['get']>): Promise<Uint8Array> {
    if (this.isSilent) throw new StoreReadError(args[1], new Error('no answer'))
    return this.#inner.get(...args)
  }
}

class CountingStore extends MemoryStore {
  /** Of all packfiles, more or less: each has some kilobytes of padding, too. */
  chunkBytes = 0
  onPut = () => {}

  override async put(kind: StoredKind, name: string, parts: readonly Uint8Array[]): Promise<void> {
    await super.put(kind, name, parts)
    if (kind !== 'packfile') return
    this.chunkBytes += parts.reduce((sum, part) => sum + part.length, 0)
    this.onPut()
  }
}

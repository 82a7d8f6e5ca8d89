import { beforeEach, describe, expect, it } from 'vitest'
import { FaultyStore } from '../../../test/support/faults/faulty-store.ts'
import {
  type Files,
  makeTiny,
  noise,
  openTiny,
  readFiles,
  saveFiles,
} from '../../../test/support/faults/tiny-library.ts'
import { MemoryStore } from '../../stores/memory/memory-store.ts'
import { ResourceType } from '../resource-type.ts'
import { removeSnapshots } from '../state/remove-snapshots.ts'
import { orphanPackfiles, reconcile } from './orphan-packs.ts'

const FILES: Files = { '/a.jpg': noise(30_000, 1) }
const now = () => new Date('2026-11-21T12:00:00Z')

let store: MemoryStore
beforeEach(async () => {
  store = new MemoryStore()
  await makeTiny(store)
})

async function orphans(): Promise<string[]> {
  return toArray(orphanPackfiles(await openTiny(store)))
}

async function toArray(values: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = []
  for await (const value of values) all.push(value)
  return all
}

/** A backup that is killed when its first packfile is stored and no state names it. */
async function killedBackup(files: Files): Promise<void> {
  const dying = new FaultyStore(store, [{ act: 'change', harm: 'dead', call: 3 }])
  await saveFiles(dying, files).catch(() => {})
}

describe('packfiles that no state names', () => {
  it('are found', async () => {
    await saveFiles(store, { '/named.jpg': noise(9_000, 2) })
    expect(await orphans()).toEqual([])

    await killedBackup(FILES)

    expect(await orphans()).toHaveLength(1)
  })

  it('are not stored again by the next backup', async () => {
    await killedBackup(FILES)
    const [orphan] = await orphans()
    const before = await sizeOfAll()

    const id = await saveFiles(store, FILES)

    expect(await orphans()).toEqual([])
    expect(await readFiles(await openTiny(store), id)).toEqual(FILES)
    const added = (await sizeOfAll()) - before
    expect(added).toBeLessThan((await store.size('packfile', orphan!)) + 30_000)
  })

  it('give their blobs back to whoever asks', async () => {
    await killedBackup(FILES)
    const repository = await openTiny(store)
    expect([...repository.index.macs(ResourceType.CHUNK)]).toHaveLength(0)

    const adoption = await reconcile(repository, now)

    expect(adoption.packfiles).toBe(1)
    expect([...repository.index.macs(ResourceType.CHUNK)].length).toBeGreaterThan(1)
    expect(await reconcile(repository, now)).toEqual({ packfiles: 0, blobs: 0 })
  })

  it('do not bring back a snapshot that was never reported saved', async () => {
    const id = await saveFiles(store, FILES)
    for await (const state of store.list('state')) await store.remove('state', state)
    const repository = await openTiny(store)

    await reconcile(repository, now)

    expect(repository.index.hasSnapshot(id)).toBe(false)
  })

  it('are left alone when they are cut', async () => {
    await killedBackup(FILES)
    const [orphan] = await orphans()
    const bytes = await store.get('packfile', orphan!)
    await store.put('packfile', orphan!, [bytes.subarray(0, bytes.length - 5)])

    expect(await reconcile(await openTiny(store), now)).toEqual({ packfiles: 0, blobs: 0 })
  })

  it('count as missing for a backup when they are named and not there', async () => {
    const id = await saveFiles(store, FILES)
    const [photos] = await toArray(store.list('packfile'))
    await store.remove('packfile', photos!)

    const again = await saveFiles(store, FILES)

    const repository = await openTiny(store)
    expect(await readFiles(repository, again)).toEqual(FILES)
    expect(await readFiles(repository, id)).toEqual(FILES)
  })

  it('are not those of a removed snapshot', async () => {
    const repository = await openTiny(store)
    const id = await saveFiles(store, FILES)
    await repository.refresh()
    await removeSnapshots(repository, [id], now)

    expect(await orphans()).toEqual([])
  })
})

async function sizeOfAll(): Promise<number> {
  let bytes = 0
  for await (const name of store.list('packfile')) bytes += await store.size('packfile', name)
  return bytes
}

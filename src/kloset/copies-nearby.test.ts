import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { aSmallRepository, aSnapshotOf } from '../../test/support/small-snapshots.ts'
import { collect } from '../stores/store.conformance.ts'
import type { ByteRange, Store, StoredKind } from '../stores/store.ts'
import { CachedStore } from '../stores/wrappers/cached-store.ts'
import { CopyShelf } from '../stores/wrappers/copy-shelf.ts'
import { readHeader } from './reading/snapshot-header.ts'
import { openRepository, type Repository } from './repository.ts'
import { ResourceType } from './resource-type.ts'

const folder = mkdtempSync(join(tmpdir(), 'copies-nearby-'))
afterAll(() => rmSync(folder, { recursive: true }))

function open(store: Store): Promise<Repository> {
  return openRepository(store, { passphrase: async () => '' })
}

/** The same store, seen through a line that alters one byte of every answer: that at `place`, around the end. */
function noisy(store: Store, place: number): Store {
  return new Proxy(store, {
    get(target, property) {
      const own = Reflect.get(target, property)
      if (property !== 'get') return typeof own === 'function' ? own.bind(target) : own
      return async (kind: StoredKind, name: string, range?: ByteRange) => {
        const bytes = await target.get(kind, name, range)
        bytes[place % bytes.length]! ^= 1
        return bytes
      }
    },
  })
}

it('copies nearby that were altered on their way are no damage of the store', async () => {
  const { store } = await aSmallRepository()
  const snapshot = await aSnapshotOf(await open(store), { '/photo.jpg': 'a photo' })
  const shelf = () => new CopyShelf(folder, { maxBytes: 1e6, now: () => new Date() })
  const located = [...(await open(store)).index.locations(ResourceType.SNAPSHOT, snapshot)]
  const header = await readHeader(await open(store), snapshot)
  expect(located.length).toBeGreaterThan(0)

  for (let place = 0; place < located[0]!.length; place += 13) {
    const throughNoise = new CachedStore(noisy(store, place), shelf())
    for await (const state of throughNoise.list('state')) await throughNoise.get('state', state)
    for (const { packfile, offset, length } of located) {
      await throughNoise.get('packfile', packfile, { offset: offset + 16, length })
    }

    const repository = await open(new CachedStore(store, shelf()))

    expect(repository.damagedStates.size).toBe(0)
    expect(await readHeader(repository, snapshot)).toEqual(header)
    expect(await collect(repository.store.list('state'))).toHaveLength(1)
  }
})

import { beforeEach, describe, expect, it } from 'vitest'
import { MemoryStore } from '../../stores/memory/memory-store.ts'
import { NotInStoreError, StoreReadError } from '../../stores/store.ts'
import { utf8 } from '../../util/bytes.ts'
import { NO_MAC } from '../mac-hex.ts'
import { createRepository, openRepository, type Repository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'
import { takeInStates } from './load-states.ts'
import { StateIndex } from './state-index.ts'

const now = () => new Date('2024-05-01T12:00:00Z')
const name = (n: number) => n.toString(16).padStart(2, '0').repeat(32)

let store: MemoryStore
let repository: Repository
beforeEach(async () => {
  store = new MemoryStore()
  await createRepository(store, { now })
  repository = await openRepository(store, { passphrase: async () => '' })
})

/** A state that locates one blob, of the same number, in a packfile of its own. */
async function publish(n: number, merged: string[] = [], blobs = [n]): Promise<string> {
  const [id, packfile] = [name(n), name(100 + n)]
  await repository.publish(
    {
      parent: NO_MAC,
      timestamp: now(),
      locations: blobs.map((blob) => ({
        ...{ type: ResourceType.CHUNK, mac: name(blob), packfile },
        ...{ offset: 0, length: 9 },
      })),
      packfiles: [{ packfile }],
      merged,
    },
    id,
  )
  return id
}

async function load(): Promise<{ index: StateIndex; damaged: string[]; listed: Set<string> }> {
  const index = new StateIndex()
  const { damaged, listed } = await takeInStates(repository, index)
  return { index, damaged: [...damaged.keys()], listed }
}

function blobsOf(index: StateIndex): number {
  return [...Array(100).keys()].filter((n) => index.has(ResourceType.CHUNK, name(n))).length
}

describe('opening', () => {
  it('takes in every state, however many requests are answered in whatever order', async () => {
    for (let n = 1; n <= 40; n++) await publish(n)
    let underWay = 0
    let most = 0
    const get = store.get.bind(store)
    store.get = async (...what) => {
      underWay += 1
      most = Math.max(most, underWay)
      for (let turn = 0; turn < (underWay * 7) % 5; turn++) await Promise.resolve()
      underWay -= 1
      return get(...what)
    }

    const { index } = await load()

    expect(blobsOf(index)).toBe(40)
    expect(most).toBeGreaterThan(2)
    expect(most).toBeLessThanOrEqual(16)
  })

  it('lists again when a state was merged into another meanwhile', async () => {
    const old = [await publish(1), await publish(2), await publish(3)]
    const get = store.get.bind(store)
    store.get = async (kind, wanted, range) => {
      store.get = get
      await publish(50, old, [1, 2, 3])
      for (const id of old) await store.remove('state', id)
      return get(kind, wanted, range)
    }

    const { index, listed } = await load()

    expect(blobsOf(index)).toBe(3)
    expect([...listed]).toEqual([name(50)])
    expect([...index.mergedStates()].sort()).toEqual(old)
  })

  it('does not read what another state has taken the place of', async () => {
    const old = await publish(1)
    await publish(2, [old], [1])
    await store.remove('state', old)
    const index = new StateIndex()
    await takeInStates(repository, index)
    const asked: string[] = []
    const get = store.get.bind(store)
    store.get = (kind, wanted, range) => {
      asked.push(wanted)
      return get(kind, wanted, range)
    }
    await store.put('state', old, [utf8('no longer a state, and nobody minds')])

    await takeInStates(repository, index)

    expect(asked).toEqual([])
  })

  it('names a state that is listed and never there, instead of waiting for ever', async () => {
    const id = await publish(1)
    await publish(2)
    const get = store.get.bind(store)
    store.get = async (kind, wanted, range) => {
      if (wanted === id) throw new NotInStoreError(kind, wanted, store.location)
      return get(kind, wanted, range)
    }

    const { index, damaged } = await load()

    expect(damaged).toEqual([id])
    expect(blobsOf(index)).toBe(1)
  })

  it('fails when the store does not answer, rather than to know less', async () => {
    for (let n = 1; n <= 9; n++) await publish(n)
    const get = store.get.bind(store)
    store.get = async (kind, wanted, range) => {
      if (wanted === name(5)) throw new StoreReadError('/disk/states/05', new Error('EIO'))
      return get(kind, wanted, range)
    }

    await expect(load()).rejects.toThrow(StoreReadError)
  })

  it('reads a state once more that came altered, and believes the store then', async () => {
    const id = await publish(1)
    const get = store.get.bind(store)
    store.get = async (kind, wanted, range) => {
      store.get = get
      const bytes = await get(kind, wanted, range)
      bytes[40]! ^= 1
      return bytes
    }

    const { index, damaged } = await load()

    expect(damaged).toEqual([])
    expect(index.hasState(id)).toBe(true)
  })
})

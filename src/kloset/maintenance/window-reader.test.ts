import { beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../../../test/support/fake-clock.ts'
import { aSmallRepository, backUp, openSmall } from '../../../test/support/small-library.ts'
import { MemoryStore } from '../../stores/memory/memory-store.ts'
import type { ByteRange, StoredKind } from '../../stores/store.ts'
import { macToHex } from '../mac-hex.ts'
import { ResourceType } from '../resource-type.ts'
import { WindowReader } from './window-reader.ts'

class CountingStore extends MemoryStore {
  reads = 0

  override async get(kind: StoredKind, name: string, range?: ByteRange) {
    this.reads += 1
    return super.get(kind, name, range)
  }
}

let store: CountingStore

beforeEach(async () => {
  const clock = new FakeClock('2026-11-21T10:00:00Z')
  store = new CountingStore()
  await aSmallRepository(store, clock)
  await backUp(
    store,
    Array.from({ length: 40 }, (_, seed) => seed),
    { clock },
  )
})

const entriesOf = ({ index }: Awaited<ReturnType<typeof openSmall>>) =>
  [...index.macs(ResourceType.VFS_ENTRY)].map((mac) => macToHex(mac))

describe('reading in windows', () => {
  it('gives the same bytes as reading one by one, in far fewer requests', async () => {
    const repository = await openSmall(store)
    const entries = entriesOf(repository)
    const expected = await Promise.all(
      entries.map((mac) => repository.readBlob(ResourceType.VFS_ENTRY, mac)),
    )
    const reader = new WindowReader(repository)
    store.reads = 0

    const read = await Promise.all(
      entries.map((mac) => reader.readBlob(ResourceType.VFS_ENTRY, mac)),
    )

    expect(read).toEqual(expected)
    expect(entries.length).toBeGreaterThan(40)
    expect(store.reads).toBeLessThan(4)
  })

  it('never hands out what is damaged', async () => {
    const repository = await openSmall(store)
    const [mac] = entriesOf(repository)
    const [location] = repository.index.locations(ResourceType.VFS_ENTRY, mac!)
    const bytes = await store.get('packfile', location!.packfile)
    bytes[16 + location!.offset + location!.length - 1]! ^= 1
    await store.put('packfile', location!.packfile, [bytes])

    const reading = new WindowReader(repository).readBlob(ResourceType.VFS_ENTRY, mac!)

    await expect(reading).rejects.toMatchObject({ code: 'DAMAGED_BLOB' })
  })
})

import { beforeEach, describe, expect, it } from 'vitest'
import { MemoryStore } from '../../stores/memory/memory-store.ts'
import { utf8 } from '../../util/bytes.ts'
import { NO_MAC } from '../mac-hex.ts'
import { createRepository, openRepository, type Repository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'
import { publishHold, releaseHold } from './hold-entries.ts'
import { removeSnapshots } from './remove-snapshots.ts'
import { StateEntryType } from './state-codec.ts'

const NOON = new Date('2024-05-01T12:00:00Z')
const now = () => NOON
const SNAPSHOT = 'aa'.repeat(32)
const OTHER = 'bb'.repeat(32)
const PACKFILE = 'cc'.repeat(32)

let store: MemoryStore
let repository: Repository
const open = () => openRepository(store, { passphrase: async () => '' })

beforeEach(async () => {
  store = new MemoryStore()
  await createRepository(store, { now })
  repository = await open()
  const { SNAPSHOT: type } = ResourceType
  const at = { type, packfile: PACKFILE, offset: 0, length: 9 }
  const locations = [
    { ...at, mac: SNAPSHOT },
    { ...at, mac: OTHER },
  ]
  const packfiles = [{ packfile: PACKFILE }]
  await repository.publish({ parent: NO_MAC, timestamp: NOON, locations, packfiles }, SNAPSHOT)
})

/** As an undo would do it: the removal is taken back in a state of its own. */
async function takeBack(timestamp: Date): Promise<void> {
  const { SNAPSHOT: blobType } = ResourceType
  const { COLOURED: entryType } = StateEntryType
  const deleted = [{ entryType, blobType, mac: SNAPSHOT, packfile: NO_MAC }]
  await repository.publish(
    { parent: NO_MAC, timestamp, locations: [], packfiles: [], deleted },
    OTHER,
  )
}

describe('a snapshot that is removed', () => {
  it('is not listed any more, here and wherever the repository is opened', async () => {
    await removeSnapshots(repository, [SNAPSHOT], now)

    expect(repository.index.snapshots()).toEqual([OTHER])
    expect((await open()).index.snapshots()).toEqual([OTHER])
  })

  it('stays where it is until a maintenance', async () => {
    await removeSnapshots(repository, [SNAPSHOT], now)

    expect(repository.index.snapshotLocations(SNAPSHOT)).toHaveLength(1)
  })

  it('can be removed again after it was taken back, whatever the clock says', async () => {
    await removeSnapshots(repository, [SNAPSHOT], now)
    await takeBack(new Date('2031-01-01'))
    expect(repository.index.snapshots()).toContain(SNAPSHOT)

    await removeSnapshots(repository, [SNAPSHOT], now)

    expect((await open()).index.snapshots()).toEqual([OTHER])
  })
})

describe('a hold', () => {
  it('stands in the repository until it is released', async () => {
    const id = await publishHold(repository, utf8('{"name":"wedding"}'), now)
    const held = await open()
    expect(held.index.holds()).toMatchObject([{ id, body: utf8('{"name":"wedding"}') }])

    await releaseHold(held, id, now)

    expect((await open()).index.holds()).toEqual([])
  })
})

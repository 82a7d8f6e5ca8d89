import { describe, expect, it, test } from 'vitest'
import { FIXTURE_PASSPHRASE, fixtureStore } from '../../test/fixtures/kloset/open-fixture.ts'
import { MemoryStore } from '../stores/memory/memory-store.ts'
import type { Store, StoredKind } from '../stores/store.ts'
import { concatBytes } from '../util/bytes.ts'
import { listSnapshots } from './reading/snapshot-list.ts'
import { openSnapshot } from './reading/snapshot-reader.ts'
import { decodeHeader, encodeHeader } from './records/header.ts'
import { openRepository, type Repository } from './repository.ts'
import { ResourceType } from './resource-type.ts'
import { encodeState } from './state/state-codec.ts'
import { loadState } from './state/state-file.ts'
import { UnsupportedRepositoryError } from './supported-configuration.ts'
import { peel, wrap } from './wrapper.ts'

const NEWER = 0x10200

const open = (store: Store) => openRepository(store, { passphrase: async () => FIXTURE_PASSPHRASE })

describe('what a newer program wrote is refused in one sentence', () => {
  it('a state: the repository is not opened, because it may say that something is gone', async () => {
    const store = await withState((body, { mac }) => wrap(ResourceType.STATE, NEWER, [body], mac))

    await expect(open(store)).rejects.toThrow(UnsupportedRepositoryError)
    await expect(open(store)).rejects.toThrow(/version 1\.2\.0/)
  })

  it('a snapshot header', async () => {
    const repository = await open(await fixtureStore('fs-plain'))
    const [id] = repository.index.snapshots()
    const header = decodeHeader(await repository.readBlob(ResourceType.SNAPSHOT, id!))
    const newer = encodeHeader({ ...header, version: NEWER })
    repository.readBlob = async () => newer

    await expect(listSnapshots(repository)).rejects.toThrow(/version 1\.2\.0/)
    await expect(openSnapshot(repository, id!)).rejects.toThrow(UnsupportedRepositoryError)
  })

  it('a blob, by what the state says of it', async () => {
    const repository = await open(await fixtureStore('fs-plain'))
    const chunk = repository.index.macs(ResourceType.CHUNK)[Symbol.iterator]().next().value!
    const mac = Buffer.from(chunk).toString('hex')
    const location = repository.index.locate(ResourceType.CHUNK, mac)!
    const blob = { type: ResourceType.CHUNK, mac, ...location, version: NEWER }
    const other = await open(await withState(() => undefined))
    const stateId = 'ab'.repeat(32)
    await other.store.put(
      'state',
      stateId,
      wrap(
        ResourceType.STATE,
        0x10100,
        [other.encoding.encode(stateOf(blob, stateId), 'compress')],
        other.mac,
      ),
    )
    await other.refresh()

    await expect(other.readBlob(ResourceType.CHUNK, mac)).rejects.toThrow(/version 1\.2\.0/)
  })
})

test('a state of version 1.0.0 says the same as one of 1.1.0, but for its parent', async () => {
  const repository = await open(await fixtureStore('fs-plain'))
  const [first] = await namesIn(repository.store, 'state')
  const newer = await loadState(repository, first!)
  const store = await withState((body, { mac, encoding }) => {
    const plain = encoding.decode(body, 1_000_000).slice(32)
    return wrap(ResourceType.STATE, 0x10000, [encoding.encode(plain, 'compress')], mac)
  })
  const older = await loadState({ ...repository, store }, first!)

  expect(entriesOf(older)).toEqual(entriesOf(newer))
  expect(older.timestamp).toBe(newer.timestamp)
})

function entriesOf(state: Awaited<ReturnType<typeof loadState>>): unknown[] {
  const entries: unknown[] = []
  state.visit({
    location: ({ type, version, offset, length }) =>
      entries.push({ type, version, offset, length }),
    packfile: (packfile) => entries.push({ packfile }),
    coloured: (type, mac, when) => entries.push({ type, mac, when }),
    deleted: (deletion) => entries.push({ deletion }),
    hold: (hold) => entries.push({ hold }),
    released: (hold) => entries.push({ released: hold }),
    merged: (merged) => entries.push({ merged }),
  })
  return entries
}

function stateOf(
  blob: { type: number; mac: string; packfile: string; offset: number; length: number },
  id: string,
): Uint8Array {
  const timestamp = new Date('2026-11-21T10:00:00Z')
  const packfiles = [{ packfile: blob.packfile }]
  return encodeState({ parent: '0'.repeat(64), timestamp, locations: [blob], packfiles }, id)
}

async function namesIn(store: Store, kind: StoredKind): Promise<string[]> {
  const names: string[] = []
  for await (const name of store.list(kind)) names.push(name)
  return names.toSorted()
}

/** A copy of `fs-plain`; `change` makes its first state anew, or drops all of them. */
async function withState(
  change: (body: Uint8Array, repository: Repository) => Uint8Array[] | undefined,
): Promise<MemoryStore> {
  const sound = await fixtureStore('fs-plain')
  const repository = await open(sound)
  const store = new MemoryStore('fs-plain')
  await store.create(await sound.getConfig())
  for (const name of await namesIn(sound, 'packfile')) {
    await store.put('packfile', name, [await sound.get('packfile', name)])
  }
  for (const [at, name] of (await namesIn(sound, 'state')).entries()) {
    const bytes = await sound.get('state', name)
    const changed = change(peel(bytes, ResourceType.STATE).body, repository)
    const parts = at === 0 ? changed : changed && [bytes]
    if (parts !== undefined) await store.put('state', name, [concatBytes(parts)])
  }
  return store
}

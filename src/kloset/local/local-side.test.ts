import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fixtureStore } from '../../../test/fixtures/kloset/open-fixture.ts'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import { MemoryStore } from '../../stores/memory/memory-store.ts'
import type { Store } from '../../stores/store.ts'
import { utf8 } from '../../util/bytes.ts'
import { NO_MAC } from '../mac-hex.ts'
import { createRepository, openRepository, type Repository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'
import { StateEntryType } from '../state/state-codec.ts'

const now = () => new Date('2024-05-01T12:00:00Z')
const name = (n: number) => n.toString(16).padStart(2, '0').repeat(32)
const { CHUNK, SNAPSHOT } = ResourceType

let folder: ReturnType<typeof temporaryFolder>
let store: MemoryStore
beforeEach(async () => {
  folder = temporaryFolder()
  store = new MemoryStore()
  await createRepository(store, { now })
})
afterEach(() => folder[Symbol.dispose]())

function open(at: Store = store, passphrase = ''): Promise<Repository> {
  return openRepository(at, { passphrase: async () => passphrase, cacheDir: folder.path })
}

function openWithout(at: Store = store, passphrase = ''): Promise<Repository> {
  return openRepository(at, { passphrase: async () => passphrase })
}

/** A state that locates a snapshot of the same number, and some chunks. */
async function publish(n: number, more: { merged?: string[]; blobs?: number[] } = {}) {
  const repository = await openWithout()
  const packfile = name(100 + n)
  const place = { packfile, offset: 0, length: 9 }
  await repository.publish(
    {
      parent: NO_MAC,
      timestamp: BigInt(n),
      locations: [
        ...(more.blobs ?? [n]).map((blob) => ({ type: SNAPSHOT, mac: name(blob), ...place })),
        { type: CHUNK, mac: name(n), ...place, offset: 9 },
      ],
      packfiles: [{ packfile }],
      merged: more.merged ?? [],
    },
    name(n),
  )
  return name(n)
}

/** Ids of the states that are read while `work` runs. */
async function statesRead(work: () => Promise<unknown>): Promise<string[]> {
  const read: string[] = []
  const get = store.get.bind(store)
  store.get = (kind, id, range) => {
    if (kind === 'state') read.push(id)
    return get(kind, id, range)
  }
  await work()
  store.get = get
  return read
}

/** Every file below the cache folder. */
function files(): string[] {
  return readdirSync(folder.path, { recursive: true, encoding: 'utf8' })
    .map((file) => join(folder.path, file))
    .filter((file) => statSync(file).isFile())
}

function answersOf({ index }: Repository): unknown {
  return {
    snapshots: index.snapshots(),
    removed: index.removedSnapshots(),
    packfiles: [...index.packfiles()],
    coloured: index.colouredPackfiles(),
    states: index.stateIds(),
    latest: index.latestState,
    holds: index.holds(),
    merged: index.mergedStates(),
    chunks: [...index.macs(CHUNK)].map((mac) => Buffer.from(mac).toString('hex')),
    places: index.snapshots().map((id) => index.locations(SNAPSHOT, id)),
    extents: index.packfileExtents(),
  }
}

describe('opening a second time', () => {
  it('reads only the states that are new', async () => {
    for (let n = 1; n <= 5; n++) await publish(n)
    await open()
    await publish(6)

    expect(await statesRead(open)).toEqual([name(6)])
    expect(await statesRead(open)).toEqual([])
  })

  it('knows all that opening for the first time knows', async () => {
    const draft = { parent: NO_MAC, locations: [], packfiles: [] }
    for (let n = 1; n <= 5; n++) await publish(n)
    const repository = await openWithout()
    const gone = { blobType: 0, mac: NO_MAC, packfile: NO_MAC }
    await repository.publish(
      {
        ...draft,
        timestamp: 30n,
        coloured: [
          { type: SNAPSHOT, mac: name(1), when: 20n },
          { type: SNAPSHOT, mac: name(2), when: 20n },
          { type: ResourceType.PACKFILE, mac: name(103), when: 21n },
        ],
        holds: [
          { id: name(60), when: 5n, body: utf8('{"name":"Grandma"}') },
          { id: name(61), when: 5n, body: utf8('{"name":"court"}') },
        ],
      },
      name(30),
    )
    await repository.publish(
      {
        ...draft,
        timestamp: 40n,
        released: [{ hold: name(61), when: 6n }],
        merged: [name(77)],
        deleted: [
          { ...gone, entryType: StateEntryType.COLOURED, blobType: SNAPSHOT, mac: name(2) },
          { ...gone, entryType: StateEntryType.PACKFILE, packfile: name(104) },
        ],
      },
      name(40),
    )
    await open()

    const second = await open()

    expect(answersOf(second)).toEqual(answersOf(await openWithout()))
    expect(second.index.holds()).toHaveLength(1)
    expect(second.index.snapshots()).toEqual([name(2), name(3), name(5)])
  })

  it('gives the same answers for repositories of plakar', async () => {
    for (const fixture of ['fs-plain', 'fs-encrypted', 'fs-sha256-nocompression'] as const) {
      const theirs = await fixtureStore(fixture)
      await open(theirs, 'fixture passphrase')

      const second = await open(theirs, 'fixture passphrase')

      expect(answersOf(second)).toEqual(answersOf(await openWithout(theirs, 'fixture passphrase')))
    }
  })

  it('reads everything again when a state is gone that nobody merged', async () => {
    for (let n = 1; n <= 3; n++) await publish(n)
    await open()
    await store.remove('state', name(2))

    const repository = await open()

    expect(repository.index.snapshots()).toEqual([name(1), name(3)])
  })

  it('keeps what it knows when states were merged', async () => {
    for (let n = 1; n <= 3; n++) await publish(n)
    await open()
    await publish(9, { merged: [name(1), name(2)], blobs: [1, 2] })
    for (const n of [1, 2]) await store.remove('state', name(n))

    const read = await statesRead(async () => {
      expect((await open()).index.snapshots().sort()).toEqual([name(1), name(2), name(3)])
    })

    expect(read).toEqual([name(9)])
  })
})

describe('what is kept beside a repository', () => {
  it('may be deleted, cut or altered at any time: nothing but time is lost', async () => {
    for (let n = 1; n <= 3; n++) await publish(n)
    await open()
    const expected = answersOf(await openWithout())
    const damages = fc.record({
      file: fc.nat(),
      at: fc.nat(),
      how: fc.constantFrom('flip', 'cut', 'delete', 'empty', 'grow'),
    })

    await fc.assert(
      fc.asyncProperty(damages, async ({ file, at, how }) => {
        const all = files()
        const path = all[file % all.length]!
        const bytes = readFileSync(path)
        if (how === 'flip') bytes[at % bytes.length]! ^= 1 << (at % 8)
        if (how === 'delete') rmSync(path)
        else if (how === 'cut') writeFileSync(path, bytes.subarray(0, at % bytes.length))
        else if (how === 'empty') writeFileSync(path, '')
        else if (how === 'grow') writeFileSync(path, Buffer.concat([bytes, bytes]))
        else writeFileSync(path, bytes)

        const repository = await open()

        expect(answersOf(repository)).toEqual(expected)
        expect(repository.local?.change).toBeUndefined()
        expect(repository.local?.memory.vanished).toEqual({ states: [], snapshots: [] })
      }),
      { numRuns: 60 },
    )
  })

  it('of one repository is not believed by another', async () => {
    for (let n = 1; n <= 3; n++) await publish(n)
    await open()
    const [folderName] = readdirSync(join(folder.path, 'repositories'))
    const other = new MemoryStore('elsewhere')
    await createRepository(other, { now })
    await open(other)
    const otherName = readdirSync(join(folder.path, 'repositories')).find((n) => n !== folderName)!
    for (const kind of ['index', 'seen']) {
      const from = join(folder.path, 'repositories', folderName!, kind)
      writeFileSync(join(folder.path, 'repositories', otherName, kind), readFileSync(from))
    }

    const repository = await open(other)

    expect(repository.index.snapshots()).toEqual([])
    expect(repository.local?.memory.vanished).toEqual({ states: [], snapshots: [] })
  })

  it('is for its owner only, and holds no words of an encrypted repository', async () => {
    const secret = new MemoryStore('secret')
    await createRepository(secret, { now, passphrase: 'p', kdfMemoryMiB: 8 })
    const repository = await open(secret, 'p')
    await repository.publish(
      {
        ...{ parent: NO_MAC, timestamp: 1n, locations: [], packfiles: [] },
        holds: [{ id: name(1), when: 1n, body: utf8('{"reason":"the divorce"}') }],
      },
      name(2),
    )

    const again = await open(secret, 'p')

    expect(again.index.holds()).toHaveLength(1)
    for (const file of files()) {
      expect(statSync(file).mode & 0o777).toBe(0o600)
      expect(readFileSync(file).includes('divorce')).toBe(false)
    }
  })

  it('that cannot be written does not matter', async () => {
    await publish(1)
    writeFileSync(join(folder.path, 'no-folder'), '')
    const cacheDir = join(folder.path, 'no-folder')

    const repository = await openRepository(store, { passphrase: async () => '', cacheDir })

    expect(repository.index.snapshots()).toEqual([name(1)])
    await repository[Symbol.asyncDispose]()
  })
})

describe('this computer notices', () => {
  it('when a state is gone that nobody merged, and the snapshot with it', async () => {
    for (let n = 1; n <= 3; n++) await publish(n)
    await open()
    await store.remove('state', name(2))

    for (let times = 0; times < 2; times++) {
      const { local } = await open()

      expect(local?.memory.vanished).toEqual({ states: [name(2)], snapshots: [name(2)] })
    }
  })

  it('nothing when a snapshot was removed as it should be', async () => {
    for (let n = 1; n <= 2; n++) await publish(n)
    const repository = await open()
    const coloured = [{ type: SNAPSHOT, mac: name(1), when: 5n }]
    const draft = { parent: NO_MAC, timestamp: 5n, locations: [], packfiles: [], coloured }
    await repository.publish(draft, name(8))
    await repository[Symbol.asyncDispose]()

    const { local, index } = await open()

    expect(index.snapshots()).toEqual([name(2)])
    expect(local?.memory.vanished).toEqual({ states: [], snapshots: [] })
  })

  it('nothing any more once that was accepted', async () => {
    for (let n = 1; n <= 2; n++) await publish(n)
    await open()
    await store.remove('state', name(2))
    await (await open()).local?.accept()

    const { local } = await open()

    expect(local?.memory.vanished).toEqual({ states: [], snapshots: [] })
  })

  it('what it has itself published just before', async () => {
    const repository = await open()
    const draft = { parent: NO_MAC, timestamp: 5n, locations: [], packfiles: [] }
    await repository.publish(draft, name(8))
    await repository[Symbol.asyncDispose]()
    await store.remove('state', name(8))

    const { local } = await open()

    expect(local?.memory.vanished.states).toEqual([name(8)])
  })
})

describe('a repository that took the place of another', () => {
  it('is not written to before somebody says that it should be there', async () => {
    await open()
    const other = new MemoryStore()
    await createRepository(other, { now })
    const draft = { parent: NO_MAC, timestamp: 5n, locations: [], packfiles: [] }

    const repository = await open(other)

    await expect(repository.publish(draft, name(8))).rejects.toThrow('is not the repository')
    expect(() => repository.requireSoundStates()).toThrow('is not the repository')
    await repository.local?.accept()
    await repository.publish(draft, name(8))
    expect((await open(other)).local?.change).toBeUndefined()
  })

  it('and is not encrypted, as that one was, is called that', async () => {
    const secret = new MemoryStore()
    await createRepository(secret, { now, passphrase: 'p', kdfMemoryMiB: 8 })
    await open(secret, 'p')

    const { local } = await open(store)

    expect(local?.change?.message).toContain('that one was encrypted, this one is not')
  })
})

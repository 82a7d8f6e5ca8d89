import { describe, expect, it } from 'vitest'
import {
  FIXTURE_PASSPHRASE,
  FIXTURES,
  type FixtureName,
  fixtureStore,
  openFixture,
} from '../../../test/fixtures/kloset/open-fixture.ts'
import { MemoryStore } from '../../stores/memory/memory-store.ts'
import type { StoredKind } from '../../stores/store.ts'
import { concatBytes } from '../../util/bytes.ts'
import { quietly } from '../../util/progress.ts'
import { macToHex, NO_MAC } from '../mac-hex.ts'
import { openSnapshot } from '../reading/snapshot-reader.ts'
import { encodeEntry } from '../records/entry.ts'
import { decodeObject } from '../records/object.ts'
import { decodeXattr } from '../records/xattr.ts'
import { createRepository, openRepository, type Repository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'
import { CopiedContents } from './copied-contents.ts'
import { type CopyOptions, copySnapshot } from './copy-snapshot.ts'

const NOW = new Date('2026-11-21T10:00:00Z')

describe('the copy of a snapshot', () => {
  it.each(FIXTURES)(
    'is, in a store of equal keys, what plakar wrote, to the last MAC: %s',
    async (name) => {
      const source = await openFixture(name)
      const store = new MemoryStore('copy')
      await store.create(await source.store.getConfig())
      const destination = await openRepository(store, {
        passphrase: async () => FIXTURE_PASSPHRASE,
      })

      for (const id of source.index.snapshots()) {
        await copySnapshot(source, destination, id, options())

        const [original, copy] = [
          await openSnapshot(source, id),
          await openSnapshot(destination, id),
        ]
        expect(copy.header).toEqual(original.header)
      }
    },
  )

  it.each(FIXTURES)(
    'says the same of every path and gives the same bytes, with other keys and chunks: %s',
    async (name) => {
      const source = await openFixture(name)
      const destination = await aRepository()

      for (const id of source.index.snapshots()) {
        const report = await copySnapshot(source, destination, id, options({ readBack: true }))

        const copied = await tree(destination, id)
        expect(copied).toEqual(await tree(source, id))
        expect(report.paths).toBe(copied.length)
        const { tags, timestamp, name: title } = (await openSnapshot(source, id)).header
        expect((await openSnapshot(destination, id)).header).toMatchObject({
          tags,
          timestamp,
          name: title,
        })
      }
      expect(destination.index.snapshots().sort()).toEqual(source.index.snapshots().sort())
    },
  )

  it('reads nothing twice: what an earlier copy brought is known', async () => {
    const source = await openFixture('fs-encrypted')
    const destination = await aRepository()
    const [first, second] = source.index.snapshots() as [string, string]
    const contents = new CopiedContents()

    const before = await copySnapshot(source, destination, first, options({ contents }))
    const after = await copySnapshot(source, destination, second, options({ contents }))

    expect(before.contents).toBeGreaterThan(100)
    expect(after.contents).toBeLessThan(10)
  })

  it('learns from a snapshot that both have what it need not read', async () => {
    const source = await openFixture('fs-encrypted')
    const destination = await aRepository()
    const [first, second] = source.index.snapshots() as [string, string]
    await copySnapshot(source, destination, first, options())
    const contents = new CopiedContents()
    await contents.learn(await openSnapshot(source, first), await openSnapshot(destination, first))

    const report = await copySnapshot(source, destination, second, options({ contents }))

    expect(report.contents).toBeLessThan(10)
    expect(await tree(destination, second)).toEqual(await tree(source, second))
  })

  it('brings anew what was known but is gone from the destination', async () => {
    const source = await openFixture('fs-plain')
    const [id] = source.index.snapshots() as [string]
    const contents = new CopiedContents()
    await copySnapshot(source, await aRepository(), id, options({ contents }))
    const other = await aRepository()

    await copySnapshot(source, other, id, options({ contents }))

    expect(await tree(other, id)).toEqual(await tree(source, id))
  })

  it('is not made when a byte of the source is damaged: the file is named, nothing is put in its place', async () => {
    const [source, path] = await withDamagedFile('fs-plain')
    const destination = await aRepository()
    const [id] = source.index.snapshots() as [string]

    const copying = copySnapshot(source, destination, id, options())

    await expect(copying).rejects.toMatchObject({
      code: 'SNAPSHOT_NOT_COPIED',
      failures: [{ path, code: expect.stringMatching(/^DAMAGED_/) }],
    })
    expect(destination.index.snapshots()).toEqual([])
  })

  it('is not made when the destination gives back something else', async () => {
    const source = await openFixture('fs-plain')
    const store = new ForgetfulStore()
    const destination = await aRepository(store)
    const [id] = source.index.snapshots() as [string]
    store.cuts = true

    const copying = copySnapshot(source, destination, id, options())

    await expect(copying).rejects.toMatchObject({ code: 'COPY_DIFFERS' })
    expect(destination.index.snapshots()).toEqual([])
  })

  it('is made once', async () => {
    const source = await openFixture('fs-plain')
    const destination = await aRepository()
    const [id] = source.index.snapshots() as [string]
    await copySnapshot(source, destination, id, options())

    const again = copySnapshot(source, destination, id, options())

    await expect(again).rejects.toMatchObject({ code: 'SNAPSHOT_ALREADY_THERE' })
    expect(destination.index.snapshotLocations(id)).toHaveLength(1)
  })

  it('keeps each value of an attribute in a packfile with the record that names it', async () => {
    const source = await openFixture('fs-plain')
    const destination = await aRepository()
    for (const id of source.index.snapshots())
      await copySnapshot(source, destination, id, options())

    const placeOf = (type: number, mac: string) =>
      destination.index.locations(type, mac).map(({ packfile }) => packfile)
    const records = [...destination.index.macs(ResourceType.XATTR_ENTRY)].map((mac) =>
      macToHex(mac),
    )
    expect(records.length).toBeGreaterThan(0)
    for (const record of records) {
      const [packfile] = placeOf(ResourceType.XATTR_ENTRY, record)
      const bytes = await destination.readBlob(ResourceType.XATTR_ENTRY, record)
      const { object } = decodeXattr(bytes)
      const { chunks } = decodeObject(await destination.readBlob(ResourceType.OBJECT, object))
      expect(placeOf(ResourceType.OBJECT, object)).toContain(packfile)
      for (const { contentMac } of chunks) {
        expect(placeOf(ResourceType.CHUNK, contentMac)).toContain(packfile)
      }
    }
  })
})

/** Everything that entries, attributes and errors say, with the bytes of all files. */
async function tree(repository: Repository, id: string): Promise<object[]> {
  const reader = await openSnapshot(repository, id)
  const paths: object[] = []
  for await (const entry of reader.walk('/')) {
    const said = encodeEntry({ ...entry.record, object: NO_MAC, chunks: 0, entropy: 0 })
    const parts: Uint8Array[] = []
    if (entry.kind === 'file') for await (const part of reader.content(entry)) parts.push(part)
    const content = Buffer.from(concatBytes(parts)).toString('latin1')
    paths.push({ path: entry.path, said: Buffer.from(said).toString('latin1'), content })
  }
  return paths
}

function options(some: Partial<CopyOptions> = {}): CopyOptions {
  return {
    threads: 0,
    contents: new CopiedContents(),
    readBack: false,
    now: () => NOW,
    progress: quietly,
    signal: new AbortController().signal,
    ...some,
  }
}

async function aRepository(store = new MemoryStore('copy')): Promise<Repository> {
  const passphrase = 'another passphrase'
  const chunking = { minBytes: 2048, normalBytes: 8192, maxBytes: 65_536 }
  await createRepository(store, { passphrase, kdfMemoryMiB: 8, chunking, now: () => NOW })
  return openRepository(store, { passphrase: async () => passphrase })
}

/** The fixture with one byte of the first chunk of some file flipped. */
async function withDamagedFile(name: FixtureName): Promise<[Repository, string]> {
  const sound = await openFixture(name)
  const reader = await openSnapshot(sound, sound.index.snapshots()[0]!)
  const store = await fixtureStore(name)
  for await (const { kind, path, objectMac, size } of reader.walk('/')) {
    if (kind !== 'file' || objectMac === undefined || size < 20_000) continue
    const { chunks } = await reader.object(objectMac)
    const place = sound.index.locate(ResourceType.CHUNK, chunks[0]!.contentMac)!
    const bytes = await store.get('packfile', place.packfile)
    bytes[16 + place.offset + place.length - 6]! ^= 1
    await store.put('packfile', place.packfile, [bytes])
    return [await openRepository(store, { passphrase: async () => FIXTURE_PASSPHRASE }), path]
  }
  throw new Error('no such file')
}

/** Loses the end of every packfile, keeps its size, and says nothing. */
class ForgetfulStore extends MemoryStore {
  cuts = false
  override async put(kind: StoredKind, name: string, parts: readonly Uint8Array[]): Promise<void> {
    const whole = concatBytes(parts)
    if (this.cuts && kind === 'packfile') whole.fill(0, -100)
    await super.put(kind, name, [whole])
  }
}

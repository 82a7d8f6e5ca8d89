import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  FIXTURE_PASSPHRASE,
  FIXTURES,
  fixtureStore,
  openFixture,
} from '../../test/fixtures/kloset/open-fixture.ts'
import { temporaryFolder } from '../../test/support/temporary-folder.ts'
import { decodeIndex } from '../kloset/packfile/packfile-codec.ts'
import { readPackfileIndex } from '../kloset/packfile/packfile-index.ts'
import { openSnapshot } from '../kloset/reading/snapshot-reader.ts'
import { openRepository, type Repository } from '../kloset/repository.ts'
import { ResourceType } from '../kloset/resource-type.ts'
import { mergeIndexes } from '../kloset/transfer/merge-indexes.ts'
import { openStore } from '../stores/registry.ts'
import { NewFile } from '../util/new-file.ts'
import { quietly } from '../util/progress.ts'
import { type PtarOptions, writePtar } from './write-ptar.ts'

const NOW = new Date('2026-11-21T10:00:00Z')

describe('a .ptar', () => {
  it.each(FIXTURES)('holds every snapshot of the store it was made from: %s', async (name) => {
    using folder = temporaryFolder()
    const source = await openFixture(name)
    const path = join(folder.path, 'all.ptar')

    const report = await write(source, path)

    await using written = await openRepository(await openStore(path), {
      passphrase: async () => 'p',
    })
    expect(report).toMatchObject({ path, snapshots: source.index.snapshots().length })
    expect(report.bytes).toBe(readFileSync(path).length)
    for (const id of source.index.snapshots()) {
      expect(await tree(written, id)).toEqual(await tree(source, id))
    }
  })

  it('is one packfile, with its index sorted as plakar sorts it and no padding', async () => {
    using folder = temporaryFolder()
    const path = join(folder.path, 'a.ptar')
    await write(await openFixture('fs-encrypted'), path)

    const store = await openStore(path)
    await using written = await openRepository(store, { passphrase: async () => 'p' })
    const [packfile] = [...written.index.packfiles()] as [string]
    const sizeBytes = await store.size('packfile', packfile)
    const read = (offset: number, length: number) =>
      store.get('packfile', packfile, { offset, length })
    const { footer, records } = await readPackfileIndex({ sizeBytes, read }, written)
    const keys = records.map(({ type, mac }) => `${type}:${Buffer.from(mac).toString('hex')}`)

    expect([...written.index.packfiles()]).toHaveLength(1)
    expect(footer.timestamp).toBe(0n)
    expect(keys).toEqual([...new Set(keys)].sort())
    expect(records.some(({ type }) => type === ResourceType.RANDOM)).toBe(false)
    const bytes = records.reduce((sum, { length }) => sum + length, 0)
    expect(bytes).toBe(footer.indexOffset)
  })

  it('takes only the snapshots that are named', async () => {
    using folder = temporaryFolder()
    const path = join(folder.path, 'one.ptar')
    const source = await openFixture('fs-encrypted')
    const [id] = source.index.snapshots() as [string]

    await write(source, path, { snapshots: [id.slice(0, 10)] })

    await using written = await openRepository(await openStore(path), {
      passphrase: async () => 'p',
    })
    expect(written.index.snapshots()).toEqual([id])
  })

  it('is not there when something in the source is damaged', async () => {
    using folder = temporaryFolder()
    const store = await fixtureStore('fs-plain')
    for await (const name of store.list('packfile')) {
      const bytes = await store.get('packfile', name)
      bytes[5000]! ^= 1
      await store.put('packfile', name, [bytes])
    }
    const source = await openRepository(store, { passphrase: async () => FIXTURE_PASSPHRASE })

    const writing = write(source, join(folder.path, 'a.ptar'))

    await expect(writing).rejects.toMatchObject({
      code: expect.stringMatching(/DAMAGED|NOT_COPIED|MALFORMED/),
    })
    expect(readdirSync(folder.path)).toEqual([])
  })

  it('is not there when what was written does not read back', async () => {
    using folder = temporaryFolder()
    const path = join(folder.path, 'a.ptar')
    const openAltered: PtarOptions['openStore'] = async (location) => {
      const bytes = readFileSync(location)
      bytes[bytes.length >> 1]! ^= 1
      writeFileSync(location, bytes)
      return openStore(location)
    }

    const writing = write(await openFixture('fs-plain'), path, { openStore: openAltered })

    await expect(writing).rejects.toMatchObject({ code: 'DAMAGED_PTAR' })
    expect(existsSync(path)).toBe(false)
    expect(readdirSync(folder.path)).toEqual([])
  })

  it('does not take the place of a file', async () => {
    using folder = temporaryFolder()
    const path = join(folder.path, 'a.ptar')
    writeFileSync(path, 'mine')

    await expect(write(await openFixture('fs-plain'), path)).rejects.toMatchObject({
      code: 'FILE_EXISTS',
    })
    expect(readFileSync(path, 'utf8')).toBe('mine')
  })
})

describe('the index of several packfiles', () => {
  it('is sorted by type, as text, and name; a blob that lies twice is named once', () => {
    const blob = (type: number, first: number, offset: number) => {
      const record = Buffer.alloc(56)
      record.writeUInt32LE(type)
      record[8] = first
      record.writeBigUInt64LE(BigInt(offset), 40)
      return record
    }
    const indexes = [
      Buffer.concat([blob(9, 2, 100), blob(5, 1, 200)]),
      Buffer.concat([blob(10, 3, 300), blob(9, 2, 400), blob(9, 1, 500)]),
    ]

    const { index, records } = mergeIndexes(indexes)

    const found = records.map(({ type, mac, offset }) => [type, mac[0], offset])
    expect(found).toEqual([
      [10, 3, 300],
      [5, 1, 200],
      [9, 1, 500],
      [9, 2, 100],
    ])
    expect(decodeIndex(index)).toEqual(records)
  })
})

async function write(source: Repository, path: string, some: Partial<PtarOptions> = {}) {
  await using target = await NewFile.create(path, { overwrite: false })
  return await writePtar(source, target, {
    snapshots: [],
    passphrase: 'p',
    kdfMemoryMiB: 8,
    openStore,
    now: () => NOW,
    progress: quietly,
    signal: new AbortController().signal,
    ...some,
  })
}

async function tree(repository: Repository, id: string): Promise<[string, string][]> {
  const reader = await openSnapshot(repository, id)
  const files: [string, string][] = []
  for await (const entry of reader.walk('/')) {
    const parts: Uint8Array[] = []
    if (entry.kind === 'file') for await (const part of reader.content(entry)) parts.push(part)
    files.push([entry.path, Buffer.concat(parts).toString('latin1')])
  }
  return files
}

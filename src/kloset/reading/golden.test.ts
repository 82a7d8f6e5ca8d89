import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type Expected,
  type ExpectedEntry,
  expectedOf,
  FIXTURES,
  openFixture,
} from '../../../test/fixtures/kloset/open-fixture.ts'
import { decodeName } from '../../util/byte-names.ts'
import { equalBytes, fromHex, toHex } from '../../util/bytes.ts'
import { quietly } from '../../util/progress.ts'
import { macToHex } from '../mac-hex.ts'
import { encodeIndex } from '../packfile/packfile-codec.ts'
import { readPackfileIndex } from '../packfile/packfile-index.ts'
import {
  decodeBtreeNode,
  decodeBtreeRoot,
  encodeBtreeNode,
  encodeBtreeRoot,
} from '../records/btree.ts'
import { decodeEntry, encodeEntry } from '../records/entry.ts'
import { decodeError, encodeError } from '../records/error.ts'
import { decodeHeader, encodeHeader } from '../records/header.ts'
import { decodeObject, encodeObject } from '../records/object.ts'
import { decodeSummary, encodeSummary } from '../records/summary.ts'
import { decodeXattr, encodeXattr } from '../records/xattr.ts'
import type { Repository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'
import { loadState } from '../state/state-file.ts'
import { BtreeReader, TreeKind } from './btree-reader.ts'
import { checkRepository } from './check.ts'
import { listSnapshots } from './snapshot-list.ts'
import { openSnapshot, type TreeEntry } from './snapshot-reader.ts'

const RECODERS: [ResourceType, (bytes: Uint8Array) => Uint8Array][] = [
  [ResourceType.SNAPSHOT, (bytes) => encodeHeader(decodeHeader(bytes))],
  [ResourceType.OBJECT, (bytes) => encodeObject(decodeObject(bytes))],
  [ResourceType.VFS_BTREE, (bytes) => encodeBtreeRoot(decodeBtreeRoot(bytes))],
  [ResourceType.VFS_NODE, (bytes) => encodeBtreeNode(decodeBtreeNode(bytes))],
  [ResourceType.VFS_ENTRY, (bytes) => encodeEntry(decodeEntry(bytes))],
  [ResourceType.ERROR_BTREE, (bytes) => encodeBtreeRoot(decodeBtreeRoot(bytes))],
  [ResourceType.ERROR_NODE, (bytes) => encodeBtreeNode(decodeBtreeNode(bytes))],
  [ResourceType.ERROR_ENTRY, (bytes) => encodeError(decodeError(bytes))],
  [ResourceType.XATTR_BTREE, (bytes) => encodeBtreeRoot(decodeBtreeRoot(bytes))],
  [ResourceType.XATTR_NODE, (bytes) => encodeBtreeNode(decodeBtreeNode(bytes))],
  [ResourceType.XATTR_ENTRY, (bytes) => encodeXattr(decodeXattr(bytes))],
  [ResourceType.BTREE_ROOT, (bytes) => encodeBtreeRoot(decodeBtreeRoot(bytes))],
  [ResourceType.BTREE_NODE, (bytes) => encodeBtreeNode(decodeBtreeNode(bytes))],
  [ResourceType.VFS_SUMMARY, (bytes) => encodeSummary(decodeSummary(bytes))],
]

describe.each(FIXTURES)('the repository %s, written by plakar', (name) => {
  const expected: Expected = expectedOf(name)
  let repository: Repository

  beforeAll(async () => {
    repository = await openFixture(name)
  })
  afterAll(async () => {
    await repository[Symbol.asyncDispose]()
  })

  it('opens with its keys', () => {
    expect(repository.id).toBe(expected.repositoryId)
    expect(repository.encrypted).toBe(expected.encrypted)
    expect(toHex(repository.secret.macKey)).toBe(expected.macKeyHex)
    expect(repository.damagedStates.size).toBe(0)
  })

  it('has the snapshots that were not deleted, newest first', async () => {
    const headers = await listSnapshots(repository)

    const snapshots = headers.map((header) => ({
      id: header.identifier,
      name: header.name,
      tags: header.tags,
      timestamp: `${header.timestamp.seconds}.${nine(header.timestamp.nanoseconds)}`,
      vfs: header.sources[0]!.vfs,
      indexes: Object.fromEntries(header.sources[0]!.indexes!.map((i) => [i.name, i.value])),
    }))
    const newestFirst = expected.snapshots.toSorted((a, b) => (a.timestamp < b.timestamp ? 1 : -1))
    expect(snapshots).toEqual(
      newestFirst.map(({ id, name, tags, timestamp, vfs, indexes }) => ({
        id,
        name,
        tags,
        timestamp,
        vfs,
        indexes,
      })),
    )
  })

  it('has every path of every snapshot in its tree, in order', async () => {
    for (const { vfs, entriesInTreeOrder } of expected.snapshots) {
      const tree = new BtreeReader(repository, TreeKind.VFS, vfs.root)

      const entries = await collect(tree.entries())

      expect(entries).toEqual(entriesInTreeOrder.map((entry) => [pathOf(entry), entry.entryMac]))
      const found = await Promise.all(entries.map(([path]) => tree.find(path)))
      expect(found).toEqual(entries.map(([, mac]) => mac))
      expect(await tree.find('/no such path')).toBeUndefined()
    }
  })

  it('lists and walks every path with what is known about it', async () => {
    for (const { id, entriesInTreeOrder } of expected.snapshots) {
      const reader = await openSnapshot(repository, id)

      const walked = await collect(reader.walk('/'))

      const byPath = new Map(entriesInTreeOrder.map((entry) => [pathOf(entry), entry]))
      expect(walked.map(({ path }) => path).toSorted()).toEqual([...byPath.keys()].toSorted())
      expect(walked.map(factsOf)).toEqual(
        walked.map(({ path }) => expectedFacts(byPath.get(path)!)),
      )
      const lookedUp = await Promise.all(walked.map(({ path }) => reader.entry(path)))
      expect(lookedUp).toEqual(walked)
    }
  })

  it('gives every content back as it was', async () => {
    for (const { id, entriesInTreeOrder } of expected.snapshots) {
      const reader = await openSnapshot(repository, id)
      for (const { object, ...entry } of entriesInTreeOrder.filter((one) => one.object)) {
        const found = (await reader.entry(pathOf(entry)))!

        const whole = repository.mac.start()
        let bytes = 0
        for await (const part of reader.content(found)) {
          whole.update(part)
          bytes += part.length
        }

        expect(toHex(whole.digest())).toBe(object!.contentMac)
        expect(bytes).toBe(entry.size)
        const record = await reader.object(object!.mac)
        expect(record.chunks.map(({ length }) => length)).toEqual(object!.chunks)
      }
    }
  })

  it('has no structured blob that we would write differently', async () => {
    const different: string[] = []
    let blobs = 0
    for (const [type, recode] of RECODERS) {
      for (const mac of repository.index.macs(type)) {
        const bytes = await repository.readBlob(type, macToHex(mac))
        if (!equalBytes(recode(bytes), bytes)) different.push(`${type}:${macToHex(mac)}`)
        blobs += 1
      }
    }

    expect(different).toEqual([])
    expect(blobs).toBeGreaterThan(300)
  })

  it('has states that say what they should', async () => {
    for (const state of expected.states) {
      const counts: Record<string, number> = {}
      const count = (kind: string) => () => {
        counts[kind] = (counts[kind] ?? 0) + 1
      }
      const stored = name.endsWith('.ptar')
        ? await first(repository.store.list('state'))
        : state.name

      const decoded = await loadState(repository, stored!)
      decoded.visit({
        location: count('loc'),
        packfile: count('pack'),
        coloured: count('col'),
        deleted: count('del'),
        hold: count('hold'),
        released: count('release'),
        merged: count('merged'),
      })

      expect(decoded.parent).toBe(state.parent)
      expect(`${decoded.timestamp}`).toBe(state.timestampNs)
      expect(counts).toEqual(state.counts)
    }
  })

  it('has packfiles whose index we would write the same', async () => {
    for (const packfile of expected.packfiles) {
      const { store } = repository
      const sizeBytes = await store.size('packfile', packfile.name ?? '0'.repeat(64))
      const read = (offset: number, length: number) =>
        store.get('packfile', packfile.name ?? '0'.repeat(64), { offset, length })

      const { footer, records } = await readPackfileIndex({ sizeBytes, read }, repository)

      const types: Record<string, number> = {}
      for (const { type } of records) types[type] = (types[type] ?? 0) + 1
      expect(types).toEqual(packfile.blobTypes)
      expect(`${footer.timestamp}`).toBe(packfile.timestampNs)
      expect(toHex(repository.mac.of(encodeIndex(records)))).toBe(toHex(footer.indexMac))
    }
  })

  it('is sound', async () => {
    const report = await checkRepository(repository, {
      level: 'full',
      snapshots: repository.index.snapshots(),
      progress: quietly,
      signal: new AbortController().signal,
    })

    expect(report.problems).toEqual([])
    expect(report.snapshots).toBe(expected.snapshots.length)
    expect(report.files).toBe(
      expected.snapshots.flatMap((snapshot) => snapshot.entriesInTreeOrder).filter((e) => e.object)
        .length,
    )
  })
})

function pathOf({ pathUtf8OrHex }: Pick<ExpectedEntry, 'pathUtf8OrHex'>): string {
  return typeof pathUtf8OrHex === 'string' ? pathUtf8OrHex : decodeName(fromHex(pathUtf8OrHex.hex))
}

function factsOf({ path, record, objectMac, contentType, symlinkTarget }: TreeEntry) {
  const { mode, size, modTime } = record.fileInfo
  const mtime = `${modTime.seconds}.${nine(modTime.nanoseconds)}`
  return { path, mode, size, mtime, objectMac, contentType, symlinkTarget }
}

function expectedFacts(entry: ExpectedEntry): ReturnType<typeof factsOf> {
  return {
    path: pathOf(entry),
    mode: Number(entry.mode),
    size: entry.size,
    mtime: entry.mtime,
    objectMac: entry.object?.mac,
    contentType: entry.contentType,
    symlinkTarget: entry.symlink,
  }
}

function nine(nanoseconds: number): string {
  return String(nanoseconds).padStart(9, '0')
}

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const value of values) all.push(value)
  return all
}

async function first<T>(values: AsyncIterable<T>): Promise<T | undefined> {
  return (await collect(values))[0]
}

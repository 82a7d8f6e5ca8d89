/**
 * Rewrites a plaintext repository of plakar 1.1 into what plakar 1.0 wrote: states of version 1.0.0
 * without a parent, headers without `dataset` and `data_classes`, entries without content type,
 * entropy and chunk count, directories that carry their summary, no summary index. The program of
 * that time is not to be had any more; plakar 1.1.4 reads the result.
 * @module
 */
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { macFromHex, macToHex, NO_MAC } from '../../src/kloset/mac-hex.ts'
import { encodeFooter, encodeIndex } from '../../src/kloset/packfile/packfile-codec.ts'
import { readPackfileIndex } from '../../src/kloset/packfile/packfile-index.ts'
import { BtreeReader, TreeKind } from '../../src/kloset/reading/btree-reader.ts'
import { openSnapshot } from '../../src/kloset/reading/snapshot-reader.ts'
import { encodeBtreeNode, encodeBtreeRoot } from '../../src/kloset/records/btree.ts'
import { type EntryRecord, encodeEntry } from '../../src/kloset/records/entry.ts'
import { encodeHeader, type HeaderRecord, indexMac } from '../../src/kloset/records/header.ts'
import { encodeObject } from '../../src/kloset/records/object.ts'
import { comparePaths } from '../../src/kloset/records/path-order.ts'
import { decodeSummary, type SummaryRecord } from '../../src/kloset/records/summary.ts'
import { openRepository, type Repository } from '../../src/kloset/repository.ts'
import { ResourceType } from '../../src/kloset/resource-type.ts'
import { type BlobLocation, encodeState } from '../../src/kloset/state/state-codec.ts'
import { wrap } from '../../src/kloset/wrapper.ts'
import { BTreeBuilder } from '../../src/kloset/writing/btree-builder.ts'
import { FolderStore } from '../../src/stores/folder/folder-store.ts'
import { compareNames } from '../../src/util/byte-names.ts'
import { concatBytes } from '../../src/util/bytes.ts'

const VERSION = 0x10000
const CHUNK_BYTES = 16_384
const TRAILING_BYTES = 8192

interface NewBlob {
  type: number
  mac: Uint8Array
  bytes: Uint8Array
}

interface OldEntry {
  path: string
  isDirectory: boolean
  bytes: Uint8Array
  mac: string
}

/** @returns the first digits of the id of its only snapshot */
export async function makeLikePlakar10(original: string, target: string): Promise<string> {
  cpSync(original, target, { recursive: true })
  for (const bucket of readdirSync(`${target}/states`)) {
    rmSync(`${target}/states/${bucket}`, { recursive: true })
    mkdirSync(`${target}/states/${bucket}`)
  }
  const repository = await openRepository(new FolderStore(original), {
    passphrase: () => Promise.reject(new Error('it is plaintext')),
  })
  const rewriting = new Rewriting(repository)
  const id = await rewriting.snapshot(repository.index.snapshots()[0]!)
  const { pack, name, locations } = rewriting.pack()
  writeFileSync(`${target}/packfiles/${name.slice(0, 2)}/${name}`, pack)
  const kept = await locationsOf(repository)
  const packfiles = [name, ...new Set(kept.map(({ packfile }) => packfile))]
  const state = stateOf10(repository, id, [...kept, ...locations], packfiles)
  writeFileSync(`${target}/states/${id.slice(0, 2)}/${id}`, state)
  return id.slice(0, 8)
}

class Rewriting {
  readonly #repository: Repository
  readonly #blobs = new Map<string, NewBlob>()

  constructor(repository: Repository) {
    this.#repository = repository
  }

  async snapshot(oldId: string): Promise<string> {
    const reader = await openSnapshot(this.#repository, oldId)
    const source = reader.header.sources[0]!
    const entries: OldEntry[] = []
    for await (const { path, kind, record } of reader.walk('/')) {
      const isDirectory = kind === 'directory'
      const summary = isDirectory ? await this.#summary(source, path) : null
      const bytes = encodeEntry(entryOf10(record, summary))
      entries.push({ path, isDirectory, bytes, mac: this.#add(ResourceType.VFS_ENTRY, bytes) })
    }
    const contentTypes = entries.filter(({ isDirectory }) => !isDirectory)
    const header: HeaderRecord = {
      ...reader.header,
      identifier: macToHex(this.#repository.mac.of(macFromHex(oldId))),
      sources: [
        {
          ...source,
          vfs: {
            ...source.vfs,
            root: await this.#tree(
              'VFS',
              entries.map(({ path, mac }) => [path, mac]),
            ),
          },
          indexes: [
            await this.#index(
              'content-type',
              contentTypes.map(({ path, mac }) => [`/text/plain${path}`, mac]),
            ),
            await this.#index('dirpack', this.#dirpacks(entries)),
          ],
        },
      ],
    }
    const mac = macFromHex(header.identifier)
    const bytes = headerOf10(header)
    this.#blobs.set('header', { type: ResourceType.SNAPSHOT, mac, bytes })
    return header.identifier
  }

  /** One packfile with everything that was added. */
  pack(): { pack: Uint8Array; name: string; locations: BlobLocation[] } {
    const { mac, encoding } = this.#repository
    const random = {
      type: ResourceType.RANDOM,
      mac: mac.of(new Uint8Array(1)),
      encoded: new Uint8Array(TRAILING_BYTES),
    }
    const blobs = [...this.#blobs.values()].map((blob) => ({
      ...blob,
      encoded: encoding.encode(blob.bytes, 'compress'),
    }))
    let offset = 0
    const records = [...blobs, random].map(({ type, mac, encoded }) => {
      const record = { type, version: VERSION, mac, offset, length: encoded.length, flags: 0 }
      offset += encoded.length
      return record
    })
    const index = encodeIndex(records)
    const timestamp = new Date('2026-11-21T10:00:00Z')
    const footer = encoding.encode(
      encodeFooter({
        timestamp,
        count: records.length,
        indexOffset: offset,
        indexMac: mac.of(index),
      }),
      'compress',
    )
    const length = new Uint8Array(4)
    new DataView(length.buffer).setUint32(0, footer.length, true)
    const data = [...blobs, random].map(({ encoded }) => encoded)
    const body = concatBytes([...data, encoding.encode(index, 'compress'), footer, length])
    const name = macToHex(mac.of(body))
    const locations = records.map(({ type, mac, offset, length }) => ({
      type,
      mac: macToHex(mac),
      packfile: name,
      offset,
      length,
    }))
    return { pack: concatBytes(wrap(ResourceType.PACKFILE, VERSION, [body], mac)), name, locations }
  }

  #add(type: number, bytes: Uint8Array): string {
    const mac = this.#repository.mac.of(bytes)
    this.#blobs.set(`${type}:${macToHex(mac)}`, { type, mac, bytes })
    return macToHex(mac)
  }

  async #summary(source: HeaderRecord['sources'][number], path: string): Promise<SummaryRecord> {
    const tree = new BtreeReader(this.#repository, TreeKind.INDEX, indexMac(source, 'summary')!)
    const mac = (await tree.find(path))!
    return decodeSummary(await this.#repository.readBlob(ResourceType.VFS_SUMMARY, mac))
  }

  #dirpacks(entries: readonly OldEntry[]): [string, string][] {
    return entries
      .filter(({ isDirectory }) => isDirectory)
      .map(({ path }) => {
        const prefix = path === '/' ? '/' : `${path}/`
        const children = entries
          .filter((entry) => entry.path.startsWith(prefix) && entry.path !== '/')
          .filter((entry) => !entry.path.includes('/', prefix.length))
          .sort((a, b) => compareNames(a.path, b.path))
        return [path, this.#object(concatBytes(children.map(frameOf)))]
      })
  }

  #object(content: Uint8Array): string {
    const chunks = []
    for (let at = 0; at === 0 || at < content.length; at += CHUNK_BYTES) {
      const bytes = content.slice(at, at + CHUNK_BYTES)
      const contentMac = this.#add(ResourceType.CHUNK, bytes)
      chunks.push({ version: VERSION, contentMac, length: bytes.length, entropy: 0, flags: 0 })
    }
    const contentMac = macToHex(this.#repository.mac.of(content))
    const record = {
      version: VERSION,
      contentMac,
      chunks,
      contentType: 'application/octet-stream',
      entropy: 0,
      flags: 0,
    }
    return this.#add(ResourceType.OBJECT, encodeObject(record))
  }

  async #index(name: string, pairs: [string, string][]) {
    return { name, type: 'btree', value: await this.#tree('INDEX', pairs) }
  }

  async #tree(kind: 'VFS' | 'INDEX', pairs: [key: string, value: string][]): Promise<string> {
    const types = TreeKind[kind]
    const sorted = pairs.toSorted(([a], [b]) =>
      kind === 'VFS' ? comparePaths(a, b) : compareNames(a, b),
    )
    const tree = new BTreeBuilder((a, b) => a - b)
    for (let ordinal = sorted.length - 1; ordinal >= 0; ordinal--) tree.insert(ordinal)
    const root = await tree.store(async ({ keys, pointers, next }) => {
      const values = pointers === null ? keys.map((at) => sorted[at]![1]) : null
      const node = {
        version: 0,
        keys: keys.map((at) => sorted[at]![0]),
        pointers,
        values,
        prev: null,
        next,
      }
      return this.#add(types.node, encodeBtreeNode(node))
    })
    return this.#add(types.root, encodeBtreeRoot({ version: 0, order: 50, count: 0, root }))
  }
}

function frameOf({ isDirectory, bytes, mac }: OldEntry): Uint8Array {
  const header = new Uint8Array(5)
  header[0] = isDirectory ? 1 : 2
  new DataView(header.buffer).setUint32(1, bytes.length + 32, true)
  return concatBytes([header, bytes, macFromHex(mac)])
}

function entryOf10(record: EntryRecord, summary: SummaryRecord | null): EntryRecord {
  return { ...record, summary, contentType: '', entropy: 0, chunks: 0 }
}

/** The bytes of a header without two of its keys: 15 fields are a small map. */
function headerOf10(header: HeaderRecord): Uint8Array {
  const bytes = Buffer.from(encodeHeader({ ...header, dataset: '', dataClasses: [] }))
  const key = (name: string, value: number) =>
    Buffer.concat([Buffer.of(0xa0 | name.length), Buffer.from(name), Buffer.of(value)])
  const removed = Buffer.concat([key('dataset', 0xa0), key('data_classes', 0x90)])
  const at = bytes.indexOf(removed)
  if (at === -1 || bytes.readUInt8(0) !== 0xde) throw new Error('this is not a header of 1.1')
  const rest = bytes.subarray(at + removed.length)
  return Uint8Array.from(Buffer.concat([Buffer.of(0x8f), bytes.subarray(3, at), rest]))
}

/** Everything in the packfiles of a repository but the headers of its snapshots. */
async function locationsOf(repository: Repository): Promise<BlobLocation[]> {
  const { store } = repository
  const locations: BlobLocation[] = []
  for await (const packfile of store.list('packfile')) {
    const sizeBytes = await store.size('packfile', packfile)
    const read = (offset: number, length: number) =>
      store.get('packfile', packfile, { offset, length })
    const { records } = await readPackfileIndex({ sizeBytes, read }, repository)
    for (const { type, mac, offset, length } of records) {
      if (type === ResourceType.SNAPSHOT) continue
      locations.push({ type, mac: macToHex(mac), packfile, offset, length })
    }
  }
  return locations
}

/** A state without a parent before its entries, whose metadata says 1.0.0. */
function stateOf10(
  { mac, encoding }: Repository,
  id: string,
  locations: BlobLocation[],
  packfiles: string[],
): Uint8Array {
  const draft = {
    parent: NO_MAC,
    timestamp: new Date('2026-11-21T10:00:00Z'),
    locations,
    packfiles: packfiles.map((packfile) => ({ packfile })),
  }
  const plain = encodeState(draft, id).slice(32)
  new DataView(plain.buffer).setUint32(plain.length - 28, VERSION, true)
  return concatBytes(wrap(ResourceType.STATE, VERSION, [encoding.encode(plain, 'compress')], mac))
}

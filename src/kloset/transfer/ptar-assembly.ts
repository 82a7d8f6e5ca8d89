/**
 * A repository that grows into one file, from front to back: a `.ptar`.
 *
 *   offset        size  field
 *        0           8  `_PLATAR_`
 *        8           4  version 1.0.0
 *       12           c  CONFIG, with its envelope
 *   12 + c           p  one packfile, with its envelope: header ‖ blobs ‖ index ‖ footer ‖ MAC
 *   12 + c + p       s  one state, with its envelope
 *   end − 48     6 × 8  offset and length of each, i64 little-endian
 *
 * While it is made it is a store like any other: of the packfiles it is given it writes the blobs one
 * after the other, and remembers what else they consist of, so that they can be read back. At the
 * end one index takes the place of all of theirs. In memory there are some 150 bytes for each blob,
 * and never a content.
 *
 * Source: integrations ptar v1.1.0. As plakar does, the index is sorted by the text `type:mac`, the
 * footer's time is 0, there is no padding, the state's serial is the repository's id, and the state
 * calls the packfile by a random name.
 * @module
 */
import {
  type ByteRange,
  NotAStoreError,
  NotInStoreError,
  ShortReadError,
  type Store,
  type StoredKind,
} from '../../stores/store.ts'
import { concatBytes, fromHex, utf8 } from '../../util/bytes.ts'
import type { IncrementalHash } from '../crypto/blake3.ts'
import { VERSION_1_0_0, VERSION_1_1_0 } from '../format-version.ts'
import { NO_MAC } from '../mac-hex.ts'
import { type BlobRecord, encodeFooter, encodeIndex } from '../packfile/packfile-codec.ts'
import { readPackfileIndex } from '../packfile/packfile-index.ts'
import type { Repository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'
import { randomMac } from '../state/random-mac.ts'
import { encodeState } from '../state/state-codec.ts'
import { WRAPPER_HEADER_BYTES, wrap } from '../wrapper.ts'
import { mergeIndexes } from './merge-indexes.ts'

/** A file that is written from front to back, and may be read meanwhile. */
export interface GrowingFile {
  readonly sizeBytes: number
  append(bytes: Uint8Array): Promise<void>
  read(range: ByteRange): Promise<Uint8Array>
}

/** A packfile as its writer knows it: in the file are only the blobs. */
interface TakenPack {
  header: Uint8Array
  /** Of the blobs, from the start of the file. */
  dataAt: number
  dataBytes: number
  /** What followed the blobs. */
  tail: Uint8Array
}

const MAGIC = '_PLATAR_'
const VERSION_BYTES = 4
const SERIAL_BYTES = 16
const TRAILER_FIELDS = 6

export class PtarAssembly implements Store {
  readonly location: string
  readonly writable = true
  readonly threadOpener = undefined
  readonly #file: GrowingFile
  #config: Uint8Array | undefined
  #repository: Repository | undefined
  #hash: IncrementalHash | undefined
  readonly #packs = new Map<string, TakenPack>()
  /** Encoded records of every packfile's blobs, with their final offsets. */
  readonly #indexes: Uint8Array[] = []
  /** Only the last one; earlier ones have been read back. */
  #state: { name: string; bytes: Uint8Array } | undefined
  readonly #locks = new Map<string, Uint8Array>()
  #packfileAt = 0
  #appending: Promise<void> = Promise.resolve()

  constructor(file: GrowingFile, location: string) {
    this.#file = file
    this.location = location
  }

  async getConfig(): Promise<Uint8Array> {
    if (this.#config === undefined) throw new NotAStoreError(this.location)
    return this.#config
  }

  async create(config: Uint8Array): Promise<void> {
    const version = new Uint8Array(VERSION_BYTES)
    new DataView(version.buffer).setUint32(0, VERSION_1_0_0, true)
    await this.#append(concatBytes([utf8(MAGIC), version, config]))
    this.#config = config
  }

  /** From now on there are keys, and packfiles may come. Called once, after the repository is opened. */
  async begin(repository: Repository): Promise<void> {
    this.#repository = repository
    this.#hash = repository.mac.start()
    this.#packfileAt = this.#file.sizeBytes
    const [header] = wrap(ResourceType.PACKFILE, VERSION_1_0_0, [], repository.mac)
    await this.#appendHashed(header!)
  }

  async put(kind: StoredKind, name: string, parts: readonly Uint8Array[]): Promise<void> {
    const bytes = concatBytes(parts)
    if (kind === 'lock') this.#locks.set(name, bytes)
    else if (kind === 'state') this.#state = { name, bytes }
    else {
      const turn = this.#appending.then(() => this.#take(name, bytes))
      this.#appending = turn.catch(() => {}) // whoever called gets to see it
      await turn
    }
  }

  async get(kind: StoredKind, name: string, range?: ByteRange): Promise<Uint8Array> {
    const size = await this.size(kind, name)
    const { offset, length } = range ?? { offset: 0, length: size }
    if (offset + length > size) throw new ShortReadError(kind, name, this.location)
    if (kind === 'packfile') return this.#readPack(this.#packs.get(name)!, offset, length)
    return this.#small(kind, name).slice(offset, offset + length)
  }

  async size(kind: StoredKind, name: string): Promise<number> {
    if (kind !== 'packfile') return this.#small(kind, name).length
    const pack = this.#packs.get(name)
    if (pack === undefined) throw new NotInStoreError(kind, name, this.location)
    return pack.header.length + pack.dataBytes + pack.tail.length
  }

  async *list(kind: StoredKind): AsyncGenerator<string> {
    if (kind === 'packfile') yield* [...this.#packs.keys()]
    if (kind === 'lock') yield* [...this.#locks.keys()]
    if (kind === 'state' && this.#state) yield this.#state.name
  }

  async remove(kind: StoredKind, name: string): Promise<void> {
    if (kind === 'lock') this.#locks.delete(name)
    if (kind === 'state' && this.#state?.name === name) this.#state = undefined
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  /** Writes everything behind the blobs. Nothing is added afterwards. */
  async finish(now: Date): Promise<void> {
    await this.#appending
    const { mac, encoding, id } = this.#opened()
    const dataBytes = this.#file.sizeBytes - this.#packfileAt - WRAPPER_HEADER_BYTES
    const { index, records } = mergeIndexes(this.#indexes)
    const footer = { timestamp: 0n, count: records.length, indexOffset: dataBytes }
    const encodedFooter = encoding.encode(
      encodeFooter({ ...footer, indexMac: mac.of(index) }),
      'compress',
    )
    const footerLength = new Uint8Array(4)
    new DataView(footerLength.buffer).setUint32(0, encodedFooter.length, true)
    await this.#appendHashed(encoding.encode(index, 'store'))
    await this.#appendHashed(encodedFooter)
    await this.#appendHashed(footerLength)
    await this.#append(this.#hash!.digest())

    const stateAt = this.#file.sizeBytes
    const state = encoding.encode(ptarState(records, id, now), 'compress')
    for (const part of wrap(ResourceType.STATE, VERSION_1_1_0, [state], mac)) {
      await this.#append(part)
    }
    const configAt = MAGIC.length + VERSION_BYTES
    await this.#append(trailer([configAt, this.#packfileAt, stateAt, this.#file.sizeBytes]))
  }

  /** Writes the blobs of a packfile, all but the padding. */
  async #take(name: string, bytes: Uint8Array): Promise<void> {
    const read = async (offset: number, length: number) => bytes.subarray(offset, offset + length)
    const { records } = await readPackfileIndex({ sizeBytes: bytes.length, read }, this.#opened())
    const blobs = records.filter(({ type }) => type !== ResourceType.RANDOM)
    const dataBytes = blobs.reduce((end, { offset, length }) => Math.max(end, offset + length), 0)
    const dataAt = this.#file.sizeBytes
    const dataEnd = WRAPPER_HEADER_BYTES + dataBytes
    await this.#appendHashed(bytes.subarray(WRAPPER_HEADER_BYTES, dataEnd))
    const shift = dataAt - this.#packfileAt - WRAPPER_HEADER_BYTES
    this.#indexes.push(encodeIndex(blobs.map((blob) => ({ ...blob, offset: blob.offset + shift }))))
    const header = bytes.slice(0, WRAPPER_HEADER_BYTES)
    this.#packs.set(name, { header, dataAt, dataBytes, tail: bytes.slice(dataEnd) })
  }

  async #readPack(pack: TakenPack, offset: number, length: number): Promise<Uint8Array> {
    const { header, dataAt, dataBytes, tail } = pack
    const end = offset + length
    const dataEnd = header.length + dataBytes
    const from = Math.max(offset, header.length)
    const to = Math.min(end, dataEnd)
    const data =
      to > from
        ? await this.#file.read({ offset: dataAt + from - header.length, length: to - from })
        : new Uint8Array()
    const before = header.subarray(offset, end)
    const after = tail.subarray(Math.max(0, offset - dataEnd), Math.max(0, end - dataEnd))
    return concatBytes([before, data, after])
  }

  #small(kind: StoredKind, name: string): Uint8Array {
    const state = this.#state?.name === name ? this.#state.bytes : undefined
    const bytes = kind === 'lock' ? this.#locks.get(name) : kind === 'state' ? state : undefined
    if (bytes === undefined) throw new NotInStoreError(kind, name, this.location)
    return bytes
  }

  #opened(): Repository {
    if (this.#repository === undefined) throw new TypeError('begin() comes first')
    return this.#repository
  }

  async #appendHashed(bytes: Uint8Array): Promise<void> {
    this.#hash!.update(bytes)
    await this.#append(bytes)
  }

  async #append(bytes: Uint8Array): Promise<void> {
    await this.#file.append(bytes)
  }
}

/** The one state: where each blob lies. */
function ptarState(records: readonly BlobRecord[], repositoryId: string, now: Date): Uint8Array {
  const packfile = randomMac()
  const locations = records.map(({ type, mac, offset, length }) => ({
    type,
    mac: Buffer.from(mac).toString('hex'),
    packfile,
    offset,
    length,
  }))
  const draft = { parent: NO_MAC, timestamp: now, locations, packfiles: [{ packfile }] }
  const state = encodeState(draft, randomMac())
  state.set(fromHex(repositoryId), state.length - SERIAL_BYTES)
  return state
}

/** @param bounds where CONFIG, packfile and state begin, and where the last one ends */
function trailer(bounds: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(TRAILER_FIELDS * 8)
  const view = new DataView(bytes.buffer)
  for (let part = 0; part < bounds.length - 1; part++) {
    const [from, to] = [bounds[part]!, bounds[part + 1]!]
    view.setBigInt64(part * 16, BigInt(from), true)
    view.setBigInt64(part * 16 + 8, BigInt(to - from), true)
  }
  return bytes
}

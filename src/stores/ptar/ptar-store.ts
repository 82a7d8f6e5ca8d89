/**
 * A `.ptar` file: a whole repository in one file, written by `plakar ptar` and only read since.
 *
 *   offset        size  field
 *        0           8  `_PLATAR_`
 *        8           4  version, not looked at
 *       12           …  CONFIG, one packfile, one state, each complete with its envelope
 *   end − 48      6×8   offset and length of CONFIG, packfile and state, i64 little-endian
 *
 * There is exactly one packfile and one state. The state refers to the packfile by a random name,
 * so any name gives it. Source: integrations fs v1.1.0, ptar.go.
 * @module
 */
import { fromUtf8 } from '../../util/bytes.ts'
import {
  type ByteRange,
  NotAStoreError,
  NotInStoreError,
  ReadOnlyStoreError,
  ShortReadError,
  type Store,
  type StoredKind,
  StoreReadError,
  type StoreSettings,
  type ThreadOpener,
} from '../store.ts'
import { MAX_CONFIG_BYTES, throughRegistry } from '../stored-layout.ts'
import { TransientStoreError } from '../transient-error.ts'
import { LocalPtarFile, type PtarFile } from './ptar-file.ts'

/** The names Plakar gives to the only packfile and the only state. */
export const PTAR_PACKFILE = `000102030405060708090a0b0c0d0e0f${'0'.repeat(32)}`
export const PTAR_STATE = `0f0e0d0c0b0a09080706050403020100${'0'.repeat(32)}`

const MAGIC = '_PLATAR_'
const HEADER_BYTES = 12
const TRAILER_BYTES = 48

interface Layout {
  config: ByteRange
  packfile: ByteRange
  state: ByteRange
}

export class PtarStore implements Store {
  readonly location: string
  readonly writable = false
  readonly threadOpener: ThreadOpener
  readonly #file: PtarFile
  #layout: Promise<Layout> | undefined

  /** @param file a path, or a file that is read in another way */
  constructor(file: string | PtarFile, settings: StoreSettings = { env: {} }) {
    this.#file = typeof file === 'string' ? new LocalPtarFile(file) : file
    this.location = this.#file.location
    this.threadOpener = throughRegistry(this.location, settings)
  }

  async getConfig(): Promise<Uint8Array> {
    const layout = await this.#open()
    return this.#read(layout.config)
  }

  async get(kind: StoredKind, name: string, range?: ByteRange): Promise<Uint8Array> {
    const layout = await this.#open()
    const place = this.#place(layout, kind, name)
    const { offset, length } = range ?? { offset: 0, length: place.length }
    if (offset + length > place.length) throw new ShortReadError(kind, name, this.location)
    return this.#read({ offset: place.offset + offset, length })
  }

  async size(kind: StoredKind, name: string): Promise<number> {
    const layout = await this.#open()
    return this.#place(layout, kind, name).length
  }

  async *list(kind: StoredKind): AsyncGenerator<string> {
    await this.#open()
    if (kind === 'packfile') yield PTAR_PACKFILE
    if (kind === 'state') yield PTAR_STATE
  }

  async create(): Promise<void> {
    throw new ReadOnlyStoreError(this.location)
  }

  async put(): Promise<void> {
    throw new ReadOnlyStoreError(this.location)
  }

  async remove(): Promise<void> {
    throw new ReadOnlyStoreError(this.location)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#layout?.catch(() => undefined)
    this.#layout = undefined
    await this.#file[Symbol.asyncDispose]()
  }

  #place(layout: Layout, kind: StoredKind, name: string): ByteRange {
    if (kind === 'packfile') return layout.packfile
    if (kind === 'state' && name === PTAR_STATE) return layout.state
    throw new NotInStoreError(kind, name, this.location)
  }

  #open(): Promise<Layout> {
    this.#layout ??= readLayout(this.#file).catch((error: unknown) => {
      this.#layout = undefined // the next call tries again
      throw error
    })
    return this.#layout
  }

  async #read(range: ByteRange): Promise<Uint8Array> {
    try {
      return await this.#file.read(range)
    } catch (error) {
      if (error instanceof TransientStoreError) throw error
      throw new StoreReadError(this.location, error)
    }
  }
}

/** @throws {NotAStoreError} when the file is not a whole `.ptar` */
async function readLayout(file: PtarFile): Promise<Layout> {
  const { location } = file
  const size = await file.size()
  if (size < HEADER_BYTES + TRAILER_BYTES) throw new NotAStoreError(location, 'it is too short')
  const end = size - TRAILER_BYTES
  const magic = await file.read({ offset: 0, length: MAGIC.length })
  if (fromUtf8(magic) !== MAGIC) throw new NotAStoreError(location, 'it is not a .ptar file')
  const layout = decodeTrailer(await file.read({ offset: end, length: TRAILER_BYTES }))
  const isWhole = Object.values(layout).every((place) => isWithin(place, end))
  if (!isWhole || layout.config.length > MAX_CONFIG_BYTES) {
    throw new NotAStoreError(location, 'it was cut, or its end is damaged')
  }
  return layout
}

function decodeTrailer(trailer: Uint8Array): Layout {
  const view = new DataView(trailer.buffer, trailer.byteOffset, trailer.byteLength)
  const range = (at: number): ByteRange => ({
    offset: Number(view.getBigInt64(at, true)),
    length: Number(view.getBigInt64(at + 8, true)),
  })
  return { config: range(0), packfile: range(16), state: range(32) }
}

function isWithin({ offset, length }: ByteRange, end: number): boolean {
  return offset >= HEADER_BYTES && length > 0 && offset + length <= end
}

/**
 * Reads a tar archive from front to back, one member at a time.
 *
 * It pulls: nothing is buffered beyond the chunk at hand, so everything before a damaged place is
 * delivered, the same in every pass.
 * @module
 */
import { DamagedArchiveError } from '../damaged-archive-error.ts'
import { decodeName } from '../decode-name.ts'
import { unsafeName } from '../safe-name.ts'
import {
  BLOCK_BYTES,
  isZeroBlock,
  parseHeader,
  parsePax,
  type TarHeader,
  untilNul,
} from './tar-header.ts'

export interface TarMember {
  /** Position among the members that are not folders; the same in every pass. */
  ordinal: number
  name: string
  size: number
  /** Why it is not read. */
  refused?: string
}

/** Long names and pax records; genuine ones stay below 10 KiB. */
const MAX_RECORD_BYTES = 2 ** 20

const REFUSED_TYPES: Record<string, string> = {
  '1': 'it is a hard link',
  '2': 'it is a symbolic link',
  '3': 'it is a device',
  '4': 'it is a device',
  '6': 'it is a named pipe',
  S: 'it is a sparse file',
}
/** Links (but hard ones), devices and folders: their size field counts no bytes that follow. */
const TYPES_WITHOUT_CONTENT = '23456'

export class TarReader {
  readonly #chunks: AsyncIterator<Uint8Array>
  #chunk: Uint8Array = new Uint8Array()
  /** Bytes of the current member not read yet, and the padding behind them. */
  #left = 0
  #padding = 0
  #nextOrdinal = 0
  #global = new Map<string, Buffer>()

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  /**
   * The next member, past what is left of the current one; undefined after the last.
   * @throws {DamagedArchiveError} when the archive ends or stops making sense before its end mark
   */
  async next(): Promise<TarMember | undefined> {
    let own = this.#global
    for (;;) {
      await this.#skip(this.#left + this.#padding)
      this.#left = 0
      this.#padding = 0
      const block = await this.#take(BLOCK_BYTES)
      if (isZeroBlock(block)) return this.#drain()
      const header = withRecords(parseHeader(block), own)
      this.#enter(header)
      if (header.type === 'g') this.#global = own = await this.#records(this.#global)
      else if (header.type === 'x') own = await this.#records(own)
      else if (header.type === 'L') own = new Map(own).set('path', untilNul(await this.#record()))
      else if (header.type === 'K') await this.#record()
      else if (header.type === '5' || header.name.endsWith('/')) own = this.#global
      else return this.#member(header, own)
    }
  }

  /** Bytes of the current member; 0 at its end. Synchronous as long as the chunk at hand lasts. */
  read(into: Uint8Array): number | Promise<number> {
    if (this.#left === 0 || into.length === 0) return 0
    if (this.#chunk.length > 0) return this.#copy(into)
    return this.#pull().then((pulled) => {
      if (!pulled) throw new DamagedArchiveError('is cut off in the middle of a file')
      return this.#copy(into)
    })
  }

  async close(): Promise<void> {
    await this.#chunks.return?.()
  }

  #copy(into: Uint8Array): number {
    const length = Math.min(into.length, this.#left, this.#chunk.length)
    into.set(this.#chunk.subarray(0, length))
    this.#chunk = this.#chunk.subarray(length)
    this.#left -= length
    return length
  }

  #enter(header: TarHeader): void {
    this.#left = TYPES_WITHOUT_CONTENT.includes(header.type) ? 0 : header.sizeBytes
    this.#padding = (BLOCK_BYTES - (this.#left % BLOCK_BYTES)) % BLOCK_BYTES
  }

  #member(header: TarHeader, own: Map<string, Buffer>): TarMember {
    const name = header.name.replace(/^(\.\/)+/, '')
    const isSparse = [...own.keys()].some((key) => key.startsWith('GNU.sparse.'))
    const type = isSparse ? 'S' : header.type
    const isFile = type === '0' || type === '7'
    const refused =
      unsafeName(name) ?? (isFile ? undefined : (REFUSED_TYPES[type] ?? 'it is of unknown type'))
    const member = { ordinal: this.#nextOrdinal++, name, size: this.#left }
    return refused ? { ...member, refused } : member
  }

  async #records(over: Map<string, Buffer>): Promise<Map<string, Buffer>> {
    return new Map([...over, ...parsePax(await this.#record())])
  }

  async #record(): Promise<Buffer> {
    if (this.#left > MAX_RECORD_BYTES) {
      throw new DamagedArchiveError('is damaged: a name in it is too long to be true')
    }
    const record = await this.#take(this.#left)
    this.#left = 0
    return record
  }

  async #take(length: number): Promise<Buffer> {
    const taken = Buffer.alloc(length)
    let at = 0
    while (at < length) {
      if (this.#chunk.length === 0 && !(await this.#pull())) {
        throw new DamagedArchiveError('is cut off: its end is missing')
      }
      const piece = this.#chunk.subarray(0, length - at)
      taken.set(piece, at)
      this.#chunk = this.#chunk.subarray(piece.length)
      at += piece.length
    }
    return taken
  }

  async #skip(length: number): Promise<void> {
    let left = length
    while (left > 0) {
      if (this.#chunk.length === 0 && !(await this.#pull())) {
        throw new DamagedArchiveError('is cut off in the middle of a file')
      }
      const step = Math.min(left, this.#chunk.length)
      this.#chunk = this.#chunk.subarray(step)
      left -= step
    }
  }

  /** To the end of the stream: only there gzip tells whether its checksum is right. */
  async #drain(): Promise<undefined> {
    while (await this.#pull());
  }

  async #pull(): Promise<boolean> {
    for (;;) {
      const { done, value } = await this.#chunks.next()
      if (done) return false
      if (value.length === 0) continue
      this.#chunk = value
      return true
    }
  }
}

/** The header with what pax or GNU records say instead. */
function withRecords(header: TarHeader, records: Map<string, Buffer>): TarHeader {
  if ('xgLK'.includes(header.type)) return header
  const path = records.get('path')
  const size = records.get('size')
  const sizeBytes = size ? Number(size.toString('latin1')) : header.sizeBytes
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0) {
    throw new DamagedArchiveError('is damaged: a file in it has no valid size')
  }
  return { ...header, sizeBytes, ...(path ? { name: decodeName(path) } : {}) }
}

/**
 * Directories of a TIFF block, the container of Exif metadata and of most raws.
 *
 *   offset  size  field
 *        0     2  byte order     II or MM
 *        2     2  magic          42; Olympus "RO"/"RS", Panasonic 0x55
 *        4     4  directory      offset of the first directory
 *
 *   directory: count (2), then per entry
 *        0     2  tag
 *        2     2  type           1 byte, 2 text, 3 short, 4 long, 5 rational, 7 undefined, 9 slong, 10 srational
 *        4     4  count          values, not bytes
 *        8     4  value          or, when longer than 4 bytes, its offset from the block's start
 *
 * Source: TIFF 6.0, section 2; Exif 2.32, 4.6. Offsets are never trusted: what lies outside is absent.
 * @module
 */
import { strictUtf8 } from '../../util/bytes.ts'
import { asciiAt, type ByteRange, viewOf } from './reading.ts'

/** Bytes of one value by type; index 0 and everything beyond the table is no type. */
const TYPE_BYTES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4]
const TEXT = 2
const SHORT = 3
const LONG = 4
const SIGNED_RATIONAL = 10

const MAX_ENTRIES = 1024
const MAX_TEXT_BYTES = 1024

export interface TiffField {
  type: number
  count: number
  value: Uint8Array
}

export type TiffDirectory = ReadonlyMap<number, TiffField>

const MAGICS = new Set([0x2a, 0x55, 0x4f52, 0x5352])

/** A piece of the block that is in memory. */
interface Window {
  offset: number
  bytes: Uint8Array
}

export class TiffBlock {
  readonly #windows: Window[]
  readonly #littleEndian: boolean

  /** A block without header, e.g. a maker note, in a byte order known from elsewhere. */
  constructor(bytes: Uint8Array, littleEndian: boolean) {
    this.#windows = [{ offset: 0, bytes }]
    this.#littleEndian = littleEndian
  }

  /** The block that begins with `bytes`, or undefined when that is no TIFF header. */
  static open(bytes: Uint8Array): TiffBlock | undefined {
    const order = asciiAt(bytes, 0, 2)
    if (bytes.length < 8 || (order !== 'II' && order !== 'MM')) return undefined
    const block = new TiffBlock(bytes, order === 'II')
    return MAGICS.has(viewOf(bytes).getUint16(2, order === 'II')) ? block : undefined
  }

  /** Adds a piece that lies elsewhere in the file. */
  addWindow(offset: number, bytes: Uint8Array): void {
    this.#windows.push({ offset, bytes })
  }

  get firstDirectoryOffset(): number {
    const header = this.#slice({ offset: 4, length: 4 })
    return header === undefined ? 0 : viewOf(header).getUint32(0, this.#littleEndian)
  }

  directory(offset: number | undefined): TiffDirectory {
    const fields = new Map<number, TiffField>()
    if (offset === undefined) return fields
    const count = this.#slice({ offset, length: 2 })
    if (count === undefined) return fields

    const entries = Math.min(viewOf(count).getUint16(0, this.#littleEndian), MAX_ENTRIES)
    for (let index = 0; index < entries; index++) {
      const entry = this.#slice({ offset: offset + 2 + index * 12, length: 12 })
      if (entry === undefined) break
      this.#addField(fields, viewOf(entry), entry)
    }
    return fields
  }

  #addField(fields: Map<number, TiffField>, entry: DataView, bytes: Uint8Array): void {
    const type = entry.getUint16(2, this.#littleEndian)
    const count = entry.getUint32(4, this.#littleEndian)
    const length = (TYPE_BYTES[type] ?? 0) * count
    const offset = entry.getUint32(8, this.#littleEndian)
    const value = length <= 4 ? bytes.subarray(8, 8 + length) : this.#slice({ offset, length })
    const tag = entry.getUint16(0, this.#littleEndian)
    if (length > 0 && value !== undefined && !fields.has(tag))
      fields.set(tag, { type, count, value })
  }

  #slice({ offset, length }: ByteRange): Uint8Array | undefined {
    for (const window of this.#windows) {
      const from = offset - window.offset
      if (from >= 0 && from + length <= window.bytes.length) {
        return window.bytes.subarray(from, from + length)
      }
    }
    return undefined
  }

  /** Text up to its first NUL, without surrounding blanks; undefined when nothing is left. */
  text(field: TiffField | undefined): string | undefined {
    if (field === undefined || (field.type !== TEXT && field.type !== 7)) return undefined
    const raw = field.value.subarray(0, MAX_TEXT_BYTES)
    const end = raw.indexOf(0)
    const bytes = end < 0 ? raw : raw.subarray(0, end)
    const text = strictUtf8(bytes) ?? Buffer.from(bytes).toString('latin1')
    // Control characters would let a file write to a terminal that shows its camera's name.
    const printable = text.replace(/\p{Cc}/gu, ' ').trim()
    return printable === '' ? undefined : printable
  }

  /** First value of an unsigned field. */
  unsigned(field: TiffField | undefined): number | undefined {
    if (field === undefined) return undefined
    const view = viewOf(field.value)
    if (field.type === SHORT) return view.getUint16(0, this.#littleEndian)
    if (field.type === LONG || field.type === 13) return view.getUint32(0, this.#littleEndian)
    return field.type === 1 ? field.value[0] : undefined
  }

  /** `count` rationals as numbers, or undefined when there are fewer or one has no value. */
  rationals(field: TiffField | undefined, count: number): number[] | undefined {
    if (field === undefined || TYPE_BYTES[field.type] !== 8 || field.count < count) return undefined
    const view = viewOf(field.value)
    const values = Array.from({ length: count }, (_, index) => {
      const at = index * 8
      return field.type === SIGNED_RATIONAL
        ? view.getInt32(at, this.#littleEndian) / view.getInt32(at + 4, this.#littleEndian)
        : view.getUint32(at, this.#littleEndian) / view.getUint32(at + 4, this.#littleEndian)
    })
    return values.every(Number.isFinite) ? values : undefined
  }
}

/**
 * The item tables of a HEIF `meta` box; see heif.ts for their places in it.
 *
 *   infe  version 2: id (2), 3: id (4); protection (2), type (4)
 *   iloc  sizes of offset, length, base, index (4 bits each); items: id, [method], reference (2),
 *         base, extents: [index], offset, length
 *   ipma  items: id, count (1), then 1 or 2 bytes each: essential (1 bit), number
 *
 * Tables are read until they end or stop making sense; what was read until then counts.
 * @module
 */
import { boxesIn } from './iso-media.ts'
import { asciiAt, viewOf } from './reading.ts'

export interface ItemExtent {
  item: number
  place: 'file' | 'idat'
  offset: number
  length: number
}

const MAX_ITEMS = 4096

/** Type of each item by its id. */
export function itemIds(iinf: Uint8Array | undefined): Map<number, string> {
  const types = new Map<number, string>()
  if (iinf === undefined) return types
  const countBytes = iinf[0] === 0 ? 2 : 4
  for (const { type, content } of boxesIn(iinf.subarray(4 + countBytes))) {
    const version = content[0] ?? 0
    const idBytes = version === 2 ? 2 : 4
    if (type !== 'infe' || version < 2 || content.length < 10 + idBytes) continue
    const id = idBytes === 2 ? viewOf(content).getUint16(4) : viewOf(content).getUint32(4)
    types.set(id, asciiAt(content, 6 + idBytes, 4))
  }
  return types
}

/** First extent of each item; metadata is never scattered in practice. */
export function itemExtents(iloc: Uint8Array | undefined): ItemExtent[] {
  const extents: ItemExtent[] = []
  if (iloc === undefined || iloc.length < 8) return extents
  const table = new TableReader(iloc, 6)
  const version = iloc[0]!
  const widths = {
    offset: iloc[4]! >> 4,
    length: iloc[4]! & 15,
    base: iloc[5]! >> 4,
    index: version === 0 ? 0 : iloc[5]! & 15,
  }
  const count = Math.min(table.take(version < 2 ? 2 : 4), MAX_ITEMS)
  while (extents.length < count && !table.isExhausted) {
    extents.push(takeLocation(table, version, widths))
  }
  return table.isExhausted ? extents.slice(0, -1) : extents
}

type Widths = Record<'offset' | 'length' | 'base' | 'index', number>

function takeLocation(table: TableReader, version: number, widths: Widths): ItemExtent {
  const item = table.take(version < 2 ? 2 : 4)
  const method = version === 0 ? 0 : table.take(2) & 15
  table.take(2) // data reference
  const base = table.take(widths.base)
  const extents = table.take(2)
  table.take(widths.index)
  const offset = base + table.take(widths.offset)
  const declared = table.take(widths.length)
  const length = method > 1 ? 0 : declared // 2 refers to other items; nobody stores Exif so
  if (extents > 1) table.skip((extents - 1) * (widths.index + widths.offset + widths.length))
  return { item, place: method === 1 ? 'idat' : 'file', offset, length }
}

/** Numbers of the properties of `item`, from 1. */
export function itemProperties(ipma: Uint8Array | undefined, item: number): number[] {
  if (ipma === undefined || ipma.length < 8) return []
  const table = new TableReader(ipma, 4)
  const idBytes = ipma[0]! < 1 ? 2 : 4
  const isLong = (ipma[3]! & 1) === 1
  const count = Math.min(table.take(4), MAX_ITEMS)
  for (let entry = 0; entry < count && !table.isExhausted; entry++) {
    const id = table.take(idBytes)
    const numbers = Array.from({ length: table.take(1) }, () =>
      isLong ? table.take(2) & 0x7fff : table.take(1) & 0x7f,
    )
    if (id === item) return numbers
  }
  return []
}

/** Takes big-endian numbers one after the other; zeros once the table has ended. */
class TableReader {
  readonly #view: DataView
  #at: number

  constructor(bytes: Uint8Array, at: number) {
    this.#view = viewOf(bytes)
    this.#at = at
  }

  /** Whether more was taken than there was. */
  get isExhausted(): boolean {
    return this.#at > this.#view.byteLength
  }

  skip(bytes: number): void {
    this.#at += bytes
  }

  take(bytes: number): number {
    const at = this.#at
    this.#at += bytes
    if (this.isExhausted) return 0
    let value = 0
    for (let index = 0; index < bytes; index++)
      value = value * 256 + this.#view.getUint8(at + index)
    return value
  }
}

/**
 * All blob locations of a repository, in typed arrays: a million blobs take about 65 MB, where
 * objects and strings would take several hundred.
 *
 * Rows are appended to pages of a fixed size, so that growing copies nothing. A hash table of row
 * numbers (open addressing, linear probing) finds them by (type, MAC); the same blob may have rows
 * for several packfiles. MACs are uniformly distributed, so four of their bytes are hash enough.
 *
 * A page is one block of bytes, column after column, so that a table is written to a file and taken
 * from one as it is. For N rows (N a multiple of 8) a block has, in the byte order of the machine:
 *
 *   size    column
 *   8 × N   offset    f64, always a whole number
 *  32 × N   mac
 *   4 × N   version   u32
 *   4 × N   packfile  u32
 *   4 × N   length    u32
 *       N   type      u8
 *       N   deleted   u8
 *
 * @module
 */
import { MAC_BYTES } from '../mac-hex.ts'

const PAGE_BITS = 14
const PAGE_ROWS = 1 << PAGE_BITS
/** Columns then start where their elements want to. */
const ROW_STEP = 8
/** What a row takes in a block. */
const ROW_BYTES = 8 + MAC_BYTES + 4 + 4 + 4 + 1 + 1
const FIRST_SLOTS = 1 << 12
/** Above this share of used slots, probing gets long. */
const MAX_LOAD = 0.6
/** More rows than any file of this program has; the slots of so many still fit into an array. */
const MAX_ROWS = 1 << 28

export interface LocationRow {
  type: number
  version: number
  /** Ordinal of the packfile. */
  packfile: number
  offset: number
  length: number
}

interface Page {
  /** All columns. */
  block: Uint8Array
  macs: Uint8Array
  types: Uint8Array
  versions: Uint32Array
  packfiles: Uint32Array
  offsets: Float64Array
  lengths: Uint32Array
  /** 1 where a DELETE entry took the location back. */
  deleted: Uint8Array
}

export class LocationTable {
  readonly #pages: Page[] = []
  #rows = 0
  /** Row number + 1; 0 where the slot is free. */
  #slots = new Uint32Array(FIRST_SLOTS)

  /**
   * The table that {@link blocks} wrote, or undefined when `bytes` is not one. Whole pages are
   * views of `bytes`, which belongs to the table from then on.
   * @param bytes begins at a multiple of 8 in its buffer
   */
  static fromBlocks(bytes: Uint8Array, rows: number, packfiles: number): LocationTable | undefined {
    if (rows > MAX_ROWS || bytes.length !== blocksBytes(rows)) return undefined
    const table = new LocationTable()
    for (let first = 0, at = 0; first < rows; first += PAGE_ROWS) {
      const inPage = Math.min(PAGE_ROWS, rows - first)
      const length = roundedUp(inPage) * ROW_BYTES
      const block = pageOver(bytes.subarray(at, at + length), roundedUp(inPage))
      for (let row = 0; row < inPage; row++) {
        if (block.packfiles[row]! >= packfiles) return undefined
      }
      table.#pages.push(inPage === PAGE_ROWS ? block : copiedPage(block))
      at += length
    }
    table.#rows = rows
    table.#slots = new Uint32Array(slotsFor(rows))
    for (let row = 0; row < rows; row++) table.#place(row)
    return table
  }

  /** All rows, as {@link LocationTable.fromBlocks} takes them. Views where that is possible. */
  *blocks(): Generator<Uint8Array> {
    for (const [n, page] of this.#pages.entries()) {
      const rows = Math.min(PAGE_ROWS, this.#rows - n * PAGE_ROWS)
      if (rows === PAGE_ROWS) yield page.block
      else yield* trimmed(page, roundedUp(rows))
    }
  }

  /** How many rows there are, deleted ones included. */
  get rows(): number {
    return this.#rows
  }

  /**
   * Adds a location unless the same blob is already known in the same packfile: the first entry
   * wins, and one that was deleted stays so.
   */
  add(row: LocationRow, bytes: Uint8Array, macAt: number): void {
    if (this.#find(row, bytes, macAt) === undefined) this.#append(row, bytes, macAt, false)
  }

  /** Takes a location back, for good, whether it was already added or comes later. */
  delete(type: number, packfile: number, mac: Uint8Array): void {
    const row = { type, version: 0, packfile, offset: 0, length: 0 }
    const found = this.#find(row, mac, 0)
    if (found === undefined) this.#append(row, mac, 0, true)
    else this.#page(found).deleted[found % PAGE_ROWS] = 1
  }

  /** Row numbers of the blob, in the order they were added, without deleted ones. */
  *rowsOf(type: number, mac: Uint8Array): Generator<number> {
    for (const row of this.allRowsOf(type, mac)) if (!this.isDeleted(row)) yield row
  }

  /** With deleted ones. */
  *allRowsOf(type: number, mac: Uint8Array): Generator<number> {
    const mask = this.#slots.length - 1
    for (let slot = hashOf(type, mac, 0) & mask; ; slot = (slot + 1) & mask) {
      const row = this.#slots[slot]! - 1
      if (row < 0) return
      if (this.#isBlob(row, type, mac, 0)) yield row
    }
  }

  /** The row of a blob in one packfile, deleted or not. */
  rowIn(type: number, packfile: number, mac: Uint8Array): number | undefined {
    return this.#find({ type, version: 0, packfile, offset: 0, length: 0 }, mac, 0)
  }

  isDeleted(row: number): boolean {
    return this.#page(row).deleted[row % PAGE_ROWS] === 1
  }

  typeAt(row: number): number {
    return this.#page(row).types[row % PAGE_ROWS]!
  }

  packfileAt(row: number): number {
    return this.#page(row).packfiles[row % PAGE_ROWS]!
  }

  /** A view; valid as long as the table. */
  macAt(row: number): Uint8Array {
    const at = (row % PAGE_ROWS) * MAC_BYTES
    return this.#page(row).macs.subarray(at, at + MAC_BYTES)
  }

  at(row: number): LocationRow {
    const page = this.#page(row)
    const at = row % PAGE_ROWS
    return {
      type: page.types[at]!,
      version: page.versions[at]!,
      packfile: page.packfiles[at]!,
      offset: page.offsets[at]!,
      length: page.lengths[at]!,
    }
  }

  #find(wanted: LocationRow, bytes: Uint8Array, macAt: number): number | undefined {
    const mask = this.#slots.length - 1
    for (let slot = hashOf(wanted.type, bytes, macAt) & mask; ; slot = (slot + 1) & mask) {
      const row = this.#slots[slot]! - 1
      if (row < 0) return undefined
      if (
        this.packfileAt(row) === wanted.packfile &&
        this.#isBlob(row, wanted.type, bytes, macAt)
      ) {
        return row
      }
    }
  }

  #isBlob(row: number, type: number, bytes: Uint8Array, macAt: number): boolean {
    const page = this.#page(row)
    const at = row % PAGE_ROWS
    if (page.types[at] !== type) return false
    const start = at * MAC_BYTES
    for (let i = 0; i < MAC_BYTES; i++) {
      if (page.macs[start + i] !== bytes[macAt + i]) return false
    }
    return true
  }

  #append(row: LocationRow, bytes: Uint8Array, macAt: number, isDeleted: boolean): void {
    if (this.#rows % PAGE_ROWS === 0) this.#pages.push(emptyPage())
    const page = this.#page(this.#rows)
    const at = this.#rows % PAGE_ROWS
    page.macs.set(bytes.subarray(macAt, macAt + MAC_BYTES), at * MAC_BYTES)
    page.types[at] = row.type
    page.versions[at] = row.version
    page.packfiles[at] = row.packfile
    page.offsets[at] = row.offset
    page.lengths[at] = row.length
    page.deleted[at] = isDeleted ? 1 : 0
    this.#rows += 1
    if (this.#rows > this.#slots.length * MAX_LOAD) this.#rehash()
    else this.#place(this.#rows - 1)
  }

  #rehash(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2)
    for (let row = 0; row < this.#rows; row++) this.#place(row)
  }

  #place(row: number): void {
    const mask = this.#slots.length - 1
    let slot = hashOf(this.typeAt(row), this.macAt(row), 0) & mask
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
    this.#slots[slot] = row + 1
  }

  #page(row: number): Page {
    return this.#pages[row >>> PAGE_BITS]!
  }
}

function emptyPage(): Page {
  return pageOver(new Uint8Array(PAGE_ROWS * ROW_BYTES), PAGE_ROWS)
}

/** A page of full size with the rows of a smaller block. */
function copiedPage(block: Page): Page {
  const page = emptyPage()
  for (const name of COLUMNS) page[name].set(block[name])
  return page
}

/** The columns of a page, in their order in a block. */
const COLUMNS = [
  'offsets',
  'macs',
  'versions',
  'packfiles',
  'lengths',
  'types',
  'deleted',
] as const satisfies (keyof Page)[]

function pageOver(block: Uint8Array, rows: number): Page {
  let at = block.byteOffset
  const next = (bytesPerRow: number) => {
    at += bytesPerRow * rows
    return at - bytesPerRow * rows
  }
  const { buffer } = block
  return {
    block,
    offsets: new Float64Array(buffer, next(8), rows),
    macs: new Uint8Array(buffer, next(MAC_BYTES), rows * MAC_BYTES),
    versions: new Uint32Array(buffer, next(4), rows),
    packfiles: new Uint32Array(buffer, next(4), rows),
    lengths: new Uint32Array(buffer, next(4), rows),
    types: new Uint8Array(buffer, next(1), rows),
    deleted: new Uint8Array(buffer, next(1), rows),
  }
}

/** The first rows of each column. */
function* trimmed(page: Page, rows: number): Generator<Uint8Array> {
  for (const name of COLUMNS) {
    const { buffer, byteOffset, byteLength } = page[name]
    yield new Uint8Array(buffer, byteOffset, (byteLength / PAGE_ROWS) * rows)
  }
}

function blocksBytes(rows: number): number {
  const whole = rows - (rows % PAGE_ROWS)
  return (whole + roundedUp(rows - whole)) * ROW_BYTES
}

function roundedUp(rows: number): number {
  return Math.ceil(rows / ROW_STEP) * ROW_STEP
}

function slotsFor(rows: number): number {
  let slots = FIRST_SLOTS
  while (rows > slots * MAX_LOAD) slots *= 2
  return slots
}

function hashOf(type: number, bytes: Uint8Array, at: number): number {
  const word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
  return (word ^ (type * 0x9e37_79b1)) >>> 0
}

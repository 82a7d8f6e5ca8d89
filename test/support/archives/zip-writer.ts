/**
 * Writes zip archives for tests and for the sample library, including the odd ones that
 * re-packing tools leave behind. The same calls always give the same bytes.
 *
 * A member may also lie about itself (`forge`), so that a test can name the damage it needs.
 * Source of the layout: PKWARE APPNOTE 6.3.10.
 * @module
 */
import { crc32, deflateRawSync } from 'node:zlib'

export interface ZipMemberOptions {
  method?: 'stored' | 'deflated'
  /** Sizes and CRC follow the content and are zero in the local header, as streaming writers do. */
  dataDescriptor?: boolean
  /** Bit 11, "the name is UTF-8". Without it the bytes of the name are the same. */
  utf8Flag?: boolean
  /** Adds an Info-ZIP 0x7075 extra field that gives this name. */
  unicodeName?: string
  modified?: Date
  /** `st_mode`, as archivers on Unix store it. */
  unixMode?: number
  /** Values to state instead of the true ones. */
  forge?: {
    size?: number
    compressedSize?: number
    crc32?: number
    method?: number
    flags?: number
    localName?: string
    localOffset?: number
  }
}

interface Member {
  name: Uint8Array
  flags: number
  method: number
  time: number
  crc: number
  compressed: Uint8Array
  compressedSize: number
  size: number
  descriptor: boolean
  unixMode: number
  extra: Uint8Array
  localName: Uint8Array
  forgedOffset: number | undefined
}

/** Any fixed moment does; the earliest one that the DOS clock can tell is 1980. */
const FIXED_TIME = new Date(Date.UTC(2024, 0, 2, 3, 4, 6))
const SATURATED_32 = 0xffffffff
const SATURATED_16 = 0xffff

export class ZipWriter {
  readonly #members: Member[] = []

  add(name: string | Uint8Array, content: Uint8Array, options: ZipMemberOptions = {}): this {
    const deflated = options.method === 'deflated'
    const compressed = deflated ? deflateRawSync(content) : content
    const nameBytes = typeof name === 'string' ? Buffer.from(name) : name
    const { forge = {} } = options
    this.#members.push({
      name: nameBytes,
      flags: forge.flags ?? generalFlags(typeof name === 'string', options),
      method: forge.method ?? (deflated ? 8 : 0),
      time: dosTime(options.modified ?? FIXED_TIME),
      crc: forge.crc32 ?? crc32(content),
      compressed,
      compressedSize: forge.compressedSize ?? compressed.length,
      size: forge.size ?? content.length,
      descriptor: options.dataDescriptor ?? false,
      unixMode: options.unixMode ?? 0,
      extra: options.unicodeName ? unicodePath(nameBytes, options.unicodeName) : new Uint8Array(),
      localName: forge.localName ? Buffer.from(forge.localName) : nameBytes,
      forgedOffset: forge.localOffset,
    })
    return this
  }

  /** The archive. `zip64` forces the 64-bit records where 32 bits would do. */
  finish(options: { zip64?: boolean; comment?: Uint8Array } = {}): Uint8Array {
    const zip64 = options.zip64 ?? this.#members.length > SATURATED_16
    const parts: Uint8Array[] = []
    const directory: Uint8Array[] = []
    let at = 0
    for (const member of this.#members) {
      directory.push(directoryHeader(member, member.forgedOffset ?? at, zip64))
      const pieces = [localHeader(member), member.compressed, descriptor(member)]
      parts.push(...pieces)
      at += totalLength(pieces)
    }
    const end = { count: directory.length, size: totalLength(directory), offset: at }
    if (zip64) directory.push(zip64End(end))
    return Buffer.concat([...parts, ...directory, endRecord(end, zip64, options.comment)])
  }
}

interface DirectoryPlace {
  count: number
  size: number
  offset: number
}

function generalFlags(isText: boolean, options: ZipMemberOptions): number {
  const utf8 = options.utf8Flag ?? isText
  return (utf8 ? 0x0800 : 0) | (options.dataDescriptor ? 0x0008 : 0)
}

function localHeader(member: Member): Uint8Array {
  const header = Buffer.alloc(30)
  header.writeUInt32LE(0x04034b50, 0)
  header.writeUInt16LE(20, 4)
  writeCommon(header, 6, member)
  if (member.descriptor) header.fill(0, 14, 26)
  header.writeUInt16LE(member.localName.length, 26)
  header.writeUInt16LE(member.extra.length, 28)
  return Buffer.concat([header, member.localName, member.extra])
}

/** Flags, method, time, CRC and sizes: the fields both headers share, in the same order. */
function writeCommon(header: Buffer, at: number, member: Member): void {
  header.writeUInt16LE(member.flags, at)
  header.writeUInt16LE(member.method, at + 2)
  header.writeUInt32LE(member.time, at + 4)
  header.writeUInt32LE(member.crc, at + 8)
  header.writeUInt32LE(Math.min(member.compressedSize, SATURATED_32), at + 12)
  header.writeUInt32LE(Math.min(member.size, SATURATED_32), at + 16)
}

function descriptor(member: Member): Uint8Array {
  if (!member.descriptor) return new Uint8Array()
  const record = Buffer.alloc(16)
  record.writeUInt32LE(0x08074b50, 0)
  record.writeUInt32LE(member.crc, 4)
  record.writeUInt32LE(member.compressedSize, 8)
  record.writeUInt32LE(member.size, 12)
  return record
}

function directoryHeader(member: Member, offset: number, zip64: boolean): Uint8Array {
  const header = Buffer.alloc(46)
  header.writeUInt32LE(0x02014b50, 0)
  header.writeUInt16LE(0x0300 | 45, 4)
  header.writeUInt16LE(zip64 ? 45 : 20, 6)
  writeCommon(header, 8, member)
  header.writeUInt16LE(member.name.length, 28)
  header.writeUInt32LE((member.unixMode << 16) >>> 0, 38)
  header.writeUInt32LE(offset, 42)
  const saturated = zip64 || Math.max(member.size, member.compressedSize) >= SATURATED_32
  if (saturated) {
    header.writeUInt32LE(SATURATED_32, 20)
    header.writeUInt32LE(SATURATED_32, 24)
    header.writeUInt32LE(SATURATED_32, 42)
  }
  const extra = saturated ? Buffer.concat([member.extra, zip64Extra(member, offset)]) : member.extra
  header.writeUInt16LE(extra.length, 30)
  return Buffer.concat([header, member.name, extra])
}

/** Uncompressed size, compressed size, offset: the order the specification fixes. */
function zip64Extra(member: Member, offset: number): Uint8Array {
  const field = Buffer.alloc(28)
  field.writeUInt16LE(0x0001, 0)
  field.writeUInt16LE(24, 2)
  field.writeBigUInt64LE(BigInt(member.size), 4)
  field.writeBigUInt64LE(BigInt(member.compressedSize), 12)
  field.writeBigUInt64LE(BigInt(offset), 20)
  return field
}

/** Info-ZIP Unicode Path: version, CRC-32 of the plain name, the name in UTF-8. */
function unicodePath(plainName: Uint8Array, unicodeName: string): Uint8Array {
  const name = Buffer.from(unicodeName)
  const field = Buffer.alloc(9)
  field.writeUInt16LE(0x7075, 0)
  field.writeUInt16LE(5 + name.length, 2)
  field.writeUInt8(1, 4)
  field.writeUInt32LE(crc32(plainName), 5)
  return Buffer.concat([field, name])
}

function zip64End({ count, size, offset }: DirectoryPlace): Uint8Array {
  const record = Buffer.alloc(56 + 20)
  record.writeUInt32LE(0x06064b50, 0)
  record.writeBigUInt64LE(44n, 4)
  record.writeUInt16LE(45, 12)
  record.writeUInt16LE(45, 14)
  record.writeBigUInt64LE(BigInt(count), 24)
  record.writeBigUInt64LE(BigInt(count), 32)
  record.writeBigUInt64LE(BigInt(size), 40)
  record.writeBigUInt64LE(BigInt(offset), 48)
  record.writeUInt32LE(0x07064b50, 56)
  record.writeBigUInt64LE(BigInt(offset + size), 64)
  record.writeUInt32LE(1, 72)
  return record
}

function endRecord(
  place: DirectoryPlace,
  zip64: boolean,
  comment: Uint8Array = new Uint8Array(),
): Uint8Array {
  const record = Buffer.alloc(22)
  record.writeUInt32LE(0x06054b50, 0)
  const count = zip64 ? SATURATED_16 : Math.min(place.count, SATURATED_16)
  record.writeUInt16LE(count, 8)
  record.writeUInt16LE(count, 10)
  record.writeUInt32LE(zip64 ? SATURATED_32 : place.size, 12)
  record.writeUInt32LE(zip64 ? SATURATED_32 : place.offset, 16)
  record.writeUInt16LE(comment.length, 20)
  return Buffer.concat([record, comment])
}

/** DOS date and time, two-second steps, date in the upper half. Read as UTC to be the same everywhere. */
function dosTime(at: Date): number {
  const date = ((at.getUTCFullYear() - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate()
  const time = (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1)
  return ((date << 16) | time) >>> 0
}

function totalLength(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0)
}

/**
 * Writes a zip archive as a stream of bytes. Sizes and checksum follow each content (bit 3), because
 * nothing is known of it before; contents are deflated, or put into deflate's stored blocks where
 * compressing is of no use, so that their end is marked. Zip64 where 32 or 16 bits do not suffice.
 *
 *   local header   `PK\3\4` version flags method time date crc csize size name-length extra-length name extra
 *   content
 *   descriptor     `PK\7\8` crc csize size; sizes have 8 bytes when the local header has a zip64 extra
 *   …
 *   directory      for each member: `PK\1\2` made-by + all of the above … external attributes, offset
 *   zip64 end      `PK\6\6` and its locator `PK\6\7`, where needed
 *   end            `PK\5\6`: how many members, size and offset of the directory
 *
 * Without directory it is no archive, and it is written only when every content was sound.
 *
 * Source: PKWARE APPNOTE 6.3.10; Info-ZIP extra field 0x5455 (time).
 * @module
 */
import { pipeline } from 'node:stream'
import { crc32, createDeflateRaw } from 'node:zlib'
import { encodeName } from '../../util/byte-names.ts'
import { strictUtf8 } from '../../util/bytes.ts'
import { type ArchiveMember, heldBack } from '../archive-member.ts'

const MAX_32 = 0xffff_ffff
const MAX_16 = 0xffff
/** Deflate makes what it cannot compress a little longer: 5 bytes for each 16 KiB, at worst. */
const MOST_GROWTH = 1.001
const VERSION = 20
const VERSION_ZIP64 = 45
const MADE_ON_UNIX = 3 << 8
const FLAG_DESCRIPTOR = 1 << 3
const FLAG_UTF8 = 1 << 11
const DEFLATED = 8
const STORED = 0
const DOS_DIRECTORY = 0x10
const UNIX_TYPES = {
  file: 0o100000,
  directory: 0o040000,
  symlink: 0o120000,
  fifo: 0o010000,
} as const
const FIRST_DOS_YEAR = 1980
const LAST_DOS_YEAR = 2107

/** What the directory says of a member. */
interface Listed {
  member: ArchiveMember
  name: Uint8Array
  flags: number
  method: number
  offset: number
  crc: number
  size: number
  compressedSize: number
}

/** @throws whatever a member's content throws; what came until then is no archive */
export async function* writeZip(members: AsyncIterable<ArchiveMember>): AsyncGenerator<Uint8Array> {
  const entries: Uint8Array[] = []
  let offset = 0
  for await (const member of members) {
    const isFile = member.kind === 'file'
    const name = encodeName(member.kind === 'directory' ? `${member.name}/` : member.name)
    const flags = (isFile ? FLAG_DESCRIPTOR : 0) | (strictUtf8(name) === undefined ? 0 : FLAG_UTF8)
    const start = { member, name, flags, offset, method: isFile ? DEFLATED : STORED }
    const listed: Listed = { ...start, crc: 0, size: 0, compressedSize: 0 }
    for await (const piece of isFile ? fileParts(listed) : plainParts(listed)) {
      offset += piece.length
      yield piece
    }
    entries.push(directoryEntry(listed))
  }
  for (const entry of entries) yield entry
  const directoryBytes = entries.reduce((sum, entry) => sum + entry.length, 0)
  yield endOf(entries.length, offset, directoryBytes)
}

async function* fileParts(listed: Listed): AsyncGenerator<Uint8Array> {
  const isLarge = listed.member.size * MOST_GROWTH >= MAX_32
  yield localHeader(listed, isLarge)
  for await (const piece of heldBack(deflated(listed))) {
    listed.compressedSize += piece.length
    yield piece
  }
  yield descriptor(listed, isLarge)
}

/** An error of the content destroys the stream, so that it never comes to its end. */
function deflated(listed: Listed): AsyncIterable<Uint8Array> {
  const deflate = createDeflateRaw({ level: listed.member.isDense ? 0 : 6 })
  return pipeline(counted(listed), deflate, () => {})
}

async function* counted(listed: Listed): AsyncGenerator<Uint8Array> {
  for await (const piece of listed.member.content()) {
    listed.crc = crc32(piece, listed.crc)
    listed.size += piece.length
    yield piece
  }
}

/** The target of a link is its content; of all else there is none. */
async function* plainParts(listed: Listed): AsyncGenerator<Uint8Array> {
  const { kind, target } = listed.member
  const content = kind === 'symlink' ? encodeName(target) : new Uint8Array()
  listed.crc = crc32(content)
  listed.size = content.length
  listed.compressedSize = content.length
  yield localHeader(listed, false)
  yield content
}

function localHeader({ member, name, flags, method, crc, size }: Listed, isLarge: boolean): Buffer {
  const extra = Buffer.concat([timeExtra(member), isLarge ? zip64Extra([0, 0]) : Buffer.alloc(0)])
  const header = Buffer.alloc(30)
  header.writeUInt32LE(0x04034b50, 0)
  header.writeUInt16LE(isLarge ? VERSION_ZIP64 : VERSION, 4)
  header.writeUInt16LE(flags, 6)
  header.writeUInt16LE(method, 8)
  header.writeUInt32LE(dosTime(member), 10)
  header.writeUInt32LE(crc, 14)
  header.writeUInt32LE(isLarge ? MAX_32 : size, 18)
  header.writeUInt32LE(isLarge ? MAX_32 : size, 22)
  header.writeUInt16LE(name.length, 26)
  header.writeUInt16LE(extra.length, 28)
  return Buffer.concat([header, name, extra])
}

function descriptor({ crc, size, compressedSize }: Listed, isLarge: boolean): Buffer {
  const bytes = Buffer.alloc(isLarge ? 24 : 16)
  bytes.writeUInt32LE(0x08074b50, 0)
  bytes.writeUInt32LE(crc, 4)
  if (isLarge) {
    bytes.writeBigUInt64LE(BigInt(compressedSize), 8)
    bytes.writeBigUInt64LE(BigInt(size), 16)
  } else {
    bytes.writeUInt32LE(compressedSize, 8)
    bytes.writeUInt32LE(size, 12)
  }
  return bytes
}

function directoryEntry(listed: Listed): Buffer {
  const { member, name, flags, method, offset, crc, size, compressedSize } = listed
  const large = [size, compressedSize, offset].filter((value) => value >= MAX_32)
  const extra = Buffer.concat([
    timeExtra(member),
    large.length > 0 ? zip64Extra(large) : Buffer.alloc(0),
  ])
  const entry = Buffer.alloc(46)
  entry.writeUInt32LE(0x02014b50, 0)
  entry.writeUInt16LE(MADE_ON_UNIX | VERSION_ZIP64, 4)
  entry.writeUInt16LE(large.length > 0 ? VERSION_ZIP64 : VERSION, 6)
  entry.writeUInt16LE(flags, 8)
  entry.writeUInt16LE(method, 10)
  entry.writeUInt32LE(dosTime(member), 12)
  entry.writeUInt32LE(crc, 16)
  entry.writeUInt32LE(Math.min(compressedSize, MAX_32), 20)
  entry.writeUInt32LE(Math.min(size, MAX_32), 24)
  entry.writeUInt16LE(name.length, 28)
  entry.writeUInt16LE(extra.length, 30)
  const unixMode = UNIX_TYPES[member.kind] | member.mode
  const attributes = unixMode * 0x1_0000 + (member.kind === 'directory' ? DOS_DIRECTORY : 0)
  entry.writeUInt32LE(attributes, 38)
  entry.writeUInt32LE(Math.min(offset, MAX_32), 42)
  return Buffer.concat([entry, name, extra])
}

/** The numbers that do not fit, in the order of the fields. */
function zip64Extra(values: readonly number[]): Buffer {
  const extra = Buffer.alloc(4 + 8 * values.length)
  extra.writeUInt16LE(0x0001, 0)
  extra.writeUInt16LE(8 * values.length, 2)
  values.forEach((value, at) => {
    extra.writeBigUInt64LE(BigInt(value), 4 + 8 * at)
  })
  return extra
}

/** Seconds since 1970 in UTC, as far as 32 bits go; the field of the DOS clock knows no time zone. */
function timeExtra({ modified }: ArchiveMember): Buffer {
  const seconds = Number(modified.seconds)
  if (seconds < -(2 ** 31) || seconds >= 2 ** 31) return Buffer.alloc(0)
  const extra = Buffer.alloc(9)
  extra.writeUInt16LE(0x5455, 0)
  extra.writeUInt16LE(5, 2)
  extra.writeUInt8(1, 4)
  extra.writeInt32LE(seconds, 5)
  return extra
}

/** Local time, in steps of two seconds, from 1980 to 2107. */
function dosTime({ modified }: ArchiveMember): number {
  const date = new Date(Number(modified.seconds) * 1000)
  const year = date.getFullYear()
  if (!(year >= FIRST_DOS_YEAR && year <= LAST_DOS_YEAR)) return (1 << 21) | (1 << 16) // 1980-01-01
  const day = ((year - FIRST_DOS_YEAR) << 9) | ((date.getMonth() + 1) << 5) | date.getDate()
  const time = (date.getHours() << 11) | (date.getMinutes() << 5) | (date.getSeconds() >> 1)
  return day * 0x1_0000 + time
}

function endOf(members: number, offset: number, bytes: number): Buffer {
  const isLarge = members >= MAX_16 || offset >= MAX_32 || bytes >= MAX_32
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(Math.min(members, MAX_16), 8)
  end.writeUInt16LE(Math.min(members, MAX_16), 10)
  end.writeUInt32LE(Math.min(bytes, MAX_32), 12)
  end.writeUInt32LE(Math.min(offset, MAX_32), 16)
  return isLarge ? Buffer.concat([zip64End(members, offset, bytes), end]) : end
}

function zip64End(members: number, offset: number, bytes: number): Buffer {
  const end = Buffer.alloc(76)
  end.writeUInt32LE(0x06064b50, 0)
  end.writeBigUInt64LE(44n, 4)
  end.writeUInt16LE(MADE_ON_UNIX | VERSION_ZIP64, 12)
  end.writeUInt16LE(VERSION_ZIP64, 14)
  end.writeBigUInt64LE(BigInt(members), 24)
  end.writeBigUInt64LE(BigInt(members), 32)
  end.writeBigUInt64LE(BigInt(bytes), 40)
  end.writeBigUInt64LE(BigInt(offset), 48)
  end.writeUInt32LE(0x07064b50, 56) // the locator
  end.writeBigUInt64LE(BigInt(offset + bytes), 64)
  end.writeUInt32LE(1, 72)
  return end
}

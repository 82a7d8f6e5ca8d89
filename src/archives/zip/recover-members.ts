/**
 * Walks a zip archive from header to header, for when its directory is lost.
 *
 * A download that was cut off still holds most of its photos. What the walk yields is complete
 * by size; the CRC is checked, as always, when the bytes are read.
 *
 *   offset  size  data descriptor, after the bytes of a member with flag bit 3
 *        0     4  PK\7\8, absent with some writers
 *        4     4  CRC-32
 *        8   4/8  compressed size
 *     12/16  4/8  uncompressed size
 *
 * Source: PKWARE APPNOTE 6.3.10, 4.3.9.
 * @module
 */
import { type ReadAt, readUpTo } from '../read-at.ts'
import { unsafeName } from '../safe-name.ts'
import { extraField, readName, unusableMethod } from './directory.ts'
import { findDescriptor } from './find-descriptor.ts'
import { LOCAL_HEADER_BYTES, LOCAL_SIGNATURE } from './local-header.ts'
import type { ZipMember } from './zip-member.ts'

const SIZES_FOLLOW = 8
const ENCRYPTED = 1

/** Members that lie completely between `from` and `until`, up to the first that does not. */
export async function recoverMembers(
  source: ReadAt,
  from: number,
  until: number,
): Promise<ZipMember[]> {
  const members: ZipMember[] = []
  let at = from
  while (at + LOCAL_HEADER_BYTES <= until) {
    const found = await readMember(source, at, until)
    if (!found || found.end > until) break
    if (!isFolder(found.member)) members.push(found.member)
    at = found.end
  }
  return members
}

interface FoundMember {
  member: ZipMember
  /** Where the next one begins. */
  end: number
}

async function readMember(
  source: ReadAt,
  at: number,
  until: number,
): Promise<FoundMember | undefined> {
  const header = await readUpTo(source, at, LOCAL_HEADER_BYTES)
  if (header.readUInt32LE(0) !== LOCAL_SIGNATURE) return undefined
  const nameBytes = header.readUInt16LE(26)
  const names = await readUpTo(source, at + LOCAL_HEADER_BYTES, nameBytes + header.readUInt16LE(28))
  const rawName = names.subarray(0, nameBytes)
  const extra = names.subarray(nameBytes)
  const start = at + LOCAL_HEADER_BYTES + nameBytes + header.readUInt16LE(28)
  const measured = await measure(source, header, extra, start, until)
  if (!measured) return undefined
  const member: ZipMember = {
    name: readName(header.readUInt16LE(6), rawName, extra),
    rawName,
    method: header.readUInt16LE(8),
    crc32: measured.crc32,
    size: measured.size,
    compressedSize: measured.compressedSize,
    localOffset: at,
  }
  const refused = unsafeName(member.name) ?? whyUnreadable(header, member)
  if (refused && !isFolder(member)) member.refused = refused
  return { member, end: measured.end }
}

async function measure(
  source: ReadAt,
  header: Buffer,
  extra: Buffer,
  start: number,
  until: number,
) {
  if ((header.readUInt16LE(6) & SIZES_FOLLOW) === 0) {
    const stated = statedSizes(header, extra)
    return { ...stated, end: start + stated.compressedSize }
  }
  return findDescriptor(source, { method: header.readUInt16LE(8), start, until })
}

function statedSizes(header: Buffer, extra: Buffer) {
  const zip64 = extraField(extra, 0x0001)
  const isLarge = header.readUInt32LE(18) === 0xffffffff && zip64 && zip64.length >= 16
  return {
    crc32: header.readUInt32LE(14),
    compressedSize: isLarge ? Number(zip64.readBigUInt64LE(8)) : header.readUInt32LE(18),
    size: isLarge ? Number(zip64.readBigUInt64LE(0)) : header.readUInt32LE(22),
  }
}

function whyUnreadable(header: Buffer, member: ZipMember): string | undefined {
  return header.readUInt16LE(6) & ENCRYPTED ? 'it is encrypted' : unusableMethod(member)
}

function isFolder(member: ZipMember): boolean {
  return member.size === 0 && member.name.endsWith('/')
}

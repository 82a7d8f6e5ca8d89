/**
 * The header in front of a member's bytes. It is read only to find where the bytes begin, since
 * its extra fields differ in length from those of the directory, and to see that the right member
 * begins there.
 *
 *   offset  size  local header, PK\3\4
 *        6     2  flags: bit 3: CRC and sizes follow the bytes, and may be zero here
 *        8     2  method
 *       14     4  CRC-32
 *       18     4  compressed size
 *       22     4  uncompressed size
 *       26     2  name length
 *       28     2  extra length
 *       30        name, extra fields, then the bytes
 *
 * Source: PKWARE APPNOTE 6.3.10, 4.3.7.
 * @module
 */
import { equalBytes } from '../../util/bytes.ts'
import type { ZipMember } from './zip-member.ts'

export const LOCAL_HEADER_BYTES = 30
export const LOCAL_SIGNATURE = 0x04034b50

/** Bytes of the header with its name: enough to check it and to know where the data begin. */
export function localHeaderBytes(member: Pick<ZipMember, 'rawName'>): number {
  return LOCAL_HEADER_BYTES + member.rawName.length
}

/** Where the member's bytes begin, from its offset; or what is wrong, as the end of a sentence. */
export function dataStart(
  header: Buffer,
  member: Pick<ZipMember, 'rawName'>,
): number | { wrong: string } {
  if (header.length < localHeaderBytes(member)) return { wrong: 'lies beyond the end of the part' }
  if (header.readUInt32LE(0) !== LOCAL_SIGNATURE) {
    return { wrong: 'is not where the list of files says' }
  }
  const nameBytes = header.readUInt16LE(26)
  const name = header.subarray(LOCAL_HEADER_BYTES, LOCAL_HEADER_BYTES + member.rawName.length)
  if (nameBytes !== member.rawName.length || !equalBytes(name, member.rawName)) {
    return { wrong: 'has another name in the list of files' }
  }
  return LOCAL_HEADER_BYTES + nameBytes + header.readUInt16LE(28)
}

/** Bytes from the local header's first to the content's last, its extra fields estimated. */
export function likelySpanBytes(member: ZipMember): number {
  const likelyExtraBytes = 64
  return localHeaderBytes(member) + likelyExtraBytes + member.compressedSize
}

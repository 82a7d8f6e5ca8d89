/**
 * The content of a small member, whole and verified.
 * @module
 */
import { crc32, inflateRawSync } from 'node:zlib'
import { codeOf } from '../../util/coded-error.ts'
import { type ReadAt, readUpTo } from '../read-at.ts'
import { dataStart } from './local-header.ts'
import { STORED, type ZipMember } from './zip-member.ts'

export type MemberContent = Uint8Array | { wrong: string }

/**
 * Content of `member`. `span` are bytes of the file from the member's local header on; where it
 * does not reach, because the header's extra fields are longer than guessed, more is read.
 */
export async function memberContent(
  source: ReadAt,
  member: ZipMember,
  span: Buffer,
): Promise<MemberContent> {
  const start = dataStart(span, member)
  if (typeof start !== 'number') return start
  const end = start + member.compressedSize
  const compressed =
    end <= span.length
      ? span.subarray(start, end)
      : await readUpTo(source, member.localOffset + start, member.compressedSize)
  if (compressed.length < member.compressedSize) return { wrong: 'is cut off' }
  return expand(compressed, member)
}

/** The content of a member from its compressed bytes, or what is wrong with it. */
export function expand(compressed: Uint8Array, member: Expandable): MemberContent {
  const content = member.method === STORED ? compressed : inflate(compressed, member.size)
  if ('wrong' in content) return content
  if (content.length !== member.size) {
    return { wrong: `is damaged: it holds ${content.length} bytes instead of ${member.size}` }
  }
  if (crc32(content) !== member.crc32) return { wrong: 'is damaged: its checksum is wrong' }
  return content
}

export type Expandable = Pick<ZipMember, 'method' | 'size' | 'crc32'>

/**
 * One output buffer of the declared size is ten times faster on incompressible content than
 * zlib's default of 16 KiB pieces (Node 20), and bounds what a lying header can cost.
 */
export function inflate(compressed: Uint8Array, declaredSize: number): MemberContent {
  try {
    return inflateRawSync(compressed, {
      chunkSize: Math.max(declaredSize, 64),
      maxOutputLength: Math.max(declaredSize, 1),
    })
  } catch (problem) {
    const isTooLong = codeOf(problem) === 'ERR_BUFFER_TOO_LARGE'
    return {
      wrong: isTooLong
        ? 'is damaged: it holds more bytes than declared'
        : 'is damaged: it does not unpack',
    }
  }
}

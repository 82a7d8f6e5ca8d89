/**
 * What a zip archive may not do to us: expand without measure, or name the same bytes over and
 * over. Refusals are by member; the rest of the archive is used.
 * @module
 */
import { type ReadAt, readUpTo } from '../read-at.ts'
import { dataStart, localHeaderBytes } from './local-header.ts'
import type { ZipMember } from './zip-member.ts'

const MIB = 2 ** 20
/** The largest file taken. Google itself sells no part over 50 GB. */
const MAX_MEMBER_BYTES = 64 * 2 ** 30
/** Deflate reaches 1030:1 on zeros; photos, videos and JSON stay below 30:1. */
const MAX_RATIO = 200
/** Below this a member cannot hurt, whatever its ratio. */
const HARMLESS_BYTES = 64 * MIB

/** Why a member of this size is not expanded. */
export function tooLarge(sizeBytes: number, compressedBytes: number): string | undefined {
  if (sizeBytes > MAX_MEMBER_BYTES) return 'it is larger than 64 GiB'
  if (sizeBytes > HARMLESS_BYTES && sizeBytes > compressedBytes * MAX_RATIO) {
    return `it would expand over ${MAX_RATIO}-fold (a "zip bomb")`
  }
  return undefined
}

/** Marks what is refused among `members`, which must be sorted by offset. */
export async function refuseHarmful(
  source: ReadAt,
  members: readonly ZipMember[],
  endOfMembers: number,
): Promise<void> {
  for (const member of members) {
    const harm = outside(member, endOfMembers) ?? tooLarge(member.size, member.compressedSize)
    if (harm) refuse(member, harm)
  }
  await refuseOverlapping(
    source,
    members.filter((member) => !outside(member, endOfMembers)),
  )
}

async function refuseOverlapping(source: ReadAt, members: readonly ZipMember[]): Promise<void> {
  let previous: ZipMember | undefined
  let isPreviousGood: boolean | undefined
  for (const member of members) {
    if (previous && member.localOffset < endOf(previous)) {
      isPreviousGood ??= await isConsistent(source, previous)
      refuse(isPreviousGood ? member : previous, 'it overlaps another file of the archive')
      if (isPreviousGood) continue
    }
    previous = member
    isPreviousGood = undefined
  }
}

/** A name that cannot be trusted is the graver reason; the first one given stays. */
function refuse(member: ZipMember, reason: string): void {
  member.refused ??= reason
}

function outside(member: ZipMember, endOfMembers: number): string | undefined {
  if (member.localOffset < 0 || endOf(member) > endOfMembers) {
    return 'it is said to lie where the archive has no files'
  }
  return undefined
}

function endOf(member: ZipMember): number {
  return member.localOffset + localHeaderBytes(member) + member.compressedSize
}

/** Of two that overlap, a flipped bit may have stretched one: its own header then disagrees. */
async function isConsistent(source: ReadAt, member: ZipMember): Promise<boolean> {
  const header = await readUpTo(source, member.localOffset, localHeaderBytes(member))
  if (typeof dataStart(header, member) !== 'number') return false
  const stated = header.readUInt32LE(18)
  const isUnstated = (header.readUInt16LE(6) & 8) !== 0 || stated === 0xffffffff
  return isUnstated || stated === member.compressedSize
}

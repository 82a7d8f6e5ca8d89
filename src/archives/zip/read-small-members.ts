/**
 * Reads many small members of one archive with few reads: neighbours share one, because a
 * hundred thousand sidecars lie between the photos of a part.
 * @module
 */
import { type ReadAt, readUpTo } from '../read-at.ts'
import { type MemberContent, memberContent } from './inflate-member.ts'
import { likelySpanBytes } from './local-header.ts'
import type { ZipMember } from './zip-member.ts'

/** To read so many unneeded bytes costs less than another read; no photo is this small. */
const CHEAP_GAP_BYTES = 512
const LARGEST_READ_BYTES = 4 * 2 ** 20

/** Yields the content of each of `members`, which must be sorted by offset. */
export async function* readSmallMembers(
  source: ReadAt,
  members: readonly ZipMember[],
): AsyncGenerator<{ member: ZipMember; content: MemberContent }> {
  for (const run of neighbours(members)) {
    const start = run[0]!.localOffset
    const bytes = await readUpTo(source, start, endOf(run.at(-1)!) - start)
    for (const member of run) {
      const span = bytes.subarray(member.localOffset - start)
      yield { member, content: await memberContent(source, member, span) }
    }
  }
}

function* neighbours(members: readonly ZipMember[]): Generator<ZipMember[]> {
  let run: ZipMember[] = []
  for (const member of members) {
    const last = run.at(-1)
    const isFar = last !== undefined && member.localOffset - endOf(last) > CHEAP_GAP_BYTES
    const isLong = last !== undefined && endOf(member) - run[0]!.localOffset > LARGEST_READ_BYTES
    if (isFar || isLong) {
      yield run
      run = []
    }
    run.push(member)
  }
  if (run.length > 0) yield run
}

function endOf(member: ZipMember): number {
  return member.localOffset + likelySpanBytes(member)
}

/**
 * Reads many small members of one archive with few reads: neighbours share one, because a
 * hundred thousand sidecars lie between the photos of a part.
 * @module
 */
import { type ReadAt, readUpTo } from '../read-at.ts'
import { type MemberContent, memberContent } from './inflate-member.ts'
import { likelySpanBytes, localHeaderBytes } from './local-header.ts'
import type { ZipMember } from './zip-member.ts'

/** To read so many unneeded bytes costs less than another read; no photo is this small. */
const CHEAP_GAP_BYTES = 512
const LARGEST_READ_BYTES = 4 * 2 ** 20

/**
 * Yields the content of each of `members`. Both lists must be sorted by offset; `all` is the whole
 * archive's, so that not even the first bytes of the photo behind a sidecar are read.
 */
export async function* readSmallMembers(
  source: ReadAt,
  members: readonly ZipMember[],
  all: readonly ZipMember[] = members,
): AsyncGenerator<{ member: ZipMember; content: MemberContent }> {
  const ends = endsOf(all)
  const endOf = (member: ZipMember) => ends.get(member) ?? likelyEnd(member)
  for (const run of neighbours(members, endOf)) {
    const start = run[0]!.localOffset
    const bytes = await readUpTo(source, start, endOf(run.at(-1)!) - start)
    for (const member of run) {
      const span = bytes.subarray(member.localOffset - start)
      yield { member, content: await memberContent(source, member, span) }
    }
  }
}

type EndOf = (member: ZipMember) => number

function* neighbours(members: readonly ZipMember[], endOf: EndOf): Generator<ZipMember[]> {
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

/** Where each ends at the latest: where the next one begins, or, for the last, likely. */
function endsOf(all: readonly ZipMember[]): Map<ZipMember, number> {
  return new Map(
    all.map((member, at) => {
      const next = all[at + 1]?.localOffset ?? Infinity
      // one that lies inside another says nothing about where that one ends
      const least = member.localOffset + localHeaderBytes(member) + member.compressedSize
      const likely = likelyEnd(member)
      return [member, next < least ? likely : Math.min(next, likely)]
    }),
  )
}

function likelyEnd(member: ZipMember): number {
  return member.localOffset + likelySpanBytes(member)
}

/**
 * Which packfiles a sample reads. Those that were not read for longest come first, so that samples
 * of 2 % a week have read everything after a year. Packfiles that hold metadata are a stratum of
 * their own: they are few, and one damaged byte there may concern many photos.
 * @module
 */
import { createHash, randomBytes } from 'node:crypto'
import type { Repository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'

/** A share of all bytes (0 to 1), a number of packfiles, or bytes. */
export type SampleSize = { share: number } | { count: number } | { bytes: number }

interface Candidate {
  name: string
  bytes: number
  verifiedAt: number
  /** Decides between those that were read at the same time, or never. */
  lot: string
}

/**
 * At least one packfile of each stratum, where there is one.
 * @param sizes of the packfiles that may be chosen
 */
export async function choosePackfiles(
  repository: Repository,
  sizes: ReadonlyMap<string, number>,
  sample: SampleSize,
  salt: Uint8Array = randomBytes(16),
): Promise<string[]> {
  const withMetadata = packfilesWithMetadata(repository)
  const strata: Candidate[][] = [[], []]
  for (const [name, bytes] of sizes) {
    const verifiedAt = (await repository.local?.memory.packfileVerifiedAt(name)) ?? 0
    const lot = createHash('sha256').update(salt).update(name).digest('hex')
    strata[withMetadata.has(name) ? 0 : 1]!.push({ name, bytes, verifiedAt, lot })
  }
  const all = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0)
  return strata.flatMap((stratum) => {
    const oldestFirst = stratum.sort(
      (a, b) => a.verifiedAt - b.verifiedAt || (a.lot < b.lot ? -1 : 1),
    )
    return chosenFrom(oldestFirst, partFor(stratum, sample, all, sizes.size))
  })
}

/** What falls to a stratum: as large a part of it as the sample is of the whole. */
function partFor(
  stratum: readonly Candidate[],
  sample: SampleSize,
  allBytes: number,
  allCount: number,
): { bytes: number } | { count: number } {
  if ('count' in sample) return { count: Math.round((sample.count * stratum.length) / allCount) }
  const share = 'share' in sample ? sample.share : sample.bytes / Math.max(1, allBytes)
  return { bytes: share * stratum.reduce((sum, { bytes }) => sum + bytes, 0) }
}

function chosenFrom(
  stratum: readonly Candidate[],
  part: { bytes: number } | { count: number },
): string[] {
  const chosen: string[] = []
  let bytes = 0
  for (const candidate of stratum) {
    const isEnough = 'count' in part ? chosen.length >= part.count : bytes >= part.bytes
    if (isEnough && chosen.length > 0) break
    chosen.push(candidate.name)
    bytes += candidate.bytes
  }
  return chosen
}

function packfilesWithMetadata({ index }: Repository): Set<string> {
  const all = new Set(index.packfiles())
  const found = new Set<string>()
  for (const { type, packfile } of index.blobsIn(all)) {
    if (type !== ResourceType.CHUNK && type !== ResourceType.RANDOM) found.add(packfile)
  }
  return found
}

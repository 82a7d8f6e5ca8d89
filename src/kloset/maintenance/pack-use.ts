/**
 * How much of each packfile is needed.
 * @module
 */
import { macToHex } from '../mac-hex.ts'
import type { Repository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'
import type { Marks } from './marks.ts'

export interface PackUse {
  /** Stored bytes of all blobs but padding. */
  bytes: number
  /** Of these, what snapshots need. */
  neededBytes: number
  /** It holds something needed of which no packfile that stays has a copy. */
  isIrreplaceable: boolean
}

/** Of a packfile that is not there, when others have all that was in it. */
export const NOT_NEEDED: PackUse = { bytes: 0, neededBytes: 0, isIrreplaceable: false }

/**
 * Of every packfile that was not deleted. A needed blob that lies in several counts in each of
 * them: whether all copies are sound is not known here.
 */
export function packUses({ index }: Repository, marks: Marks): Map<string, PackUse> {
  const uses = new Map<string, PackUse>()
  for (const name of index.publishedPackfiles()) {
    uses.set(name, { bytes: 0, neededBytes: 0, isIrreplaceable: false })
  }
  const live = new Set(index.packfiles())
  for (const { type, mac, packfile, length } of index.blobsIn(uses)) {
    if (type === ResourceType.RANDOM) continue
    const use = uses.get(packfile)!
    use.bytes += length
    if (!marks.has(type, mac)) continue
    use.neededBytes += length
    use.isIrreplaceable ||= live.has(packfile) || !index.has(type, macToHex(mac))
  }
  return uses
}

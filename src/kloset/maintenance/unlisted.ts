/**
 * Snapshots that no state lists though all of them is there: the state of a backup was lost, or a
 * backup was killed just before it published. Only a repair lists them again; until then nobody
 * throws away what they consist of.
 * @module
 */
import { DamagedRepositoryError } from '../damage.ts'
import { macFromHex } from '../mac-hex.ts'
import type { BlobRecord } from '../packfile/packfile-codec.ts'
import { readOrphan } from '../repair/orphan-packs.ts'
import {
  examineSnapshot,
  FoundBlobs,
  type PackContents,
  readFound,
} from '../repair/unlisted-snapshots.ts'
import type { Repository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'
import type { Marks } from './marks.ts'
import type { FoundOrphan } from './store-packfiles.ts'

export interface UnlistedSnapshots {
  ids: string[]
  /** `TYPE:MAC` of all they need. */
  needs: Set<string>
  /** What is in the orphans; nothing unless a snapshot needs some of it. */
  contents: PackContents[]
}

/** Those whose header lies in a packfile that no state names. */
export async function findUnlisted(
  repository: Repository,
  orphans: readonly FoundOrphan[],
  signal: AbortSignal,
): Promise<UnlistedSnapshots> {
  const unlisted: UnlistedSnapshots = { ids: [], needs: new Set(), contents: [] }
  const headers = orphans.flatMap((orphan) => orphan.headers)
  if (headers.length === 0) return unlisted
  const blobs = new FoundBlobs()
  for (const { name } of orphans) {
    const contents = await readOrphan(repository, name)
    if (contents === undefined) continue
    unlisted.contents.push(contents)
    blobs.add(contents)
  }
  for (const found of headers) {
    const { id } = found
    if (unlisted.ids.includes(id)) continue
    const header = await readFound(repository, found).catch(damagedIsNone)
    if (header === undefined) continue
    const examined = await examineSnapshot(repository, { id, header }, blobs, signal)
    if (examined.lack !== undefined) continue
    unlisted.ids.push(id)
    for (const need of examined.needs) unlisted.needs.add(need)
  }
  return unlisted
}

/** Marks what they need; of that, what lies in orphans is not known to the index. */
export function markUnlisted(marks: Marks, { needs }: UnlistedSnapshots): void {
  for (const need of needs) {
    const at = need.indexOf(':')
    marks.mark(Number(need.slice(0, at)) as ResourceType, macFromHex(need.slice(at + 1)))
  }
}

/** Names of the orphans that have something of it. */
export function neededOrphans({ contents }: UnlistedSnapshots, marks: Marks): Set<string> {
  const isNeeded = ({ type, mac }: BlobRecord) =>
    type !== ResourceType.RANDOM && marks.has(type, mac)
  return new Set(contents.filter(({ records }) => records.some(isNeeded)).map(({ name }) => name))
}

function damagedIsNone(error: unknown): undefined {
  if (!(error instanceof DamagedRepositoryError)) throw error
}

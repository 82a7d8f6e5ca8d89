/**
 * What of packfiles lies in the store, compared with what the states say.
 * @module
 */
import { NotInStoreError, ShortReadError } from '../../stores/store.ts'
import { DamagedRepositoryError } from '../damage.ts'
import { macToHex } from '../mac-hex.ts'
import { readPackfileIndex } from '../packfile/packfile-index.ts'
import type { Repository } from '../repository.ts'
import type { Orphan } from './decisions.ts'
import { PackfileMissingError } from './maintenance-errors.ts'
import type { Marks } from './marks.ts'

export interface StorePackfiles {
  /** In the store, but no state publishes them. */
  orphans: Orphan[]
  /** States deleted them; a run that ended early left their files. */
  leftovers: string[]
  /** Published, but not there; all that is needed of them lies in others as well. */
  absent: string[]
}

/**
 * From here on the index takes what lies in absent packfiles for absent, so that a coloured packfile
 * that has the last copy of something counts as irreplaceable.
 * @throws {PackfileMissingError} when something that is needed is nowhere else
 */
export async function lookAtPackfiles(
  repository: Repository,
  marks: Marks,
  signal: AbortSignal,
): Promise<StorePackfiles> {
  const { store, index } = repository
  const published = new Set(index.publishedPackfiles())
  const deleted = new Set(index.deletedPackfiles())
  const found = new Set<string>()
  const result: StorePackfiles = { orphans: [], leftovers: [], absent: [] }
  for await (const name of store.list('packfile')) {
    signal.throwIfAborted()
    found.add(name)
    if (published.has(name)) continue
    if (deleted.has(name)) result.leftovers.push(name)
    else result.orphans.push({ name, made: await readMade(repository, name) })
  }
  for (const name of published) {
    if (!found.has(name) && !(await isThere(repository, name))) result.absent.push(name)
  }
  const absent = new Set(result.absent)
  index.setAbsent(absent)
  requireReplaced(repository, absent, marks)
  return result
}

/** A backup or a copy may have stored again what was lost with them; it may be coloured by now. */
function requireReplaced(
  { store, index }: Repository,
  absent: ReadonlySet<string>,
  marks: Marks,
): void {
  if (absent.size === 0) return
  for (const { type, mac, packfile } of index.blobsIn(absent)) {
    if (!marks.has(type, mac)) continue
    const isElsewhere = index
      .locations(type, macToHex(mac))
      .some((other) => !absent.has(other.packfile))
    if (!isElsewhere) throw new PackfileMissingError(packfile, store.location)
  }
}

/** A listing is never proof that something is absent. */
async function isThere({ store }: Repository, name: string): Promise<boolean> {
  try {
    await store.size('packfile', name)
    return true
  } catch (error) {
    if (error instanceof NotInStoreError) return false
    throw error
  }
}

async function readMade(repository: Repository, name: string): Promise<bigint | undefined> {
  const { store } = repository
  const read = (offset: number, length: number) => store.get('packfile', name, { offset, length })
  try {
    const sizeBytes = await store.size('packfile', name)
    return (await readPackfileIndex({ sizeBytes, read }, repository)).footer.timestamp
  } catch (error) {
    const isUnreadable =
      error instanceof DamagedRepositoryError ||
      error instanceof NotInStoreError ||
      error instanceof ShortReadError
    if (isUnreadable) return undefined
    throw error
  }
}

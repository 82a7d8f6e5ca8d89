/**
 * What of packfiles lies in the store, compared with what the states say.
 * @module
 */
import { macToHex } from '../mac-hex.ts'
import { isThere } from '../read-stored.ts'
import { readOrphan } from '../repair/orphan-packs.ts'
import { type FoundHeader, unlistedHeaders } from '../repair/unlisted-snapshots.ts'
import type { Repository } from '../repository.ts'
import { PackfileMissingError } from './maintenance-errors.ts'
import type { Marks } from './marks.ts'

/** A packfile that no state publishes. */
export interface FoundOrphan {
  name: string
  /** When it was made, as it says itself (ns); undefined when it cannot be read. */
  made: bigint | undefined
  /** Of snapshots that should be listed. */
  headers: FoundHeader[]
}

export interface StorePackfiles {
  orphans: FoundOrphan[]
  /** States deleted them; a run that ended early left their files. */
  leftovers: string[]
  /** Published, but not there. */
  absent: string[]
}

/**
 * From here on the index takes what lies in absent packfiles for absent, so that a coloured packfile
 * that has the last copy of something counts as irreplaceable.
 */
export async function lookAtPackfiles(
  repository: Repository,
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
    else result.orphans.push(await lookAtOrphan(repository, name))
  }
  for (const name of published) {
    if (!found.has(name) && !(await isThere(repository.store, 'packfile', name)))
      result.absent.push(name)
  }
  index.setAbsent(new Set(result.absent))
  return result
}

/**
 * A backup or a copy may have stored again what was lost with absent packfiles; it may be coloured
 * by now.
 * @throws {PackfileMissingError} when something that is needed is nowhere else
 */
export function requireReplaced(
  { store, index }: Repository,
  packfiles: readonly string[],
  marks: Marks,
): void {
  if (packfiles.length === 0) return
  const absent = new Set(packfiles)
  for (const { type, mac, packfile } of index.blobsIn(absent)) {
    if (!marks.has(type, mac)) continue
    const isElsewhere = index
      .locations(type, macToHex(mac))
      .some((other) => !absent.has(other.packfile))
    if (!isElsewhere) throw new PackfileMissingError(packfile, store.location)
  }
}

async function lookAtOrphan(repository: Repository, name: string): Promise<FoundOrphan> {
  const contents = await readOrphan(repository, name)
  const headers = contents === undefined ? [] : unlistedHeaders(repository, contents)
  return { name, made: contents?.made, headers }
}

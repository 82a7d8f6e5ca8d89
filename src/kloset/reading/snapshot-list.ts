/**
 * Which snapshots there are, and which one a person means.
 * @module
 */
import { CodedError } from '../../util/coded-error.ts'
import { compareTimestamps } from '../msgpack/timestamp.ts'
import type { HeaderRecord } from '../records/header.ts'
import type { Repository } from '../repository.ts'
import { readHeader, SnapshotNotFoundError } from './snapshot-header.ts'

export { SnapshotNotFoundError }

/** Several snapshots begin with the digits that were given. */
export class AmbiguousSnapshotError extends CodedError {
  readonly code = 'AMBIGUOUS_SNAPSHOT'
  readonly candidates: string[]
  constructor(prefix: string, candidates: string[]) {
    super(`${prefix} may be any of ${candidates.map((id) => id.slice(0, 16)).join(', ')}`, {
      hint: 'Give more digits of the snapshot.',
    })
    this.candidates = candidates
  }
}

/**
 * The headers of all snapshots, newest first.
 * @throws {DamagedRepositoryError} when a header is damaged: leaving it out would hide a snapshot
 */
export async function listSnapshots(repository: Repository): Promise<HeaderRecord[]> {
  const headers: HeaderRecord[] = []
  for (const id of repository.index.snapshots()) headers.push(await readHeader(repository, id))
  return headers.sort((a, b) => compareTimestamps(b.timestamp, a.timestamp))
}

/**
 * The id of the snapshot that `wanted` means: a prefix that only one has, or `latest`.
 * @throws {SnapshotNotFoundError}
 * @throws {AmbiguousSnapshotError}
 */
export async function findSnapshot(repository: Repository, wanted: string): Promise<string> {
  const { location } = repository.store
  if (wanted === 'latest') {
    const newest = (await listSnapshots(repository))[0]
    if (newest === undefined) throw new SnapshotNotFoundError(location, wanted)
    return newest.identifier
  }
  const prefix = wanted.toLowerCase()
  const candidates = repository.index.snapshots().filter((id) => id.startsWith(prefix))
  const [only, another] = candidates
  if (only === undefined || prefix === '') throw new SnapshotNotFoundError(location, wanted)
  if (another !== undefined) throw new AmbiguousSnapshotError(wanted, candidates)
  return only
}

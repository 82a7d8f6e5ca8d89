/**
 * Reads the header of a snapshot.
 * @module
 */
import { CodedError } from '../../util/coded-error.ts'
import { MalformedRecordError } from '../damage.ts'
import { VERSION_1_0_0 } from '../format-version.ts'
import { decodeHeader, type HeaderRecord } from '../records/header.ts'
import type { Repository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'
import { requireVersion } from '../supported-configuration.ts'

/** The repository has no such snapshot, or not any more. */
export class SnapshotNotFoundError extends CodedError {
  readonly code = 'SNAPSHOT_NOT_FOUND'
  constructor(location: string, wanted: string) {
    const what = wanted === 'latest' ? 'no snapshot yet' : `no snapshot ${wanted}`
    super(`${location} has ${what}`, { hint: 'List the snapshots with: ls' })
  }
}

/**
 * A header is stored under the snapshot's random id, so its MAC proves nothing; but it names its
 * id itself.
 * @throws {SnapshotNotFoundError}
 * @throws {DamagedRepositoryError}
 */
export async function readHeader(repository: Repository, id: string): Promise<HeaderRecord> {
  const { index, store } = repository
  if (!index.hasSnapshot(id)) throw new SnapshotNotFoundError(store.location, id)
  return readStoredHeader(repository, id)
}

/**
 * The same, also for a snapshot that was removed and is still stored.
 * @throws {BlobNotFoundError} when it is not
 * @throws {DamagedRepositoryError}
 */
export async function readStoredHeader(repository: Repository, id: string): Promise<HeaderRecord> {
  const { store } = repository
  const header = decodeHeader(await repository.readBlob(ResourceType.SNAPSHOT, id))
  const what = `the header of snapshot ${id.slice(0, 8)}`
  requireVersion(what, header.version, VERSION_1_0_0, store.location)
  if (header.identifier !== id) throw new MalformedRecordError(what, 'it is that of another one')
  if (header.sources.length === 0) throw new MalformedRecordError(what, 'it names no tree')
  return header
}

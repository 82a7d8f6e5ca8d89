/**
 * Which blobs are needed: computed from the snapshots themselves, anew in every run. Nothing that
 * an earlier run or a cache says is believed.
 *
 * A million blobs take some 50 MB.
 * @module
 */
import type { Progress } from '../../util/progress.ts'
import { BlobNotFoundError, DamagedRepositoryError } from '../damage.ts'
import { macFromHex } from '../mac-hex.ts'
import type { Repository } from '../repository.ts'
import type { ResourceType } from '../resource-type.ts'
import { BlobSet } from '../writing/blob-set.ts'
import { UnreadableSnapshotError } from './maintenance-errors.ts'
import { walkReferences } from './reference-walk.ts'
import { WindowReader } from './window-reader.ts'

/** A set that is full would forget what it is told; it never comes to that. */
const SPARE_BLOBS = 1024

export class Marks {
  readonly #blobs: BlobSet

  constructor(capacity: number) {
    this.#blobs = BlobSet.withCapacity(capacity + SPARE_BLOBS)
  }

  get size(): number {
    return this.#blobs.size
  }

  /** Whether it was not marked before. */
  mark(type: ResourceType, mac: Uint8Array): boolean {
    if (!this.#blobs.claim(type, mac)) return false
    if (this.#blobs.has(type, mac)) return true
    throw new RangeError('there are more blobs than can be marked')
  }

  has(type: number, mac: Uint8Array): boolean {
    return this.#blobs.has(type as ResourceType, mac)
  }
}

/**
 * Marks everything that snapshots need. There is room for so many more that the index does not know.
 * @throws {UnreadableSnapshotError} when that cannot be told of one of them
 */
export async function markNeeded(
  repository: Repository,
  snapshots: Iterable<string>,
  { progress, signal, room = 0 }: { progress: Progress; signal: AbortSignal; room?: number },
): Promise<Marks> {
  const ids = [...snapshots]
  const marks = new Marks(repository.index.blobs + room)
  progress.stage('Finding out what is needed', { parts: ids.length })
  const meet = (type: ResourceType, mac: string) => {
    const isNew = marks.mark(type, macFromHex(mac))
    if (isNew) requireLocated(repository, type, mac)
    return isNew
  }
  const windows = new WindowReader(repository)
  const { index, store } = repository
  const readBlob = (type: ResourceType, mac: string) => windows.readBlob(type, mac)
  const onRead = () => progress.advance({ items: 1 })
  for (const id of ids) {
    try {
      await walkReferences({ index, store, readBlob }, id, { meet, signal, onRead })
    } catch (error) {
      if (error instanceof DamagedRepositoryError) throw new UnreadableSnapshotError(id, error)
      throw error
    }
    progress.advance({ parts: 1 })
  }
  return marks
}

function requireLocated({ index, store }: Repository, type: ResourceType, mac: string): void {
  if (index.locations(type, mac).length > 0) return
  throw new BlobNotFoundError(type, mac, store.location)
}

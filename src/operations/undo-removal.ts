/**
 * `rm --undo`: takes the removal of a snapshot back, as long as all of it is still there.
 *
 * It holds the shared lock: a maintenance that sweeps at the same time could take away what was just
 * found to be there.
 * @module
 */
import { readStoredHeader } from '../kloset/reading/snapshot-header.ts'
import { AmbiguousSnapshotError, SnapshotNotFoundError } from '../kloset/reading/snapshot-list.ts'
import { examineSnapshot, FoundBlobs } from '../kloset/repair/unlisted-snapshots.ts'
import type { Repository } from '../kloset/repository.ts'
import { ResourceType } from '../kloset/resource-type.ts'
import { randomMac } from '../kloset/state/random-mac.ts'
import { KeptLock } from '../kloset/writing/kept-lock.ts'
import { listAgain } from '../kloset/writing/list-again.ts'
import { WriteGuard } from '../kloset/writing/write-guard.ts'
import { type Clock, systemClock } from '../util/clock.ts'
import { CodedError } from '../util/coded-error.ts'
import { type SnapshotLine, snapshotLine } from './list-snapshots.ts'
import type { WorkOptions } from './work-options.ts'

export interface UndoneRemoval {
  snapshot: SnapshotLine
  /** It was there already: nobody had removed it. */
  wasThere: boolean
}

/**
 * @param wanted beginnings of ids
 * @throws {RemovalFinalError} when something of one is gone; then none comes back
 * @throws {SnapshotNotFoundError | AmbiguousSnapshotError | RepositoryBusyError}
 */
export async function undoRemoval(
  repository: Repository,
  wanted: readonly string[],
  options: WorkOptions & { clock?: Clock },
): Promise<UndoneRemoval[]> {
  const { signal, progress, clock = systemClock } = options
  const guard = new WriteGuard(repository.store.location, signal)
  await using lock = await KeptLock.acquire({
    ...{ repository, id: randomMac(), guard, exclusive: false, clock, signal },
    onWait: (what) => progress.stage(what),
  })
  await repository.refresh()
  const ids = wanted.map((prefix) => findAny(repository, prefix))
  const removed = ids.filter((id) => !repository.index.hasSnapshot(id))
  progress.stage('Looking whether all of it is there')
  const doomed = new Set<string>()
  const snapshots: { id: string; header: Uint8Array }[] = []
  for (const id of removed) snapshots.push(await wholeSnapshot(repository, id, doomed, signal))
  guard.check()
  await lock.confirm()
  if (snapshots.length > 0) await listAgain(repository, snapshots, doomed, clock.now())
  const found: UndoneRemoval[] = []
  for (const id of ids) {
    if (!repository.index.hasSnapshot(id)) throw new RemovalFinalError(id, 'it was removed again')
    const snapshot = snapshotLine(await readStoredHeader(repository, id))
    found.push({ snapshot, wasThere: !removed.includes(id) })
  }
  return found
}

function findAny({ index, store }: Repository, prefix: string): string {
  const all = new Set([...index.snapshots(), ...index.removedSnapshots().map(({ id }) => id)])
  const candidates = [...all].filter((id) => id.startsWith(prefix.toLowerCase()))
  if (candidates.length > 1) throw new AmbiguousSnapshotError(prefix, candidates)
  if (candidates[0] === undefined) throw new SnapshotNotFoundError(store.location, prefix)
  return candidates[0]
}

/**
 * Reads the whole tree, and looks for every chunk; `check --full` reads these, too.
 * @param doomed takes packfiles that it needs and a maintenance announced to delete
 */
async function wholeSnapshot(
  repository: Repository,
  id: string,
  doomed: Set<string>,
  signal: AbortSignal,
): Promise<{ id: string; header: Uint8Array }> {
  try {
    await readStoredHeader(repository, id)
    const snapshot = { id, header: await repository.readBlob(ResourceType.SNAPSHOT, id) }
    const examined = await examineSnapshot(repository, snapshot, new FoundBlobs(), signal)
    if (examined.lack !== undefined) throw examined.lack
    for (const packfile of examined.doomed) doomed.add(packfile)
    return snapshot
  } catch (error) {
    if (!isGone(error)) throw error
    throw new RemovalFinalError(id, 'a part of it is gone', { cause: error })
  }
}

const isGone = (error: unknown) =>
  error instanceof CodedError && ['BLOB_NOT_FOUND', 'DAMAGED_BLOB'].includes(error.code)

/** A maintenance deleted data of the snapshot: nobody can bring it back. */
export class RemovalFinalError extends CodedError {
  readonly code = 'REMOVAL_FINAL'
  constructor(id: string, detail: string, options: { cause?: unknown } = {}) {
    super(`the removal of snapshot ${id.slice(0, 8)} cannot be taken back: ${detail}`, {
      hint: 'A maintenance deletes what nothing needs some days after its removal. Another store may still have it: sync from STORE.',
      ...options,
    })
  }
}

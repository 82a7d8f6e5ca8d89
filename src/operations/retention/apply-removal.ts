/**
 * Removes snapshots, and makes sure of it: that they are gone, and that nothing went that somebody
 * began to hold meanwhile.
 * @module
 */
import type { Repository } from '../../kloset/repository.ts'
import { ResourceType } from '../../kloset/resource-type.ts'
import { removeSnapshots } from '../../kloset/state/remove-snapshots.ts'
import { listAgain } from '../../kloset/writing/list-again.ts'
import { CodedError } from '../../util/coded-error.ts'
import { HeldError, heldBack } from './removal-plan.ts'

/**
 * All of them or none.
 * @throws {HeldError} when somebody began to hold one of them meanwhile; then none is removed
 * @throws {StillThereError}
 */
export async function applyRemoval(
  repository: Repository,
  ids: readonly string[],
  { now, signal }: { now: () => Date; signal: AbortSignal },
): Promise<void> {
  if (ids.length === 0) return
  await repository.refresh()
  await requireFree(repository, ids, now(), signal)
  signal.throwIfAborted()
  await removeSnapshots(repository, ids, now)
  await repository.refresh()
  const left = ids.filter((id) => repository.index.hasSnapshot(id))
  if (left.length > 0) throw new StillThereError(left)
  try {
    await requireFree(repository, ids, now(), undefined)
  } catch (error) {
    await takeBack(repository, ids, now())
    throw error
  }
}

async function takeBack(repository: Repository, ids: readonly string[], now: Date): Promise<void> {
  const read = async (id: string) => ({
    id,
    header: await repository.readBlob(ResourceType.SNAPSHOT, id),
  })
  await listAgain(repository, await Promise.all(ids.map(read)), [], now)
}

async function requireFree(
  repository: Repository,
  ids: readonly string[],
  now: Date,
  signal: AbortSignal | undefined,
): Promise<void> {
  const held = await heldBack(repository, ids, { now, ...(signal ? { signal } : {}) })
  if (held.size > 0) throw new HeldError(held)
}

/** The removal was stored, and yet the snapshots are listed. */
export class StillThereError extends CodedError {
  readonly code = 'STILL_THERE'
  constructor(ids: readonly string[]) {
    super(
      `snapshot ${ids.map((id) => id.slice(0, 8)).join(', ')} is still there after its removal`,
      {
        hint: 'Somebody may have taken the removal back at the same time. Look with "ls", then try again.',
      },
    )
  }
}

/**
 * What every step of a maintenance works with, and the look around that comes before each of its
 * writes.
 * @module
 */
import type { Clock } from '../../util/clock.ts'
import type { Progress } from '../../util/progress.ts'
import type { Repository } from '../repository.ts'
import { randomMac } from '../state/random-mac.ts'
import type { StateDraft } from '../state/state-codec.ts'
import type { KeptLock } from '../writing/kept-lock.ts'

export interface MaintenanceWork {
  repository: Repository
  /** Undefined when nothing is to be written. */
  lock: Pick<KeptLock, 'confirm'> | undefined
  clock: Clock
  progress: Progress
  signal: AbortSignal
}

/** What a decision was made from. While it stands, so does the decision. */
export class Ground {
  readonly #work: MaintenanceWork
  readonly #roots: ReadonlySet<string>
  readonly #holds: string

  constructor(work: MaintenanceWork, roots: ReadonlySet<string>) {
    this.#work = work
    this.#roots = roots
    this.#holds = holdsOf(work.repository)
  }

  /**
   * Looks at the lock and at states that appeared meanwhile: removing snapshots and holding them
   * takes no lock.
   * @returns whether all that was found needed is still all there is; more may be needed otherwise
   */
  async stillStands(): Promise<boolean> {
    const { repository, lock, signal } = this.#work
    signal.throwIfAborted()
    await lock?.confirm()
    await repository.refresh()
    repository.requireSoundStates()
    if (holdsOf(repository) !== this.#holds) return false
    return repository.index.snapshots().every((id) => this.#roots.has(id))
  }
}

function holdsOf({ index }: Repository): string {
  return index
    .holds()
    .map(({ id }) => id)
    .sort()
    .join()
}

/** Publishes a state that says no more than `entries`. Returns its size in bytes. */
export function publishEntries(
  { repository, clock }: MaintenanceWork,
  entries: Partial<StateDraft>,
): Promise<number> {
  const parent = repository.index.latestState
  const draft = { parent, timestamp: clock.now(), locations: [], packfiles: [], ...entries }
  return repository.publish(draft, randomMac())
}

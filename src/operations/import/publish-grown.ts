/**
 * Publishes the library that an import grew, whoever else imports at the same time.
 *
 * Imports take turns at publishing. The first time the turn is taken last, so that nobody waits
 * while others write their catalogues. Who then finds that another import was faster grows that
 * one's library instead, with the turn in hand: ids and paths that were published stay, ours adapt.
 * Contents were stored before and are not read again.
 * @module
 */
import type { Repository } from '../../kloset/repository.ts'
import { type Turn, takeTurn } from '../../kloset/state/publish-turn.ts'
import type { SnapshotWriter } from '../../kloset/writing/snapshot-writer.ts'
import type { Growth } from '../../photos/growth/grow-library.ts'
import { type Clock, systemClock } from '../../util/clock.ts'
import type { StoredReport } from '../stored-report.ts'
import type { WorkOptions } from '../work-options.ts'
import { type CarriedOver, carryOver } from './carry-over.ts'
import { commitImport } from './commit-import.ts'
import {
  LibraryMovedOnError,
  type PreviousLibrary,
  readPreviousLibrary,
} from './previous-library.ts'

/** What a library grows from: it as it was, and what of it is in the new snapshot already. */
export interface Ground {
  previous: PreviousLibrary
  carried: CarriedOver
}

export interface Grown {
  growth: Growth
  report: StoredReport
}

/** Only programs that know no turns can be faster more than once. */
const TRIES = 5

/**
 * @param write puts the grown library into the writer
 * @throws {LibraryMovedOnError} when others were faster every time; what was stored is kept
 */
export async function publishGrown(
  writer: SnapshotWriter,
  first: Ground,
  write: (ground: Ground) => Promise<Grown>,
  options: WorkOptions & { repository: Repository; client: string; clock?: Clock },
): Promise<Grown & { id: string; bytesStored: number }> {
  const { repository, client, progress, signal, clock = systemClock } = options
  await using turns = new TurnHolder()
  const take = () =>
    turns.take(() =>
      takeTurn(repository, { clock, signal, onWait: (what) => progress.stage(what) }),
    )
  let ground = first
  for (let tries = 1; ; tries++) {
    const grown = await write(ground)
    try {
      const { previous } = ground
      const commit = { repository, previous, ...grown, client, beforeLook: take }
      return { ...grown, ...(await commitImport(writer, commit)) }
    } catch (error) {
      if (!(error instanceof LibraryMovedOnError)) throw error
      if (tries === TRIES) {
        await writer.checkpoint() // what was read is known when it is run again
        throw error
      }
    }
    progress.stage('Another import was faster: growing its library')
    ground = await anotherGround(repository, writer)
  }
}

/** The newest library, in place of the one that the writer had. */
async function anotherGround(repository: Repository, writer: SnapshotWriter): Promise<Ground> {
  const previous = await readPreviousLibrary(repository)
  writer.startOver()
  return { previous, carried: await carryOver(previous.reader, writer, new Set()) }
}

/** At most one turn, given back at the end. */
class TurnHolder implements AsyncDisposable {
  #turn: Turn | undefined

  async take(open: () => Promise<Turn>): Promise<void> {
    this.#turn ??= await open()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#turn?.end()
  }
}

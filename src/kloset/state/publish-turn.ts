/**
 * Whose turn it is to publish, for snapshots that build on one another: two who look what the newest
 * one is at the same moment would both build on it, and each leave out what the other brought.
 *
 * A turn is a shared lock whose host name says so; for everybody else it is a lock like others. It
 * is taken as exclusive locks are: look, put, look again; of two who meet, both step back, for a
 * random while. It was left behind when its process has ended, as far as we can tell, or when it did
 * not change for ten minutes on our own stopwatch.
 * @module
 */
import { randomInt } from 'node:crypto'
import { equalBytes } from '../../util/bytes.ts'
import type { Clock } from '../../util/clock.ts'
import { hasEnded, processMark } from '../../util/process-mark.ts'
import type { LockRecord } from '../records/lock.ts'
import type { Repository } from '../repository.ts'
import { putLock, readOtherLocks, type StoredLock } from './lock-file.ts'
import { LOCK_REFRESH_MS, LOCK_STALE_MS, release } from './locks.ts'
import { randomMac } from './random-mac.ts'

/** What follows the name of the computer: `laptop (publishing a library; MARK)`. */
const PURPOSE = / \(publishing a library; (.*)\)$/
const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 5_000

export interface TurnOptions {
  clock: Clock
  signal: AbortSignal
  /** Told once, when somebody else has it. */
  onWait?: (what: string) => void
}

export interface Turn extends AsyncDisposable {
  /** Given back; doing it again changes nothing. */
  end(): Promise<void>
}

/** Waits for as long as others who are alive have it. Dispose of it in any case. */
export async function takeTurn(repository: Repository, options: TurnOptions): Promise<Turn> {
  const { clock, signal, onWait } = options
  const id = randomMac()
  const seen = new Sightings(clock)
  let pause = FIRST_PAUSE_MS
  for (let told = false; ; told = true) {
    signal.throwIfAborted()
    if (!(await isTaken(repository, id, seen))) {
      await put(repository, id, clock)
      if (await isOurs(repository, id, seen)) {
        await removeLeftBehind(repository, seen)
        return keep(repository, id, clock)
      }
      await release(repository, id)
    }
    if (!told) onWait?.('Waiting while another import publishes its snapshot')
    await clock.sleep(randomInt(pause / 2, pause), signal)
    pause = Math.min(2 * pause, LONGEST_PAUSE_MS)
  }
}

/** Looks again; gives it back when that fails. */
async function isOurs(repository: Repository, id: string, seen: Sightings): Promise<boolean> {
  try {
    return !(await isTaken(repository, id, seen))
  } catch (error) {
    await release(repository, id).catch(() => {}) // it ends by itself; why we failed matters more
    throw error
  }
}

async function isTaken(repository: Repository, id: string, seen: Sightings): Promise<boolean> {
  const others = await readOtherLocks(repository, id)
  const turns = others.filter(({ record }) => markOf(record) !== undefined)
  const standing = turns.map((lock) => seen.isLeftBehind(lock))
  return standing.includes(false)
}

/** Who comes next need not find out again that they were. What cannot be removed is in nobody's way. */
async function removeLeftBehind(repository: Repository, seen: Sightings): Promise<void> {
  for (const id of seen.leftBehind) await release(repository, id).catch(() => {})
}

function put(repository: Repository, id: string, clock: Clock): Promise<void> {
  const purpose = ` (publishing a library; ${processMark() ?? ''})`
  return putLock(repository, id, { exclusive: false, now: clock.now(), purpose })
}

/** Undefined for locks that are no turns. */
function markOf(record: LockRecord | undefined): string | undefined {
  return record && PURPOSE.exec(record.hostname)?.[1]
}

/** Shows every minute that its owner is alive. */
function keep(repository: Repository, id: string, clock: Clock): Turn {
  let writing = Promise.resolve()
  const timer = setInterval(() => {
    // Nine more tries before anybody takes it for dead.
    writing = writing.then(() => put(repository, id, clock)).catch(() => {})
  }, LOCK_REFRESH_MS).unref()
  let ended: Promise<void> | undefined
  const end = () => {
    clearInterval(timer)
    const giveBack = () => release(repository, id)
    // One that stays hinders others for ten minutes, so it is tried twice.
    ended ??= writing
      .then(giveBack)
      .catch(giveBack)
      .catch(() => {})
    return ended
  }
  return { end, [Symbol.asyncDispose]: end }
}

/** What was seen of others' turns, and when on our stopwatch. */
class Sightings {
  readonly #clock: Clock
  readonly #seen = new Map<string, { bytes: Uint8Array; since: number }>()
  readonly leftBehind = new Set<string>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  isLeftBehind({ id, bytes, record }: StoredLock): boolean {
    const ticks = this.#clock.ticksMs()
    const known = this.#seen.get(id)
    const isSame = known !== undefined && equalBytes(known.bytes, bytes)
    if (!isSame) this.#seen.set(id, { bytes, since: ticks })
    const isStale = isSame && ticks - known.since > LOCK_STALE_MS
    const isLeft = isStale || hasEnded(markOf(record) ?? '')
    if (isLeft) this.leftBehind.add(id)
    else this.leftBehind.delete(id)
    return isLeft
  }
}

/**
 * What this computer has seen of a repository. A store can always withhold files, or be put back to
 * an older copy of itself; nothing inside can tell that. Who has seen more before can.
 *
 * Besides, it remembers what checks have verified: when each packfile was last read as a whole, and
 * which snapshots were found sound.
 *
 * Files, sealed (see sealed-files.ts): `seen` and `verified`, both JSON. Without them nothing is
 * lost but the ability to notice.
 * @module
 */
import { fromUtf8, utf8 } from '../../util/bytes.ts'
import type { StateIndex } from '../state/state-index.ts'
import type { SealedFiles } from './sealed-files.ts'

interface Seen {
  states: string[]
  snapshots: string[]
}

interface Verified {
  /** When a packfile was last found sound, in ms since 1970. */
  packfiles: Record<string, number>
  /** When everything of a snapshot was last found sound. */
  snapshots: Record<string, number>
}

/** What was there once and is not any more, though nobody who holds the key took it away. */
export interface Vanished {
  states: string[]
  snapshots: string[]
}

export class LocalMemory {
  readonly #files: SealedFiles
  readonly #states: Set<string>
  readonly #snapshots: Set<string>
  readonly #vanished: Vanished = { states: [], snapshots: [] }
  #verified: Verified | undefined
  #isChanged = false

  private constructor(files: SealedFiles, seen: Seen) {
    this.#files = files
    this.#states = new Set(seen.states)
    this.#snapshots = new Set(seen.snapshots)
  }

  static async open(files: SealedFiles): Promise<LocalMemory> {
    const seen = await readJson<Seen>(files, 'seen')
    return new LocalMemory(files, seen ?? { states: [], snapshots: [] })
  }

  /** As of the last {@link compare}. */
  get vanished(): Vanished {
    return this.#vanished
  }

  /** Compares what the store has with what was seen, and remembers what is new. */
  compare(index: StateIndex, listed: ReadonlySet<string>): void {
    const merged = index.mergedStates()
    const gone = [...this.#states].filter((id) => !listed.has(id))
    const isCompacted = gone.some((id) => merged.has(id))
    for (const id of gone) if (merged.has(id)) this.#forget(this.#states, id)
    this.#vanished.states = gone.filter((id) => !merged.has(id))
    const isExplained = (id: string) => index.wasRemoved(id) || (isCompacted && !index.knows(id))
    const missing = [...this.#snapshots].filter((id) => !index.hasSnapshot(id))
    for (const id of missing) if (isExplained(id)) this.#forget(this.#snapshots, id)
    this.#vanished.snapshots = missing.filter((id) => this.#snapshots.has(id))
    this.note(index)
  }

  /** Remembers the states that the index has taken in, and the snapshots. */
  note(index: StateIndex): void {
    const merged = index.mergedStates()
    for (const id of index.stateIds()) if (!merged.has(id)) this.#add(this.#states, id)
    for (const id of index.snapshots()) this.#add(this.#snapshots, id)
  }

  /** From now on, what vanished was never there. */
  accept(): void {
    for (const id of this.#vanished.states) this.#forget(this.#states, id)
    for (const id of this.#vanished.snapshots) this.#forget(this.#snapshots, id)
    this.#vanished.states = []
    this.#vanished.snapshots = []
  }

  async save(): Promise<void> {
    if (!this.#isChanged) return
    this.#isChanged = false
    const seen: Seen = { states: [...this.#states], snapshots: [...this.#snapshots] }
    await this.#files.write('seen', [utf8(JSON.stringify(seen))])
  }

  /** When a packfile was last found sound, in ms since 1970; 0 when that is not known. */
  async packfileVerifiedAt(name: string): Promise<number> {
    return (await this.#loadVerified()).packfiles[name] ?? 0
  }

  /** When all of a snapshot was last found sound. */
  async snapshotVerifiedAt(id: string): Promise<number | undefined> {
    return (await this.#loadVerified()).snapshots[id]
  }

  /**
   * Remembers what a check found sound, and forgets what is not there any more.
   * @param present packfiles and snapshots of the repository
   */
  async noteVerified(
    sound: { packfiles: Iterable<string>; snapshots: Iterable<string> },
    present: { packfiles: ReadonlySet<string>; snapshots: ReadonlySet<string> },
    now: Date,
  ): Promise<void> {
    const verified = await this.#loadVerified()
    for (const kind of ['packfiles', 'snapshots'] as const) {
      const known = new Map(Object.entries(verified[kind]))
      for (const name of sound[kind]) known.set(name, now.getTime())
      verified[kind] = Object.fromEntries([...known].filter(([name]) => present[kind].has(name)))
    }
    await this.#files.write('verified', [utf8(JSON.stringify(verified))])
  }

  async #loadVerified(): Promise<Verified> {
    this.#verified ??= (await readJson<Verified>(this.#files, 'verified')) ?? {
      packfiles: {},
      snapshots: {},
    }
    return this.#verified
  }

  #add(to: Set<string>, id: string): void {
    if (to.has(id)) return
    to.add(id)
    this.#isChanged = true
  }

  #forget(from: Set<string>, id: string): void {
    if (from.delete(id)) this.#isChanged = true
  }
}

/** Sealed, so what can be read was written by this program; another version's shape counts as none. */
async function readJson<T>(files: SealedFiles, kind: string): Promise<T | undefined> {
  const bytes = await files.read(kind)
  try {
    return bytes === undefined ? undefined : (JSON.parse(fromUtf8(bytes)) as T)
  } catch {
    return undefined
  }
}

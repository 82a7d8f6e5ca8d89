/**
 * Which snapshots may not go, because of which hold.
 *
 * A hold on snapshots covers these. A hold on an album or a query covers the lines of the catalogue
 * that it matches, in whatever snapshot: the record of each photo with its files, the record of the
 * album. A snapshot may go when every covered line of it also stands, letter for letter, in one that
 * stays. So a photo whose date was corrected since is held as it was, and as it is.
 *
 * Memory: a short name for every distinct covered line, and one line at a time.
 * @module
 */
import { DamagedRepositoryError } from '../../kloset/damage.ts'
import { timestampToDate } from '../../kloset/msgpack/timestamp.ts'
import { readStoredHeader } from '../../kloset/reading/snapshot-header.ts'
import { SnapshotReader } from '../../kloset/reading/snapshot-reader.ts'
import type { Repository } from '../../kloset/repository.ts'
import { UnreadableCatalogueError } from '../../photos/growth/catalogue-codec.ts'
import { codeOf } from '../../util/coded-error.ts'
import { catalogueLines, catalogueOf } from './catalogue-lines.ts'
import { coveredLines } from './covered-lines.ts'
import type { Hold } from './hold-record.ts'
import { holdsInForce } from './holds.ts'

export interface CoverageQuestion {
  /** Ids of snapshots that are to go, or are gone and still stored. */
  candidates: readonly string[]
  /** Ids of those that stay whatever the answer. */
  staying: readonly string[]
  now: Date
  signal?: AbortSignal
}

/**
 * The candidates that must stay, each with the holds that say so. Of several that would do, the
 * newest is chosen.
 *
 * A candidate whose catalogue is damaged must stay, because nobody can tell. One of which even the
 * blobs are gone is not counted: nothing can be kept of it.
 */
export async function coverage(
  repository: Repository,
  { candidates, staying, now, signal }: CoverageQuestion,
): Promise<Map<string, Hold[]>> {
  const holds = holdsInForce(repository, now)
  const needed = heldByName(holds, candidates)
  const onLines = holds.filter(({ covers }) => covers !== 'everything' && !('snapshots' in covers))
  if (onLines.length === 0 || candidates.length === 0) return needed
  const work = new LineCoverage(repository, onLines, needed, signal)
  await work.stay([...staying, ...needed.keys()])
  await work.judge(candidates)
  return needed
}

/**
 * Snapshots that were removed, by whomever, although a hold in force still covers them, and that are
 * still stored: a maintenance must leave them whole.
 */
export async function heldSnapshots(
  repository: Repository,
  now: Date,
  signal?: AbortSignal,
): Promise<string[]> {
  const { index } = repository
  const candidates = index.removedSnapshots().map(({ id }) => id)
  const staying = index.snapshots()
  const question = { candidates, staying, now, ...(signal ? { signal } : {}) }
  return [...(await coverage(repository, question)).keys()]
}

function heldByName(holds: readonly Hold[], candidates: readonly string[]): Map<string, Hold[]> {
  const needed = new Map<string, Hold[]>()
  for (const id of candidates) {
    const held = holds.filter(({ covers }) => {
      if (covers === 'everything') return true
      return 'snapshots' in covers && covers.snapshots.includes(id)
    })
    if (held.length > 0) needed.set(id, held)
  }
  return needed
}

class LineCoverage {
  readonly #repository: Repository
  readonly #holds: readonly Hold[]
  readonly #needed: Map<string, Hold[]>
  readonly #signal: AbortSignal | undefined
  readonly #staying: SnapshotReader[] = []
  /** Catalogues that stand in a snapshot that stays. */
  readonly #catalogues = new Set<string>()
  /** Covered lines that stand in none so far. */
  readonly #missing = new Set<string>()
  /** By catalogue: snapshots often have the same one. */
  readonly #lines = new Map<string, Map<string, Hold[]>>()

  constructor(
    repository: Repository,
    holds: readonly Hold[],
    needed: Map<string, Hold[]>,
    signal: AbortSignal | undefined,
  ) {
    this.#repository = repository
    this.#holds = holds
    this.#needed = needed
    this.#signal = signal
  }

  /** Notes what stays; one that cannot be read proves nothing, and is passed over. */
  async stay(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      this.#signal?.throwIfAborted()
      const found = await this.#open(id).catch(ifDamaged(undefined))
      if (found === undefined || this.#catalogues.has(found.catalogue)) continue
      this.#catalogues.add(found.catalogue)
      this.#staying.push(found.reader)
    }
    this.#staying.sort(newestFirst)
  }

  async judge(candidates: readonly string[]): Promise<void> {
    const doubtful = await this.#collect(candidates.filter((id) => !this.#needed.has(id)))
    for (const reader of this.#staying) await this.#strike(reader)
    for (const { reader, catalogue, lines } of doubtful) {
      this.#signal?.throwIfAborted()
      if (this.#catalogues.has(catalogue)) continue
      const missing = [...lines].filter(([line]) => this.#missing.has(line))
      if (missing.length === 0) continue
      const holds = new Set(missing.flatMap(([, covering]) => covering))
      this.#needed.set(reader.id, [...holds])
      this.#catalogues.add(catalogue)
      await this.#strike(reader)
    }
  }

  /** Candidates with the lines that holds cover in them, newest first. */
  async #collect(candidates: readonly string[]) {
    const found: { reader: SnapshotReader; catalogue: string; lines: Map<string, Hold[]> }[] = []
    for (const id of candidates) {
      this.#signal?.throwIfAborted()
      try {
        const opened = await this.#open(id)
        if (opened === undefined || this.#catalogues.has(opened.catalogue)) continue
        const { reader, catalogue } = opened
        const lines = this.#lines.get(catalogue) ?? (await coveredLines(reader, this.#holds))
        this.#lines.set(catalogue, lines)
        for (const line of lines.keys()) this.#missing.add(line)
        found.push({ ...opened, lines })
      } catch (error) {
        if (!isDamage(error)) throw error
        if (codeOf(error) !== 'BLOB_NOT_FOUND') this.#needed.set(id, [...this.#holds])
      }
    }
    return found.sort((a, b) => newestFirst(a.reader, b.reader))
  }

  /** What stands in this snapshot is not missing. */
  async #strike(reader: SnapshotReader): Promise<void> {
    if (this.#missing.size === 0) return
    this.#signal?.throwIfAborted()
    try {
      for await (const line of catalogueLines(reader)) this.#missing.delete(line)
    } catch (error) {
      if (!isDamage(error)) throw error // what came before the damage was read and is right
    }
  }

  async #open(id: string): Promise<{ reader: SnapshotReader; catalogue: string } | undefined> {
    const header = await readStoredHeader(this.#repository, id)
    const reader = new SnapshotReader(this.#repository, header)
    const catalogue = await catalogueOf(reader)
    return catalogue === undefined ? undefined : { reader, catalogue }
  }
}

function isDamage(error: unknown): boolean {
  return error instanceof DamagedRepositoryError || error instanceof UnreadableCatalogueError
}

function ifDamaged<T>(instead: T): (error: unknown) => T {
  return (error) => {
    if (isDamage(error)) return instead
    throw error
  }
}

function newestFirst(a: SnapshotReader, b: SnapshotReader): number {
  const [first, second] = [a, b].map(({ header }) => timestampToDate(header.timestamp).getTime())
  return second! - first! || (a.id < b.id ? -1 : 1)
}

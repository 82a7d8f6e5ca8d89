/**
 * Brings a repository's snapshots into another one, oldest first, each whole or not at all.
 *
 * Nothing is ever removed on either side. A snapshot that was deleted on the other side stays
 * deleted there, unless that is to be undone. What was interrupted goes on from there when it is
 * run again.
 * @module
 */
import { DamagedRepositoryError } from '../kloset/damage.ts'
import { compareTimestamps, timestampToDate } from '../kloset/msgpack/timestamp.ts'
import { readHeader } from '../kloset/reading/snapshot-header.ts'
import { findSnapshot } from '../kloset/reading/snapshot-list.ts'
import { SnapshotReader } from '../kloset/reading/snapshot-reader.ts'
import type { HeaderRecord } from '../kloset/records/header.ts'
import type { Repository } from '../kloset/repository.ts'
import { CopiedContents } from '../kloset/transfer/copied-contents.ts'
import { copyHolds } from '../kloset/transfer/copy-holds.ts'
import {
  copySnapshot,
  SeveralSourcesError,
  SnapshotAlreadyThereError,
  SnapshotNotCopiedError,
} from '../kloset/transfer/copy-snapshot.ts'
import { takeBackRemoval } from '../kloset/transfer/take-back-removal.ts'
import { CodedError, codeOf, toError } from '../util/coded-error.ts'
import { asRunError } from './copy-failure.ts'
import type { RunStatus } from './outcome.ts'
import { type SnapshotQuery, selectSnapshots } from './query/snapshot-query.ts'
import type { WorkOptions } from './work-options.ts'

export interface SyncOptions extends WorkOptions {
  /** Prefixes of ids, or `latest`; all snapshots when there are none. */
  snapshots: readonly string[]
  /** Narrows all snapshots down. */
  query?: SnapshotQuery
  /** Brings back what was deleted at the destination. */
  restoreRemoved: boolean
  /** Reads every byte back from the destination. */
  readBack: boolean
  threads: number
  now: () => Date
}

export interface SyncedSnapshot {
  id: string
  /** ISO instant; absent when its header cannot be read. */
  taken?: string
  /** `present`: it was there before. `removed`: it was deleted at the destination on purpose. */
  status: 'copied' | 'present' | 'removed' | 'failed'
  /** Contents that had to be read, and their bytes. */
  contents: number
  bytesRead: number
  bytesStored: number
  problems: { path: string; code: string; message: string }[]
}

export interface SyncReport {
  status: RunStatus
  /** Locations. */
  from: string
  to: string
  snapshots: SyncedSnapshot[]
  /** Holds that were copied. */
  holds: number
  bytesRead: number
  bytesStored: number
  seconds: number
}

/** Source and destination are one repository, or copies of one made file by file. */
export class SameRepositoryError extends CodedError {
  readonly code = 'SAME_REPOSITORY'
  constructor(from: string, to: string) {
    super(`${from} and ${to} are the same repository, or one is a copy of the other's files`, {
      hint: 'Two stores that share keys and identity cannot tell their snapshots apart. Make a store of its own with "create" and sync to that.',
    })
  }
}

/**
 * @throws {SameRepositoryError}
 * @throws what ends the run: the destination cannot be written, or the source does not answer
 */
export async function syncRepositories(
  source: Repository,
  destination: Repository,
  options: SyncOptions,
): Promise<SyncReport> {
  if (source.id === destination.id) {
    throw new SameRepositoryError(source.store.location, destination.store.location)
  }
  const started = options.now()
  const sync = new Sync(source, destination, options)
  const snapshots = await sync.run()
  const holds = await copyHolds(source, destination, options.now)
  const total = (of: 'bytesRead' | 'bytesStored') =>
    snapshots.reduce((sum, snapshot) => sum + snapshot[of], 0)
  return {
    status: statusOf(snapshots),
    from: source.store.location,
    to: destination.store.location,
    snapshots,
    holds,
    bytesRead: total('bytesRead'),
    bytesStored: total('bytesStored'),
    seconds: (options.now().getTime() - started.getTime()) / 1000,
  }
}

class Sync {
  readonly #source: Repository
  readonly #destination: Repository
  readonly #options: SyncOptions
  readonly #contents = new CopiedContents()
  /** Kinds of source of which a snapshot that both sides have was looked at. */
  readonly #learnt = new Set<string>()

  constructor(source: Repository, destination: Repository, options: SyncOptions) {
    this.#source = source
    this.#destination = destination
    this.#options = options
  }

  async run(): Promise<SyncedSnapshot[]> {
    const { headers, unreadable } = await this.#wanted()
    const newestFirst = [...headers].reverse()
    const synced = [...unreadable]
    for (const header of headers) {
      this.#options.signal.throwIfAborted()
      if (this.#isMissing(header.identifier)) await this.#learn(header, newestFirst)
      synced.push(await this.#sync(header))
    }
    return synced
  }

  /** What is to be copied, oldest first. */
  async #wanted(): Promise<{ headers: HeaderRecord[]; unreadable: SyncedSnapshot[] }> {
    const { snapshots, query } = this.#options
    const named = await Promise.all(snapshots.map((name) => findSnapshot(this.#source, name)))
    const ids = named.length > 0 ? [...new Set(named)] : this.#source.index.snapshots()
    const headers: HeaderRecord[] = []
    const unreadable: SyncedSnapshot[] = []
    for (const id of ids) {
      try {
        headers.push(await readHeader(this.#source, id))
      } catch (thrown) {
        if (!(thrown instanceof DamagedRepositoryError)) throw thrown
        unreadable.push(failed({ id }, thrown))
      }
    }
    const meant = query ? selectSnapshots(headers, query, this.#options.now()) : headers
    return {
      headers: [...meant].sort((a, b) => compareTimestamps(a.timestamp, b.timestamp)),
      unreadable,
    }
  }

  #isMissing(id: string): boolean {
    const { index } = this.#destination
    if (index.hasSnapshot(id)) return false
    return this.#options.restoreRemoved || !index.isUnwanted(id)
  }

  async #sync(header: HeaderRecord): Promise<SyncedSnapshot> {
    const { identifier: id } = header
    const taken = timestampToDate(header.timestamp).toISOString()
    const line = { id, taken, contents: 0, bytesRead: 0, bytesStored: 0, problems: [] }
    if (this.#destination.index.hasSnapshot(id)) return { ...line, status: 'present' }
    if (!this.#isMissing(id)) return { ...line, status: 'removed' }
    try {
      const { threads, readBack, now, progress, signal } = this.#options
      const { contents, bytesRead, bytesStored } = await copySnapshot(
        this.#source,
        this.#destination,
        id,
        {
          ...{ threads, readBack, now, progress, signal, contents: this.#contents },
          also: takeBackRemoval(this.#destination.index, id, now()),
        },
      )
      return { ...line, status: 'copied', contents, bytesRead, bytesStored }
    } catch (thrown) {
      if (thrown instanceof SnapshotAlreadyThereError) return { ...line, status: 'present' }
      const cause = asRunError(thrown, this.#source.store.location)
      if (!isOfOneSnapshot(cause)) throw cause
      return failed({ id, taken }, cause)
    }
  }

  /** From the newest snapshot of the same kind that both sides have, so that only what is new is read. */
  async #learn(header: HeaderRecord, newestFirst: readonly HeaderRecord[]): Promise<void> {
    const kind = kindOf(header)
    if (this.#learnt.has(kind)) return
    this.#learnt.add(kind)
    const { index } = this.#destination
    const common = newestFirst.find(
      (each) => kindOf(each) === kind && index.hasSnapshot(each.identifier),
    )
    if (common === undefined) return
    this.#options.progress.stage('Comparing what both stores have')
    try {
      const copy = await readHeader(this.#destination, common.identifier)
      await this.#contents.learn(
        new SnapshotReader(this.#source, common),
        new SnapshotReader(this.#destination, copy),
      )
    } catch (thrown) {
      if (!(thrown instanceof DamagedRepositoryError)) throw thrown // then everything is read
    }
  }
}

/** Whether other snapshots may be copied all the same. */
function isOfOneSnapshot(thrown: unknown): boolean {
  const kinds = [DamagedRepositoryError, SeveralSourcesError, SnapshotNotCopiedError]
  return kinds.some((kind) => thrown instanceof kind)
}

function failed(snapshot: { id: string; taken?: string }, thrown: unknown): SyncedSnapshot {
  const one = { path: '/', code: codeOf(thrown) ?? '', message: toError(thrown).message }
  const problems = thrown instanceof SnapshotNotCopiedError ? [...thrown.failures] : [one]
  return { ...snapshot, status: 'failed', contents: 0, bytesRead: 0, bytesStored: 0, problems }
}

function statusOf(snapshots: readonly SyncedSnapshot[]): RunStatus {
  if (!snapshots.some(({ status }) => status === 'failed')) return 'complete'
  return snapshots.every(({ status }) => status === 'failed') ? 'failed' : 'incomplete'
}

/** What plakar, too, takes for the same thing backed up again. */
function kindOf({ sources }: HeaderRecord): string {
  const { type = '', origin = '', directory = '' } = sources[0]?.importer ?? {}
  return JSON.stringify([type, origin, directory])
}

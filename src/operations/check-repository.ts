import { type CheckReport, checkRepository, type SampleSize } from '../kloset/reading/check.ts'
import { readHeader } from '../kloset/reading/snapshot-header.ts'
import { findSnapshot } from '../kloset/reading/snapshot-list.ts'
import type { HeaderRecord } from '../kloset/records/header.ts'
import type { Repository } from '../kloset/repository.ts'
import { type SnapshotQuery, selectSnapshots } from './query/snapshot-query.ts'
import type { WorkOptions } from './work-options.ts'

export type { SampleSize }

export interface CheckOptions extends WorkOptions {
  level: 'quick' | 'sample' | 'full'
  /** How much a sample reads; 2 % of the bytes when absent. */
  sample?: SampleSize
  /** Prefixes or `latest`; with neither these nor a query, every snapshot. */
  snapshots?: readonly string[]
  query?: SnapshotQuery
  now: () => Date
}

export interface CheckOutcome extends Omit<CheckReport, 'snapshots'> {
  /** `unread`: nothing is known to be damaged, but something did not let itself be read. */
  status: 'sound' | 'damaged' | 'unread'
  snapshots: number
}

/** Reads what is stored and compares it with what it claims to be; changes nothing. */
export async function checkRepositoryAt(
  repository: Repository,
  options: CheckOptions,
): Promise<CheckOutcome> {
  const { level, sample, now, progress, signal } = options
  const report = await checkRepository(repository, {
    ...{ level, now, progress, signal },
    ...(sample === undefined ? {} : { sample }),
    snapshots: await meantSnapshots(repository, options),
  })
  return { ...report, status: statusOf(report) }
}

/**
 * Takes the store, as it is, for what it should be: what vanished from it is not missed any more,
 * and a repository that took the place of another may be written to.
 */
export async function acceptRepository(repository: Repository): Promise<void> {
  await repository.local?.accept()
}

async function meantSnapshots(
  repository: Repository,
  { snapshots = [], query, now }: CheckOptions,
): Promise<string[]> {
  if (snapshots.length > 0) {
    const ids = await Promise.all(snapshots.map((wanted) => findSnapshot(repository, wanted)))
    return [...new Set(ids)]
  }
  const all = repository.index.snapshots()
  if (query === undefined) return all
  const headers: HeaderRecord[] = []
  const unknown: string[] = []
  for (const id of all) {
    try {
      headers.push(await readHeader(repository, id))
    } catch {
      unknown.push(id) // whether it is meant nobody can tell: the check says what is wrong with it
    }
  }
  const meant = selectSnapshots(headers, query, now())
  return [...unknown, ...meant.map(({ identifier }) => identifier)]
}

/** A disk that does not answer is not damage. */
function statusOf({ problems }: CheckReport): CheckOutcome['status'] {
  if (problems.length === 0) return 'sound'
  return problems.every(({ code }) => code === 'COULD_NOT_READ') ? 'unread' : 'damaged'
}

import { type CheckReport, checkRepository } from '../kloset/reading/check.ts'
import { findSnapshot } from '../kloset/reading/snapshot-list.ts'
import type { Repository } from '../kloset/repository.ts'
import type { WorkOptions } from './work-options.ts'

export interface CheckOptions extends WorkOptions {
  level: 'quick' | 'full'
  /** Prefix or `latest`; every snapshot when absent. */
  snapshot?: string
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
  const snapshots =
    options.snapshot === undefined
      ? repository.index.snapshots()
      : [await findSnapshot(repository, options.snapshot)]
  const { level, progress, signal } = options
  const report = await checkRepository(repository, { level, snapshots, progress, signal })
  return { ...report, status: statusOf(report) }
}

/** A disk that does not answer is not damage. */
function statusOf({ problems }: CheckReport): CheckOutcome['status'] {
  if (problems.length === 0) return 'sound'
  return problems.every(({ code }) => code === 'COULD_NOT_READ') ? 'unread' : 'damaged'
}

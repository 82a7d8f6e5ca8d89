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
  status: 'sound' | 'damaged'
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
  return { ...report, status: report.problems.length === 0 ? 'sound' : 'damaged' }
}

/**
 * `rm`: plans which snapshots go that somebody named, or that a query means.
 * @module
 */
import { findSnapshot, listSnapshots } from '../kloset/reading/snapshot-list.ts'
import type { Repository } from '../kloset/repository.ts'
import { CodedError } from '../util/coded-error.ts'
import { filterSnapshots, type SnapshotFilters } from './query/snapshot-query.ts'
import {
  HeldError,
  type PlanOptions,
  planRemoval,
  type RemovalPlan,
} from './retention/removal-plan.ts'
import { type KeepReason, protectedAlways } from './retention/retention.ts'
import { retentionFacts } from './retention/retention-facts.ts'

/**
 * Who names a snapshot means it. All of them can go, or none.
 * @param wanted prefixes of ids, or `latest`
 * @throws {HeldError}
 * @throws {SnapshotNotFoundError | AmbiguousSnapshotError}
 */
export async function planNamedRemoval(
  repository: Repository,
  wanted: readonly string[],
  options: PlanOptions,
): Promise<RemovalPlan> {
  await repository.refresh()
  const ids = new Set<string>()
  for (const prefix of wanted) ids.add(await findSnapshot(repository, prefix))
  const headers = (await listSnapshots(repository)).filter((header) => ids.has(header.identifier))
  const plan = await planRemoval(repository, headers, new Map(), options)
  const held = new Map(
    plan.decisions.flatMap(({ snapshot, reasons }) => {
      const holds = reasons.flatMap((reason) => (reason.kind === 'held' ? [reason.hold] : []))
      return holds.length > 0 ? [[snapshot.id, holds] as const] : []
    }),
  )
  if (held.size > 0) throw new HeldError(held)
  return plan
}

/**
 * A query may mean more than its author thought of: the newest snapshot of every source stays, and
 * what else a policy would never remove.
 */
export async function planFilteredRemoval(
  repository: Repository,
  filters: SnapshotFilters,
  options: PlanOptions,
): Promise<RemovalPlan> {
  await repository.refresh()
  const headers = await listSnapshots(repository)
  const facts = headers.map((header) => retentionFacts(header))
  const kept = new Map<string, KeepReason[]>()
  for (const [id, kind] of protectedAlways(facts, options.now)) kept.set(id, [{ kind }])
  return planRemoval(repository, filterSnapshots(headers, filters), kept, options)
}

/** Neither a snapshot nor a filter was given: that would mean everything. */
export class NothingNamedError extends CodedError {
  readonly code = 'USAGE'
  constructor(what: string) {
    super(what, {
      hint: 'Nothing is ever removed that nobody asked for. List the snapshots with: ls',
    })
  }
}

/**
 * `prune`: plans which snapshots go that a policy does not keep.
 * @module
 */
import { listSnapshots } from '../kloset/reading/snapshot-list.ts'
import type { Repository } from '../kloset/repository.ts'
import { filterSnapshots, type SnapshotFilters } from './query/snapshot-query.ts'
import type { RetentionPolicy } from './retention/policy.ts'
import { type PlanOptions, planRemoval, type RemovalPlan } from './retention/removal-plan.ts'
import { type KeepReason, keptByPolicy, protectedAlways } from './retention/retention.ts'
import { retentionFacts } from './retention/retention-facts.ts'

/**
 * @param scope what the policy is about; everything else stays and counts for no rule
 */
export async function planPrune(
  repository: Repository,
  policy: RetentionPolicy,
  scope: SnapshotFilters,
  options: PlanOptions,
): Promise<RemovalPlan> {
  await repository.refresh()
  const headers = await listSnapshots(repository)
  const considered = filterSnapshots(headers, scope)
  const factsOf = (some: typeof headers) => some.map((one) => retentionFacts(one, policy.groupBy))
  const kept = keptByPolicy(factsOf(considered), policy, options.now)
  // A loss shows in later snapshots, and these may lie out of the scope.
  for (const [id, kind] of protectedAlways(factsOf(headers), options.now)) {
    const reasons: KeepReason[] = kept.get(id) ?? []
    if (!reasons.some((reason) => reason.kind === kind)) kept.set(id, [...reasons, { kind }])
  }
  return planRemoval(repository, considered, kept, options)
}

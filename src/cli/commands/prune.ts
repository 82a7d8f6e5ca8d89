import { defineCommand } from '../command.ts'
import { filterOptions, readFilters } from '../query-options.ts'
import { decisionLines, removalResultLine, removalSummary } from '../removal-summary.ts'
import { readPolicy, retentionOptions } from '../retention-options.ts'
import { UsageError } from '../usage-error.ts'
import { GRACE_DAYS } from './rm.ts'

export const prune = defineCommand({
  name: 'prune',
  summary: 'Remove the snapshots that a policy does not keep',
  description: [
    'Shows what would go and why everything else stays; --apply does it. What any rule keeps is kept, in each source by itself: your library is one source. Periods are those of your time zone, and of each its newest snapshot counts.',
    'Whatever the rules say, these stay: what a hold covers, the newest snapshot and the newest complete one, the last one before a loss of more than a fifth of the photos, and what is dated in the future. An incomplete snapshot takes the place of no complete one.',
    'Filters such as --tag and --before say which snapshots the policy is about; all others stay.',
  ],
  options: {
    apply: { describe: 'Do it, not only show it' },
    ...retentionOptions,
    ...filterOptions,
  },
  examples: [
    { line: 'prune --keep-daily 7 --keep-monthly 12', does: 'what such a policy would remove' },
    {
      line: 'prune --apply --keep-within 1y --keep-yearly 10',
      does: 'a year, and one a year before',
    },
  ],
  needsStore: true,

  async run({ options }, context) {
    const { terminal, json, quiet, verbose, signal, suggest } = context
    const now = context.host.now()
    const policy = readPolicy(options)
    const scope = readFilters(options, now)
    if (policy.rules.length === 0) {
      throw new UsageError('prune needs a rule that says what to keep', {
        hint: 'e.g. prune --keep-daily 7 --keep-weekly 5 --keep-monthly 12',
      })
    }
    await using repository = await context.openRepository()
    const { planPrune } = await import('../../operations/prune-snapshots.ts')
    const { applyRemoval } = await import('../../operations/retention/apply-removal.ts')
    const plan = await planPrune(repository, policy, scope, { now, signal })
    const applied = options.apply
    if (applied)
      await applyRemoval(repository, plan.removes, { now: () => context.host.now(), signal })
    if (json) await terminal.jsonLines([...decisionLines(plan), removalResultLine(plan, applied)])
    else {
      const { style } = terminal
      const because = 'no rule keeps it'
      const words = { style, quiet, verbose, suggest, applied, because, graceDays: GRACE_DAYS }
      await terminal.lines(removalSummary(plan, words))
    }
    return 'done'
  },
})

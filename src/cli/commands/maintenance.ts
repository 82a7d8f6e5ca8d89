import { outcomeOfStatus } from '../../operations/outcome.ts'
import { earlierBy, parseSpan } from '../../operations/query/calendar.ts'
import { defineCommand } from '../command.ts'
import { maintenanceLines, maintenanceSummary } from '../maintenance-summary.ts'
import { UsageError } from '../usage-error.ts'

export const maintenance = defineCommand({
  name: 'maintenance',
  summary: 'Free the space of what no snapshot needs',
  description: [
    'What is not needed is announced first, and deleted by a later run, a week after. Until then it can be taken back, and a backup that needs it is not disturbed.',
    'Nothing that a hold covers is deleted. Small states are merged and, with --repack, packfiles that hold little are repacked. It may be stopped or killed at any moment.',
    'It works alone: while a backup runs it ends with 75. A lock that looks left behind is watched for ten minutes before it is removed.',
  ],
  options: {
    dryRun: { describe: 'Tell what would be done, and change nothing' },
    grace: {
      describe: 'How long what is not needed stays: 7d (the default), 12h, 0s',
      value: 'DURATION',
    },
    repack: { describe: 'Repack packfiles that hold little; not where plakar cleans as well' },
    noCompact: { describe: 'Leave states alone' },
    yesReally: { describe: 'Go on although more than half of the packfiles would go' },
  },
  examples: [
    { line: 'maintenance --dry-run', does: 'tells what would be done' },
    { line: 'maintenance', does: 'announces what is not needed, deletes what was a week ago' },
  ],
  needsStore: true,

  countsWhenFailed: {
    announced: 0,
    rescued: 0,
    deleted: 0,
    repacked: 0,
    statesMerged: 0,
    bytesFreed: 0,
  },

  async run({ options }, context) {
    const { terminal, json, quiet, verbose, signal, suggest, host } = context
    const { dryRun, yesReally, repack, noCompact } = options
    const grace = options.grace === undefined ? {} : { graceMs: durationOf(options.grace) }
    await using repository = await context.openRepository()
    const { maintainStore } = await import('../../operations/maintain-store.ts')
    const { systemClock } = await import('../../util/clock.ts')
    const clock = { ...systemClock, now: () => host.now() }
    const outcome = await context.watch((progress) =>
      maintainStore(repository, {
        ...{ progress, signal, clock, dryRun, yesReally, ...grace },
        ...{ repack, compact: !noCompact },
      }),
    )

    const { style } = terminal
    if (json) await terminal.jsonLines([...maintenanceLines(outcome)])
    else {
      const summary = { style, quiet, verbose, suggest, now: host.now() }
      await terminal.lines(maintenanceSummary(outcome, summary))
    }
    return outcomeOfStatus(outcome.status)
  },
})

/** A fixed day counts 24 hours; only days, weeks and less make sense here. */
function durationOf(text: string): number {
  const span = /^0+$/.test(text) ? parseSpan('0s') : parseSpan(text)
  if (span === undefined) throw new UsageError(`"${text}" is no duration: write 7d, 12h or 0s`)
  const then = new Date(Date.UTC(2026, 0, 1))
  return then.getTime() - earlierBy(then, span).getTime()
}

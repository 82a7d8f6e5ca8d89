import { defineCommand } from '../command.ts'
import type { CommandContext } from '../context.ts'
import { formatInstant } from '../format.ts'
import { filterOptions, readFilters } from '../query-options.ts'
import { decisionLines, removalResultLine, removalSummary } from '../removal-summary.ts'
import { UsageError } from '../usage-error.ts'

/** What `maintenance` waits by default. */
export const GRACE_DAYS = 7

export const rm = defineCommand({
  name: 'rm',
  summary: 'Remove snapshots',
  description: [
    'Shows what would go; --apply does it. Photos that other snapshots have too stay in any case, and even what nothing needs any more is only deleted by "maintenance", days later: until then --undo takes a removal back.',
    'Snapshots that are named go, unless a hold covers them: then nothing goes. Of what the options choose, the newest of every source stays.',
  ],
  options: {
    apply: { describe: 'Do it, not only show it' },
    undo: { describe: 'Take the removal of these snapshots back' },
    ...filterOptions,
  },
  argument: {
    name: 'SNAPSHOT',
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    describe: 'Beginning of an id, or "latest"',
  },
  examples: [
    { line: 'rm 3f2a', does: 'what removing it would mean' },
    { line: 'rm --apply --before 2020-01-01 --tag test', does: 'remove old ones with this tag' },
    { line: 'rm --undo 3f2a', does: 'bring it back' },
  ],
  needsStore: true,

  async run({ options, args }, context) {
    const now = context.host.now()
    const filters = readFilters(options, now)
    const { asksNothing } = await import('../../operations/query/snapshot-query.ts')
    const isFiltered = !asksNothing({ filters, matchers: [] })
    if (args.length === 0 && !isFiltered) {
      throw new UsageError('rm needs to be told which snapshots', {
        hint: 'Name them, or choose by options such as --before. List them with: ls',
      })
    }
    if (args.length > 0 && isFiltered) {
      throw new UsageError('Name snapshots or choose by options, not both')
    }
    if (options.undo) return undo(args, options.apply, context)

    await using repository = await context.openRepository()
    const { planFilteredRemoval, planNamedRemoval } = await import(
      '../../operations/remove-snapshots.ts'
    )
    const { applyRemoval } = await import('../../operations/retention/apply-removal.ts')
    const { terminal, json, quiet, verbose, signal, suggest } = context
    const plan = await (isFiltered
      ? planFilteredRemoval(repository, filters, { now, signal })
      : planNamedRemoval(repository, args, { now, signal }))
    if (options.apply) {
      await applyRemoval(repository, plan.removes, { now: () => context.host.now(), signal })
    }
    const applied = options.apply
    if (json) await terminal.jsonLines([...decisionLines(plan), removalResultLine(plan, applied)])
    else {
      const { style } = terminal
      const because = isFiltered ? 'the options mean it' : 'it was named'
      const words = { style, quiet, verbose, suggest, applied, because, graceDays: GRACE_DAYS }
      await terminal.lines(removalSummary(plan, words))
    }
    return 'done'
  },
})

async function undo(args: readonly string[], apply: boolean, context: CommandContext) {
  if (apply || args.length === 0) {
    throw new UsageError('--undo takes the snapshots that are to come back, and nothing else', {
      hint: 'e.g. rm --undo 3f2a',
    })
  }
  const { terminal, json, signal } = context
  await using repository = await context.openRepository()
  const { undoRemoval } = await import('../../operations/undo-removal.ts')
  const found = await context.watch((progress) =>
    undoRemoval(repository, args, { progress, signal }),
  )
  if (json) {
    const lines = found.map(({ snapshot, wasThere }) => ({
      ...{ type: 'snapshot', ...snapshot, wasThere },
    }))
    await terminal.jsonLines([...lines, { type: 'result', status: 'complete' }])
  } else {
    for (const { snapshot, wasThere } of found) {
      const which = `${snapshot.id.slice(0, 8)} of ${formatInstant(snapshot.taken)}`
      await terminal.line(wasThere ? `${which} was there already` : `${which} is back`)
    }
  }
  return 'done' as const
}

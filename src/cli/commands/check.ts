import { outcomeOfCheck } from '../../operations/outcome.ts'
import { checkLines, checkSummary } from '../check-summary.ts'
import { defineCommand } from '../command.ts'
import { UsageError } from '../usage-error.ts'

export const check = defineCommand({
  name: 'check',
  summary: 'Prove that what is stored is what was saved',
  description: [
    'The quick check reads the structure; the full check reads every byte of every photo. Both change nothing, and both say what they did not read.',
  ],
  options: {
    quick: { describe: 'Structure only (the default)' },
    full: { describe: 'Every byte' },
  },
  argument: { name: 'SNAPSHOT', min: 0, max: 1, describe: 'Beginning of an id; all when absent' },
  examples: [
    { line: 'check', does: 'quickly' },
    { line: 'check --full latest', does: 'every byte of the newest snapshot' },
  ],
  needsStore: true,

  async run({ options, args }, context) {
    if (options.quick && options.full) throw new UsageError('--quick and --full exclude each other')
    const { terminal, json, quiet, verbose, signal, suggest } = context
    await using repository = await context.openRepository()
    const { checkRepositoryAt } = await import('../../operations/check-repository.ts')
    const [snapshot] = args
    const level = options.full ? 'full' : 'quick'
    const outcome = await context.watch((progress) =>
      checkRepositoryAt(repository, {
        ...{ progress, signal, level },
        ...(snapshot === undefined ? {} : { snapshot }),
      }),
    )

    const { style } = terminal
    if (json) await terminal.jsonLines(checkLines(outcome))
    else await terminal.lines(checkSummary(outcome, { style, quiet, verbose, suggest }))
    return outcomeOfCheck(outcome.status)
  },
})

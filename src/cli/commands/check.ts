import { outcomeOfCheck } from '../../operations/outcome.ts'
import { asksNothing } from '../../operations/query/snapshot-query.ts'
import { checkLines, checkSummary } from '../check-summary.ts'
import { defineCommand } from '../command.ts'
import { queryOptions, readQuery } from '../query-options.ts'
import { parseSampleSize } from '../sample-size.ts'
import { UsageError } from '../usage-error.ts'

export const check = defineCommand({
  name: 'check',
  summary: 'Prove that what is stored is what was saved',
  description: [
    'The quick check reads the structure; a sample reads some packfiles as well, those first that were not read for longest; the full check reads every byte of the store. None changes anything, and each says what it did not read.',
    'A snapshot that this computer saw and that vanished without having been removed is reported, and so is a store that was exchanged for another one.',
  ],
  options: {
    quick: { describe: 'Structure only (the default)' },
    full: { describe: 'Every byte of every file' },
    sample: { describe: 'A part: 2%, 20 packfiles, or 500MB', value: 'SIZE' },
    accept: { describe: 'Take the store for what it should be: what vanished is not missed' },
    ...queryOptions,
  },
  argument: {
    name: 'SNAPSHOT',
    min: 0,
    max: 100,
    describe: 'Beginning of an id; all when absent',
  },
  examples: [
    { line: 'check', does: 'quickly' },
    { line: 'check --full latest', does: 'every byte of the newest snapshot' },
    { line: 'check --sample 2%', does: 'once a week: everything in a year' },
  ],
  needsStore: true,

  async run({ options, args }, context) {
    const { quick, full, sample, accept } = options
    if ([quick, full, sample !== undefined].filter(Boolean).length > 1) {
      throw new UsageError('--quick, --full and --sample exclude each other')
    }
    const query = readQuery(options, new Date())
    if (args.length > 0 && !asksNothing(query)) {
      throw new UsageError('Name snapshots or choose by options, not both')
    }
    const { terminal, json, quiet, verbose, signal, suggest } = context
    const size = sample === undefined ? undefined : parseSampleSize(sample)
    await using repository = await context.openRepository()
    const operation = await import('../../operations/check-repository.ts')
    if (accept) await operation.acceptRepository(repository)
    const level = full ? 'full' : size === undefined ? 'quick' : 'sample'
    const outcome = await context.watch((progress) =>
      operation.checkRepositoryAt(repository, {
        ...{ progress, signal, level, snapshots: args, now: () => new Date() },
        ...(size === undefined ? {} : { sample: size }),
        ...(asksNothing(query) ? {} : { query }),
      }),
    )

    const { style } = terminal
    if (json) await terminal.jsonLines(checkLines(outcome))
    else await terminal.lines(checkSummary(outcome, { style, quiet, verbose, suggest }))
    return outcomeOfCheck(outcome.status)
  },
})

import { randomBytes } from 'node:crypto'
import { KnownStores } from '../../config/known-stores.ts'
import { outcomeOfCheck } from '../../operations/outcome.ts'
import { defineCommand } from '../command.ts'
import { drillLines, drillNote, drillSummary } from '../drill-summary.ts'
import { oneSnapshot } from '../snapshot-argument.ts'
import { UsageError } from '../usage-error.ts'

const DEFAULT_ITEMS = 50

export const drill = defineCommand({
  name: 'drill',
  summary: 'Restore a random sample, to see that getting photos back works',
  description: [
    'Photos chosen at random are restored the way "restore" does it, into memory, and compared with the SHA-256 that was computed when they were imported. Album links are followed too. It says how likely a sample of this size would have noticed damage. Nothing is written but a note of the result in the configuration folder.',
    'Made for a schedule: with --quiet it says nothing when all is well, and ends with 65 when something is damaged.',
  ],
  options: {
    items: {
      describe: `How many, default ${DEFAULT_ITEMS}`,
      value: 'N',
      integer: { min: 1, max: 100_000_000 },
    },
    percent: {
      describe: 'How many of a hundred, instead',
      value: 'P',
      integer: { min: 1, max: 100 },
    },
    seed: { describe: 'Repeats the sample of an earlier drill', value: 'S' },
  },
  argument: oneSnapshot,
  examples: [
    { line: 'drill', does: `${DEFAULT_ITEMS} photos of the newest snapshot` },
    { line: 'drill --quiet --percent 2', does: 'for cron: one line only when something is wrong' },
  ],
  needsStore: true,

  countsWhenFailed: {},

  async run({ options, args }, context) {
    const { items, percent, seed = randomBytes(4).toString('hex') } = options
    if (items !== undefined && percent !== undefined) {
      throw new UsageError('--items and --percent exclude each other')
    }
    const { terminal, json, quiet, verbose, signal, suggest, host, folders } = context
    await using repository = await context.openRepository()
    const { runDrill } = await import('../../operations/run-drill.ts')
    const size = percent === undefined ? { items: items ?? DEFAULT_ITEMS } : { percent }
    const report = await context.watch((progress) =>
      runDrill(repository, {
        ...{ progress, signal, size, seed, ticksMs: host.ticksMs },
        snapshot: args[0] ?? 'latest',
      }),
    )
    const note = drillNote(report, host.now())
    await new KnownStores(folders.config).rememberDrill(repository.id, note)

    const { style } = terminal
    if (json) await terminal.jsonLines(drillLines(report))
    else await terminal.lines(drillSummary(report, { style, quiet, verbose, suggest }))
    return outcomeOfCheck(report.status)
  },
})

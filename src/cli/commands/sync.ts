import { KnownStores } from '../../config/known-stores.ts'
import type { Repository } from '../../operations/open-repository.ts'
import { outcomeOfSync } from '../../operations/outcome.ts'
import { asksNothing } from '../../operations/query/snapshot-query.ts'
import type { SyncReport } from '../../operations/sync-repositories.ts'
import { defineCommand } from '../command.ts'
import type { CommandContext } from '../context.ts'
import { peerOptions } from '../peer-options.ts'
import { queryOptions, readQuery } from '../query-options.ts'
import { syncLines, syncSummary } from '../sync-summary.ts'
import { UsageError } from '../usage-error.ts'

const DIRECTIONS = ['to', 'from', 'with'] as const
type Direction = (typeof DIRECTIONS)[number]

export const sync = defineCommand({
  name: 'sync',
  summary: 'Copy snapshots to or from another store',
  description: [
    'The other store may have another passphrase and other settings. Every file is verified when it is read, and each snapshot is read back before it appears: it is copied whole or not at all. Ids stay, and what the other store has is not sent again.',
    'Nothing is deleted on either side, and what was deleted at the destination is not brought back unless --restore-removed is given. Interrupted? Run the same command again: it goes on where it stopped.',
  ],
  options: {
    restoreRemoved: { describe: 'Copy what was deleted at the destination, too' },
    readBack: { describe: 'Read every byte back from the destination before a snapshot appears' },
    threads: {
      describe: 'Worker threads, default: one for each processor',
      value: 'N',
      integer: { min: 1, max: 64 },
    },
    ...peerOptions,
    ...queryOptions,
  },
  argument: {
    name: 'to|from|with STORE [SNAPSHOT]',
    min: 2,
    max: Number.POSITIVE_INFINITY,
    describe:
      'The direction, the other store, and which snapshots; all when none is named. "with" copies both ways',
  },
  examples: [
    { line: 'sync to /media/disk/photos', does: 'everything to a disk' },
    { line: 'sync from s3://host/bucket --days 30', does: 'what came there in the last month' },
  ],
  needsStore: true,

  countsWhenFailed: {
    copied: 0,
    present: 0,
    removed: 0,
    failed: 0,
    holds: 0,
    bytesRead: 0,
    bytesStored: 0,
  },

  async run({ options, args }, context) {
    const [direction, location = '', ...snapshots] = args
    const query = readQuery(options, new Date())
    if (!isDirection(direction)) throw new UsageError('Say "to", "from" or "with", then the store')
    if (snapshots.length > 0 && !asksNothing(query)) {
      throw new UsageError('Name snapshots or choose by options, not both')
    }
    if (snapshots.length > 0 && direction === 'with') {
      throw new UsageError(
        '"with" copies what each side lacks; name snapshots after "to" or "from"',
      )
    }
    const { terminal, json, quiet, verbose, signal, host } = context
    await using here = await context.openRepository()
    await using there = await context.openPeer(location, options)
    const { syncRepositories } = await import('../../operations/sync-repositories.ts')
    const { restoreRemoved, readBack, threads = host.processors } = options
    const copy = (source: Repository, destination: Repository) =>
      context.watch((progress) =>
        syncRepositories(source, destination, {
          ...{ progress, signal, query, snapshots, restoreRemoved, readBack, threads },
          now: host.now,
        }),
      )

    const reports: SyncReport[] = []
    for (const [from, to] of pairsOf(direction, here, there)) {
      const report = await copy(from, to)
      reports.push(report)
      if (report.status !== 'failed') await rememberCopy(from, to, context)
      if (json) await terminal.jsonLines(syncLines(report))
      else await terminal.lines(syncSummary(report, { style: terminal.style, quiet, verbose }))
    }
    return outcomeOfSync(reports.map(({ status }) => status))
  },
})

/** For the recovery kit: where the copies are. */
async function rememberCopy(
  { id, store }: Repository,
  copy: Repository,
  { folders, host }: CommandContext,
): Promise<void> {
  const known = new KnownStores(folders.config)
  const now = host.now()
  await known.rememberPlace(id, store.location, now)
  await known.rememberPlace(copy.id, copy.store.location, now)
  await known.rememberCopy(id, { id: copy.id, location: copy.store.location }, now)
}

function isDirection(word: string | undefined): word is Direction {
  return DIRECTIONS.some((each) => each === word)
}

function pairsOf(
  direction: Direction,
  here: Repository,
  there: Repository,
): [Repository, Repository][] {
  if (direction === 'to') return [[here, there]]
  if (direction === 'from') return [[there, here]]
  return [
    [here, there],
    [there, here],
  ]
}

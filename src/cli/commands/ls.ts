import type { SnapshotLine } from '../../operations/list-snapshots.ts'
import type { TreeLine } from '../../operations/list-tree.ts'
import type { Repository } from '../../operations/open-repository.ts'
import { asksNothing, type SnapshotQuery } from '../../operations/query/snapshot-query.ts'
import { defineCommand } from '../command.ts'
import type { CommandContext } from '../context.ts'
import { formatBytes, formatColumns, formatInstant, plural } from '../format.ts'
import { printable } from '../printable.ts'
import { queryOptions, readQuery } from '../query-options.ts'
import { UsageError } from '../usage-error.ts'

export const ls = defineCommand({
  name: 'ls',
  summary: 'List the snapshots, or what is in one',
  description: [
    'A snapshot is named by the beginning of its id or by "latest". "/PATH" alone is a path in the latest.',
    'Without one, the options choose which snapshots are listed: filters must all hold, and of --days, --per-week and the like one is enough. Days and weeks are those of your time zone.',
  ],
  options: {
    recursive: { describe: 'Everything below the folder too', short: 'R' },
    ...queryOptions,
  },
  argument: {
    name: 'SNAPSHOT[:PATH]',
    min: 0,
    max: 1,
    describe: 'What to list; all snapshots when absent',
  },
  examples: [
    { line: 'ls', does: 'the snapshots, newest first' },
    { line: 'ls --since 30d --per-day 1', does: 'one of each of the last 30 days' },
    { line: 'ls latest:/albums', does: 'the albums in the newest snapshot' },
  ],
  needsStore: true,

  async run({ options, args }, context) {
    const [reference] = args
    const query = readQuery(options, context.host.now())
    if (reference !== undefined && !asksNothing(query)) {
      throw new UsageError('Name a snapshot or choose by options, not both')
    }
    await using repository = await context.openRepository({ copiesNearby: true })
    const { recursive } = options
    if (reference !== undefined) await listPath(repository, reference, recursive, context)
    else await listSnapshots(repository, query, context)
    return 'done'
  },
})

async function listSnapshots(
  repository: Repository,
  query: SnapshotQuery,
  { terminal, json, suggest }: CommandContext,
): Promise<void> {
  const { listSnapshotLines } = await import('../../operations/list-snapshots.ts')
  const found = await listSnapshotLines(repository, query)
  if (json) return terminal.jsonLines(found.map((each) => ({ type: 'snapshot', ...each })))
  if (found.length === 0) {
    if (!asksNothing(query)) return terminal.line('No snapshot is like that.')
    return terminal.line(`No snapshots yet. Make one with: ${suggest('backup SOURCE…')}`)
  }
  await terminal.lines(formatColumns(found.map(snapshotRow), '<<>><<'))
}

export function snapshotRow({ id, taken, items, bytes, source, status }: SnapshotLine): string[] {
  const photos = items === undefined ? '' : plural(items, 'item')
  const remark = status === 'complete' ? '' : printable(status)
  return [
    id.slice(0, 8),
    formatInstant(taken),
    photos,
    formatBytes(bytes),
    printable(source),
    remark,
  ]
}

async function listPath(
  repository: Repository,
  reference: string,
  recursive: boolean,
  { terminal, json }: CommandContext,
): Promise<void> {
  const { parseSnapshotRef } = await import('../../operations/snapshot-ref.ts')
  const { listTree } = await import('../../operations/list-tree.ts')
  const entries = listTree(repository, parseSnapshotRef(reference), { recursive })
  if (json) return terminal.jsonLines(entries)
  for await (const entry of entries) {
    await terminal.line(treeText(entry))
    if (terminal.closed) return
  }
}

/** Modification time, size, path; sizes in a column wide enough for `999.9 MB`. */
export function treeText({ type, path, bytes, modified, target }: TreeLine): string {
  const size = type === 'file' ? formatBytes(bytes) : ''
  const mark = type === 'directory' && path !== '/' ? '/' : ''
  const link = target === undefined ? '' : ` -> ${printable(target)}`
  return `${formatInstant(modified)}  ${size.padStart(9)}  ${printable(path)}${mark}${link}`
}

import { outcomeOfStatus } from '../../operations/outcome.ts'
import { defineCommand } from '../command.ts'
import { formatStamp } from '../format.ts'
import { plannedLines, restoreResultLine, restoreSummary } from '../restore-summary.ts'

export const restore = defineCommand({
  name: 'restore',
  summary: 'Get photos back as files',
  description: [
    'Every byte is verified on the way. Files that are in the way are never overwritten.',
    'The layout "as-stored" writes exactly the tree of the snapshot; "gphotos-sync" writes the folders that the program gphotos-sync makes.',
  ],
  options: {
    to: {
      describe: 'Folder to write to; default: a new one named tintype-restore-DATE-TIME',
      value: 'DESTINATION',
      completes: 'folder',
    },
    layout: {
      describe: 'How folders and files are named, default as-stored',
      value: 'LAYOUT',
      choices: ['as-stored', 'gphotos-sync'],
      later: ['gphotos-sync-exact', 'flat', 'year-month', 'takeout'],
    },
    metadata: {
      describe: 'Write what Google knew about each photo beside it, default none',
      value: 'KIND',
      choices: ['none', 'xmp'],
      later: ['embed'],
    },
    album: {
      describe: 'Only this album; may be given several times',
      value: 'TITLE',
      repeatable: true,
    },
    dryRun: { describe: 'Only tell what would be written' },
  },
  argument: {
    name: 'SNAPSHOT[:PATH]',
    min: 0,
    max: Number.POSITIVE_INFINITY,
    describe: 'What to restore; the whole latest snapshot when absent',
  },
  examples: [
    { line: 'restore', does: 'everything in the newest snapshot' },
    { line: 'restore --to ~/Photos --album Oslo', does: 'one album' },
    { line: 'restore --dry-run latest:/photos/2021', does: 'see what one year would bring' },
  ],
  needsStore: true,

  countsWhenFailed: {},

  async run({ options, args }, context) {
    const { terminal, json, quiet, verbose, signal, suggest, host } = context
    const { parseSnapshotRef } = await import('../../operations/snapshot-ref.ts')
    const references =
      args.length === 0 ? [parseSnapshotRef(undefined)] : args.map(parseSnapshotRef)
    await using repository = await context.openRepository()
    const { openDestination } = await import('../../destinations/registry.ts')
    const { restoreLibrary } = await import('../../operations/restore-library.ts')
    const to = options.to ?? `./tintype-restore-${formatStamp(host.now())}`
    const destination = await openDestination(to)
    const { layout = 'as-stored', metadata = 'none', album: albums, dryRun } = options
    const report = await context.watch((progress) =>
      restoreLibrary(repository, references, destination, {
        ...{ progress, signal, layout, metadata, albums, dryRun },
      }),
    )

    if (json) {
      const planned = (report.planned ?? []).map((file) => ({ type: 'planned', ...file }))
      await terminal.jsonLines(planned)
      await terminal.jsonLines(report.problems.map((each) => ({ type: 'problem', ...each })))
      await terminal.json(restoreResultLine(report))
    } else if (dryRun) {
      await terminal.lines(plannedLines(report))
    } else {
      const style = { style: terminal.style, quiet, verbose, suggest }
      await terminal.lines(restoreSummary(report, style))
    }
    return outcomeOfStatus(report.status)
  },
})

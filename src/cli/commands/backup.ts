import { KnownStores } from '../../config/known-stores.ts'
import { outcomeOfStatus } from '../../operations/outcome.ts'
import { backupResultLine, backupSummary } from '../backup-summary.ts'
import { defineCommand } from '../command.ts'
import { problemLine } from '../item-line.ts'
import { productName } from '../product.ts'
import { nextExport } from '../takeout-text.ts'
import { UsageError } from '../usage-error.ts'
import { folderAlbums, openSourceAt, sourceArgument } from './sources.ts'

export const backup = defineCommand({
  name: 'backup',
  summary: 'Save photos from a Takeout or a folder in a new snapshot',
  description: [
    'Each photo is read once and stored once. What earlier backups saved stays saved; what is known already is not read again. Archives and folders are never changed.',
    'Whether an export is the whole library or a piece of it is found out, and told. Only of a whole one it is concluded that what it lacks has vanished from Google Photos; it is kept here all the same.',
    'Interrupted? Run the same command again: it goes on where it stopped.',
  ],
  options: {
    full: {
      describe: 'The export is the whole library: what it lacks is marked as vanished, and kept',
    },
    incremental: {
      describe: 'The export is a piece of the library: nothing is marked as vanished',
    },
    'folder-albums': folderAlbums,
    reread: { describe: 'Read every photo and sidecar again, also those that are known' },
    threads: {
      describe: 'Worker threads, default: one for each processor',
      value: 'N',
      integer: { min: 1, max: 64 },
    },
  },
  argument: sourceArgument,
  examples: [
    { line: 'backup ~/Downloads', does: 'all Takeout archives in a folder' },
    { line: 'at ./store backup takeout-*.zip', does: 'these archives, into ./store' },
  ],
  needsStore: true,

  countsWhenFailed: {
    items: 0,
    added: 0,
    changed: 0,
    unchanged: 0,
    vanished: 0,
    failed: 0,
    refused: 0,
  },

  async run({ options, args }, context) {
    const { terminal, json, quiet, verbose, signal, suggest, folders, host } = context
    if (options.full && options.incremental) {
      throw new UsageError('--full and --incremental exclude each other')
    }
    const extent = options.full ? 'full' : options.incremental ? 'incremental' : undefined
    const source = await openSourceAt(args, { foldersAsAlbums: options['folder-albums'] })
    if (options.full && source.kind === 'folder') throw new UsageError(...NOT_FULL)
    await using repository = await context.openRepository()
    const { importLibrary } = await import('../../operations/import-library.ts')
    const client = await productName()
    const report = await context.watch((progress) =>
      importLibrary(repository, source, {
        ...{ progress, signal, client, cacheDir: folders.cache },
        threads: options.threads ?? host.processors,
        reread: options.reread,
        ...(extent === undefined ? {} : { extent }),
      }),
    )

    if (report.snapshot) {
      const known = new KnownStores(folders.config)
      await known.rememberPlace(repository.id, repository.store.location, host.now())
    }
    if (json) {
      // Of what was saved, `report` tells the problems at any time.
      if (!report.snapshot) await terminal.jsonLines(report.problems.map(problemLine))
      await terminal.json(backupResultLine(report))
      return outcomeOfStatus(report.status)
    }
    const style = { style: terminal.style, quiet, verbose, suggest }
    await terminal.lines(backupSummary(report, repository.store.location, style))
    if (report.snapshot && source.kind === 'takeout' && !quiet) {
      const { takeoutStatus } = await import('../../operations/takeout/takeout-status.ts')
      // Everything is saved: what cannot be told now makes no failure of it.
      const status = await takeoutStatus(repository, host.now()).catch(() => undefined)
      if (status) await terminal.lines(nextExport(status, terminal.style))
    }
    if (report.snapshot) await terminal.line(`snapshot ${report.snapshot}`)
    return outcomeOfStatus(report.status)
  },
})

/** Phones make room, and disks are tidied up: what a folder lacks may well be in Google Photos. */
const NOT_FULL = [
  '--full is about exports: what a folder of photos lacks has not vanished from Google Photos',
  { hint: 'Leave --full away. What the folder has is saved; what it lacks stays as it is.' },
] as const

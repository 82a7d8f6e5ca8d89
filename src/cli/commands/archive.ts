import type {
  ArchiveFormat,
  ArchiveReport,
  SnapshotArchive,
} from '../../operations/archive-snapshot.ts'
import { outcomeOfStatus } from '../../operations/outcome.ts'
import { defineCommand } from '../command.ts'
import type { CommandContext } from '../context.ts'
import { formatBytes, formatStamp, plural } from '../format.ts'
import { printable } from '../printable.ts'
import { UsageError } from '../usage-error.ts'

const STDOUT = '-'
const FORMATS = ['tar', 'tar.gz', 'zip'] as const

export const archive = defineCommand({
  name: 'archive',
  summary: 'Write a snapshot as a tar or zip archive',
  description: [
    'Any program can read it. Every byte is verified before it is written; when something is damaged there is no complete archive.',
  ],
  options: {
    format: {
      describe: "The kind of archive; by default that of FILE's name, else tar",
      value: 'FORMAT',
      choices: FORMATS,
    },
    output: {
      describe:
        'Where to write, "-" for stdout; default: a new file named tintype-archive-DATE-TIME',
      value: 'FILE',
      short: 'o',
      completes: 'file',
    },
    overwrite: { describe: 'Replace FILE when it is there, once the new one is complete' },
    rebase: { describe: 'Names begin at PATH, not at the root of the snapshot' },
  },
  argument: {
    name: 'SNAPSHOT[:PATH]',
    min: 0,
    max: 1,
    describe: 'What to write; the whole latest snapshot when absent',
  },
  examples: [
    { line: 'archive -o 2021.zip latest:/photos/2021', does: 'one year for somebody' },
    { line: 'archive -o - latest | ssh host tar x', does: 'everything, onto another computer' },
  ],
  needsStore: true,

  countsWhenFailed: {},

  async run({ options, args }, context) {
    const { json, signal, host } = context
    if (json && options.output === STDOUT) {
      throw new UsageError('The archive itself goes to stdout; --json needs -o FILE')
    }
    const { parseSnapshotRef } = await import('../../operations/snapshot-ref.ts')
    const { archiveSnapshot } = await import('../../operations/archive-snapshot.ts')
    const format = options.format ?? formatOf(options.output)
    const output = options.output ?? `tintype-archive-${formatStamp(host.now())}.${format}`
    const reference = parseSnapshotRef(args[0])
    await using repository = await context.openRepository()
    const { rebase, overwrite } = options
    return context.watch(async (progress) => {
      const work = { progress, signal, format, rebase }
      const written = await archiveSnapshot(repository, reference, work)
      const path =
        output === STDOUT
          ? await toStdout(written, context)
          : await toFile(written, output, overwrite)
      await tell(written.report, path, context)
      return outcomeOfStatus(written.report.status)
    })
  },
})

/** By the end of the name. */
function formatOf(output: string | undefined): ArchiveFormat {
  if (output === undefined) return 'tar'
  if (/\.zip$/i.test(output)) return 'zip'
  return /\.(tgz|tar\.gz)$/i.test(output) ? 'tar.gz' : 'tar'
}

async function toStdout(
  { bytes }: SnapshotArchive,
  { terminal }: CommandContext,
): Promise<undefined> {
  for await (const piece of bytes) {
    await terminal.bytes(piece)
    if (terminal.closed) return
  }
}

async function toFile(
  { bytes }: SnapshotArchive,
  output: string,
  overwrite: boolean,
): Promise<string> {
  const { NewFile } = await import('../../util/new-file.ts')
  await using file = await NewFile.create(output, { overwrite })
  for await (const piece of bytes) await file.append(piece)
  await file.publish()
  return file.path
}

/** @param path undefined when the archive went to stdout, where nothing else may go then */
async function tell(
  { status, files, bytes, problems }: ArchiveReport,
  path: string | undefined,
  { terminal, json, quiet }: CommandContext,
): Promise<void> {
  if (json) {
    await terminal.jsonLines(problems.map((problem) => ({ type: 'problem', ...problem })))
    await terminal.json({ type: 'result', status, path, files, bytes })
    return
  }
  for (const { path: where, message } of problems) {
    terminal.note(`not in the archive: ${printable(where)}: ${printable(message)}`)
  }
  if (quiet || path === undefined) return
  const what = `${plural(files, 'file')}, ${formatBytes(bytes)}`
  await terminal.line(`Wrote ${printable(path)}: ${what}, every byte verified.`)
}

import type { FileDigest } from '../../operations/digest-files.ts'
import { outcomeOfCheck } from '../../operations/outcome.ts'
import { defineCommand } from '../command.ts'
import { formatBytes, plural } from '../format.ts'
import { printable } from '../printable.ts'

export const digest = defineCommand({
  name: 'digest',
  summary: 'Compute the checksum of stored files',
  description: [
    'One line a file, "SHA256 (/path) = hex", as "shasum --tag" writes it. Every byte is read from the store and verified, so that the checksum is that of the file a restore would give back. A file that cannot be read is named, and the exit code is 65 when something is damaged.',
  ],
  options: {
    hashing: {
      describe: 'Which checksum, default SHA256',
      value: 'ALGORITHM',
      choices: ['SHA256', 'BLAKE3'],
    },
  },
  argument: {
    name: 'SNAPSHOT[:PATH]',
    min: 1,
    max: Number.POSITIVE_INFINITY,
    describe: 'A file, or a folder with all that is in it; "/PATH" alone is in the latest snapshot',
  },
  examples: [
    { line: 'digest latest:/photos/2021', does: 'to compare with sha256sum elsewhere' },
    { line: 'digest --hashing BLAKE3 /README.txt', does: 'one file in the latest snapshot' },
  ],
  needsStore: true,

  countsWhenFailed: {},

  async run({ options, args }, context) {
    const { terminal, json, quiet, signal } = context
    const { parseSnapshotRef } = await import('../../operations/snapshot-ref.ts')
    const { digestFiles } = await import('../../operations/digest-files.ts')
    const references = args.map(parseSnapshotRef)
    await using repository = await context.openRepository()
    const tell = (found: FileDigest) =>
      json ? terminal.json({ type: 'digest', ...found }) : terminal.line(digestText(found))
    const { hashing = 'SHA256' } = options
    const report = await context.watch((progress) =>
      digestFiles(repository, references, { progress, signal, hashing, tell }),
    )

    const { problems, files, bytes } = report
    if (json) {
      await terminal.jsonLines(problems.map((each) => ({ type: 'problem', ...each })))
      await terminal.json({ type: 'result', status: report.status, files, bytes, hashing })
      return outcomeOfCheck(report.status)
    }
    for (const { path, message } of problems) {
      terminal.note(
        `${terminal.noteStyle.bad('not read:')} ${printable(path)}: ${printable(message)}`,
      )
    }
    if (!quiet)
      terminal.note(`${plural(files, 'file')}, ${formatBytes(bytes)}, every byte verified`)
    return outcomeOfCheck(report.status)
  },
})

export function digestText({ hashing, path, digest: hex }: FileDigest): string {
  return `${hashing} (${printable(path)}) = ${hex}`
}

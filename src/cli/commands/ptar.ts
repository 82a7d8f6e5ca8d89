import { asksNothing } from '../../operations/query/snapshot-query.ts'
import { defineCommand } from '../command.ts'
import { formatBytes, formatDuration, plural } from '../format.ts'
import { peerOptions } from '../peer-options.ts'
import { printable } from '../printable.ts'
import { queryOptions, readQuery } from '../query-options.ts'
import { UsageError } from '../usage-error.ts'

export const ptar = defineCommand({
  name: 'ptar',
  summary: 'Write snapshots into one self-contained file',
  description: [
    'A .ptar file is a whole store in one file, with a passphrase of its own: to hand over, to keep offline, to burn. "at FILE.ptar" reads it with every command that reads, and plakar does, too.',
    'It is read back, every byte of it, before it appears under its name.',
  ],
  options: {
    output: {
      describe: 'The file to write; it ends in .ptar',
      value: 'FILE',
      short: 'o',
      completes: 'file',
    },
    overwrite: { describe: 'Replace FILE when it is there, once the new one is complete' },
    plaintext: { describe: 'Without encryption: whoever has the file sees the photos' },
    kdfMemory: {
      describe: "Memory that each guess at the passphrase costs (Argon2id's), default 256",
      value: 'MIB',
      integer: { min: 8, max: 4096 },
    },
    weakPassphrase: { describe: 'Accept a passphrase that is easy to guess' },
    ...peerOptions,
    ...queryOptions,
  },
  argument: {
    name: 'SNAPSHOT',
    min: 0,
    max: Number.POSITIVE_INFINITY,
    describe: 'Beginning of an id, or "latest"; all snapshots when none is named',
  },
  examples: [
    { line: 'ptar -o photos.ptar', does: 'the whole store in one file' },
    { line: 'ptar -o gift.ptar latest', does: 'only the newest snapshot' },
  ],
  needsStore: true,

  countsWhenFailed: {},

  async run({ options, args }, context) {
    const { terminal, json, quiet, signal, host } = context
    const { output, overwrite, plaintext, kdfMemory, weakPassphrase } = options
    const query = readQuery(options, new Date())
    if (output === undefined) throw new UsageError('Say which file to write: -o FILE.ptar')
    if (!/\.ptar$/i.test(output)) throw new UsageError('The name of the file must end in .ptar')
    if (plaintext && kdfMemory !== undefined) {
      throw new UsageError('--kdf-memory has no meaning with --plaintext')
    }
    if (args.length > 0 && !asksNothing(query)) {
      throw new UsageError('Name snapshots or choose by options, not both')
    }
    const { openStore } = await import('../../stores/registry.ts')
    const { NewFile } = await import('../../util/new-file.ts')
    const { writePtar } = await import('../../operations/write-ptar.ts')
    await using repository = await context.openRepository()
    await using target = await NewFile.create(output, { overwrite })
    const passphrase = plaintext
      ? undefined
      : await context.choosePeerPassphrase({ ...options, allowWeak: weakPassphrase })
    const report = await context.watch((progress) =>
      writePtar(repository, target, {
        ...{ progress, signal, query, snapshots: args, now: host.now },
        ...(passphrase ? { passphrase: passphrase.reveal() } : {}),
        ...(kdfMemory === undefined ? {} : { kdfMemoryMiB: kdfMemory }),
        openStore: (location) => openStore(location),
      }),
    )

    const { path, snapshots, bytesRead, bytes } = report
    const seconds = Math.round(report.seconds * 1000) / 1000
    if (json) {
      const amounts = { snapshots, bytesRead, bytes, seconds }
      await terminal.json({ type: 'result', status: 'complete', path, ...amounts })
    } else {
      const what = `${plural(snapshots, 'snapshot')}, ${formatBytes(bytes)}`
      await terminal.line(`Wrote ${printable(path)} and read all of it back: ${what}.`)
      if (!quiet) await terminal.line(`  It took ${formatDuration(report.seconds)}.`)
    }
    return 'done'
  },
})

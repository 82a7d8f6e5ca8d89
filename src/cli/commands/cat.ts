import { defineCommand } from '../command.ts'
import { UsageError } from '../usage-error.ts'

export const cat = defineCommand({
  name: 'cat',
  summary: 'Write files of a snapshot to stdout, byte for byte',
  description: ['Every byte is verified before it is written.'],
  options: {},
  argument: {
    name: 'SNAPSHOT:PATH',
    min: 1,
    max: Number.POSITIVE_INFINITY,
    describe: 'A file; "/PATH" alone is in the latest snapshot',
  },
  examples: [{ line: 'cat latest:/README.txt', does: 'what the tree of a snapshot means' }],
  needsStore: true,

  async run({ args }, { terminal, json, signal, openRepository }) {
    if (json) throw new UsageError('"cat" writes the bytes of files; --json does not apply')
    const { parseSnapshotRef } = await import('../../operations/snapshot-ref.ts')
    const { readFileContent } = await import('../../operations/read-file.ts')
    const references = args.map(parseSnapshotRef)
    await using repository = await openRepository({ copiesNearby: true })

    for (const reference of references) {
      for await (const bytes of await readFileContent(repository, reference)) {
        signal.throwIfAborted()
        await terminal.bytes(bytes)
        if (terminal.closed) return 'done'
      }
    }
    return 'done'
  },
})

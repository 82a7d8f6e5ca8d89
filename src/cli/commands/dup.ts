import { defineCommand } from '../command.ts'
import { madeLines, madeText } from '../made-snapshots.ts'

export const dup = defineCommand({
  name: 'dup',
  summary: 'Make a second snapshot of the same contents',
  description: [
    'The duplicate has an id of its own and everything else in common with the original. It costs next to nothing, and it stays when the original is removed.',
  ],
  options: {},
  argument: {
    name: 'SNAPSHOT',
    min: 1,
    max: Number.POSITIVE_INFINITY,
    describe: 'Beginning of an id, or "latest"',
  },
  examples: [{ line: 'dup latest', does: 'the newest snapshot a second time' }],
  needsStore: true,

  async run({ args }, context) {
    const { terminal, json, signal, host } = context
    await using repository = await context.openRepository()
    const { duplicateSnapshots } = await import('../../operations/tag-snapshots.ts')
    const made = await context.watch((progress) =>
      duplicateSnapshots(repository, args, { progress, signal, now: host.now }),
    )
    if (json) await terminal.jsonLines(madeLines(made))
    else await terminal.lines(made.map((each) => madeText(each, 'duplicate')))
    return 'done'
  },
})

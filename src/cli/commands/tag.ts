import { defineCommand } from '../command.ts'
import { madeLines, madeText } from '../made-snapshots.ts'
import { UsageError } from '../usage-error.ts'

const TAGS = { value: 'TAG', repeatable: true } as const

export const tag = defineCommand({
  name: 'tag',
  summary: 'Give snapshots other tags',
  description: [
    'Nothing in a store is ever changed: the snapshot is replaced by one with the same contents, the same time and a new id. It costs next to nothing. Several tags are separated by commas, or the option is repeated.',
    'A snapshot that a hold keeps cannot be given other tags.',
  ],
  options: {
    add: { describe: 'Add this tag', ...TAGS },
    remove: { describe: 'Take this tag away', ...TAGS },
    set: { describe: 'Replace all tags by this one; "" leaves none', ...TAGS },
  },
  argument: {
    name: 'SNAPSHOT',
    min: 1,
    max: Number.POSITIVE_INFINITY,
    describe: 'Beginning of an id, or "latest"',
  },
  examples: [
    { line: 'tag --add keep,wedding latest', does: 'two tags more' },
    { line: 'tag --set "" 3f2a', does: 'no tags at all' },
  ],
  needsStore: true,

  async run({ options, args }, context) {
    const { terminal, json, signal, host } = context
    if (options.add.length + options.remove.length + options.set.length === 0) {
      throw new UsageError('Say what to change: --add, --remove or --set')
    }
    const change = {
      add: listed(options.add),
      remove: listed(options.remove),
      ...(options.set.length === 0 ? {} : { set: listed(options.set) }),
    }
    await using repository = await context.openRepository()
    const { tagSnapshots } = await import('../../operations/tag-snapshots.ts')
    const made = await context.watch((progress) =>
      tagSnapshots(repository, args, change, { progress, signal, now: host.now }),
    )
    if (json) await terminal.jsonLines(madeLines(made))
    else await terminal.lines(made.map((each) => madeText(each, 'tags')))
    return 'done'
  },
})

function listed(values: readonly string[]): string[] {
  return values
    .flatMap((value) => value.split(','))
    .map((value) => value.trim())
    .filter((value) => value !== '')
}

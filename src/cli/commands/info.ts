import { KnownStores } from '../../config/known-stores.ts'
import { defineCommand } from '../command.ts'
import type { CommandContext } from '../context.ts'
import { factLines, repositoryFacts, snapshotFacts } from '../info-facts.ts'
import { printable } from '../printable.ts'
import { UsageError } from '../usage-error.ts'

export const info = defineCommand({
  name: 'info',
  summary: 'Describe the store, or one snapshot',
  description: [
    'Of the store: format, encryption, key derivation, sizes, what is saved by storing everything once, the last drill. Of a snapshot: where it comes from, what is in it, everything its header says.',
  ],
  options: {
    errors: { describe: 'What could not be read when the snapshot was made, one path a line' },
  },
  argument: {
    name: 'SNAPSHOT',
    min: 0,
    max: 1,
    describe: 'Beginning of an id; the store when absent',
  },
  examples: [
    { line: 'info', does: 'how the store is made and how large it is' },
    { line: 'info latest', does: 'where the newest snapshot comes from' },
    { line: 'info --errors latest', does: 'what could not be read then' },
  ],
  needsStore: true,

  async run({ options, args }, context) {
    const [snapshot] = args
    if (options.errors && snapshot === undefined) {
      throw new UsageError('--errors needs a snapshot', {
        hint: 'e.g. tintype info --errors latest',
      })
    }
    if (options.errors) await tellErrors(snapshot!, context)
    else if (snapshot === undefined) await tellStore(context)
    else await tellSnapshot(snapshot, context)
    return 'done'
  },
})

async function tellStore({ terminal, json, openRepository, folders }: CommandContext) {
  await using repository = await openRepository()
  const { describeRepository } = await import('../../operations/describe-repository.ts')
  const described = await describeRepository(repository)
  const { lastDrill } = await new KnownStores(folders.config).recall(repository.id)
  if (json) await terminal.json({ type: 'repository', ...described, lastDrill })
  else await terminal.lines(factLines(repositoryFacts(described, lastDrill)))
}

async function tellSnapshot(snapshot: string, { terminal, json, openRepository }: CommandContext) {
  await using repository = await openRepository()
  const { describeSnapshot } = await import('../../operations/describe-snapshot.ts')
  const described = await describeSnapshot(repository, snapshot)
  const context = Object.fromEntries(described.context)
  if (json) await terminal.json({ type: 'snapshot', ...described, context })
  else await terminal.lines(factLines(snapshotFacts(described)))
}

async function tellErrors(snapshot: string, { terminal, json, openRepository }: CommandContext) {
  await using repository = await openRepository()
  const { snapshotErrors } = await import('../../operations/describe-snapshot.ts')
  for await (const { path, error } of snapshotErrors(repository, snapshot)) {
    if (json) await terminal.json({ type: 'unread', path, error })
    else await terminal.line(`${printable(path)}: ${printable(error)}`)
    if (terminal.closed) return
  }
}

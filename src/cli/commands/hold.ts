import type { Covers } from '../../operations/holds/hold-record.ts'
import { defineCommand } from '../command.ts'
import type { CommandContext } from '../context.ts'
import { holdLine, holdText, releaseLine, releaseText } from '../hold-summary.ts'
import { printable } from '../printable.ts'
import { UsageError } from '../usage-error.ts'

const ACTIONS = ['add', 'ls', 'rm'] as const

export const hold = defineCommand({
  name: 'hold',
  summary: 'Forbid that something is removed, or allow it again',
  description: [
    '"hold add NAME" holds snapshots, an album, or the photos a query means. While it lasts, rm, prune and maintenance refuse to drop what it covers, and name it. "hold ls" lists the holds and what each covers now; "hold rm NAME" ends one, which stays on record.',
    'Of an album or query each photo is held as every snapshot knows it: a snapshot may go when all that is held in it also stands, the same in every detail, in one that stays.',
    'A query is KEY:VALUE conditions, all of which must hold; "or" between them, "-" before one means not. Keys: album, person, title, path, description, type (with * and ?), taken (2019, 2019-05..2021), is (favorite, archived, trashed, locked, partner, described).',
  ],
  options: {
    snapshot: {
      describe: 'Hold this snapshot: beginning of an id, or "latest"',
      value: 'SNAPSHOT',
      repeatable: true,
    },
    album: { describe: 'Hold this album and its photos', value: 'TITLE' },
    query: { describe: 'Hold the photos that are like this', value: 'QUERY' },
    reason: { describe: 'Why; needed to add and to end a hold', value: 'TEXT' },
    author: { describe: 'Who says so; by default your user name', value: 'NAME' },
    until: {
      describe: 'The last day, a moment, or how long (2y); without it until it is ended',
      value: 'WHEN',
    },
    all: { describe: 'With ls: also the holds that were ended, by whom and why' },
  },
  argument: {
    name: 'add|ls|rm [NAME]',
    min: 1,
    max: 2,
    describe: 'What to do, and the name of the hold; for rm the beginning of its id does too',
    completes: ACTIONS,
  },
  examples: [
    {
      line: 'hold add taxes --query path:/photos/2021/* --reason audit --until 2031-12-31',
      does: 'hold the photos of a year',
    },
    { line: 'hold add wedding --album Wedding --reason forever', does: 'hold an album' },
    { line: 'hold rm taxes --reason done', does: 'end the hold' },
  ],
  needsStore: true,

  async run({ options, args }, context) {
    const [action, name] = args
    if (action === 'add' && name !== undefined) await add(name, options, context)
    else if (action === 'rm' && name !== undefined) await end(name, options, context)
    else if (action === 'ls' && name === undefined) await list(options.all, context)
    else throw new UsageError('hold takes "add NAME", "ls" or "rm NAME"')
    return 'done'
  },
})

interface HoldOptions {
  snapshot: string[]
  album: string | undefined
  query: string | undefined
  reason: string | undefined
  author: string | undefined
  until: string | undefined
}

async function add(name: string, options: HoldOptions, context: CommandContext): Promise<void> {
  const { parseEnd } = await import('../../operations/query/moment.ts')
  const covers = coversOf(options)
  const by = { reason: requireReason(options), author: authorOf(options, context) }
  const now = context.host.now()
  const until = options.until === undefined ? {} : { end: parseEnd(options.until, now) }
  await using repository = await context.openRepository()
  const { addHold } = await import('../../operations/holds/holds.ts')
  const { describeHolds } = await import('../../operations/holds/describe-holds.ts')
  const added = await addHold(repository, { name, covers, ...by, ...until }, () =>
    context.host.now(),
  )
  const described = await describeHolds(repository, now)
  const line = described.find(({ id }) => id === added.id) ?? {
    ...{ ...added, inForce: true, coversNow: undefined },
  }
  const { terminal, json } = context
  if (json) await terminal.json(holdLine(line))
  else await terminal.lines(holdText(line, terminal.style))
}

async function end(name: string, options: HoldOptions, context: CommandContext): Promise<void> {
  const by = { reason: requireReason(options), author: authorOf(options, context) }
  await using repository = await context.openRepository()
  const { endHold } = await import('../../operations/holds/holds.ts')
  const ended = await endHold(repository, name, by, () => context.host.now())
  const { terminal, json } = context
  if (json) await terminal.json({ type: 'release', hold: ended.id, name: ended.name, ...by })
  else await terminal.line(`The hold "${printable(ended.name)}" is over; it stays on record.`)
}

async function list(all: boolean, context: CommandContext): Promise<void> {
  await using repository = await context.openRepository()
  const { describeHolds } = await import('../../operations/holds/describe-holds.ts')
  const { releases } = await import('../../operations/holds/holds.ts')
  const holds = await describeHolds(repository, context.host.now())
  const ended = all ? releases(repository) : []
  const { terminal, json, suggest } = context
  if (json) return terminal.jsonLines([...holds.map(holdLine), ...ended.map(releaseLine)])
  if (holds.length + ended.length === 0) {
    return terminal.line(`Nothing is held. Hold something with: ${suggest('hold add NAME …')}`)
  }
  await terminal.lines([
    ...holds.flatMap((each) => holdText(each, terminal.style)),
    ...ended.flatMap((each) => releaseText(each, terminal.style)),
  ])
}

function coversOf({ snapshot, album, query }: HoldOptions): Covers {
  const given: Covers[] = [
    ...(snapshot.length > 0 ? [{ snapshots: snapshot }] : []),
    ...(album === undefined ? [] : [{ album }]),
    ...(query === undefined ? [] : [{ query }]),
  ]
  const [covers, another] = given
  if (covers === undefined || another !== undefined) {
    throw new UsageError('A hold covers snapshots, an album or a query: give one of them', {
      hint: 'Use --snapshot (as often as needed), --album or --query.',
    })
  }
  return covers
}

function requireReason({ reason }: HoldOptions): string {
  if (reason !== undefined) return reason
  throw new UsageError('--reason is needed', { hint: 'Whoever meets the hold later will ask why.' })
}

function authorOf({ author }: HoldOptions, { host }: CommandContext): string {
  return author ?? host.env.USER ?? host.env.LOGNAME ?? host.env.USERNAME ?? 'unknown'
}

import type { Located } from '../../operations/locate-paths.ts'
import { outcomeOfCheck } from '../../operations/outcome.ts'
import { defineCommand } from '../command.ts'
import { plural } from '../format.ts'
import { printable } from '../printable.ts'
import { queryOptions, readQuery } from '../query-options.ts'

export const locate = defineCommand({
  name: 'locate',
  summary: 'Find files by name in all snapshots',
  description: [
    'One line a place, "SNAPSHOT:/PATH", which every other command understands. A pattern without a slash is compared with the name, one with a slash with the whole path: * is any characters but /, ** any, ? one, [a-z] one of these. Quote it, so that the shell leaves it alone.',
  ],
  options: {
    ignoreCase: { describe: 'Capitals and small letters are the same', short: 'i' },
    ...queryOptions,
  },
  argument: {
    name: 'GLOB',
    min: 1,
    max: Number.POSITIVE_INFINITY,
    describe: 'A name, a path, or a pattern for them',
  },
  examples: [
    { line: "locate 'IMG_2041*'", does: 'where a photo stands, in every snapshot' },
    { line: "locate --latest -i '/albums/2021/*oslo*/*'", does: 'what is in that album now' },
  ],
  needsStore: true,

  countsWhenFailed: {},

  async run({ options, args }, context) {
    const { terminal, json, quiet, signal, host } = context
    const now = host.now()
    const query = readQuery(options, now)
    await using repository = await context.openRepository({ copiesNearby: true })
    const { locatePaths } = await import('../../operations/locate-paths.ts')
    const tell = ({ snapshot, path }: Located) =>
      json
        ? terminal.json({ type: 'located', snapshot, path })
        : terminal.line(`${snapshot.slice(0, 8)}:${printable(path)}`)
    const { ignoreCase } = options
    const report = await context.watch((progress) =>
      locatePaths(repository, { progress, signal, patterns: args, ignoreCase, query, now, tell }),
    )

    const { status, found, snapshots, problems } = report
    if (json) {
      await terminal.jsonLines(problems.map((each) => ({ type: 'problem', ...each })))
      await terminal.json({ type: 'result', status, found, snapshots })
      return outcomeOfCheck(status)
    }
    for (const { snapshot, message } of problems) {
      const what = `snapshot ${snapshot.slice(0, 8)} was not read to its end`
      terminal.note(`${terminal.noteStyle.bad(what)}: ${printable(message)}`)
    }
    if (found === 0 && !quiet)
      terminal.note(`Nothing of that name in ${plural(snapshots, 'snapshot')}.`)
    return outcomeOfCheck(status)
  },
})

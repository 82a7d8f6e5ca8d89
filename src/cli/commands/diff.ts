import type { Difference } from '../../operations/diff-snapshots.ts'
import type { PhotoDifference } from '../../operations/history/diff-photos.ts'
import { defineCommand } from '../command.ts'
import { differenceText, diffResultLine, diffSummary } from '../diff-summary.ts'
import { photoText } from '../history-text.ts'

export const diff = defineCommand({
  name: 'diff',
  summary: 'Compare two snapshots, or two places in them',
  description: [
    'One line a difference: + new, - gone, > moved (a new path, a content that is gone elsewhere), ~ changed (content, target of a link, time, mode, owner, attributes), ! another kind. Of two whole snapshots of a library it also says what became of photos and albums.',
    'Ends with exit code 0 whether there are differences or not; scripts ask with --exit-code.',
  ],
  options: {
    exitCode: { describe: 'End with 1 when there are differences' },
    photos: {
      describe: 'Tell photos instead of files: new, changed, moved between albums, vanished',
    },
    summary: { describe: 'Only the numbers' },
  },
  argument: {
    name: 'SNAPSHOT[:PATH]',
    min: 1,
    max: 2,
    describe: 'The older one, then the newer one; the latest when there is no second',
  },
  examples: [
    { line: 'diff 3f2a latest', does: 'what came since snapshot 3f2a…' },
    { line: 'diff --photos 3f2a latest', does: 'the same, photo by photo' },
    { line: 'diff --summary 3f2a:/photos/2021 latest:/photos/2021', does: 'one year, in numbers' },
  ],
  needsStore: true,

  countsWhenFailed: {},

  async run({ options, args }, context) {
    const { terminal, json, quiet, signal, host } = context
    const { parseSnapshotRef } = await import('../../operations/snapshot-ref.ts')
    const { diffSnapshots } = await import('../../operations/diff-snapshots.ts')
    const left = parseSnapshotRef(args[0])
    const right =
      args[1] === undefined ? { ...left, snapshot: 'latest' } : parseSnapshotRef(args[1])
    await using repository = await context.openRepository({ copiesNearby: true })
    const tell = async (difference: Difference) => {
      if (json) await terminal.json({ type: 'difference', ...difference })
      else await terminal.line(differenceText(difference, terminal.style))
    }
    const tellPhoto = async (photo: PhotoDifference) => {
      if (json) await terminal.json({ type: 'photo', ...photo })
      else await terminal.lines(photoText(photo, terminal.style))
    }
    const summaryOnly = options.summary
    const silent = summaryOnly || (quiet && !json)
    const nothing = async () => {}
    const report = await context.watch((progress) =>
      diffSnapshots(
        repository,
        { left, right },
        {
          ...{ progress, signal, ticksMs: host.ticksMs },
          tell: silent || options.photos ? nothing : tell,
          tellPhoto: silent || !options.photos ? nothing : tellPhoto,
        },
      ),
    )

    if (json) await terminal.json(diffResultLine(report))
    else await terminal.lines(diffSummary(report, { style: terminal.style, quiet, summaryOnly }))
    return options.exitCode && !report.equal ? 'different' : 'done'
  },
})

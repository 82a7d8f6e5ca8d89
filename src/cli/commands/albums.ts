import type { KeptAlbum } from '../../photos/growth/library.ts'
import { defineCommand } from '../command.ts'
import { formatColumns, formatCount, plural } from '../format.ts'
import { albumLine } from '../item-line.ts'
import { printable } from '../printable.ts'
import { oneSnapshot } from '../snapshot-argument.ts'
import { sortedBy } from '../text-order.ts'

export const albums = defineCommand({
  name: 'albums',
  summary: 'List the albums of a snapshot',
  description: ['With --json: the items of each album too.'],
  options: {},
  argument: oneSnapshot,
  examples: [{ line: 'albums', does: 'the albums in the newest snapshot' }],
  needsStore: true,

  async run({ args }, { terminal, json, openRepository }) {
    await using repository = await openRepository({ copiesNearby: true })
    const { readCatalogue } = await import('../../operations/read-catalogue.ts')
    const found = (await readCatalogue(repository, args[0] ?? 'latest')).albums

    if (json) {
      await terminal.jsonLines(sortedBy(found, ({ id }) => id).map(albumLine))
    } else if (found.length === 0) {
      await terminal.line('This snapshot holds no albums.')
    } else {
      const rows = sortedBy(found, ({ title, id }) => `${title} ${id}`).map((album) => [
        album.title === '' ? '(untitled)' : printable(album.title),
        plural(album.items.length, 'item'),
        album.date ?? '',
        albumState(album),
      ])
      await terminal.lines(formatColumns(rows, '<><<'))
    }
    return 'done'
  },
})

function albumState({ items, expected, vanished }: KeptAlbum): string {
  const lacking = expected === undefined ? 0 : expected - items.length
  return [
    ...(lacking > 0 ? [`${formatCount(lacking)} of ${formatCount(expected!)} missing`] : []),
    ...(vanished ? ['no longer in Google Photos'] : []),
  ].join(', ')
}

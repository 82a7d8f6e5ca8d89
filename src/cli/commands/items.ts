import type { Item } from '../../photos/library.ts'
import { defineCommand } from '../command.ts'
import { plural } from '../format.ts'
import { itemLine } from '../item-line.ts'
import { printable } from '../printable.ts'
import { oneSnapshot } from '../snapshot-argument.ts'
import { sortedBy } from '../text-order.ts'

export const items = defineCommand({
  name: 'items',
  summary: 'List the photos and videos of a snapshot',
  description: [
    'One line for each photo as you know it, whatever its number of files. With --json: everything known about it, with the path and SHA-256 of each file.',
  ],
  options: {},
  argument: oneSnapshot,
  examples: [
    { line: 'items', does: 'the photos in the newest snapshot' },
    { line: 'items --json latest', does: 'for a program' },
  ],
  needsStore: true,

  async run({ args }, { terminal, json, openRepository }) {
    await using repository = await openRepository({ copiesNearby: true })
    const { readCatalogue } = await import('../../operations/read-catalogue.ts')
    const catalogue = await readCatalogue(repository, args[0] ?? 'latest')

    if (json) {
      await terminal.jsonLines(sortedBy(catalogue.items, ({ id }) => id).map(itemLine))
    } else if (catalogue.items.length === 0) {
      await terminal.line('This snapshot holds no photos.')
    } else {
      await terminal.lines(sortedBy(catalogue.items, whenTaken).map(itemText))
    }
    return 'done'
  },
})

function whenTaken({ taken, id }: Item): string {
  return `${taken?.local ?? taken?.instant ?? '~'} ${id}`
}

/** `3f2a…  2021-07-01T12:00:00  IMG_1.jpg  (2 files, favourite, 1 album)` */
export function itemText(item: Item & { vanished?: unknown }): string {
  const taken = item.taken?.local ?? item.taken?.instant ?? 'unknown'
  const remarks = [
    item.files.length > 1 ? plural(item.files.length, 'file') : '',
    item.favorite ? 'favourite' : '',
    item.archived ? 'archived' : '',
    item.trashed ? 'trashed' : '',
    item.vanished ? 'vanished' : '',
    item.albums.length > 0 ? plural(item.albums.length, 'album') : '',
  ].filter((remark) => remark !== '')
  const tail = remarks.length > 0 ? `  (${remarks.join(', ')})` : ''
  return `${item.id.slice(0, 8)}  ${printable(taken).padEnd(20)}  ${printable(item.title)}${tail}`
}

import { defineCommand } from '../command.ts'
import { plural } from '../format.ts'
import { itemLine } from '../item-line.ts'
import { printable } from '../printable.ts'
import { oneSnapshot } from '../snapshot-argument.ts'

export const vanished = defineCommand({
  name: 'vanished',
  summary: 'List the photos that are no longer in Google Photos, and kept here',
  description: [
    'A full export that lacks a photo shows that its owner no longer has it at Google. It is kept here with everything that is known about it; it loses the mark when an export has it again.',
  ],
  options: {},
  argument: oneSnapshot,
  examples: [{ line: 'vanished', does: 'the vanished photos, the latest first' }],
  needsStore: true,

  async run({ args }, { terminal, json, openRepository }) {
    await using repository = await openRepository({ copiesNearby: true })
    const { listVanished } = await import('../../operations/history/list-vanished.ts')
    const { items } = await listVanished(repository, args[0] ?? 'latest')
    if (json) {
      await terminal.jsonLines(items.map(itemLine))
    } else if (items.length === 0) {
      await terminal.line('No photo is known to have vanished from Google Photos.')
    } else {
      const rows = items.map(
        (item) =>
          `${item.vanished.since.slice(0, 10)}  ${item.id.slice(0, 8)}  ${printable(item.files[0]!.path)}`,
      )
      const total = `${plural(items.length, 'photo or video', 'photos and videos')} kept here, no longer in Google Photos.`
      await terminal.lines([...rows, terminal.style.strong(total)])
    }
    return 'done'
  },
})

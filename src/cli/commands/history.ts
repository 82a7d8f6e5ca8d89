import { defineCommand } from '../command.ts'
import { eventLine, historyText } from '../history-text.ts'

export const history = defineCommand({
  name: 'history',
  summary: 'Tell what became of a photo, snapshot by snapshot',
  description: [
    'Every snapshot in which something about it changed, oldest first: its files, what is known about it field by field, its albums, whether it vanished from Google Photos or came back.',
  ],
  options: {},
  argument: {
    name: 'ITEM|PATH',
    min: 1,
    max: 1,
    describe: 'Beginning of an id, as "items" lists it, or a path in the snapshot',
  },
  examples: [
    { line: 'history 3f2a', does: 'the photo whose id begins so' },
    { line: 'history /photos/2021/07/IMG_1.jpg', does: 'the photo that lies there' },
  ],
  needsStore: true,

  async run({ args }, { terminal, json, signal, openRepository }) {
    await using repository = await openRepository({ copiesNearby: true })
    const { itemHistory } = await import('../../operations/history/item-history.ts')
    const found = await itemHistory(repository, args[0]!, { signal })
    if (json) {
      await terminal.jsonLines(found.events.map(eventLine))
      const { events, ...summary } = found
      await terminal.json({ type: 'history', ...summary, events: events.length })
    } else {
      await terminal.lines(historyText(found, terminal.style))
    }
    return 'done'
  },
})

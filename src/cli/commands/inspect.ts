import { outcomeOfStatus, statusOfReading } from '../../operations/outcome.ts'
import { defineCommand } from '../command.ts'
import { inventoryLines } from '../inventory-lines.ts'
import { inventorySummary } from '../inventory-summary.ts'
import { folderAlbums, openSourceAt, sourceArgument } from './sources.ts'

export const inspect = defineCommand({
  name: 'inspect',
  summary: 'Tell what is in a Takeout or folder, what belongs together and what is missing',
  description: [
    'Reads the archives without extracting them and without a store. Nothing is written anywhere.',
  ],
  options: { 'folder-albums': folderAlbums },
  argument: sourceArgument,
  examples: [
    { line: 'inspect ~/Downloads', does: 'all Takeout archives in a folder' },
    { line: 'inspect --json takeout-*.zip', does: 'for a program: every file, item and album' },
  ],
  needsStore: false,

  async run({ args, options }, { terminal, json, quiet, verbose, signal, watch, suggest }) {
    const source = await openSourceAt(args, { foldersAsAlbums: options['folder-albums'] })
    const { inspectSource } = await import('../../operations/inspect-source.ts')
    const { inventory } = await watch((progress) => inspectSource(source, { progress, signal }))

    const { style } = terminal
    if (json) await terminal.jsonLines(inventoryLines(inventory))
    else await terminal.lines(inventorySummary(inventory, { style, quiet, verbose, suggest }))
    return outcomeOfStatus(statusOfReading(inventory.problems, inventory.items.length))
  },
})

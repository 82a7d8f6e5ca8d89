import { defineCommand } from '../command.ts'
import { takeoutLines, takeoutText } from '../takeout-text.ts'
import { UsageError } from '../usage-error.ts'

const ACTIONS = ['status'] as const

export const takeout = defineCommand({
  name: 'takeout',
  summary: 'Show which exports were imported, and when the next one is due',
  description: [
    'Google makes an export every two months for one year, then stops. "takeout status" tells which ones were imported, when the next is expected, when the year ends, and, from 30 days before, what to click to renew it.',
  ],
  options: {},
  argument: { name: 'status', min: 0, max: 1, describe: 'What to show', completes: ACTIONS },
  examples: [{ line: 'takeout status', does: 'the chain of exports' }],
  needsStore: true,

  async run({ args }, { terminal, json, host, openRepository }) {
    if (args[0] !== undefined && args[0] !== 'status')
      throw new UsageError('takeout takes "status"')
    await using repository = await openRepository({ copiesNearby: true })
    const { takeoutStatus } = await import('../../operations/takeout/takeout-status.ts')
    const status = await takeoutStatus(repository, host.now())
    if (json) await terminal.jsonLines(takeoutLines(status))
    else await terminal.lines(takeoutText(status, terminal.style))
    return 'done'
  },
})

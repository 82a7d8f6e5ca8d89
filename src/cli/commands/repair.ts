import type { Outcome } from '../../operations/outcome.ts'
import type { QuarantineLine } from '../../operations/repair-store.ts'
import { defineCommand } from '../command.ts'
import type { CommandContext } from '../context.ts'
import { formatBytes, plural } from '../format.ts'
import { printable } from '../printable.ts'
import { repairText } from '../repair-summary.ts'
import { UsageError } from '../usage-error.ts'

export const repair = defineCommand({
  name: 'repair',
  summary: 'Bring back what damage hid, and throw nothing away',
  description: [
    'Without --apply it only tells what it would do. What it replaces lies in the quarantine of the store afterwards, until --empty-quarantine.',
    'It makes packfiles that no state names part of the repository, lists snapshots again of which everything is there, takes states and locks that nobody can read out of the way and, with --full, replaces packfiles that are damaged in part: the next backup then stores again what was damaged, if its source still has it.',
    'Copy the store to another disk first, if you can.',
  ],
  options: {
    apply: { describe: 'Do it, instead of only telling' },
    full: { describe: 'Read every packfile, not only those that no state names' },
    quarantine: { describe: 'List what earlier repairs replaced' },
    emptyQuarantine: { describe: 'Delete for good what earlier repairs replaced' },
  },
  examples: [
    { line: 'repair', does: 'tells what it would do' },
    { line: 'repair --full --apply', does: 'does all it can' },
  ],
  needsStore: true,

  async run({ options }, context) {
    const { apply, full, quarantine, emptyQuarantine } = options
    if ((quarantine || emptyQuarantine) && (apply || full)) {
      throw new UsageError('--quarantine and --empty-quarantine stand alone')
    }
    if (quarantine || emptyQuarantine) return tellQuarantine(context, emptyQuarantine)
    const { terminal, json, quiet, signal } = context
    await using repository = await context.openRepository()
    const { repairStore } = await import('../../operations/repair-store.ts')
    const { systemClock } = await import('../../util/clock.ts')
    const outcome = await context.watch((progress) =>
      repairStore(repository, { apply, full, clock: systemClock, progress, signal }),
    )
    const { applied, lines, snapshots, isLeftDamaged } = outcome
    if (json) {
      await terminal.jsonLines(lines.map((line) => ({ type: 'step', ...line })))
      const status = isLeftDamaged ? 'incomplete' : 'complete'
      await terminal.json({ type: 'result', status, applied, steps: lines.length, snapshots })
    } else {
      await terminal.lines(repairText(outcome, { style: terminal.style, quiet, full }))
    }
    return isLeftDamaged ? 'damaged' : 'done'
  },
})

async function tellQuarantine(context: CommandContext, empty: boolean): Promise<Outcome> {
  const { terminal, json } = context
  await using repository = await context.openRepository()
  const store = await import('../../operations/repair-store.ts')
  const lines = await (empty ? store.emptyQuarantine(repository) : store.listQuarantine(repository))
  if (json) await terminal.jsonLines(lines.map((line) => ({ type: 'quarantined', ...line })))
  else await terminal.lines(quarantineText(lines, empty))
  return 'done'
}

function quarantineText(lines: readonly QuarantineLine[], empty: boolean): string[] {
  if (lines.length === 0) return ['The quarantine is empty.']
  const files = lines.map(
    ({ when, kind, name, bytes, reason }) =>
      `  ${when.slice(0, 10)}  ${kind} ${printable(name.slice(0, 12))}…  ${formatBytes(bytes)}  ${printable(reason)}`,
  )
  const total = lines.reduce((sum, { bytes }) => sum + bytes, 0)
  const what = `${plural(lines.length, 'file')}, ${formatBytes(total)}`
  return [empty ? `Deleted ${what}:` : `In the quarantine: ${what}`, ...files]
}

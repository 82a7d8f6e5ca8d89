import { describe, expect, it } from 'vitest'
import type { MaintenanceOutcome } from '../operations/maintain-store.ts'
import { maintenanceLines, maintenanceSummary } from './maintenance-summary.ts'
import { plain } from './style.ts'

const PACKFILE = 'ab'.repeat(32)
const DAY_MS = 24 * 3_600_000

const NOTHING: MaintenanceOutcome = {
  ...{ status: 'complete', dryRun: false, graceMs: 7 * DAY_MS, seconds: 1.5 },
  ...{ snapshots: 3, held: [], unlisted: [], packfiles: 12, blobs: 4000, refusals: [] },
  decisions: {
    ...{ colour: [], orphans: [], rescue: [], sweep: [] },
    ...{ waiting: [], repack: [], ahead: [], leftAlone: [] },
  },
  ...{ coloured: [], rescued: [], swept: [], leftovers: [], bytesFreed: 0 },
  repacked: { packfiles: [], into: [], bytes: 0, unreadable: [], endedEarly: false },
  ...{ states: undefined, locksRemoved: [], endedEarly: false },
}

function told(outcome: Partial<MaintenanceOutcome>): string {
  const suggest = (command: string) => `tintype ${command}`
  const options = { style: plain, quiet: false, verbose: false, suggest, now: new Date(0) }
  return maintenanceSummary({ ...NOTHING, ...outcome }, options).join('\n')
}

describe('after a maintenance people read', () => {
  it('that everything is needed, when it is', () => {
    expect(told({})).toBe(
      'Done: everything in the store is needed.\n  Looked at 3 snapshots and 12 packfiles in 1.5 s',
    )
  })

  it('that nothing is gone yet, and what to do when', () => {
    const text = told({ coloured: [PACKFILE] })

    expect(text).toContain('Done. Nothing was deleted yet.')
    expect(text).toContain('1 packfile announced for deletion')
    expect(text).toContain('tintype maintenance  after 7 d, to delete what was announced')
  })

  it('how much space came back', () => {
    const text = told({ swept: [PACKFILE], bytesFreed: 64_000_000 })

    expect(text).toContain('Done: 64 MB freed.')
    expect(text).toContain('1 packfile deleted')
  })

  it('until when something waits', () => {
    const until = BigInt(Date.UTC(2026, 10, 28)) * 1_000_000n
    const waiting = [{ packfile: PACKFILE, until }]

    const text = told({ decisions: { ...NOTHING.decisions, waiting } })

    expect(text).toContain('1 packfile announced earlier; the first may go on 2026-11-28')
  })

  it('what was refused, why, and how to go on', () => {
    const message = '9 of 12 packfiles would go, more than half. Nothing was coloured or deleted.'
    const text = told({
      status: 'incomplete',
      refusals: [{ code: 'TOO_MUCH_WOULD_GO', message }],
    })

    expect(text).toContain(`${message} (TOO_MUCH_WOULD_GO)`)
    expect(text).toContain('tintype maintenance --yes-really')
  })

  it('that a dry run changed nothing', () => {
    const text = told({ dryRun: true, decisions: { ...NOTHING.decisions, sweep: [PACKFILE] } })

    expect(text).toContain('A dry run: nothing was changed.')
    expect(text).toContain('1 packfile would be deleted')
  })
})

it('programs read every decision, and a result at the end', () => {
  const decisions = { ...NOTHING.decisions, colour: [PACKFILE], orphans: [PACKFILE] }

  const lines = [...maintenanceLines({ ...NOTHING, decisions, coloured: [PACKFILE] })]

  expect(lines[0]).toEqual({
    type: 'packfile',
    packfile: PACKFILE,
    decision: 'announce',
    orphan: true,
  })
  expect(lines.at(-1)).toMatchObject({ type: 'result', status: 'complete', announced: 1 })
})

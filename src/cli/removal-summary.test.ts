import { describe, expect, it } from 'vitest'
import type { RemovalPlan } from '../operations/retention/removal-plan.ts'
import { decisionLines, removalResultLine, removalSummary } from './removal-summary.ts'
import { plain } from './style.ts'

const hold = {
  ...{ id: 'cc'.repeat(32), name: 'tax\u001b[2J', reason: 'audit', author: 'Ann' },
  ...{ start: '2024-01-01T00:00:00Z', end: '2031-12-31T00:00:00Z' },
  covers: { album: 'Trip' },
}
const snapshot = (digit: string) => ({
  ...{ id: digit.repeat(64), taken: '2024-05-31T10:00:00.000Z', items: 4, bytes: 9 },
  ...{ source: 'takeout', status: 'complete' },
})
const plan: RemovalPlan = {
  decisions: [
    {
      ...{ snapshot: snapshot('a'), action: 'keep' },
      reasons: [
        { kind: 'rule', rule: 'keep-daily 7', bucket: '2024-05-31', rank: 1 },
        { kind: 'newest' },
      ],
    },
    { snapshot: snapshot('b'), action: 'keep', reasons: [{ kind: 'held', hold }] },
    { snapshot: snapshot('d'), action: 'remove', reasons: [] },
  ],
  ...{ removes: ['d'.repeat(64)], snapshots: 5 },
}
const words = {
  ...{ style: plain, quiet: false, verbose: false, because: 'no rule keeps it', graceDays: 7 },
  suggest: (command: string) => `tintype ${command}`,
}

describe('what is to be removed', () => {
  it('is told snapshot by snapshot, each with its reason', () => {
    const text = removalSummary(plan, { ...words, applied: false }).join('\n')

    expect(text).toMatch(/keep +aaaaaaaa .* keep-daily 7 \(2024-05-31, no\. 1\); the newest of its/)
    expect(text).toMatch(/keep +bbbbbbbb .* held by "tax\\x1b\[2J" until 2031-12-31: audit/)
    expect(text).toMatch(/remove +dddddddd .* no rule keeps it/)
    expect(text).toContain('Would remove 1 of 5 snapshots. Nothing was done.')
    expect(text).toContain('--apply')
  })

  it('is told with how to take it back, once it is done', () => {
    const text = removalSummary(plan, { ...words, applied: true }).join('\n')

    expect(text).toContain('Removed 1 of 5 snapshots.')
    expect(text).toContain('tintype rm --undo dddddddd')
    expect(text).toContain('deletes it 7 days later')
  })

  it('is a line for each decision and a result, for machines', () => {
    expect(decisionLines(plan)[1]).toMatchObject({
      ...{ type: 'decision', snapshot: 'b'.repeat(64), action: 'keep' },
      reasons: [{ kind: 'held', name: hold.name, reason: 'audit', end: hold.end }],
    })
    expect(removalResultLine(plan, false)).toEqual({
      ...{ type: 'result', status: 'complete', applied: false, kept: 2, removed: 1 },
    })
  })

  it('is nothing when nothing goes', () => {
    const none = { ...plan, decisions: plan.decisions.slice(0, 2), removes: [] }

    expect(removalSummary(none, { ...words, applied: true }).at(-1)).toBe(
      'Nothing to remove: all 5 snapshots stay.',
    )
  })
})

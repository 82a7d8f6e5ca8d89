import { describe, expect, it } from 'vitest'
import type { DrillReport } from '../operations/run-drill.ts'
import { drillLines, drillSummary } from './drill-summary.ts'
import { plain } from './style.ts'

const options = {
  ...{ style: plain, verbose: false, quiet: false },
  suggest: (command: string) => `tintype at ./s ${command}`,
}

const sound: DrillReport = {
  ...{ status: 'sound', snapshot: 'ab'.repeat(32), seed: 'f00d', items: 50, of: 9000 },
  ...{ files: 61, bytes: 245_000_000, links: 12, compared: true, datedAsTaken: 58, seconds: 3.2 },
  problems: [],
  notices: { percent: 1, damaged: 90, chance: 0.39999, itemsForNearCertainty: 449 },
}

describe('the summary of a drill', () => {
  it('says what came back, and how much that says', () => {
    expect(drillSummary(sound, options)).toEqual([
      'The drill went well.',
      '  50 items of 9,000 were chosen at random from snapshot abababab',
      '  61 files (245 MB) and 12 album links came back in 3.2 s; nothing was written to disk',
      '  The bytes are those of the import (SHA-256); 58 carry the time of capture',
      '',
      'How much that says',
      '  Were 1 % of all items damaged (90), a drill of this size would notice with 39.9 %.',
      '  99 % takes --items 449; certainty takes "check --full". Other days, other samples.',
      '  The same sample again: --seed f00d',
    ])
  })

  it('says nothing when all is well and it should be quiet, and speaks when it is not', () => {
    const problems = [{ path: '/photos/a\n.jpg', code: 'DAMAGED_BLOB', message: 'it is damaged' }]
    const quiet = { ...options, quiet: true }

    expect(drillSummary(sound, quiet)).toEqual([])
    const text = drillSummary({ ...sound, status: 'damaged', problems }, quiet)
    expect(text[0]).toBe('The drill failed: not everything came back (1 problem).')
    expect(text).toContain('  - /photos/a\\n.jpg: it is damaged (DAMAGED_BLOB)')
    expect(text.at(-1)).toMatch(/^ {2}tintype at \.\/s check --full/)
  })

  it('does not call it damage when the store did not answer', () => {
    const problems = [{ path: '/a', code: 'EIO', message: 'no answer' }]

    const text = drillSummary({ ...sound, status: 'unread', problems }, options).join('\n')

    expect(text).toContain('Cannot tell: the store did not answer (1 problem).')
    expect(text).not.toMatch(/damaged|SHA-256|notice/)
    expect(text).toContain('--seed f00d')
  })

  it('does not speak of chance when everything was tried', () => {
    const text = drillSummary({ ...sound, items: 9000 }, options).join('\n')

    expect(text).toContain('Every item was tried.')
    expect(text).not.toContain('--seed')
  })

  it('ends with the result when a program reads it', () => {
    const problems = [{ path: '/a', code: 'EIO', message: 'no answer' }]

    const lines = [...drillLines({ ...sound, status: 'unread', problems })]

    expect(lines).toMatchObject([
      { type: 'problem', path: '/a' },
      { type: 'result', status: 'unread', items: 50, of: 9000, seed: 'f00d' },
    ])
  })
})

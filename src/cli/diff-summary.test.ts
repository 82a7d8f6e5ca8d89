import { describe, expect, it, test } from 'vitest'
import type { Difference, DiffReport } from '../operations/diff-snapshots.ts'
import { differenceText, diffResultLine, diffSummary } from './diff-summary.ts'
import { plain } from './style.ts'

const report: DiffReport = {
  equal: false,
  left: 'aa'.repeat(32),
  right: 'bb'.repeat(32),
  counts: { added: 1200, removed: 1, moved: 3, changed: 0, type: 0 },
  library: {
    items: { added: 500, removed: 0, changed: 2, same: 9000 },
    albums: { added: 0, removed: 0, changed: 0, same: 12 },
  },
  seconds: 1.23456,
}

describe('a difference in words', () => {
  const rows: { difference: Difference; text: string }[] = [
    {
      difference: { change: 'added', path: '/a', kind: 'directory', bytes: 0 },
      text: '+ /a/',
    },
    {
      difference: { change: 'removed', path: '/a\u001b[31m', kind: 'file', bytes: 1 },
      text: '- /a\\x1b[31m',
    },
    {
      difference: { change: 'moved', path: '/b', from: '/a', kind: 'file', bytes: 1 },
      text: '> /a -> /b',
    },
    {
      difference: {
        ...{ change: 'changed', path: '/a', kind: 'file', bytes: 1 },
        aspects: ['content', 'modified'],
      },
      text: '~ /a  (content and modified)',
    },
    {
      difference: { change: 'type', path: '/a', before: 'file', kind: 'symlink', bytes: 0 },
      text: '! /a  (was a file, is a link)',
    },
  ]

  test.for(rows)('is "$text"', ({ difference, text }) => {
    expect(differenceText(difference, plain)).toBe(text)
  })
})

describe('the summary of a comparison', () => {
  const options = { style: plain, quiet: false, summaryOnly: false }

  it('counts files, and photos and albums of a library', () => {
    expect(diffSummary(report, options)).toEqual([
      '',
      'Between aaaaaaaa and bbbbbbbb, files and folders: 1,200 new, 1 gone, 3 moved.',
      '  Photos and videos: 500 new, 2 changed, 9,000 as before',
      '  Albums: 12 as before',
    ])
  })

  it('is one line when it should be quiet', () => {
    expect(diffSummary(report, { ...options, quiet: true })).toHaveLength(1)
  })

  it('says that there is no difference', () => {
    expect(diffSummary({ ...report, equal: true }, options)).toEqual([
      'No difference between aaaaaaaa and bbbbbbbb.',
    ])
  })

  it('has the same numbers for programs', () => {
    expect(diffResultLine(report)).toMatchObject({
      ...{ type: 'result', equal: false, added: 1200, otherKind: 0, seconds: 1.235 },
      library: { items: { added: 500 } },
    })
  })
})

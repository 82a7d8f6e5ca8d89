import { describe, expect, it, test } from 'vitest'
import { compareExports, endOfExport, missingParts } from './exports.ts'

const part = (name: string, number?: number, group?: number) => ({
  name,
  exportId: 'takeout-20240712T112341Z',
  ...(number === undefined ? {} : { number }),
  ...(group === undefined ? {} : { group }),
})

describe('missing parts', () => {
  it('are named like those that are here', () => {
    const parts = [
      part('takeout-20240712T112341Z-001.zip', 1),
      part('takeout-20240712T112341Z-004.zip', 4),
    ]

    expect(missingParts(parts)).toEqual([
      'takeout-20240712T112341Z-002.zip',
      'takeout-20240712T112341Z-003.zip',
    ])
  })

  it('are counted in each group', () => {
    const parts = [
      part('takeout-20251220T045241Z-1-002.tgz', 2, 1),
      part('takeout-20251220T045241Z-3-001.tgz', 1, 3),
    ]

    expect(missingParts(parts)).toEqual(['takeout-20251220T045241Z-1-001.tgz'])
  })

  test.for([
    [part('a-001.zip', 1), part('a-002 (1).zip', 2), 'one was downloaded twice'],
    [part('a.zip'), part('b.zip'), 'both were renamed'],
    [part('a-001.zip', 1), part('a-123456789.zip', 123_456_789), 'nobody has so many parts'],
  ] as const)('are none of %o and %o: %s', ([first, second]) => {
    expect(missingParts([first, second])).toEqual([])
  })

  it('are named without the mark of a second download', () => {
    expect(missingParts([part('a-002 (1).zip', 2)])).toEqual(['a-001.zip'])
  })
})

describe('exports', () => {
  it('are ordered newest first', () => {
    const ids = ['takeout-20240712T112341Z', 'takeout-20260307T053026Z', 'holiday']

    expect(ids.sort(compareExports)).toEqual([
      'takeout-20260307T053026Z',
      'takeout-20240712T112341Z',
      'holiday',
    ])
  })

  it('hold nothing that was taken after them', () => {
    expect(endOfExport('takeout-20240712T112341Z')).toBe(Date.parse('2024-07-14T00:00:00Z') / 1000)
    expect(endOfExport('takeout-20161231T1994402Z')).toBe(Date.parse('2017-01-02T00:00:00Z') / 1000)
    expect(endOfExport('holiday')).toBe(Infinity)
  })
})

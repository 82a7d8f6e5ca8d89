import { describe, expect, it } from 'vitest'
import type { TakeoutStatus, Waiting } from '../operations/takeout/takeout-status.ts'
import { plain } from './style.ts'
import { takeoutLines, takeoutText } from './takeout-text.ts'

const waits = (kind: Waiting['kind'], path: string): Waiting => ({ kind, path, export: 'x' })

function aStatus(...waiting: Waiting[]): TakeoutStatus {
  return { exports: [], warnings: [], unreadable: [], waiting }
}

describe('what waits for its other half', () => {
  it('is named, a few of each kind, with what to hope for', () => {
    const sidecars = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => waits('sidecar', name))

    expect(takeoutText(aStatus(...sidecars, waits('photo', '\u001b[2J.jpg')), plain)).toEqual([
      '7 metadata files wait for their photos; a later export may bring them:',
      ...['  a', '  b', '  c', '  d', '  e', '  and 2 more'],
      'A photo waits for its metadata file; a later export may bring it:',
      '  \\x1b[2J.jpg',
    ])
  })

  it('is a line each for programs, and a number at the end', () => {
    expect(takeoutLines(aStatus(waits('photo', 'a.jpg')))).toEqual([
      { type: 'waiting', kind: 'photo', path: 'a.jpg', export: 'x' },
      { type: 'takeout', exports: 0, warnings: [], unreadable: [], waiting: 1 },
    ])
  })

  it('is not spoken of when there is nothing', () => {
    expect(takeoutText(aStatus(), plain)).toEqual([])
  })
})

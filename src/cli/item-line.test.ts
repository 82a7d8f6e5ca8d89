import { describe, expect, it } from 'vitest'
import { albumLine, problemLine } from './item-line.ts'

describe('lines for programs', () => {
  it('say of an album how many photos it should have', () => {
    const album = { id: 'a', title: 'Trip', folders: ['Trip'], items: ['b'], expected: 3 }
    expect(albumLine(album)).toMatchObject({ items: ['b'], expected: 3 })
  })

  it('say of a problem that nothing is lost by it', () => {
    const problem = { code: 'DAMAGED_PART', path: 'p.zip', message: 'm', resolved: true } as const
    expect(problemLine(problem)).toMatchObject({ resolved: true })
    expect(JSON.stringify(problemLine({ ...problem, resolved: undefined } as never))).not.toContain(
      'resolved',
    )
  })
})

import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { closestName, slipsBetween } from './closest-name.ts'

const names = ['backup', 'check', 'restore', 'ls', 'cat', 'items']

describe('what was probably meant', () => {
  test.for([
    { typed: 'bakcup', meant: 'backup', because: 'two letters swapped' },
    { typed: 'Check', meant: 'check', because: 'capitals do not matter' },
    { typed: 'rest', meant: 'restore', because: 'it begins only this name' },
    { typed: 'lss', meant: 'ls', because: 'one letter too many' },
    { typed: 'xx', meant: undefined, because: 'nothing is near' },
    { typed: 'q', meant: undefined, because: 'one letter says nothing' },
  ])('by $typed is $meant: $because', ({ typed, meant }) => {
    expect(closestName(typed, names)).toBe(meant)
  })
})

describe('slips of the finger', () => {
  it('count one for each letter added, lost, exchanged or swapped', () => {
    expect(slipsBetween('check', 'check')).toBe(0)
    expect(slipsBetween('chek', 'check')).toBe(1)
    expect(slipsBetween('chcek', 'check')).toBe(1)
    expect(slipsBetween('', 'ls')).toBe(2)
  })

  it('are as many in both directions', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), (a, b) => {
        expect(slipsBetween(a, b)).toBe(slipsBetween(b, a))
      }),
    )
  })
})

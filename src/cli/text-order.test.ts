import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareText, sortedBy } from './text-order.ts'

describe('the order of lines', () => {
  it('is that of UTF-8 bytes', () => {
    const text = fc.string({ unit: 'binary' })
    fc.assert(
      fc.property(text, text, (a, b) => {
        const byBytes = Buffer.compare(Buffer.from(a), Buffer.from(b))
        expect(Math.sign(compareText(a, b))).toBe(byBytes)
      }),
    )
  })

  it('puts emoji after full-width letters, unlike the order of JavaScript', () => {
    expect(sortedBy(['😀', 'ａ', 'b'], (text) => text)).toEqual(['b', 'ａ', '😀'])
  })

  it('leaves the array it is given alone', () => {
    const given = ['b', 'a']

    sortedBy(given, (text) => text)

    expect(given).toEqual(['b', 'a'])
  })
})

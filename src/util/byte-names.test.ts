import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { utf8 } from '../util/bytes.ts'
import { compareNames, decodeName, encodeName } from './byte-names.ts'

describe('names of files', () => {
  it('survive whatever bytes they are made of', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(encodeName(decodeName(bytes))).toEqual(bytes)
      }),
    )
  })

  it('read as the text they are when they are UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        fc.pre(!/\p{Surrogate}/u.test(text))

        expect(decodeName(utf8(text))).toBe(text)
        expect(encodeName(text)).toEqual(utf8(text))
      }),
    )
  })

  it('sort as their bytes do, also beyond the basic plane', () => {
    const bytes = fc.uint8Array({ maxLength: 8 })
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        const order = compareNames(decodeName(a), decodeName(b))

        expect(Math.sign(order)).toBe(Math.sign(Buffer.compare(a, b)))
      }),
    )
    expect(compareNames('\u{1f600}', '\uffee')).toBeGreaterThan(0)
  })
})

test.for([
  { bytes: [0x62, 0xff, 0x2d], name: 'b\udcff-', because: '0xff starts nothing' },
  { bytes: [0xe2, 0x82], name: '\udce2\udc82', because: 'the sequence is cut' },
  { bytes: [0xed, 0xa0, 0x80], name: '\udced\udca0\udc80', because: 'surrogates are not UTF-8' },
  { bytes: [0xef, 0xbb, 0xbf, 0x61], name: '\ufeffa', because: 'a byte order mark is kept' },
])('$bytes is escaped since $because', ({ bytes, name }) => {
  expect(decodeName(Uint8Array.from(bytes))).toBe(name)
  expect(encodeName(name)).toEqual(Uint8Array.from(bytes))
})

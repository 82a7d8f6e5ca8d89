import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { printable } from './printable.ts'

describe('text from outside', () => {
  test.for([
    {
      text: 'sun\u001b[2Jset.jpg',
      shown: 'sun\\x1b[2Jset.jpg',
      because: 'ESC would clear the screen',
    },
    { text: 'a\u009b31m.jpg', shown: 'a\\x9b31m.jpg', because: 'C1 CSI is an ESC [ of one byte' },
    { text: 'one\ntwo\r\tthree', shown: 'one\\ntwo\\r\\tthree', because: 'a name is one line' },
    {
      text: 'photo\u202egpj.exe',
      shown: 'photo\\u202egpj.exe',
      because: 'RTL override hides a type',
    },
    {
      text: 'a\u2066b\u2069\u200f',
      shown: 'a\\u2066b\\u2069\\u200f',
      because: 'isolates reorder too',
    },
    { text: 'a\u200b.jpg', shown: 'a\\u200b.jpg', because: 'two names must not look the same' },
    { text: 'a\u2028b', shown: 'a\\u2028b', because: 'a line separator ends a line' },
    { text: 'tag\u{e0041}', shown: 'tag\\u{e0041}', because: 'tag characters are invisible' },
    { text: 'half\ud800', shown: 'half\\ud800', because: 'a lone surrogate is not text' },
    { text: '=cmd|x', shown: '=cmd|x', because: 'harmless in a terminal' },
    {
      text: 'Zoë 日本 שלום 👨‍👩‍👧.jpg',
      shown: 'Zoë 日本 שלום 👨‍👩‍👧.jpg',
      because: 'names of people stay readable',
    },
  ])('$shown: $because', ({ text, shown }) => {
    expect(printable(text)).toBe(shown)
  })

  it('never keeps a control character, whatever comes in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(printable(text)).not.toMatch(/[\p{Cc}\u2028-\u202e\u2066-\u2069]/u)
      }),
    )
  })
})

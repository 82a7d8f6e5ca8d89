import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { fittingName, legalName, splitExtension } from './file-name.ts'

test.for([
  { title: '27/06/12 - 1.jpg', name: '27_06_12 - 1.jpg', because: 'a slash separates folders' },
  { title: 'what?.jpg', name: 'what_.jpg', because: 'Windows refuses it' },
  { title: 'a\nb.jpg', name: 'a_b.jpg', because: 'control characters hide in listings' },
  { title: 'CON.jpg', name: '_CON.jpg', because: 'it is a device on Windows' },
  { title: 'trailing.', name: 'trailing_', because: 'Windows cuts the dot' },
  { title: '..', name: '__', because: 'it would climb' },
  { title: '', name: '_', because: 'a file needs a name' },
  { title: 'café.jpg', name: 'caf\u00e9.jpg', because: 'both forms are one name on macOS' },
])('$title becomes $name: $because', ({ title, name }) => {
  expect(legalName(title)).toBe(name)
})

describe('a fitting name', () => {
  it('cuts the stem, never the extension', () => {
    const name = fittingName('é'.repeat(300), '.jpg')

    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(243)
    expect(name).toMatch(/^é+\.jpg$/)
  })

  it('leaves room for numbering for every title', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (title) => {
        const { stem, extension } = splitExtension(legalName(title))

        const name = fittingName(stem, extension)

        expect(Buffer.byteLength(`${name} (999).xmp`)).toBeLessThanOrEqual(255)
        expect(name).not.toBe('')
        expect(name).not.toMatch(/[/\0]/)
      }),
    )
  })
})

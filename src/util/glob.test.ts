import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { compileGlob } from './glob.ts'

describe('a pattern for names', () => {
  test.for([
    {
      pattern: '*.jpg',
      matches: ['a.jpg', '.jpg', 'a b.jpg'],
      not: ['a.jpeg', 'a/b.jpg', 'a.jpg2'],
    },
    { pattern: 'IMG_??.*', matches: ['IMG_01.jpg', 'IMG_ä1.'], not: ['IMG_1.jpg', 'IMG_/1.jpg'] },
    { pattern: '/photos/**/x.jpg', matches: ['/photos/2021/07/x.jpg'], not: ['/photos/x.jpg'] },
    {
      pattern: '/photos/**x.jpg',
      matches: ['/photos/x.jpg', '/photos/2021/x.jpg'],
      not: ['/x.jpg'],
    },
    { pattern: '[a-c]x', matches: ['ax', 'cx'], not: ['dx', '-x', 'x'] },
    { pattern: '[!a-c]x', matches: ['dx', '😀x'], not: ['ax', '/x'] },
    { pattern: '[^a]', matches: ['b'], not: ['a'] },
    { pattern: '[]-]', matches: [']', '-'], not: ['['] },
    { pattern: 'a[b', matches: ['a[b'], not: ['ab'] },
    { pattern: '\\*\\?', matches: ['*?'], not: ['ab'] },
    { pattern: 'a\\', matches: ['a\\'], not: ['a'] },
    { pattern: '', matches: [''], not: ['a'] },
    { pattern: '**', matches: ['', 'a/b'], not: [] },
  ])('$pattern', ({ pattern, matches, not }) => {
    const isLike = compileGlob(pattern)

    expect(matches.filter((text) => !isLike(text))).toEqual([])
    expect(not.filter(isLike)).toEqual([])
  })

  it('can pass over case, and over how an accent is written', () => {
    expect(compileGlob('Sch\u00f6n*', { ignoreCase: true })('SCHO\u0308N.JPG')).toBe(true)
    expect(compileGlob('Schön*')('SCHÖN.JPG')).toBe(false)
  })

  it('that is a name with everything escaped matches that name and no other', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (name, other) => {
        const isLike = compileGlob([...name].map((each) => `\\${each}`).join(''))

        expect(isLike(name)).toBe(true)
        expect(isLike(other)).toBe(name === other)
      }),
    )
  })

  it('takes no long time on names made to take long', () => {
    const isLike = compileGlob(`${'*a'.repeat(40)}b`)

    expect(isLike('a'.repeat(2000))).toBe(false)
  })
})

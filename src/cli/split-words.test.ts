import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { splitWords } from './split-words.ts'

describe('a command in one line', () => {
  test.for([
    { line: 'pass show tintype', words: ['pass', 'show', 'tintype'] },
    { line: '  pass\t show ', words: ['pass', 'show'] },
    { line: '"/opt/my tools/pw" --at \'a "b"\'', words: ['/opt/my tools/pw', '--at', 'a "b"'] },
    { line: '/opt/my\\ tools/pw', words: ['/opt/my tools/pw'] },
    { line: 'pw ""', words: ['pw', ''] },
    { line: `sh -c 'a | b > $C'`, words: ['sh', '-c', 'a | b > $C'] },
  ])('$line is $words', ({ line, words }) => {
    expect(splitWords(line, 'linux')).toEqual({ words })
  })

  it('keeps the backslashes of Windows paths', () => {
    expect(splitWords('C:\\tools\\pw.exe show', 'win32')).toEqual({
      words: ['C:\\tools\\pw.exe', 'show'],
    })
  })

  test.for([
    { line: 'pass show x | head -1', says: /"\|" has a meaning in a shell only/ },
    { line: 'echo $SECRET', says: /"\$"/ },
    { line: 'pw "open', says: /" is not closed/ },
    { line: 'pw \\', says: /ends in a backslash/ },
    { line: '  ', says: /empty/ },
  ])('$line is refused', ({ line, says }) => {
    expect(splitWords(line, 'linux')).toMatchObject({ objection: expect.stringMatching(says) })
  })

  it('gives back any words that were quoted one by one', () => {
    const quoted = (word: string) => `'${word.replaceAll("'", `'"'"'`)}'`

    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), (words) => {
        expect(splitWords(words.map(quoted).join(' '), 'linux')).toEqual({ words })
      }),
    )
  })
})

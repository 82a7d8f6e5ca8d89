/**
 * A command as one line of text, split into program and arguments the way a shell splits plain
 * words, and no further: nothing is expanded, and no shell runs.
 *
 *   pass show tintype                 three words
 *   "/opt/my tools/pw" --store 'a b'  quotes hold a word together
 *   security\ tool                    a backslash outside single quotes takes the next character
 *                                     as it is; on Windows it is a part of the word, as in C:\pw
 *
 * What only a shell understands (`|`, `;`, `&`, `<`, `>`, a backquote, `$`) is refused where it
 * is not quoted: passed on as a plain word it would surprise whoever wrote it.
 * @module
 */

/** Blanks, a quoted piece, an escaped character, or one character of a word. */
const PIECES = /(\s+)|'([^']*)'|"((?:\\[\s\S]|[^"\\])*)"|\\([\s\S])|([\s\S])/g
/** The same where a backslash is a character like any other. */
const PIECES_ON_WINDOWS = /(\s+)|'([^']*)'|"([^"]*)"|(?!)()|([\s\S])/g

const SHELL_ONLY = /[|;&<>`$]/

/** @returns the words, or a sentence about what is wrong with the line */
export function splitWords(
  line: string,
  platform: NodeJS.Platform,
): { words: string[] } | { objection: string } {
  const onWindows = platform === 'win32'
  const words: string[] = []
  let word: string | undefined
  for (const piece of line.matchAll(onWindows ? PIECES_ON_WINDOWS : PIECES)) {
    const [, blanks, single, double, escaped, plain] = piece
    if (blanks !== undefined) {
      if (word !== undefined) words.push(word)
      word = undefined
      continue
    }
    const objection = plain === undefined ? undefined : objectionTo(plain, onWindows)
    if (objection !== undefined) return { objection }
    const unescaped = onWindows ? double : double?.replace(/\\([\s\S])/g, '$1')
    word = (word ?? '') + (single ?? unescaped ?? escaped ?? plain)
  }
  if (word !== undefined) words.push(word)
  return words.length > 0 ? { words } : { objection: 'it is empty' }
}

/** Why a character cannot stand by itself, outside quotes. */
function objectionTo(character: string, onWindows: boolean): string | undefined {
  if (character === '"' || character === "'") return `a ${character} is not closed`
  if (character === '\\' && !onWindows) return 'it ends in a backslash'
  if (!SHELL_ONLY.test(character)) return undefined
  return `"${character}" has a meaning in a shell only, and none is used`
}

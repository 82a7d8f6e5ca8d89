/**
 * A cautious guess at how hard a passphrase is to guess, in bits.
 *
 * The passphrase alone protects the photos of whoever gets hold of the store, and Argon2id makes
 * a guess cost about a second, so 50 bits are out of reach for long. The guess is the smaller of two:
 *
 *   - by characters: log2 of the alphabet in use for each, but 1 bit for one that continues a
 *     repetition, a count (`abc`, `321`) or a row of keys (`qwer`), and 8 bits for a common word
 *   - by words, when it consists of them: 12.9 bits for each different one (a Diceware list has
 *     7,776 words)
 * @module
 */

/** Below this a passphrase is called weak. */
export const ENOUGH_BITS = 50

const BITS_OF_A_CONTINUATION = 1
const BITS_OF_A_COMMON_WORD = 8
const BITS_OF_A_DICEWARE_WORD = Math.log2(7776)

const KEY_ROWS = ['qwertyuiop', 'qwertzuiop', 'azertyuiop', 'asdfghjkl', 'yxcvbnm', 'zxcvbnm']

/** Words that every list of stolen passwords begins with, and those close at hand here. */
const COMMON_WORDS = [
  ...['password', 'passwort', 'passphrase', 'iloveyou', 'princess', 'sunshine', 'football'],
  ...['baseball', 'superman', 'starwars', 'whatever', 'trustno1', 'welcome', 'letmein', 'monkey'],
  ...['dragon', 'master', 'shadow', 'freedom', 'michael', 'charlie', 'jordan', 'secret', 'hello'],
  ...['admin', 'login', 'summer', 'winter', 'family', 'familie', 'photos', 'photo', 'fotos'],
  ...['google', 'takeout', 'tintype', 'plakar', 'backup', 'change', 'test', 'pass', 'love'],
]

const CLASSES: readonly [RegExp, number][] = [
  [/[a-z]/, 26],
  [/[A-Z]/, 26],
  [/[0-9]/, 10],
  [/[ -/:-@[-`{-~]/, 33],
  [/[^ -~]/, 100],
]

export function passphraseBits(passphrase: string): number {
  return Math.min(bitsByCharacters(passphrase), bitsByWords(passphrase))
}

function bitsByCharacters(passphrase: string): number {
  const alphabet = CLASSES.reduce(
    (sum, [kind, size]) => sum + (kind.test(passphrase) ? size : 0),
    0,
  )
  let rest = passphrase.toLowerCase()
  let bits = 0
  for (const word of COMMON_WORDS) {
    bits += (rest.split(word).length - 1) * BITS_OF_A_COMMON_WORD
    rest = rest.replaceAll(word, '\n')
  }
  const characters = [...rest].filter((character) => character !== '\n')
  for (const [at, character] of characters.entries()) {
    const continues = at > 0 && follows(characters[at - 1]!, character)
    bits += continues ? BITS_OF_A_CONTINUATION : Math.log2(alphabet)
  }
  return bits
}

function follows(before: string, character: string): boolean {
  const step = character.codePointAt(0)! - before.codePointAt(0)!
  if (Math.abs(step) <= 1) return true
  const pair = before + character
  const backwards = character + before
  return KEY_ROWS.some((row) => row.includes(pair) || row.includes(backwards))
}

function bitsByWords(passphrase: string): number {
  const words = passphrase
    .toLowerCase()
    .split(/[\s._-]+/)
    .filter((word) => word !== '')
  const areWords = words.length > 1 && words.every((word) => /^\p{L}{2,9}$/u.test(word))
  if (!areWords) return Number.POSITIVE_INFINITY
  return new Set(words).size * BITS_OF_A_DICEWARE_WORD
}

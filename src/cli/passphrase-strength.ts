/**
 * A cautious guess at how hard a passphrase is to guess, in bits.
 *
 * The passphrase alone protects the photos of whoever gets hold of the store, for as long as there
 * is a copy of it. Argon2id with 256 MiB lets a large graphics card try some hundred a second, so
 * 50 bits cost more than 50,000 of them for a year. plakar asks for 80 by an estimate that takes
 * every word for random letters; this one is below it nearly always, and refuses what people really
 * take. It is the smallest of three:
 *
 *   - by characters: log2 of the alphabet in use for each, but 1 bit for one that continues a
 *     repetition, a count (`abc`, `321`) or a row of keys (`qwer`), and 8 bits for a common word,
 *     also where 0, 1, 3, 4, 5, 7, @ and $ stand for letters
 *   - by words, when it consists of them: 12.9 bits for each different one (a Diceware list has
 *     7,776 words), 5 bits for the little words that sentences are made of, and 4 for a number
 *   - as a saying: 20 bits for words that stand together in a book of quotations, or in every text
 *     about passphrases
 * @module
 */
import { COMMON_WORDS, LITTLE_WORDS, SAYINGS } from './passphrase-words.ts'

/** Below this a passphrase is called weak. */
export const ENOUGH_BITS = 50

const BITS_OF_A_CONTINUATION = 1
const BITS_OF_A_COMMON_WORD = 8
const BITS_OF_A_DICEWARE_WORD = Math.log2(7776)
const BITS_OF_A_LITTLE_WORD = 5
const BITS_OF_A_NUMBER = 4
const BITS_OF_A_SAYING = 20

const KEY_ROWS = ['qwertyuiop', 'qwertzuiop', 'azertyuiop', 'asdfghjkl', 'yxcvbnm', 'zxcvbnm']

/** Digits and signs that people put for letters. */
const DISGUISES: Readonly<Record<string, string>> = {
  ...{ '0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't', '@': 'a', $: 's' },
}

const CLASSES: readonly [RegExp, number][] = [
  [/[a-z]/, 26],
  [/[A-Z]/, 26],
  [/[0-9]/, 10],
  [/[ -/:-@[-`{-~]/, 33],
  [/[^ -~]/, 100],
]

export function passphraseBits(passphrase: string): number {
  return Math.min(
    bitsByCharacters(passphrase, passphrase.toLowerCase()),
    bitsByCharacters(passphrase, undisguised(passphrase.toLowerCase())),
    bitsByWords(passphrase.toLowerCase()),
    bitsAsSaying(passphrase.toLowerCase()),
  )
}

function undisguised(text: string): string {
  return [...text].map((character) => DISGUISES[character] ?? character).join('')
}

/** @param text what is looked for common words: `passphrase`, in lower case at least */
function bitsByCharacters(passphrase: string, text: string): number {
  const alphabet = CLASSES.reduce(
    (sum, [kind, size]) => sum + (kind.test(passphrase) ? size : 0),
    0,
  )
  let rest = text
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

/** Infinite when it does not consist of words. */
function bitsByWords(text: string): number {
  const words = wordsOf(text)
  const areWords = words.length > 1 && words.every((word) => /^(\p{L}{1,12}|\d{1,4})$/u.test(word))
  if (!areWords) return Number.POSITIVE_INFINITY
  return [...new Set(words)].reduce((bits, word) => bits + bitsOfWord(word), 0)
}

function bitsOfWord(word: string): number {
  if (/^\d+$/.test(word)) return BITS_OF_A_NUMBER
  if (LITTLE_WORDS.has(word) || word.length < 3) return BITS_OF_A_LITTLE_WORD
  return COMMON_WORDS.includes(word) ? BITS_OF_A_COMMON_WORD : BITS_OF_A_DICEWARE_WORD
}

/** A saying counts once; what stands around it counts as usual. */
function bitsAsSaying(text: string): number {
  const squeezed = squeeze(text)
  const saying = SAYINGS.find((each) => squeezed.includes(squeeze(each)))
  if (saying === undefined) return Number.POSITIVE_INFINITY
  const around = squeezed.replace(squeeze(saying), '')
  return BITS_OF_A_SAYING + (around === '' ? 0 : bitsByCharacters(around, around))
}

function wordsOf(text: string): string[] {
  return text.split(/[\s.,;:!?'"_-]+/).filter((word) => word !== '')
}

function squeeze(text: string): string {
  return text.replace(/[^\p{L}\p{N}]/gu, '')
}

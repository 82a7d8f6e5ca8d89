/**
 * A passphrase by chance that can be read aloud, written by hand and typed on any keyboard.
 *
 * Words of the pattern consonant-vowel-consonant-vowel-consonant, from letters that no hand writes
 * like another one and that lie in one place on English, German and French keyboards but for a few:
 * 15 · 5 · 15 · 5 · 15 = 84,375 words, 16.4 bits each; five of them are 82 bits.
 * @module
 */
import { randomInt } from 'node:crypto'

const CONSONANTS = 'bdfghjklmnprstv'
const VOWELS = 'aeiou'
const PATTERN = [CONSONANTS, VOWELS, CONSONANTS, VOWELS, CONSONANTS]
const WORDS = 5

/** `tovik-hasun-pedal-gorim-lutas`. */
export function suggestPassphrase(): string {
  const word = () => PATTERN.map((letters) => letters[randomInt(letters.length)]).join('')
  return Array.from({ length: WORDS }, word).join('-')
}

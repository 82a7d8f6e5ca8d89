import { describe, expect, it, test } from 'vitest'
import { ENOUGH_BITS, passphraseBits } from './passphrase-strength.ts'
import { suggestPassphrase } from './suggest-passphrase.ts'

describe('a passphrase', () => {
  test.for([
    { passphrase: '', because: 'it is empty' },
    { passphrase: 'password', because: 'it is on every list' },
    { passphrase: 'Password123!', because: 'a common word with the usual decoration' },
    { passphrase: 'aaaaaaaaaaaaaaaaaaaaaaaa', because: 'it repeats one letter' },
    { passphrase: 'abcdefghijklmnopqrstuvwxyz', because: 'it counts' },
    { passphrase: 'qwertyuiopasdfghjklzxcvbnm', because: 'it walks along the keys' },
    { passphrase: 'poiuytrewq0987654321', because: 'it walks backwards' },
    { passphrase: 'x7$Kq', because: 'it is short' },
    { passphrase: 'correct horse battery', because: 'three words are too few' },
    { passphrase: 'horse horse horse horse horse', because: 'a word counts once' },
    { passphrase: 'P@ssw0rd!2024', because: 'disguising a common word is common' },
    { passphrase: 'my dog and my cat love me so much', because: 'little words make a sentence' },
    { passphrase: 'ich liebe meine Familie und meinen Hund', because: 'so they do in German' },
    { passphrase: 'correct horse battery staple', because: 'every text on passphrases has it' },
    { passphrase: 'Correct-Horse-Battery-Staple!', because: 'signs do not hide it' },
    { passphrase: 'to be or not to be, that is the question', because: 'it is a quotation' },
    { passphrase: 'summer 2019 photos backup', because: 'common words and a year' },
    { passphrase: 'googlephotosbackup', because: 'it says what it protects' },
  ])('"$passphrase" is weak: $because', ({ passphrase }) => {
    expect(passphraseBits(passphrase)).toBeLessThan(ENOUGH_BITS)
  })

  test.for([
    { passphrase: 'walrus kettle orbit mustard', because: 'four unrelated words' },
    {
      passphrase: 'the walrus and the kettle orbit my mustard',
      because: 'the same, in a sentence',
    },
    { passphrase: 'correct horse battery staple, twice over', because: 'more than the quotation' },
    { passphrase: 'Quälgeist-Mondfähre-Rotkohl-Zwirn', because: 'four words with dashes' },
    { passphrase: 'v9#TqLw2!fZ', because: 'eleven random characters' },
    { passphrase: 'kqzmxpwbudhr', because: 'twelve random letters' },
  ])('"$passphrase" is strong enough: $because', ({ passphrase }) => {
    expect(passphraseBits(passphrase)).toBeGreaterThanOrEqual(ENOUGH_BITS)
  })

  it('that is suggested is strong enough, and another one each time', () => {
    const suggested = Array.from({ length: 50 }, suggestPassphrase)

    for (const each of suggested) {
      expect(each).toMatch(/^([a-z]{5}-){4}[a-z]{5}$/)
      expect(passphraseBits(each)).toBeGreaterThanOrEqual(ENOUGH_BITS)
    }
    expect(new Set(suggested).size).toBe(50)
  })
})

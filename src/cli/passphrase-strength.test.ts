import { describe, expect, test } from 'vitest'
import { ENOUGH_BITS, passphraseBits } from './passphrase-strength.ts'

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
    { passphrase: 'googlephotosbackup', because: 'it says what it protects' },
  ])('"$passphrase" is weak: $because', ({ passphrase }) => {
    expect(passphraseBits(passphrase)).toBeLessThan(ENOUGH_BITS)
  })

  test.for([
    { passphrase: 'correct horse battery staple', because: 'four words' },
    { passphrase: 'Quälgeist-Mondfähre-Rotkohl-Zwirn', because: 'four words with dashes' },
    { passphrase: 'v9#TqLw2!fZ', because: 'eleven random characters' },
    { passphrase: 'kqzmxpwbudhr', because: 'twelve random letters' },
  ])('"$passphrase" is strong enough: $because', ({ passphrase }) => {
    expect(passphraseBits(passphrase)).toBeGreaterThanOrEqual(ENOUGH_BITS)
  })
})

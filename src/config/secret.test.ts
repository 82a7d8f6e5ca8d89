import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { Secret } from './secret.ts'

describe('a secret', () => {
  it('never shows itself in text, JSON, logs or errors', () => {
    const secret = new Secret('correct horse')

    const printed = [
      String(secret),
      `${secret}`,
      JSON.stringify({ secret }),
      inspect({ deep: { secret } }, { depth: 9, showHidden: true }),
      new Error(`failed with ${secret}`).message,
    ]

    for (const text of printed) expect(text).not.toContain('correct')
    expect(JSON.stringify({ secret })).toBe('{"secret":"***"}')
  })

  it('gives its text to whoever asks by name', () => {
    expect(new Secret('correct horse').reveal()).toBe('correct horse')
  })

  it('is compared by its text', () => {
    expect(new Secret('a').equals(new Secret('a'))).toBe(true)
    expect(new Secret('a').equals(new Secret('b'))).toBe(false)
  })
})

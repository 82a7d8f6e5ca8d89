import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concatBytes } from '../../util/bytes.ts'
import { InputWindow, readFrom } from './input-window.ts'

describe('the input window', () => {
  it('shows enough to cut a chunk until the content ends, and loses no byte', async () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 20 })
    const steps = fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 1 })
    await fc.assert(
      fc.asyncProperty(pieces, steps, async (content, advances) => {
        const window = new InputWindow(new Uint8Array(25), 10)
        const read = readFrom(content)
        const seen: Uint8Array[] = []

        for (let step = 0; ; step++) {
          await window.fill(read)
          const ahead = window.peek()
          if (ahead.length === 0) break
          expect(ahead.length === 10 || window.ended).toBe(true)
          const taken = ahead.slice(0, advances[step % advances.length])
          seen.push(taken)
          window.advance(taken.length)
        }

        expect(concatBytes(seen)).toEqual(concatBytes(content))
      }),
    )
  })
})

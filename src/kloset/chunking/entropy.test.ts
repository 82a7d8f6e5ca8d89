import { createHash } from 'node:crypto'
import { expect, it, test } from 'vitest'
import { utf8 } from '../../util/bytes.ts'
import { sampleEntropy } from './entropy.ts'

test.for([
  { content: '', entropy: 0 },
  { content: 'aaab', entropy: 0.8112781244591328 },
  { content: 'hello, world\n', entropy: 3.180832987205441 },
])('"$content" has the entropy that plakar records: $entropy', ({ content, entropy }) => {
  expect(sampleEntropy(utf8(content))).toBe(entropy)
})

it('is 8 bits when every byte value is equally frequent, 0 when there is only one', () => {
  expect(sampleEntropy(Uint8Array.from({ length: 256 }, (_, i) => i))).toBe(8)
  expect(sampleEntropy(new Uint8Array(4096).fill(65))).toBe(0)
})

it('is estimated from all over a long content', () => {
  const halfNoise = new Uint8Array(2_000_000)
  for (let at = 0; at < 1_000_000; at += 32) {
    halfNoise.set(createHash('sha256').update(`${at}`).digest(), at)
  }

  // zeros with p = 1/2 + 1/512, each other byte with p = 1/512: 5.0 bits per byte
  expect(sampleEntropy(halfNoise)).toBeGreaterThan(4.8)
  expect(sampleEntropy(halfNoise)).toBeLessThan(5.1)
})

import { expect, it } from 'vitest'
import { megabytesPerSecond } from './throughput.ts'

it('is the speed of the fastest round', () => {
  const times = [0, 30, 40, 60] // ms; rounds of 30, 10 and 20 ms

  const speed = megabytesPerSecond(
    1_000_000,
    () => {},
    50,
    () => times.shift()!,
  )

  expect(speed).toBe(100)
})

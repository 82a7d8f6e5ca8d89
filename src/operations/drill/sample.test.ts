import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { chanceToNotice, drawSample, sampleSize, sampleToNotice } from './sample.ts'

async function* numbers(count: number): AsyncGenerator<number> {
  for (let at = 0; at < count; at++) yield at
}

describe('a random sample', () => {
  it('has the wanted size, no item twice, and the order of the whole', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(60), fc.nat(80), fc.string(), async (count, population, seed) => {
        const drawn = await drawSample(numbers(population), count, seed)

        expect(drawn).toHaveLength(Math.min(count, population))
        expect([...new Set(drawn)].sort((a, b) => a - b)).toEqual(drawn)
      }),
    )
  })

  it('is the same for the same seed and another for another', async () => {
    const draw = (seed: string) => drawSample(numbers(1000), 20, seed)

    expect(await draw('a')).toEqual(await draw('a'))
    expect(await draw('a')).not.toEqual(await draw('b'))
  })

  it('gives each the same chance', async () => {
    const met = new Array<number>(20).fill(0)
    for (let seed = 0; seed < 4000; seed++) {
      for (const each of await drawSample(numbers(20), 5, String(seed))) met[each]! += 1
    }

    // Each is met 1,000 times on average, with a standard deviation of 27; seeds are fixed.
    for (const count of met) expect(Math.abs(count - 1000)).toBeLessThan(120)
  })

  test.for([
    { size: { items: 50 }, population: 1000, is: 50 },
    { size: { items: 50 }, population: 7, is: 7 },
    { size: { percent: 2 }, population: 1000, is: 20 },
    { size: { percent: 1 }, population: 7, is: 1 },
    { size: { percent: 100 }, population: 7, is: 7 },
    { size: { items: 50 }, population: 0, is: 0 },
  ])('of $size from $population is $is', ({ size, population, is }) => {
    expect(sampleSize(size, population)).toBe(is)
  })
})

describe('the chance to notice damage', () => {
  test.for([
    { population: 100, damaged: 1, sample: 1, chance: 0.01, because: 'one look, one of a hundred' },
    { population: 100, damaged: 1, sample: 50, chance: 0.5, because: 'half of them were seen' },
    { population: 10, damaged: 10, sample: 1, chance: 1, because: 'all are damaged' },
    { population: 10, damaged: 3, sample: 8, chance: 1, because: 'only seven are sound' },
    { population: 4, damaged: 2, sample: 2, chance: 5 / 6, because: 'of six pairs one is sound' },
    { population: 100, damaged: 0, sample: 100, chance: 0, because: 'there is nothing to notice' },
  ])('is $chance: $because', ({ population, damaged, sample, chance }) => {
    expect(chanceToNotice(population, damaged, sample)).toBeCloseTo(chance, 10)
  })

  it('says how large a sample must be, and not one larger', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(20), (population, some) => {
        const damaged = Math.min(population, some + 1)
        const sample = sampleToNotice(population, damaged, 0.9)

        expect(chanceToNotice(population, damaged, sample)).toBeGreaterThanOrEqual(0.9 - 1e-9)
        expect(chanceToNotice(population, damaged, sample - 1)).toBeLessThan(0.9)
      }),
    )
  })
})

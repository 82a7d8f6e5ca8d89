/**
 * Choosing at random, so that it can be done again: the same seed chooses the same of the same.
 * @module
 */
import { createHash } from 'node:crypto'

/** How much of a population is drawn. */
export type SampleSize = { items: number } | { percent: number }

/** At least one, at most all. */
export function sampleSize(size: SampleSize, population: number): number {
  const wanted = 'items' in size ? size.items : Math.ceil((population * size.percent) / 100)
  return Math.min(population, Math.max(1, wanted))
}

/**
 * `count` of `all`, each with the same chance, in the order in which they came; memory for `count`
 * (Vitter's reservoir sampling, "algorithm R").
 */
export async function drawSample<T>(
  all: AsyncIterable<T>,
  count: number,
  seed: string,
): Promise<T[]> {
  const chance = seededChance(seed)
  const drawn: { at: number; value: T }[] = []
  let at = 0
  for await (const value of all) {
    const place = at < count ? at : chance(at + 1)
    if (place < count) drawn[place] = { at, value }
    at += 1
  }
  return drawn.sort((a, b) => a.at - b.at).map(({ value }) => value)
}

/** Whole numbers below a bound. 53 bits of SHA-256 a number: the bias is far below what matters. */
function seededChance(seed: string): (below: number) => number {
  let counter = 0
  return (below) => {
    const hash = createHash('sha256').update(`${seed} ${counter++}`).digest()
    const fraction = (hash.readUInt32LE(0) * 2 ** 21 + (hash.readUInt32LE(4) >>> 11)) / 2 ** 53
    return Math.floor(fraction * below)
  }
}

/**
 * The probability that a sample without replacement meets at least one of the damaged: 1 minus the
 * hypergeometric chance of meeting none.
 */
export function chanceToNotice(population: number, damaged: number, sample: number): number {
  let missed = 1
  for (let at = 0; at < sample; at++) {
    missed *= Math.max(0, population - damaged - at) / (population - at)
  }
  return 1 - missed
}

/** The smallest sample that notices the damaged with at least this probability. */
export function sampleToNotice(population: number, damaged: number, chance: number): number {
  let missed = 1
  let sample = 0
  while (sample < population && 1 - missed < chance) {
    missed *= Math.max(0, population - damaged - sample) / (population - sample)
    sample += 1
  }
  return sample
}

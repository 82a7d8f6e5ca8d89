/**
 * Backs one library up with several programs by turns, so that a machine that gets slower or
 * faster meanwhile does so for all of them, and compares the medians.
 * @module
 */
import type { Contestant } from './contestants.ts'
import type { Measured } from './measured-run.ts'

/** One program's rounds. */
export interface Result {
  name: string
  first: Measured[]
  /** Backups of the same library once more. */
  unchanged: Measured[]
  list: Measured[]
  storedBytes: number
  /** What the second backup added. */
  addedBytes: number
}

export function contest(
  contestants: readonly Contestant[],
  rounds: number,
  onRound: (round: number) => void,
): Result[] {
  const results = contestants.map(emptyResult)
  for (let round = 0; round < rounds; round++) {
    const turns = contestants.map((contestant, at) => ({ contestant, result: results[at]! }))
    if (round % 2 === 1) turns.reverse()
    for (const { contestant, result } of turns) runOnce(contestant, result)
    onRound(round + 1)
  }
  return results
}

function emptyResult({ name }: Contestant): Result {
  return { name, first: [], unchanged: [], list: [], storedBytes: 0, addedBytes: 0 }
}

function runOnce(contestant: Contestant, result: Result): void {
  contestant.create()
  result.first.push(contestant.backup())
  result.storedBytes = contestant.storedBytes()
  result.unchanged.push(contestant.backup())
  result.addedBytes = contestant.storedBytes() - result.storedBytes
  result.list.push(contestant.list())
}

/** The middle of all rounds, for each figure by itself. */
export function medianOf(rounds: readonly Measured[]): Measured {
  return {
    wallSeconds: median(rounds.map(({ wallSeconds }) => wallSeconds)) ?? Number.NaN,
    cpuSeconds: median(rounds.map(({ cpuSeconds }) => cpuSeconds)),
    peakMegabytes: median(rounds.map(({ peakMegabytes }) => peakMegabytes)),
  }
}

function median(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined).sort((a, b) => a - b)
  const middle = known.length / 2
  if (known.length % 2 === 1) return known[Math.floor(middle)]
  return known.length === 0 ? undefined : (known[middle - 1]! + known[middle]!) / 2
}

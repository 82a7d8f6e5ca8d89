/**
 * The name somebody probably meant.
 * @module
 */

/**
 * The name nearest to `typed`, or undefined when none is near: at most one slip of the finger in
 * three letters, or `typed` begins exactly one name.
 */
export function closestName(typed: string, names: readonly string[]): string | undefined {
  const begun = names.filter((name) => typed.length > 1 && name.startsWith(typed))
  if (begun.length === 1) return begun[0]
  const near = names
    .map((name) => ({ name, slips: slipsBetween(typed.toLowerCase(), name) }))
    .filter(({ name, slips }) => slips <= Math.max(1, Math.floor(name.length / 3)))
    .filter(({ name, slips }) => slips < name.length)
    .sort((a, b) => a.slips - b.slips)
  return near[0]?.name
}

/** Letters added, left out, exchanged or swapped with their neighbour (optimal string alignment). */
export function slipsBetween(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let slips = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1))
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) slips = Math.min(slips, beforeLast[j - 2]! + 1)
      row.push(slips)
    }
    beforeLast = last
    last = row
  }
  return last[b.length]!
}

/**
 * The same case in another shape: whatever the order of the entries, the number of parts and the
 * Unicode form of the names, the result must be the same.
 * @module
 */
import type { Case } from './case.ts'

export interface Variation {
  shuffle: boolean
  parts: boolean
  nfd: boolean
}

export function vary(each: Case, { shuffle, parts, nfd }: Variation, seed: number): Case {
  const random = randomNumbers(`${seed} ${each.id}`)
  let varied = each
  if (nfd) varied = decompose(varied)
  if (parts) varied = spread(varied, random)
  if (shuffle) varied = { ...varied, files: shuffled(varied.files, random) }
  return varied
}

/** Names as macOS hands them out; what a file says about itself stays as it is. */
function decompose(each: Case): Case {
  const names = <T>(record: Record<string, T> | undefined): Record<string, T> =>
    Object.fromEntries(Object.entries(record ?? {}).map(([k, v]) => [k.normalize('NFD'), v]))
  return {
    ...each,
    files: each.files.map((path) => path.normalize('NFD')),
    json: names(each.json),
    parts: names(each.parts),
    bytes: names(each.bytes),
    content: names(each.content),
    embedded: names(each.embedded),
  }
}

const MOST_PARTS = 8

/** Every entry in a random part of one export; a case with parts of its own keeps them. */
function spread(each: Case, random: () => number): Case {
  if (each.parts && Object.keys(each.parts).length > 0) return each
  const count = 1 + Math.floor(random() * MOST_PARTS)
  const partOf = () =>
    `takeout-20261101T000000Z-${String(1 + Math.floor(random() * count)).padStart(3, '0')}.zip`
  return { ...each, parts: Object.fromEntries(each.files.map((path) => [path, partOf()])) }
}

export function shuffled<T>(values: readonly T[], random: () => number): T[] {
  const result = [...values]
  for (let at = result.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1))
    ;[result[at], result[other]] = [result[other]!, result[at]!]
  }
  return result
}

/** Numbers in [0, 1) that depend on `seed` alone (mulberry32). */
export function randomNumbers(seed: string): () => number {
  let state = [...seed].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) | 0, 7)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * Chance that repeats: the same seed always gives the same library. Mulberry32, which passes
 * gjrand's small crush and needs 32 bits of state; nothing here is secret.
 * @module
 */
export interface Random {
  /** 0 ≤ x < 1 */
  next(): number
  /** Integer, 0 ≤ n < limit. */
  below(limit: number): number
  pick<T>(choices: readonly T[]): T
  fill(bytes: Uint8Array): Uint8Array
}

export function randomFrom(seed: number): Random {
  let state = seed >>> 0
  const word = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  const below = (limit: number) => Math.floor((word() / 2 ** 32) * limit)
  return {
    next: () => word() / 2 ** 32,
    below,
    pick: (choices) => choices[below(choices.length)]!,
    fill(bytes) {
      for (let at = 0; at < bytes.length; at += 4) {
        const value = word()
        for (let byte = 0; byte < 4 && at + byte < bytes.length; byte++) {
          bytes[at + byte] = value >>> (byte * 8)
        }
      }
      return bytes
    },
  }
}

/** A seed that belongs to `text`, so that adding one photo leaves the others as they are. FNV-1a. */
export function seedOf(text: string, seed: number): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  return hash
}

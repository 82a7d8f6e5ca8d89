/**
 * What `node:crypto` gives by chance, from a seed instead: names of states and packfiles are random,
 * and which of them an accident meets depends on their order. For tests that mock the module.
 * @module
 */
import { type Random, randomFrom } from '../../../scripts/sample-library/random.ts'

let random: Random = randomFrom(1)

/** From here on the same chance as at every time before. */
export function reseed(seed: number): void {
  random = randomFrom(seed)
}

export const seededCrypto = {
  randomBytes: (length: number) => Buffer.from(random.fill(new Uint8Array(length))),
  randomFillSync(bytes: Uint8Array, offset = 0, length = bytes.length - offset): Uint8Array {
    random.fill(bytes.subarray(offset, offset + length))
    return bytes
  },
  randomInt: (first: number, end?: number) =>
    end === undefined ? random.below(first) : first + random.below(end - first),
  randomUUID(): string {
    const hex = Buffer.from(random.fill(new Uint8Array(16))).toString('hex')
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  },
}

/**
 * What an accident or a forger does to bytes, as values that fast-check can draw and shrink.
 * @module
 */
import fc from 'fast-check'

/** Positions and lengths are shares of what there is, so that one mutation fits any bytes. */
type Mutation =
  | { kind: 'flip'; at: number; bit: number }
  | { kind: 'set'; at: number; value: number }
  | { kind: 'number'; at: number; value: bigint; width: 1 | 2 | 4 | 8; bigEndian: boolean }
  | { kind: 'insert'; at: number; bytes: Uint8Array }
  | { kind: 'remove'; at: number; share: number }
  | { kind: 'repeat'; at: number; share: number }
  | { kind: 'cut'; at: number }

export type Mutations = readonly Mutation[]

/** Where lengths, counts and offsets go wrong. */
const NUMBERS = [
  ...[0n, 1n, 0x7fn, 0x80n, 0xffn, 0x7fffn, 0xffffn, 0x7fff_ffffn, 0x8000_0000n, 0xffff_ffffn],
  ...[0x1f_ffff_ffff_ffffn, 0x7fff_ffff_ffff_ffffn, 0xffff_ffff_ffff_ffffn],
]
/** The beginnings of msgpack values that promise much. */
const PROMISES = [
  'ddffffffff',
  'dfffffffff',
  'dbffffffff',
  'c6ffffffff',
  'c9ffffffffff',
  '91919191',
]

const share = fc.double({ min: 0, max: 1, noNaN: true })

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ kind: fc.constant('flip' as const), at: share, bit: fc.nat(7) }),
  fc.record({ kind: fc.constant('set' as const), at: share, value: fc.nat(255) }),
  fc.record({
    kind: fc.constant('number' as const),
    at: share,
    value: fc.constantFrom(...NUMBERS),
    width: fc.constantFrom(1 as const, 2 as const, 4 as const, 8 as const),
    bigEndian: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('insert' as const),
    at: share,
    bytes: fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.constantFrom(...PROMISES).map((hex) => Uint8Array.from(Buffer.from(hex, 'hex'))),
    ),
  }),
  fc.record({ kind: fc.constant('remove' as const), at: share, share }),
  fc.record({ kind: fc.constant('repeat' as const), at: share, share }),
  fc.record({ kind: fc.constant('cut' as const), at: share }),
)

export const mutations: fc.Arbitrary<Mutations> = fc.array(mutation, { minLength: 1, maxLength: 4 })

export function mutated(bytes: Uint8Array, list: Mutations): Uint8Array {
  return list.reduce(apply, Uint8Array.from(bytes))
}

function apply(bytes: Uint8Array, change: Mutation): Uint8Array {
  const at = Math.floor(change.at * Math.max(0, bytes.length - 1))
  const rest = bytes.subarray(at)
  switch (change.kind) {
    case 'flip':
      return replaced(bytes, at, [(bytes[at] ?? 0) ^ (1 << change.bit)])
    case 'set':
      return replaced(bytes, at, [change.value])
    case 'number':
      return replaced(bytes, at, numberBytes(change))
    case 'insert':
      return Uint8Array.from([...bytes.subarray(0, at), ...change.bytes, ...rest])
    case 'cut':
      return bytes.slice(0, at)
    case 'remove':
      return Uint8Array.from([
        ...bytes.subarray(0, at),
        ...rest.subarray(Math.ceil(change.share * rest.length)),
      ])
    case 'repeat':
      return Uint8Array.from([
        ...bytes.subarray(0, at),
        ...rest.subarray(0, Math.ceil(change.share * Math.min(rest.length, 4096))),
        ...rest,
      ])
  }
}

function replaced(bytes: Uint8Array, at: number, values: readonly number[]): Uint8Array {
  const copy = Uint8Array.from(bytes)
  for (const [n, value] of values.entries()) if (at + n < copy.length) copy[at + n] = value
  return copy
}

function numberBytes({ value, width, bigEndian }: Extract<Mutation, { kind: 'number' }>): number[] {
  const little = Array.from({ length: width }, (_, n) => Number((value >> BigInt(8 * n)) & 0xffn))
  return bigEndian ? little.reverse() : little
}

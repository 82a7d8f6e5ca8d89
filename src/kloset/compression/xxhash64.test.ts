import { expect, test } from 'vitest'
import { utf8 } from '../../util/bytes.ts'
import { xxHash64Hex, xxHash64Low } from './xxhash64.ts'

const counting = (length: number) => Uint8Array.from({ length }, (_, at) => at)

/** As any `xxhsum -H64` prints them. */
test.for([
  { of: '"abc"', data: utf8('abc'), hash: '44bc2cf5ad770999' },
  { of: 'nothing', data: new Uint8Array(0), hash: 'ef46db3751d8e999' },
])('the hash of $of is the published one', ({ data, hash }) => {
  expect(xxHash64Hex(data)).toBe(hash)
  expect(xxHash64Low(data).toString(16).padStart(8, '0')).toBe(hash.slice(8))
})

test.for([1, 4, 7, 8, 12, 31, 32, 33, 63, 64, 100, 255])(
  'the hash of %i bytes is what 64-bit arithmetic gives',
  (length) => {
    expect(xxHash64Hex(counting(length))).toBe(slowHash(counting(length)))
  },
)

/** The same with BigInt, as the specification spells it. */
function slowHash(data: Uint8Array): string {
  const [p1, p2, p3, p4, p5] = [
    0x9e3779b185ebca87n,
    0xc2b2ae3d27d4eb4fn,
    0x165667b19e3779f9n,
    0x85ebca77c2b2ae63n,
    0x27d4eb2f165667c5n,
  ] as const
  const u64 = (value: bigint) => BigInt.asUintN(64, value)
  const rotate = (value: bigint, bits: bigint) => u64((value << bits) | (value >> (64n - bits)))
  const round = (lane: bigint, input: bigint) => u64(rotate(u64(lane + input * p2), 31n) * p1)
  const view = new DataView(data.buffer)
  let at = 0
  let hash: bigint = p5
  if (data.length >= 32) {
    const lanes = [p1 + p2, p2, 0n, -p1].map(u64)
    for (; at + 32 <= data.length; at += 32) {
      for (const n of [0, 1, 2, 3]) {
        lanes[n] = round(lanes[n]!, view.getBigUint64(at + n * 8, true))
      }
    }
    const turns = [1n, 7n, 12n, 18n]
    hash = u64(lanes.reduce((sum, lane, n) => sum + rotate(lane, turns[n]!), 0n))
    for (const lane of lanes) hash = u64((hash ^ round(0n, lane)) * p1 + p4)
  }
  hash = u64(hash + BigInt(data.length))
  for (; at + 8 <= data.length; at += 8) {
    hash = u64(rotate(hash ^ round(0n, view.getBigUint64(at, true)), 27n) * p1 + p4)
  }
  if (at + 4 <= data.length) {
    hash = u64(rotate(hash ^ u64(BigInt(view.getUint32(at, true)) * p1), 23n) * p2 + p3)
    at += 4
  }
  for (; at < data.length; at++) hash = u64(rotate(hash ^ u64(BigInt(data[at]!) * p5), 11n) * p1)
  hash = u64((hash ^ (hash >> 33n)) * p2)
  hash = u64((hash ^ (hash >> 29n)) * p3)
  return (hash ^ (hash >> 32n)).toString(16).padStart(16, '0')
}

import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { utf8 } from '../../util/bytes.ts'
import {
  type Covers,
  decodeHold,
  encodeHold,
  encodeRelease,
  isInForce,
  isRelease,
} from './hold-record.ts'

const ID = 'ab'.repeat(32)
const someCovers: fc.Arbitrary<Covers> = fc.oneof(
  fc.record({ snapshots: fc.array(fc.string({ minLength: 1 })) }),
  fc.record({ album: fc.string() }),
  fc.record({ query: fc.string() }),
)
const someTime = fc
  .integer({ min: 0, max: 4_102_444_800_000 })
  .map((milliseconds) => new Date(milliseconds).toISOString())
const someBody = fc.record(
  {
    name: fc.string({ unit: 'grapheme' }),
    reason: fc.string({ unit: 'grapheme' }),
    author: fc.string(),
    start: someTime,
    end: someTime,
    covers: someCovers,
  },
  { requiredKeys: ['name', 'reason', 'author', 'start', 'covers'] },
)

describe('the record of a hold', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(someBody, (body) => {
        expect(decodeHold(ID, encodeHold(body))).toEqual({ id: ID, ...body })
      }),
    )
  })

  it('tells of its end in full', () => {
    fc.assert(
      fc.property(someBody, someTime, (hold, when) => {
        const release = { released: ID, hold, reason: 'r', author: 'a', when }
        const read = decodeHold(ID, encodeRelease(release))
        expect(isRelease(read)).toBe(true)
        expect(read).toEqual(release)
      }),
    )
  })

  test.for([
    ['no JSON', 'hold everything'],
    ['no object', '[]'],
    [
      'a later version',
      '{"version":2,"name":"n","reason":"r","author":"a","start":"s","covers":{"album":"x"}}',
    ],
    [
      'something new that is covered',
      '{"version":1,"name":"n","reason":"r","author":"a","start":"s","covers":{"person":"x"}}',
    ],
    [
      'two things that are covered',
      '{"version":1,"name":"n","reason":"r","author":"a","start":"s","covers":{"album":"x","query":"y"}}',
    ],
    [
      'an end that is no time',
      '{"version":1,"name":"n","reason":"r","author":"a","start":"s","end":"never","covers":{"album":"x"}}',
    ],
    ['a release of nothing', '{"version":1,"released":"x"}'],
  ] as const)('that has %s holds everything', ([, text]) => {
    const read = decodeHold(ID, utf8(text))

    expect(read).toMatchObject({ id: ID, covers: 'everything' })
    expect(isRelease(read)).toBe(false)
  })

  it('holds everything whatever its bytes are, and never fails', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(decodeHold(ID, bytes)).toMatchObject({ covers: 'everything' })
      }),
    )
  })

  it('is in force until its end, also before it began', () => {
    const end = '2024-05-01T12:00:00.000Z'

    expect(isInForce({}, new Date(8.64e15))).toBe(true)
    expect(isInForce({ end }, new Date('2024-05-01T11:59:59.999Z'))).toBe(true)
    expect(isInForce({ end }, new Date(end))).toBe(false)
  })
})

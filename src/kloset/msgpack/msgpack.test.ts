import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { fromHex, toHex } from '../../util/bytes.ts'
import { MsgpackError, MsgpackReader } from './msgpack-reader.ts'
import { MsgpackWriter } from './msgpack-writer.ts'
import {
  bin,
  decode,
  encode,
  f64,
  field,
  i64,
  int,
  list,
  mac,
  nullable,
  nullableList,
  omit,
  str,
  struct,
  time,
  u8,
  u16,
  u32,
  u64,
} from './schema.ts'
import { timestampFromDate, timestampToDate } from './timestamp.ts'

const vectors: { time: { case: string; sec: string; nsec: number; hex: string }[] } = JSON.parse(
  readFileSync(
    new URL('../../../test/fixtures/kloset/config-and-time-vectors.json', import.meta.url),
    'utf8',
  ),
)

const timestamps = fc.record({
  seconds: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  nanoseconds: fc.integer({ min: 0, max: 999_999_999 }),
})

/** A record with every kind of field. */
const sample = struct({
  text: field('text', str),
  count: field('count', u32),
  level: field('level', int),
  inode: omit('inode', u64),
  when: field('when', time),
  ratio: omit('ratio', f64),
  names: field('names', nullableList(str)),
  sizes: omit('sizes', list(i64)),
  name: field('mac', mac),
  blob: field('blob', bin),
  inner: field('inner', nullable(struct({ small: field('small', u8), wide: field('wide', u16) }))),
})
const samples = fc.record({
  text: fc.string({ maxLength: 40 }),
  count: fc.nat(0xffff_ffff),
  level: fc.maxSafeInteger(),
  inode: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  when: timestamps,
  ratio: fc.double({ noNaN: true }).map((value) => value + 0),
  names: fc.option(fc.array(fc.string(), { maxLength: 20 })),
  sizes: fc.array(fc.maxSafeInteger(), { maxLength: 20 }),
  name: fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toHex),
  blob: fc.option(fc.uint8Array({ maxLength: 300 })),
  inner: fc.option(fc.record({ small: fc.nat(255), wide: fc.nat(65535) })),
})

describe('a record', () => {
  it('reads back as it was written', () => {
    fc.assert(
      fc.property(samples, (record) => {
        expect(decode(sample, encode(sample, record))).toEqual(record)
      }),
    )
  })

  it('is refused when any of it is missing or follows', () => {
    fc.assert(
      fc.property(samples, fc.nat(), (record, seed) => {
        const bytes = encode(sample, record)

        expect(() => decode(sample, bytes.subarray(0, seed % bytes.length))).toThrow(MsgpackError)
        expect(() => decode(sample, Uint8Array.of(...bytes, 0xc0))).toThrow(MsgpackError)
      }),
    )
  })

  it('is read or refused, whatever the bytes are', () => {
    fc.assert(
      fc.property(samples, fc.array(fc.tuple(fc.nat(), fc.nat(255))), (record, changes) => {
        const bytes = encode(sample, record)
        for (const [at, value] of changes) bytes[at % bytes.length] = value

        try {
          decode(sample, bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(MsgpackError)
        }
      }),
    )
  })

  it('may have its keys in any order, some unknown, some missing, some nil', () => {
    const writer = new MsgpackWriter()
    writer.mapHeader(4)
    writer.str('wide')
    writer.u8(7)
    writer.str('unknown')
    writer.arrayHeader(2)
    writer.mapHeader(1)
    writer.str('deep')
    writer.time({ seconds: 1n, nanoseconds: 2 })
    writer.f64(1.5)
    writer.str('text')
    writer.nil()
    writer.str('wide')
    writer.int(9)
    const codec = struct({
      small: field('small', u8),
      text: field('text', str),
      wide: field('wide', u16),
    })

    expect(decode(codec, writer.finish())).toEqual({ small: 0, text: '', wide: 9 })
  })

  it('keeps apart a list that is nil and one that is empty', () => {
    const codec = struct({ a: field('a', nullableList(str)), b: field('b', nullableList(str)) })

    expect(toHex(encode(codec, { a: null, b: [] }))).toBe('82a161c0a16290')
  })
})

describe('integers', () => {
  it('keep their declared width however small they are', () => {
    const codec = struct({ a: field('a', u8), b: field('b', u32), c: field('c', i64) })

    expect(toHex(encode(codec, { a: 1, b: 1, c: -1 }))).toBe(
      '83a161cc01a162ce00000001a163d3ffffffffffffffff',
    )
  })

  it('of type int take the shortest form', () => {
    const hex = (value: number) => toHex(encode(int, value))

    expect([0, 127, 128, 256, 131_072, -1, -32, -33, -129].map(hex)).toEqual([
      '00',
      '7f',
      'cc80',
      'cd0100',
      'ce00020000',
      'ff',
      'e0',
      'd0df',
      'd1ff7f',
    ])
  })

  it('are refused where they do not fit', () => {
    expect(() => decode(u8, fromHex('cd0100'))).toThrow(MsgpackError)
    expect(() => decode(u32, fromHex('ff'))).toThrow(MsgpackError)
    expect(() => decode(i64, fromHex('cfffffffffffffffff'))).toThrow(MsgpackError)
  })
})

describe('times', () => {
  test.for(vectors.time)('$case is written as Go writes it', ({ sec, nsec, hex }) => {
    const timestamp = { seconds: BigInt(sec), nanoseconds: nsec }

    expect(toHex(encode(time, timestamp))).toBe(hex)
    expect(decode(time, fromHex(hex))).toEqual(timestamp)
  })

  it('of a Date are kept to the millisecond', () => {
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), (date) => {
        expect(timestampToDate(timestampFromDate(date))).toEqual(date)
      }),
    )
  })

  it('beyond what a Date holds become the nearest one that it does', () => {
    expect(timestampToDate({ seconds: 2n ** 60n, nanoseconds: 0 }).getTime()).toBe(8.64e15)
    expect(timestampToDate({ seconds: -(2n ** 60n), nanoseconds: 0 }).getTime()).toBe(-8.64e15)
  })

  it('with a whole second of nanoseconds are refused', () => {
    expect(() => decode(time, fromHex('c70cff3b9aca000000000000000000'))).toThrow(MsgpackError)
  })
})

test.for([
  { hex: 'ddffffffff', because: 'four thousand million elements' },
  { hex: 'dfffffffff', because: 'as many pairs' },
  { hex: 'dbffffffff41', because: 'a string of four gigabytes' },
  { hex: 'c6ffffffff41', because: 'as many bytes' },
  { hex: 'c9ffffffff0141', because: 'an extension of that size' },
  { hex: '', because: 'nothing at all' },
  { hex: 'c1', because: 'a code that is never used' },
])('$because cannot be skipped: $hex', ({ hex }) => {
  expect(() => new MsgpackReader(fromHex(hex)).skip()).toThrow(MsgpackError)
})

it('a hundred thousand nested lists are skipped without recursion', () => {
  const nested = new Uint8Array(100_001).fill(0x91)
  nested[100_000] = 0xc0
  const reader = new MsgpackReader(nested)

  reader.skip()

  expect(reader.remaining).toBe(0)
})

import { describe, expect, it, test } from 'vitest'
import { utf8 } from '../../../util/bytes.ts'
import { field, numberField, parseBoundedJson, secondsField } from './bounded-json.ts'

const parse = (text: string) => parseBoundedJson(utf8(text))

describe('JSON of an export', () => {
  it('is parsed, with or without byte order mark', () => {
    expect(parse('{"a":[1,{"b":"x"}]}')).toEqual({ value: { a: [1, { b: 'x' }] } })
    expect(parse('\ufeff{}')).toEqual({ value: {} })
  })

  test.for([
    ['200,000 brackets', '['.repeat(200_000), /nested deeper/],
    ['nesting of 65 levels', '['.repeat(65) + ']'.repeat(65), /nested deeper/],
    [
      '20,000 keys',
      JSON.stringify(Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [n, 0]))),
      /more than 10000 keys/,
    ],
    ['more than 1 MiB', JSON.stringify('x'.repeat(1 << 20)), /larger than 1 MiB/],
    ['a text that never ends', '{"a":"b', /not valid JSON/],
    ['something else', 'invalid json {{{', /not valid JSON/],
  ] as const)('with %s is not interpreted', ([, text, problem]) => {
    expect(parse(text)).toMatchObject({ problem: expect.stringMatching(problem) })
  })

  it('may hold brackets and escaped quotation marks in its texts', () => {
    const text = JSON.stringify({ caption: `${'['.repeat(500)}\\"{` })

    expect(parse(text)).toEqual({ value: JSON.parse(text) })
  })

  it('brings no prototype', () => {
    const parsed = parse('{"__proto__":{"title":"x"}}') as { value: Record<string, unknown> }

    expect(field(parsed.value, 'title')).toBeUndefined()
    expect(field(parsed.value, 'toString')).toBeUndefined()
  })
})

describe('numbers', () => {
  test.for([
    [12, 12],
    ['12', 12],
    ['-1.5', -1.5],
    ['', undefined],
    ['12 days', undefined],
    ['0x10', undefined],
    [null, undefined],
  ] as const)('%j is read as %s', ([value, expected]) => {
    expect(numberField({ n: value }, 'n')).toBe(expected)
  })

  test.for([
    ['1683012040', 1_683_012_040],
    ['-144633600', -144_633_600],
    [1_683_012_040, 1_683_012_040],
    ['0', undefined],
    ['', undefined],
    ['99999999999999999', undefined],
  ] as const)('a timestamp of %j is %s', ([timestamp, expected]) => {
    expect(secondsField({ t: { timestamp } }, 't')).toBe(expected)
  })
})

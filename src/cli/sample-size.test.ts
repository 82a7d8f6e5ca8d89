import { expect, test } from 'vitest'
import { parseSampleSize } from './sample-size.ts'
import { UsageError } from './usage-error.ts'

test.for([
  ['2%', { share: 0.02 }],
  ['0.5 %', { share: 0.005 }],
  ['100%', { share: 1 }],
  ['20', { count: 20 }],
  ['500MB', { bytes: 500e6 }],
  ['1.5gib', { bytes: 1.5 * 2 ** 30 }],
] as const)('a sample of %s is understood', ([text, size]) => {
  expect(parseSampleSize(text)).toEqual(size)
})

test.for(['', '0', '0%', '101%', '-1', '1.5', 'all', '2 %%', '10 XB'])(
  'a sample of "%s" is wrong usage',
  (text) => {
    expect(() => parseSampleSize(text)).toThrow(UsageError)
  },
)

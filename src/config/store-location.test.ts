import { expect, it, test } from 'vitest'
import { NamedStoreError, storeLocation } from './store-location.ts'

const base = {
  at: undefined,
  fromEnvironment: undefined,
  dataDir: '/data/tintype',
  platform: 'linux',
} as const

test.for([
  { given: { at: '/a', fromEnvironment: '/b' }, location: '/a', because: '`at` comes first' },
  { given: { fromEnvironment: '/b' }, location: '/b', because: 'then the variable' },
  { given: {}, location: '/data/tintype/store', because: 'then the default store' },
  { given: { fromEnvironment: '' }, location: '/data/tintype/store', because: 'empty is not set' },
])('the store is $location: $because', ({ given, location }) => {
  expect(storeLocation({ ...base, ...given })).toBe(location)
})

it('says that a named store is not configured', () => {
  expect(() => storeLocation({ ...base, at: '@nas' })).toThrow(NamedStoreError)
  expect(() => storeLocation({ ...base, at: '@nas' })).toThrow(/^@nas is not configured/)
})

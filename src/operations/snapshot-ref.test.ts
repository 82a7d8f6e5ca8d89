import { expect, test } from 'vitest'
import { BadReferenceError, parseSnapshotRef } from './snapshot-ref.ts'

test.for([
  { text: undefined, snapshot: 'latest', path: '/' },
  { text: 'latest', snapshot: 'latest', path: '/' },
  { text: 'AB12', snapshot: 'ab12', path: '/' },
  { text: 'ab12:/photos/2021', snapshot: 'ab12', path: '/photos/2021' },
  { text: 'ab12:photos//2021/', snapshot: 'ab12', path: '/photos/2021' },
  { text: 'ab12:/a/../../b', snapshot: 'ab12', path: '/b' },
  { text: '/photos', snapshot: 'latest', path: '/photos' },
  { text: 'latest:/x: y', snapshot: 'latest', path: '/x: y' },
])('$text means $path in $snapshot', ({ text, snapshot, path }) => {
  expect(parseSnapshotRef(text)).toEqual({ snapshot, path })
})

test('what is no snapshot is refused with a hint', () => {
  expect(() => parseSnapshotRef('holiday')).toThrow(BadReferenceError)
})

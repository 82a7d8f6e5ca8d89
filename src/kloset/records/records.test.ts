import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { fromHex, toHex } from '../../util/bytes.ts'
import { MalformedRecordError } from '../damage.ts'
import { NO_MAC } from '../mac-hex.ts'
import {
  type BtreeNode,
  decodeBtreeNode,
  decodeBtreeRoot,
  encodeBtreeNode,
  encodeBtreeRoot,
} from './btree.ts'
import { decodeEntry, emptyEntry, encodeEntry } from './entry.ts'
import { decodeError } from './error.ts'
import { kindOfMode } from './file-mode.ts'
import { decodeHeader, emptyHeader, encodeHeader } from './header.ts'
import { decodeLock, encodeLock } from './lock.ts'
import { decodeObject, encodeObject } from './object.ts'
import {
  baseName,
  comparePaths,
  isEntryName,
  joinPath,
  normalizePath,
  parentPath,
} from './path-order.ts'
import { decodeSummary, emptySummary, encodeSummary } from './summary.ts'
import { decodeXattr } from './xattr.ts'

const MAC = 'ab'.repeat(32)

const samples: { what: string; bytes: Uint8Array; decode: (bytes: Uint8Array) => unknown }[] = [
  { what: 'an entry', bytes: encodeEntry(emptyEntry()), decode: decodeEntry },
  { what: 'a header', bytes: encodeHeader(emptyHeader()), decode: decodeHeader },
  {
    what: 'an object',
    bytes: encodeObject({
      version: 0x10000,
      contentMac: MAC,
      chunks: [{ version: 0x10000, contentMac: MAC, length: 5, entropy: 1.5, flags: 0 }],
      contentType: 'image/jpeg',
      entropy: 1.5,
      flags: 0,
    }),
    decode: decodeObject,
  },
  {
    what: 'a node',
    bytes: encodeBtreeNode({
      version: 0,
      keys: ['/a', '/b'],
      pointers: null,
      values: [MAC, MAC],
      prev: null,
      next: MAC,
    }),
    decode: decodeBtreeNode,
  },
  { what: 'a summary', bytes: encodeSummary(emptySummary()), decode: decodeSummary },
  {
    what: 'a lock',
    bytes: encodeLock({
      version: 0x10000,
      timestamp: { seconds: 1n, nanoseconds: 2 },
      hostname: 'here',
      exclusive: true,
    }),
    decode: decodeLock,
  },
]

describe.each(samples)('$what', ({ bytes, decode }) => {
  it('is refused when any of its end is missing', () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decode(bytes.subarray(0, length))).toThrow(MalformedRecordError)
    }
  })

  it('is read or refused, whatever its bytes are', () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(changes, (changes) => {
        const altered = bytes.slice()
        for (const [at, value] of changes) altered[at % altered.length] = value

        try {
          decode(altered)
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedRecordError)
        }
      }),
      { numRuns: 300 },
    )
  })
})

test.for([
  decodeEntry,
  decodeHeader,
  decodeObject,
  decodeBtreeNode,
  decodeBtreeRoot,
  decodeError,
  decodeXattr,
])('random bytes are refused: %o', (decode) => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (bytes) => {
      fc.pre((bytes[0]! & 0xf0) !== 0x80)

      expect(() => decode(bytes)).toThrow(MalformedRecordError)
    }),
  )
})

describe('what is empty', () => {
  it('in a summary takes 24 bytes', () => {
    expect(toHex(encodeSummary(emptySummary()))).toBe(
      '81a562656c6f7781a66572726f7273cf0000000000000000',
    )
  })

  it('in a tree is one node of 38 bytes, and a root of 67', () => {
    const node: BtreeNode = {
      version: 0,
      keys: null,
      pointers: null,
      values: null,
      prev: null,
      next: null,
    }

    expect(encodeBtreeNode(node)).toHaveLength(38)
    expect(encodeBtreeRoot({ version: 0, order: 50, count: 0, root: NO_MAC })).toHaveLength(67)
  })

  it('in the entry of a directory leaves five keys', () => {
    const bytes = encodeEntry(emptyEntry())

    expect(bytes[0]).toBe(0x85)
    expect(decodeEntry(bytes)).toEqual(emptyEntry())
  })
})

test.for([
  { keys: ['/a'], pointers: null, values: [MAC, MAC] },
  { keys: ['/a'], pointers: [MAC], values: null },
  { keys: ['/a'], pointers: [MAC, MAC], values: [MAC] },
  { keys: null, pointers: null, values: [MAC] },
])('a node whose parts do not fit together is refused: %o', (parts) => {
  const bytes = encodeBtreeNode({ version: 0, prev: null, next: null, ...parts })

  expect(() => decodeBtreeNode(bytes)).toThrow(/do not fit together/)
})

it('a string is kept whatever bytes it has', () => {
  const entry = { ...emptyEntry(), symlinkTarget: 'to\udcff\udc80' }

  const bytes = encodeEntry(entry)

  expect(toHex(bytes)).toContain(toHex(fromHex('a4746fff80')))
  expect(decodeEntry(bytes)).toEqual(entry)
})

describe('the order of paths', () => {
  it('is by depth, then bytewise', () => {
    const paths = ['/a/b/c', '/a-b', '/', '/a/b.txt', '/a', '/a-b/x', '/\u{1f600}', '/\uffee']

    expect(paths.toSorted(comparePaths)).toEqual([
      '/',
      '/a',
      '/a-b',
      '/\uffee',
      '/\u{1f600}',
      '/a-b/x',
      '/a/b.txt',
      '/a/b/c',
    ])
  })

  it('takes a path apart and puts it together', () => {
    for (const path of ['/', '/a', '/a/b', '/a/b/c']) {
      expect(joinPath(parentPath(path), baseName(path))).toBe(path)
    }
  })
})

test.for([
  { given: '', path: '/' },
  { given: 'a/b', path: '/a/b' },
  { given: '//a/./b//', path: '/a/b' },
  { given: '/a/../../b', path: '/b' },
])('the path "$given" means $path', ({ given, path }) => {
  expect(normalizePath(given)).toBe(path)
})

test.for(['', '.', '..', 'a/b', '/', 'a\0b'])('"%s" cannot be the name of an entry', (name) => {
  expect(isEntryName(name)).toBe(false)
})

test.for([
  { mode: 0o644, kind: 'file' },
  { mode: 0x0080_0000 | 0o755, kind: 'file', because: 'setuid' },
  { mode: 0x8010_0000 | 0o777, kind: 'directory', because: 'sticky' },
  { mode: 0x0800_0000 | 0o777, kind: 'symlink' },
  { mode: 0x0200_0000 | 0o644, kind: 'other', because: 'named pipe' },
  { mode: 0x0420_0000 | 0o644, kind: 'other', because: 'character device' },
])('mode $mode is a $kind', ({ mode, kind }) => {
  expect(kindOfMode(mode)).toBe(kind)
})

import fc from 'fast-check'
import { beforeAll, describe, expect, it, test } from 'vitest'
import { concatBytes } from '../../util/bytes.ts'
import { loadBlake3 } from '../crypto/blake3.ts'
import { createMac, type Mac } from '../crypto/mac.ts'
import { MalformedRecordError } from '../damage.ts'
import { macToHex } from '../mac-hex.ts'
import { emptyEntry, encodeEntry } from '../records/entry.ts'
import { decodeDirpack } from './dirpack.ts'
import { treeEntry } from './tree-entry.ts'

let mac: Mac
beforeAll(async () => {
  await loadBlake3()
  mac = createMac('BLAKE3', new Uint8Array(32).fill(3))
})

const entryNamed = (name: string, parentPath = '/photos') => ({
  ...emptyEntry(),
  parentPath,
  fileInfo: { ...emptyEntry().fileInfo, name, mode: 0o644 },
})

function frame(entry: Uint8Array): Uint8Array {
  const header = new Uint8Array(5)
  header[0] = 2
  new DataView(header.buffer).setUint32(1, entry.length + 32, true)
  return concatBytes([header, entry, mac.of(entry)])
}

describe('a dirpack', () => {
  const dirpack = () => concatBytes(['a', 'b'].map((name) => frame(encodeEntry(entryNamed(name)))))

  it('gives the entries of its directory', () => {
    const frames = [...decodeDirpack(dirpack(), mac)]

    expect(frames.map(({ record }) => record.fileInfo.name)).toEqual(['a', 'b'])
    expect(frames[0]!.entryMac).toBe(macToHex(mac.of(encodeEntry(entryNamed('a')))))
    expect([...decodeDirpack(new Uint8Array(), mac)]).toEqual([])
  })

  it('is refused when it was cut inside a frame', () => {
    const bytes = dirpack()
    for (let length = 1; length < bytes.length; length++) {
      if (length === bytes.length / 2) continue // exactly one frame

      expect(() => [...decodeDirpack(bytes.subarray(0, length), mac)]).toThrow(MalformedRecordError)
    }
  })

  it('is refused when any of its bytes was changed, but for the kind, which nobody needs', () => {
    const bytes = dirpack()
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        fc.pre(at % (bytes.length / 2) !== 0)
        const altered = bytes.slice()
        altered[at]! ^= change

        expect(() => [...decodeDirpack(altered, mac)]).toThrow(MalformedRecordError)
      }),
    )
  })

  it('is refused when a frame has no room for its MAC', () => {
    const short = Uint8Array.of(2, 31, 0, 0, 0, ...new Uint8Array(31))

    expect(() => [...decodeDirpack(short, mac)]).toThrow('too short')
  })
})

test.for(['', '.', '..', '../../etc/passwd', 'a/b', 'nul\0'])(
  'an entry named "%s" is refused, since a restore could follow it elsewhere',
  (name) => {
    expect(() => treeEntry(entryNamed(name))).toThrow(MalformedRecordError)
  },
)

test('only the root is named "/"', () => {
  expect(treeEntry(entryNamed('/', '/')).path).toBe('/')
  expect(() => treeEntry(entryNamed('/', '/photos'))).toThrow(MalformedRecordError)
})

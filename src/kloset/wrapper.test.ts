import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { concatBytes, utf8 } from '../util/bytes.ts'
import { loadBlake3 } from './crypto/blake3.ts'
import { createMac, type Mac } from './crypto/mac.ts'
import { DamagedFileError } from './damage.ts'
import { ResourceType } from './resource-type.ts'
import { readWrapperHeader, unwrap, wrap } from './wrapper.ts'

describe('an envelope', () => {
  let mac: Mac
  beforeAll(async () => {
    await loadBlake3()
    mac = createMac('BLAKE3', new Uint8Array(32).fill(1))
  })

  it('gives back what was put in', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array()), fc.nat(0xffff_ffff), (parts, version) => {
        const wrapped = concatBytes(wrap(ResourceType.STATE, version, parts, mac))

        expect(unwrap(wrapped, ResourceType.STATE, mac)).toEqual({
          version,
          body: concatBytes(parts),
        })
      }),
    )
  })

  it('notices any byte that was changed, added or lost', () => {
    const wrapped = concatBytes(wrap(ResourceType.STATE, 0x10100, [utf8('body')], mac))
    for (let at = 0; at < wrapped.length; at++) {
      const altered = wrapped.slice()
      altered[at]! ^= 1

      expect(() => unwrap(altered, ResourceType.STATE, mac)).toThrow(DamagedFileError)
      expect(() => unwrap(wrapped.subarray(0, at), ResourceType.STATE, mac)).toThrow(
        DamagedFileError,
      )
    }
    expect(() => unwrap(concatBytes([wrapped, utf8('x')]), ResourceType.STATE, mac)).toThrow(
      DamagedFileError,
    )
  })

  it('is refused with another key, and as another type of file', () => {
    const wrapped = concatBytes(wrap(ResourceType.STATE, 0x10100, [utf8('body')], mac))
    const otherKey = createMac('BLAKE3', new Uint8Array(32).fill(2))

    expect(() => unwrap(wrapped, ResourceType.STATE, otherKey)).toThrow('MAC does not match')
    expect(() => unwrap(wrapped, ResourceType.LOCK, mac)).toThrow('it is a state')
  })

  it('may begin as it did before version 1.0', () => {
    const header = concatBytes([utf8('_PLAKAR_'), Uint8Array.of(3, 0, 0, 0, 0, 0, 1, 0)])

    expect(readWrapperHeader(header, ResourceType.STATE)).toBe(0x10000)
  })
})

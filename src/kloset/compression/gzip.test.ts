import { randomBytes } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it, test } from 'vitest'
import { concatBytes, utf8 } from '../../util/bytes.ts'
import { DamagedEncodingError } from '../crypto/damaged-encoding-error.ts'
import { compressedMember, readMember, storedMember, storedMemberBytes } from './gzip.ts'

test.for([0, 1, 65_535, 65_536, 131_070, 200_000])(
  'a stored member of %i bytes has the promised length and zlib reads it',
  (length) => {
    const content = randomBytes(length)

    const member = concatBytes(storedMember(content))

    expect(member).toHaveLength(storedMemberBytes(length))
    expect(Buffer.compare(gunzipSync(member), content)).toBe(0)
    expect(Buffer.compare(readMember(member, length), content)).toBe(0)
  },
)

describe('a compressed member', () => {
  it('is shorter where something is gained, and never longer than a stored one', () => {
    const text = Buffer.alloc(10_000, 'photo ')
    const noise = randomBytes(10_000)

    expect(concatBytes(compressedMember(text)).length).toBeLessThan(200)
    expect(concatBytes(compressedMember(noise)).length).toBeLessThanOrEqual(
      storedMemberBytes(10_000),
    )
    expect(Buffer.compare(readMember(concatBytes(compressedMember(text)), 10_000), text)).toBe(0)
  })
})

describe('reading a member', () => {
  const member = concatBytes(compressedMember(Buffer.alloc(10_000, 'photo ')))

  it('refuses to exceed the limit', () => {
    expect(() => readMember(member, 9999)).toThrow(DamagedEncodingError)
    expect(() => readMember(concatBytes(storedMember(utf8('x'))), 0)).toThrow(DamagedEncodingError)
  })

  it('refuses what is damaged or cut short', () => {
    const changed = Uint8Array.from(member)
    changed[member.length - 5]! ^= 1

    expect(() => readMember(changed, 10_000)).toThrow(DamagedEncodingError)
    expect(() => readMember(member.subarray(0, -1), 10_000)).toThrow(DamagedEncodingError)
    expect(() => readMember(new Uint8Array(0), 10_000)).toThrow(DamagedEncodingError)
  })
})

import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { concatBytes } from '../../util/bytes.ts'
import { loadBlake3 } from '../crypto/blake3.ts'
import { createMac, type Mac } from '../crypto/mac.ts'
import { MalformedPackfileError } from '../damage.ts'
import { createEncoding, type Encoding } from '../encoding.ts'
import { createPlainKernels } from '../kernels/kernels.ts'
import { ResourceType } from '../resource-type.ts'
import { wrap } from '../wrapper.ts'
import {
  type BlobRecord,
  decodeFooter,
  decodeIndex,
  encodeFooter,
  encodeIndex,
} from './packfile-codec.ts'
import { readPackfileIndex } from './packfile-index.ts'

const macs = fc.uint8Array({ minLength: 32, maxLength: 32 })
const records: fc.Arbitrary<BlobRecord> = fc.record({
  type: fc.nat(0xffff_ffff),
  version: fc.nat(0xffff_ffff),
  mac: macs,
  offset: fc.nat(Number.MAX_SAFE_INTEGER),
  length: fc.nat(0xffff_ffff),
  flags: fc.nat(0xffff_ffff),
})

describe('a packfile index', () => {
  it('reads back as it was written', () => {
    fc.assert(
      fc.property(fc.array(records, { maxLength: 20 }), (index) => {
        expect(decodeIndex(encodeIndex(index))).toEqual(index)
      }),
    )
  })

  it('is refused when it ends inside a record', () => {
    fc.assert(
      fc.property(fc.array(records, { minLength: 1, maxLength: 4 }), fc.nat(), (index, seed) => {
        const bytes = encodeIndex(index)
        const length = seed % bytes.length
        fc.pre(length % 56 !== 0)

        expect(() => decodeIndex(bytes.subarray(0, length))).toThrow(MalformedPackfileError)
      }),
    )
  })

  it('is refused when an offset is beyond any file', () => {
    const bytes = encodeIndex([
      { type: 9, version: 1, mac: new Uint8Array(32), offset: 1, length: 1, flags: 0 },
    ])
    bytes[47] = 0xff

    expect(() => decodeIndex(bytes)).toThrow('an offset is too large')
  })
})

describe('a packfile footer', () => {
  const footers = fc.record({
    timestamp: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    count: fc.nat(0xffff_ffff),
    indexOffset: fc.nat(Number.MAX_SAFE_INTEGER),
    indexMac: macs,
  })

  it('reads back as it was written', () => {
    fc.assert(
      fc.property(footers, (footer) => {
        expect(decodeFooter(encodeFooter(footer))).toEqual(footer)
      }),
    )
  })

  it('is refused when it is longer or shorter', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        fc.pre(bytes.length !== 56)

        expect(() => decodeFooter(bytes)).toThrow(MalformedPackfileError)
      }),
    )
  })
})

describe('reading the index at the end of a packfile', () => {
  let mac: Mac
  let encoding: Encoding
  let packfile: Uint8Array
  const index: BlobRecord[] = [
    { type: 9, version: 0x10000, mac: new Uint8Array(32).fill(1), offset: 0, length: 60, flags: 0 },
    {
      type: 7,
      version: 0x10000,
      mac: new Uint8Array(32).fill(2),
      offset: 60,
      length: 40,
      flags: 0,
    },
  ]

  beforeAll(async () => {
    await loadBlake3()
    mac = createMac('BLAKE3', new Uint8Array(32).fill(7))
    encoding = createEncoding({ compression: 'LZ4', encryption: undefined }, createPlainKernels(0))
    packfile = aPackfile({})
  })

  /** A packfile with 100 bytes of data and the index above, or with a lie in its footer. */
  function aPackfile({ count = index.length, indexOffset = 100, footerBytes = 0 }): Uint8Array {
    const plain = encodeIndex(index)
    const footer = encoding.encode(
      encodeFooter({ timestamp: 0n, count, indexOffset, indexMac: mac.of(plain) }),
      'compress',
    )
    const length = new Uint8Array(4)
    new DataView(length.buffer).setUint32(0, footerBytes || footer.length, true)
    const body = [new Uint8Array(100), encoding.encode(plain, 'compress'), footer, length]
    return concatBytes(wrap(ResourceType.PACKFILE, 0x10000, body, mac))
  }

  function read(bytes: Uint8Array) {
    const file = {
      sizeBytes: bytes.length,
      read: async (offset: number, length: number) => {
        if (offset < 0 || length < 0 || offset + length > bytes.length) throw new Error('beyond')
        return bytes.slice(offset, offset + length)
      },
    }
    return readPackfileIndex(file, { mac, encoding })
  }

  it('gives every record', async () => {
    expect((await read(packfile)).records).toEqual(index)
  })

  it.for([
    { lie: { count: 3 }, says: 'its footer says 3' },
    { lie: { count: 1 }, says: 'holds more than' },
    { lie: { indexOffset: 99 }, says: 'cannot be read' },
    { lie: { indexOffset: 1e9 }, says: 'begins behind its footer' },
    { lie: { footerBytes: 4_000_000_000 }, says: 'cannot have 4000000000 bytes' },
    { lie: { footerBytes: 3 }, says: 'cannot be read' },
  ])('refuses a footer that lies: $lie', async ({ lie, says }) => {
    const reading = read(aPackfile(lie))

    await expect(reading).rejects.toThrow(MalformedPackfileError)
    await expect(reading).rejects.toThrow(says)
  })

  it('refuses what was cut anywhere', async () => {
    for (let length = 0; length < packfile.length; length += 7) {
      await expect(read(packfile.subarray(0, length))).rejects.toThrow(MalformedPackfileError)
    }
  })

  it('reads or refuses, whatever the bytes are', async () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1 })
    await fc.assert(
      fc.asyncProperty(changes, async (changes) => {
        const bytes = packfile.slice()
        for (const [at, value] of changes) bytes[100 + (at % (bytes.length - 100))] = value

        const outcome = await read(bytes).catch((error: unknown) => error)

        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(MalformedPackfileError)
        else expect(outcome).toMatchObject({ records: index })
      }),
    )
  })
})

import { randomBytes } from 'node:crypto'
import { polyval as noblePolyval } from '@noble/ciphers/_polyval.js'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { toHex } from '../../util/bytes.ts'
import { GEAR_TABLE } from '../chunking/gear-table.ts'
import { agreesWithVectors } from './kernel-vectors.ts'
import { createPlainKernels, type Kernels, loadKernels, loadWasmKernels } from './kernels.ts'
import { ADDRESS } from './memory-map.ts'

const implementations = { wasm: builtKernels(), typescript: createPlainKernels(256 * 1024) }

describe('loading kernels', () => {
  it('takes WebAssembly on this machine', () => {
    expect(loadKernels({ arenaBytes: 0 }).implementation).toBe('wasm')
  })

  it('hands out memory that stays where it is, until there is none left', () => {
    const kernels = loadKernels({ arenaBytes: 1000 })

    const first = kernels.allocate(100)
    const second = kernels.allocate(100)

    expect(kernels.addressOf(second)! - kernels.addressOf(first)!).toBeGreaterThanOrEqual(100)
    expect(kernels.addressOf(new Uint8Array(1))).toBeUndefined()
    expect(() => kernels.allocate(1000)).toThrow(RangeError)
  })

  it('notices a loop that computes wrongly', () => {
    const kernels = createPlainKernels(0)
    const broken = [
      { ...kernels, polyval: () => {} },
      { ...kernels, counterBlocks: () => {} },
      { ...kernels, xor: () => {} },
      { ...kernels, scanGear: () => 25 },
    ]

    expect(agreesWithVectors(kernels)).toBe(true)
    expect(broken.map(agreesWithVectors)).toEqual([false, false, false, false])
  })
})

describe.each(Object.entries(implementations))('the loops in %s', (_name, kernels) => {
  const area = kernels.allocate(4096)
  const home = kernels.addressOf(area)!

  it('compute POLYVAL as @noble/ciphers does, in one piece or two', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        fc.nat({ max: 120 }),
        fc.nat({ max: 3000 }),
        (key, firstBlocks, length) => {
          const message = randomBytes(Math.max(length, firstBlocks * 16))
          const padded = new Uint8Array(Math.ceil(message.length / 16) * 16)
          padded.set(message)

          const hash = polyvalInPieces(kernels, key, message, firstBlocks * 16)

          expect(toHex(hash)).toBe(toHex(noblePolyval(padded, key)))
        },
      ),
    )

    function polyvalInPieces(k: Kernels, key: Uint8Array, message: Uint8Array, cut: number) {
      area.set(message)
      k.memory.set(key, ADDRESS.key)
      k.memory.fill(0, ADDRESS.sum, ADDRESS.sum + 16)
      k.polyval(ADDRESS.sum, ADDRESS.key, home, cut)
      k.polyval(ADDRESS.sum, ADDRESS.key, home + cut, message.length - cut)
      return k.memory.slice(ADDRESS.sum, ADDRESS.sum + 16)
    }
  })

  it('xor any length in place and touch no byte beyond', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat({ max: 100 }), (a, shift) => {
        const b = randomBytes(a.length)
        area.fill(7)
        area.set(a, shift)
        area.set(b, 2000)

        kernels.xor(home + shift, home + shift, home + 2000, a.length)

        expect([...area.subarray(shift, shift + a.length)]).toEqual([...a].map((x, i) => x ^ b[i]!))
        expect(area[shift + a.length]).toBe(7)
      }),
    )
  })

  it('scan for the boundary that plain big integers find', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.integer({ min: 1, max: 12 }),
        fc.nat({ max: 300 }),
        (data, bits, cut) => {
          const mask = ((1n << BigInt(bits)) - 1n) << BigInt(64 - bits)
          const middle = Math.min(cut, data.length)
          area.set(data)
          kernels.memory.fill(0, ADDRESS.fingerprint, ADDRESS.fingerprint + 8)

          const scan = (from: number, to: number) =>
            from + kernels.scanGear(ADDRESS.fingerprint, home + from, to - from, mask)
          const first = scan(0, middle)
          const found = first < middle ? first : scan(middle, data.length)

          expect(found).toBe(boundary(data, mask))
        },
      ),
    )
  })
})

test.each(Object.entries(implementations))(
  'counter blocks in %s wrap within 32 bits and go on from any block',
  (_name, kernels) => {
    kernels.memory.set([0xfd, 0xff, 0xff, 0xff, 1, 2, 3, 4], ADDRESS.tag)

    kernels.counterBlocks(ADDRESS.keyStream, ADDRESS.tag, 2, 2)

    const blocks = kernels.memory.subarray(ADDRESS.keyStream, ADDRESS.keyStream + 32)
    expect(toHex(blocks.subarray(0, 8))).toBe('ffffffff01020304')
    expect(toHex(blocks.subarray(16, 24))).toBe('0000000001020304')
    expect(blocks[15]! & 0x80).toBe(0x80)
  },
)

function builtKernels(): Kernels {
  const kernels = loadWasmKernels(256 * 1024)
  if (kernels === undefined) throw new Error('no WebAssembly kernels: run "npm run build" first')
  return kernels
}

/** The definition, word for word. */
function boundary(data: Uint8Array, mask: bigint): number {
  const table = new DataView(GEAR_TABLE.buffer)
  let fingerprint = 0n
  for (const [i, byte] of data.entries()) {
    fingerprint = BigInt.asUintN(64, (fingerprint << 1n) + table.getBigUint64(byte * 8, true))
    if ((fingerprint & mask) === 0n) return i
  }
  return data.length
}

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concatBytes } from '../../util/bytes.ts'
import { type LocationRow, LocationTable } from './location-table.ts'

const PACKFILES = 7

/** 32 bytes that differ for every number, and look random. */
function macOf(n: number): Uint8Array {
  const mac = new Uint8Array(32)
  new DataView(mac.buffer).setUint32(0, Math.imul(n + 1, 2_654_435_761) >>> 0)
  new DataView(mac.buffer).setUint32(28, n)
  return mac
}

function rowOf(n: number): LocationRow {
  const offset = n % 3 === 0 ? 2 ** 40 + n : n
  return { type: (n % 5) + 1, version: 65_536, packfile: n % PACKFILES, offset, length: n * 3 }
}

function tableOf(rows: number, deleted: readonly number[] = []): LocationTable {
  const table = new LocationTable()
  for (let n = 0; n < rows; n++) table.add(rowOf(n), macOf(n), 0)
  for (const n of deleted) table.delete(rowOf(n).type, rowOf(n).packfile, macOf(n))
  return table
}

function reloaded(table: LocationTable): LocationTable | undefined {
  return LocationTable.fromBlocks(concatBytes([...table.blocks()]), table.rows, PACKFILES)
}

describe('a table of locations', () => {
  it('comes back from its blocks as it was, whatever its size, and grows on', () => {
    const sizes = fc.oneof(fc.nat(40), fc.constantFrom(16_383, 16_384, 16_385, 33_000))
    fc.assert(
      fc.property(sizes, fc.array(fc.nat(50), { maxLength: 5 }), (rows, picked) => {
        const deleted = picked.filter((n) => n < rows)
        const table = tableOf(rows, deleted)

        const again = reloaded(table)!

        again.add(rowOf(rows), macOf(rows), 0)
        expect(again.rows).toBe(rows + 1)
        for (const n of [0, 7, rows >> 1, rows - 1, ...deleted, rows].filter(
          (n) => n >= 0 && n <= rows,
        )) {
          const found = [...again.rowsOf(rowOf(n).type, macOf(n))]
          expect(found).toEqual(deleted.includes(n) ? [] : [n])
          expect(again.at(n)).toEqual(rowOf(n))
          expect(again.macAt(n)).toEqual(macOf(n))
        }
        expect([...again.rowsOf(1, macOf(rows + 5))]).toEqual([])
      }),
      { numRuns: 40 },
    )
  })

  it('is not made from blocks of another size, or that name packfiles there are not', () => {
    const blocks = concatBytes([...tableOf(100).blocks()])

    expect(LocationTable.fromBlocks(blocks, 100, PACKFILES)?.rows).toBe(100)
    expect(LocationTable.fromBlocks(blocks, 90, PACKFILES)).toBeUndefined()
    expect(LocationTable.fromBlocks(blocks.subarray(0, -8), 100, PACKFILES)).toBeUndefined()
    expect(LocationTable.fromBlocks(blocks, 100, PACKFILES - 1)).toBeUndefined()
    expect(LocationTable.fromBlocks(new Uint8Array(0), 2 ** 40, PACKFILES)).toBeUndefined()
  })
})

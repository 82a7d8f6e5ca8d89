/**
 * The 512-byte header in front of every tar member, and the two ways to state what it cannot hold.
 *
 *   offset  size  field
 *        0   100  name
 *      124    12  size: octal digits, or base 256 when the first bit is set
 *      148     8  checksum: sum of all bytes, these eight taken as spaces
 *      156     1  type: 0 or NUL file, 1 hard link, 2 symbolic link, 5 folder, x g L K see below
 *      257     6  "ustar" and NUL: a prefix of the name is at 345
 *      345   155  prefix
 *
 *   type x, g  pax records "LENGTH KEY=VALUE\n" for the next member, for all that follow
 *   type L, K  GNU long name, long link target of the next member, NUL-terminated
 *
 * Source: POSIX.1-2017 pax; GNU tar manual, "Basic Tar Format".
 * @module
 */
import { DamagedArchiveError } from '../damaged-archive-error.ts'
import { decodeName } from '../decode-name.ts'

export const BLOCK_BYTES = 512

export interface TarHeader {
  name: string
  sizeBytes: number
  type: string
}

/** @throws {DamagedArchiveError} when the block is no header */
export function parseHeader(block: Buffer): TarHeader {
  if (number(block, 148, 8) !== checksum(block)) {
    throw new DamagedArchiveError('is damaged: a file in it has no valid header')
  }
  const type = block[156] === 0 ? '0' : String.fromCharCode(block[156]!)
  const name = text(block, 0, 100)
  const hasPrefix = block.toString('latin1', 257, 263) === 'ustar\0' && block[345] !== 0
  return {
    name: hasPrefix ? `${text(block, 345, 155)}/${name}` : name,
    sizeBytes: number(block, 124, 12),
    type,
  }
}

export function isZeroBlock(block: Buffer): boolean {
  return block.every((byte) => byte === 0)
}

function checksum(block: Buffer): number {
  let sum = 8 * 0x20
  for (let at = 0; at < BLOCK_BYTES; at++) if (at < 148 || at >= 156) sum += block[at]!
  return sum
}

function text(block: Buffer, at: number, length: number): string {
  return decodeName(untilNul(block.subarray(at, at + length)))
}

export function untilNul(bytes: Buffer): Buffer {
  const end = bytes.indexOf(0)
  return end < 0 ? bytes : bytes.subarray(0, end)
}

function number(block: Buffer, at: number, length: number): number {
  const field = block.subarray(at, at + length)
  const value = field[0]! & 0x80 ? base256(field) : octal(field)
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new DamagedArchiveError('is damaged: a file in it has no valid size')
  }
  return value
}

function base256(field: Buffer): number {
  return field.subarray(1).reduce((value, byte) => value * 256 + byte, field[0]! & 0x7f)
}

function octal(field: Buffer): number {
  const digits = untilNul(field).toString('latin1').trim()
  if (digits === '') return 0
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN
}

/** Keys and raw values of pax records; what is malformed ends the list. */
export function parsePax(records: Buffer): Map<string, Buffer> {
  const values = new Map<string, Buffer>()
  for (let at = 0; at < records.length; ) {
    const space = records.indexOf(0x20, at)
    const length = Number(records.toString('latin1', at, space < 0 ? at : space))
    const record = records.subarray(space + 1, at + length - 1)
    const equals = record.indexOf(0x3d)
    if (space < 0 || !(length > space - at) || equals < 0) break
    values.set(record.toString('utf8', 0, equals), record.subarray(equals + 1))
    at += length
  }
  return values
}

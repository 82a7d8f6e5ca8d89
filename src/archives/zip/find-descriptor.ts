/**
 * Measures a member whose sizes are only told after its bytes.
 *
 * Deflated bytes know their own end. Stored ones do not: their end is the first descriptor whose
 * size is exactly the distance walked, which ordinary bytes meet once in 2^64.
 * @module
 */
import { crc32, createInflateRaw } from 'node:zlib'
import { codeOf } from '../../util/coded-error.ts'
import { INPUT_PIECE_BYTES, inflateChunks, OUTPUT_CHUNK_BYTES } from '../inflate-chunks.ts'
import { type ReadAt, readUpTo } from '../read-at.ts'
import { tooLarge } from './limits.ts'
import { DEFLATED, STORED } from './zip-member.ts'

export interface Measured {
  crc32: number
  compressedSize: number
  size: number
  /** Just past the descriptor. */
  end: number
}

export interface Unmeasured {
  method: number
  /** Where the member's bytes begin. */
  start: number
  /** Where the archive, or what is left of it, ends. */
  until: number
}

const DESCRIPTOR_SIGNATURE = 0x08074b50
const LONGEST_DESCRIPTOR = 24
const WINDOW_BYTES = 2 ** 20

/** Undefined when the member is not complete or not readable. */
export function findDescriptor(source: ReadAt, at: Unmeasured): Promise<Measured | undefined> {
  if (at.method === DEFLATED) return afterDeflated(source, at)
  if (at.method === STORED) return afterStored(source, at)
  return Promise.resolve(undefined)
}

async function afterDeflated(source: ReadAt, at: Unmeasured): Promise<Measured | undefined> {
  const inflated = await inflateToItsEnd(source, at)
  if (!inflated) return undefined
  const { compressedSize, size } = inflated
  const record = await readUpTo(source, at.start + compressedSize, LONGEST_DESCRIPTOR)
  const length = descriptorLength(record, { compressedSize, size, crc32: inflated.crc32 })
  if (length === undefined) return undefined
  return { ...inflated, end: at.start + compressedSize + length }
}

async function inflateToItsEnd(source: ReadAt, at: Unmeasured) {
  const engine = createInflateRaw({ chunkSize: OUTPUT_CHUNK_BYTES })
  let crc = 0
  let size = 0
  try {
    for await (const chunk of inflateChunks(engine, pieces(source, at))) {
      crc = crc32(chunk, crc)
      size += chunk.length
      if (tooLarge(size, engine.bytesWritten)) return undefined
    }
  } catch (problem) {
    if (codeOf(problem)?.startsWith('Z_')) return undefined
    throw problem
  }
  return { compressedSize: engine.bytesWritten, size, crc32: crc }
}

async function* pieces(source: ReadAt, { start, until }: Unmeasured): AsyncGenerator<Uint8Array> {
  for (let at = start; at < until; at += INPUT_PIECE_BYTES) {
    yield await readUpTo(source, at, Math.min(INPUT_PIECE_BYTES, until - at))
  }
}

async function afterStored(source: ReadAt, at: Unmeasured): Promise<Measured | undefined> {
  let from = at.start
  while (from < at.until) {
    const window = await readUpTo(source, from, Math.min(WINDOW_BYTES, at.until - from))
    const found = descriptorIn(window, from - at.start)
    if (found) return { ...found.values, end: from + found.end }
    if (window.length < WINDOW_BYTES) return undefined
    from += window.length - LONGEST_DESCRIPTOR
  }
  return undefined
}

/** The first descriptor in `window`, which begins `walked` bytes after the member's first. */
function descriptorIn(window: Buffer, walked: number) {
  const signature = Buffer.from('PK\x07\x08', 'latin1')
  for (let at = window.indexOf(signature); at >= 0; at = window.indexOf(signature, at + 1)) {
    const record = window.subarray(at)
    const size = walked + at
    if (record.length < 16) return undefined
    const values = { compressedSize: size, size, crc32: record.readUInt32LE(4) }
    const length = descriptorLength(record, values)
    if (length !== undefined) return { values, end: at + length }
  }
  return undefined
}

/** Length of the descriptor that `record` begins with, when it states exactly these values. */
function descriptorLength(record: Buffer, expected: Omit<Measured, 'end'>): number | undefined {
  const signed = record.length >= 4 && record.readUInt32LE(0) === DESCRIPTOR_SIGNATURE ? 4 : 0
  const { crc32: crc, compressedSize, size } = expected
  if (record.length < signed + 12 || record.readUInt32LE(signed) !== crc) return undefined
  const is64 =
    record.length >= signed + 20 &&
    record.readBigUInt64LE(signed + 4) === BigInt(compressedSize) &&
    record.readBigUInt64LE(signed + 12) === BigInt(size)
  if (is64) return signed + 20
  const is32 =
    record.readUInt32LE(signed + 4) === compressedSize && record.readUInt32LE(signed + 8) === size
  return is32 ? signed + 12 : undefined
}

/**
 * GZIP members, for repositories configured so.
 *
 *   stored member   1f 8b 08 00 00000000 00 ff   no name, no time, unknown system
 *     per block     last block? u8, length u16 LE, ~length u16 LE, <= 65535 bytes
 *                   CRC-32 u32 LE, length u32 LE (modulo 2^32)
 *
 * Source: RFC 1951, section 3.2.4; RFC 1952.
 * @module
 */
import { crc32, gunzipSync, gzipSync } from 'node:zlib'
import { toError } from '../../util/coded-error.ts'
import { DamagedEncodingError } from '../crypto/damaged-encoding-error.ts'

const HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff)
const TRAILER_BYTES = 8
const BLOCK_HEADER_BYTES = 5
const MAX_BLOCK_BYTES = 65_535

/** Length of the stored member of `contentBytes`: no member made here is longer. */
export function storedMemberBytes(contentBytes: number): number {
  return HEADER.length + blocksFor(contentBytes) * BLOCK_HEADER_BYTES + contentBytes + TRAILER_BYTES
}

/** A member that does not compress, in pieces; the content's pieces are views of `content`. */
export function storedMember(content: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = [HEADER]
  const blocks = blocksFor(content.length)
  for (let n = 0; n < blocks; n++) {
    const block = content.subarray(n * MAX_BLOCK_BYTES, (n + 1) * MAX_BLOCK_BYTES)
    pieces.push(blockHeader(block.length, n === blocks - 1), block)
  }
  const trailer = new DataView(new ArrayBuffer(TRAILER_BYTES))
  trailer.setUint32(0, crc32(content), true)
  trailer.setUint32(4, content.length, true)
  pieces.push(new Uint8Array(trailer.buffer))
  return pieces
}

/** A member that compresses, or a stored one where that is not longer. */
export function compressedMember(content: Uint8Array): Uint8Array[] {
  const compressed = gzipSync(content)
  const worthwhile = compressed.length < storedMemberBytes(content.length)
  return worthwhile ? [compressed] : storedMember(content)
}

/** @throws {DamagedEncodingError} when `member` is unsound or holds more than `maxContentBytes` */
export function readMember(member: Uint8Array, maxContentBytes: number): Uint8Array {
  try {
    // zlib refuses a limit of 0; one byte more than allowed is found out below
    const content = gunzipSync(member, { maxOutputLength: maxContentBytes + 1 })
    if (content.length <= maxContentBytes) return Uint8Array.from(content)
  } catch (problem) {
    throw new DamagedEncodingError(`gzip says ${toError(problem).message}`, { cause: problem })
  }
  throw new DamagedEncodingError(`it holds more than ${maxContentBytes} bytes`)
}

/** Empty content still has one block, which is the last. */
function blocksFor(contentBytes: number): number {
  return Math.max(1, Math.ceil(contentBytes / MAX_BLOCK_BYTES))
}

function blockHeader(length: number, last: boolean): Uint8Array {
  const header = new DataView(new ArrayBuffer(BLOCK_HEADER_BYTES))
  header.setUint8(0, last ? 1 : 0)
  header.setUint16(1, length, true)
  header.setUint16(3, ~length & 0xffff, true)
  return new Uint8Array(header.buffer)
}

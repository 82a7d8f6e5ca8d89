/**
 * Writes Zstandard frames, for repositories configured so.
 *
 *   stored frame   28 B5 2F FD  magic
 *                  flags        single segment, checksum, size of the content size
 *                  1, 2 or 4    content size, little-endian; two bytes count from 256
 *     per block    u24 LE       length << 3 | kind << 1 | last; at most 128 KiB
 *                  4            low half of xxHash64 of the content
 *
 * Where node:zlib compresses (22.15 and later), metadata is compressed. Elsewhere it is stored, but
 * for blocks of one byte repeated: readable by everybody all the same. Source: RFC 8878.
 * @module
 */
import * as zlib from 'node:zlib'
import { xxHash64Low } from './xxhash64.ts'
import { MAX_ZSTD_BLOCK_BYTES, ZSTD_MAGIC } from './zstd.ts'

const SINGLE_SEGMENT = 0b100000
const CHECKSUM = 0b100
const CHECKSUM_BYTES = 4
const BLOCK_HEADER_BYTES = 3
const Kind = { stored: 0, repeated: 1 }

/** Length of the stored frame of `contentBytes`: no frame made here is longer. */
export function storedZstdBytes(contentBytes: number): number {
  const sizeBytes = sizeField(contentBytes).bytes
  return (
    5 + sizeBytes + blocksFor(contentBytes) * BLOCK_HEADER_BYTES + contentBytes + CHECKSUM_BYTES
  )
}

/** A frame that does not compress, in pieces; the content's pieces are views of `content`. */
export function storedZstd(content: Uint8Array): Uint8Array[] {
  return frameOf(content, () => false)
}

/** A frame that compresses, or a stored one where that is not longer. */
export function compressedZstd(content: Uint8Array): Uint8Array[] {
  const compressed = nativeCompressor()?.(content)
  const worthwhile = compressed !== undefined && compressed.length < storedZstdBytes(content.length)
  return worthwhile ? [compressed] : frameOf(content, isOneByteRepeated)
}

/** Which compressor is at work. */
export function zstdImplementation(): 'native' | 'stored' {
  return nativeCompressor() === undefined ? 'stored' : 'native'
}

function frameOf(content: Uint8Array, isRepeated: (block: Uint8Array) => boolean): Uint8Array[] {
  const pieces: Uint8Array[] = [header(content.length)]
  const blocks = blocksFor(content.length)
  for (let n = 0; n < blocks; n++) {
    const block = content.subarray(n * MAX_ZSTD_BLOCK_BYTES, (n + 1) * MAX_ZSTD_BLOCK_BYTES)
    const isLast = n === blocks - 1
    if (isRepeated(block)) {
      pieces.push(blockHeader(block.length, Kind.repeated, isLast), block.subarray(0, 1))
    } else {
      pieces.push(blockHeader(block.length, Kind.stored, isLast), block)
    }
  }
  const checksum = new Uint8Array(CHECKSUM_BYTES)
  new DataView(checksum.buffer).setUint32(0, xxHash64Low(content), true)
  pieces.push(checksum)
  return pieces
}

function header(contentBytes: number): Uint8Array {
  const { flag, bytes, value } = sizeField(contentBytes)
  const header = new Uint8Array(5 + bytes)
  const view = new DataView(header.buffer)
  view.setUint32(0, ZSTD_MAGIC, true)
  header[4] = (flag << 6) | SINGLE_SEGMENT | CHECKSUM
  for (let n = 0; n < bytes; n++) header[5 + n] = Math.floor(value / 256 ** n) % 256
  return header
}

/** The shortest form; contents here are far below 4 GiB. */
function sizeField(contentBytes: number): { flag: number; bytes: number; value: number } {
  if (contentBytes < 256) return { flag: 0, bytes: 1, value: contentBytes }
  if (contentBytes < 65_536 + 256) return { flag: 1, bytes: 2, value: contentBytes - 256 }
  return { flag: 2, bytes: 4, value: contentBytes }
}

function blockHeader(length: number, kind: number, isLast: boolean): Uint8Array {
  const word = (length << 3) | (kind << 1) | (isLast ? 1 : 0)
  return Uint8Array.of(word & 0xff, (word >> 8) & 0xff, word >> 16)
}

/** Empty content still has one block, which is the last. */
function blocksFor(contentBytes: number): number {
  return Math.max(1, Math.ceil(contentBytes / MAX_ZSTD_BLOCK_BYTES))
}

function isOneByteRepeated(block: Uint8Array): boolean {
  return block.length > 1 && block.every((byte) => byte === block[0])
}

type Compress = (content: Uint8Array) => Uint8Array

/** What the types of Node 20 do not know yet. */
interface ZstdOfNode {
  zstdCompressSync?: (content: Uint8Array, options: object) => Uint8Array
  constants: { ZSTD_c_checksumFlag?: number }
}

function nativeCompressor(): Compress | undefined {
  const { zstdCompressSync, constants } = zlib as unknown as ZstdOfNode
  const flag = constants.ZSTD_c_checksumFlag
  if (zstdCompressSync === undefined || flag === undefined) return undefined
  return (content) => zstdCompressSync(content, { params: { [flag]: 1 } })
}

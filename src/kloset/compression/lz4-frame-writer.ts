/**
 * Writes LZ4 frames: stored ones for photos and videos, which do not shrink, and compressed ones
 * for metadata.
 *
 *   stored frame   04 22 4D 18  magic
 *                  60 70 73     version 1, independent blocks, no checksums; blocks <= 4 MiB;
 *                               checksum of these two bytes, a constant
 *     per block    u32 LE       length, top bit set: stored
 *                  bytes
 *                  00000000     end
 *
 * No content checksum: the MAC of the plaintext is checked whenever a blob is read. Empty content
 * has no block at all. Source: LZ4 frame format 1.6.1; verified with the lz4 command-line tool.
 * @module
 */
import { createRequire } from 'node:module'

export const MAX_BLOCK_BYTES = 4 * 1024 * 1024

const HEADER = Uint8Array.of(0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0x73)
const STORED = 0x80000000
const END_MARK = new Uint8Array(4)

/** Length of the stored frame of `contentBytes`: no frame made here is longer. */
export function storedFrameBytes(contentBytes: number): number {
  const blocks = Math.ceil(contentBytes / MAX_BLOCK_BYTES)
  return HEADER.length + blocks * 4 + contentBytes + END_MARK.length
}

/** A stored frame in pieces; the content's pieces are views of `content`. */
export function storedFrame(content: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = [HEADER]
  for (let at = 0; at < content.length; at += MAX_BLOCK_BYTES) {
    const block = content.subarray(at, at + MAX_BLOCK_BYTES)
    const length = new Uint8Array(4)
    new DataView(length.buffer).setUint32(0, (block.length | STORED) >>> 0, true)
    pieces.push(length, block)
  }
  pieces.push(END_MARK)
  return pieces
}

/**
 * A frame that compresses, or a stored one where that is not longer. lz4-napi gives its memory
 * back only when the event loop turns: yield now and then when compressing many megabytes.
 */
export function compressedFrame(content: Uint8Array): Uint8Array[] {
  if (content.length === 0) return storedFrame(content)
  const compressed = compressor()?.(asBuffer(content))
  const worthwhile =
    compressed !== undefined && compressed.length < storedFrameBytes(content.length)
  return worthwhile ? [compressed] : storedFrame(content)
}

/** Which compressor is at work. */
export function lz4Implementation(): 'native' | 'stored' {
  return compressor() === undefined ? 'stored' : 'native'
}

type Compress = (content: Buffer) => Buffer

let found: { compress: Compress | undefined } | undefined

function compressor(): Compress | undefined {
  found ??= { compress: nativeCompressor() }
  return found.compress
}

/** One-block-independent frames (FLG 0x60), see lz4-frame-writer.test.ts. */
function nativeCompressor(): Compress | undefined {
  try {
    const native = createRequire(import.meta.url)('lz4-napi') as typeof import('lz4-napi')
    return (content) => native.compressFrameSync(content)
  } catch {
    return undefined // no binary for this platform: frames are stored, and readable all the same
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}

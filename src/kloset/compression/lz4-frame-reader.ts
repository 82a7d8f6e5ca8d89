/**
 * Reads one LZ4 frame from memory, whoever wrote it.
 *
 *   magic    4   04 22 4D 18
 *   FLG      1   bits 7-6 version 1, 5 independent blocks, 4 block checksums, 3 content size,
 *                2 content checksum, 1 reserved, 0 dictionary
 *   BD       1   bits 6-4 largest block: 4 = 64 KiB, 5 = 256 KiB, 6 = 1 MiB, 7 = 4 MiB
 *   size     8   u64 LE, when FLG says so
 *   HC       1   second byte of xxHash32 over FLG ... size
 *   blocks       u32 LE length (top bit: stored), bytes, u32 LE xxHash32 of the bytes if in FLG
 *   end      4   zeros; only this ends a frame: a stored block of length 0 may come before
 *   checksum 4   xxHash32 of the content, when FLG says so
 *
 * Everything is checked, and the content's length is known, before memory is taken for it.
 * Dictionaries, skippable frames and anything behind the frame are refused.
 * @module
 */
import { DamagedEncodingError } from '../crypto/damaged-encoding-error.ts'
import { decodeBlock, measureBlock } from './lz4-block.ts'
import { xxHash32 } from './xxhash32.ts'

const MAGIC = 0x184d2204
const STORED = 0x80000000

interface FrameHeader {
  independentBlocks: boolean
  blockChecksums: boolean
  contentChecksum: boolean
  contentBytes: bigint | undefined
  maxBlockBytes: number
  headerBytes: number
}

interface Block {
  bytes: Uint8Array
  stored: boolean
  contentBytes: number
}

/**
 * The content of `frame`.
 * @throws {DamagedEncodingError} when it is not one sound frame of at most `maxContentBytes`
 */
export function readLz4Frame(frame: Uint8Array, maxContentBytes: number): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length)
  const header = readHeader(frame, view)
  const { blocks, end } = readBlocks(frame, view, header, maxContentBytes)
  const content = decodeBlocks(blocks, header)
  checkEnd(view, end, header, content)
  return content
}

function readHeader(frame: Uint8Array, view: DataView): FrameHeader {
  if (frame.length < 7 || view.getUint32(0, true) !== MAGIC) damaged('it is not an LZ4 frame')
  const flags = frame[4]!
  const blockSize = frame[5]!
  if (flags >> 6 !== 1 || (flags & 0b10) !== 0) damaged('its LZ4 version is unknown')
  if ((flags & 0b1) !== 0) damaged('its LZ4 frame needs a dictionary')
  if ((blockSize & 0b10001111) !== 0 || blockSize >> 4 < 4) damaged('its LZ4 block size is invalid')
  const hasSize = (flags & 0b1000) !== 0
  const checksumAt = hasSize ? 14 : 6
  if (frame.length <= checksumAt) damaged('its LZ4 header is cut short')
  const checksum = (xxHash32(frame.subarray(4, checksumAt)) >>> 8) & 0xff
  if (checksum !== frame[checksumAt]) damaged('its LZ4 header has a wrong checksum')
  return {
    independentBlocks: (flags & 0b100000) !== 0,
    blockChecksums: (flags & 0b10000) !== 0,
    contentChecksum: (flags & 0b100) !== 0,
    contentBytes: hasSize ? view.getBigUint64(6, true) : undefined,
    maxBlockBytes: 2 ** (8 + 2 * (blockSize >> 4)),
    headerBytes: checksumAt + 1,
  }
}

/** All blocks, measured, and where the end mark is behind. */
function readBlocks(
  frame: Uint8Array,
  view: DataView,
  header: FrameHeader,
  maxContentBytes: number,
): { blocks: Block[]; end: number } {
  const blocks: Block[] = []
  const trailerBytes = header.blockChecksums ? 4 : 0
  let contentBytes = 0
  let at = header.headerBytes
  while (true) {
    if (at + 4 > frame.length) damaged('its LZ4 frame has no end')
    const word = view.getUint32(at, true)
    at += 4
    if (word === 0) return { blocks, end: at }
    const length = word & ~STORED
    if (length > header.maxBlockBytes) damaged('an LZ4 block is longer than its frame allows')
    if (at + length + trailerBytes > frame.length) damaged('its last LZ4 block is cut short')
    const bytes = frame.subarray(at, at + length)
    at += length
    if (header.blockChecksums && view.getUint32(at, true) !== xxHash32(bytes)) {
      damaged('an LZ4 block has a wrong checksum')
    }
    at += trailerBytes
    const stored = (word & STORED) !== 0
    const block = { bytes, stored, contentBytes: stored ? length : measure(bytes, header) }
    contentBytes += block.contentBytes
    if (contentBytes > maxContentBytes) damaged(`it holds more than ${maxContentBytes} bytes`)
    blocks.push(block)
  }
}

function measure(bytes: Uint8Array, header: FrameHeader): number {
  return measureBlock(bytes, header.maxBlockBytes)
}

function decodeBlocks(blocks: readonly Block[], header: FrameHeader): Uint8Array {
  const content = new Uint8Array(blocks.reduce((sum, block) => sum + block.contentBytes, 0))
  let at = 0
  for (const block of blocks) {
    if (block.stored) content.set(block.bytes, at)
    else decodeBlock(block.bytes, content, at, header.independentBlocks ? at : 0)
    at += block.contentBytes
  }
  return content
}

function checkEnd(view: DataView, end: number, header: FrameHeader, content: Uint8Array): void {
  const checksumBytes = header.contentChecksum ? 4 : 0
  if (view.byteLength !== end + checksumBytes) {
    damaged('its LZ4 frame does not end where its bytes end')
  }
  if (header.contentBytes !== undefined && header.contentBytes !== BigInt(content.length)) {
    damaged('its LZ4 frame promises another length')
  }
  if (header.contentChecksum && view.getUint32(end, true) !== xxHash32(content)) {
    damaged('its LZ4 content has a wrong checksum')
  }
}

function damaged(what: string): never {
  throw new DamagedEncodingError(what)
}

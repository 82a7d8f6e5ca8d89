/**
 * Boxes of ISO base media files: MP4, QuickTime, HEIC, AVIF, CR3.
 *
 *   offset  size  field
 *        0     4  size   whole box; 1: 64-bit size follows the type, 0: to the end of the file
 *        4     4  type
 *        8   (8)  size as 64 bits, big-endian
 *
 * Source: ISO/IEC 14496-12, 4.2. A full box continues with version (1) and flags (3).
 * @module
 */
import { concatBytes } from '../../util/bytes.ts'
import { asciiAt, type MediaBytes, type Reading, viewOf } from './reading.ts'

export interface BoxedBytes {
  type: string
  /** What follows the header; shorter than declared where the bytes end. */
  content: Uint8Array
}

const MAX_BOXES = 4096

/** The boxes that `bytes` consist of; stops at the first that cannot be one. */
export function* boxesIn(bytes: Uint8Array): Generator<BoxedBytes, void, undefined> {
  let at = 0
  for (let count = 0; count < MAX_BOXES && at + 8 <= bytes.length; count++) {
    const header = boxHeader(bytes.subarray(at, at + 16))
    if (header === undefined) return
    const end = Math.min(at + header.size, bytes.length)
    yield { type: header.type, content: bytes.subarray(at + header.headerBytes, end) }
    at += header.size
  }
}

/** First box of `type` in `bytes`, its content. */
export function boxIn(bytes: Uint8Array | undefined, type: string): Uint8Array | undefined {
  if (bytes === undefined) return undefined
  for (const box of boxesIn(bytes)) if (box.type === type) return box.content
  return undefined
}

interface BoxHeader {
  type: string
  headerBytes: number
  /** Infinity for a box that reaches to the end of the file. */
  size: number
}

function boxHeader(bytes: Uint8Array): BoxHeader | undefined {
  if (bytes.length < 8) return undefined
  const view = viewOf(bytes)
  const type = asciiAt(bytes, 4, 4)
  const short = view.getUint32(0)
  if (short === 0) return { type, headerBytes: 8, size: Number.POSITIVE_INFINITY }
  if (short !== 1) return short < 8 ? undefined : { type, headerBytes: 8, size: short }
  const size = bytes.length < 16 ? 0 : Number(view.getBigUint64(8))
  return size < 16 ? undefined : { type, headerBytes: 16, size }
}

/** Top-level boxes that are walked past; fragmented movies have `moov` before their fragments. */
const MAX_TOP_BOXES = 256
const MAX_CONTENT_BYTES = 8 * 1024 * 1024

/**
 * Content of the file's first box of `type`, at most its first 8 MiB. It may lie behind gigabytes
 * of `mdat`: only box headers are read on the way.
 */
export function* readTopBox(bytes: MediaBytes, type: string): Reading<Uint8Array | undefined> {
  let at = 0
  for (let count = 0; count < MAX_TOP_BOXES; count++) {
    const header = boxHeader(yield* readHeader(bytes, at))
    if (header === undefined) return undefined
    if (header.type === type) {
      const length = Math.min(header.size - header.headerBytes, MAX_CONTENT_BYTES)
      return yield* bytes.read(at + header.headerBytes, length)
    }
    at += header.size
    if (!Number.isSafeInteger(at)) return undefined
  }
  return undefined
}

/** The header alone: once past it, bytes of the content could no longer be asked for. */
function* readHeader(bytes: MediaBytes, at: number): Reading<Uint8Array> {
  const short = yield* bytes.read(at, 8)
  if (short.length < 8 || viewOf(short).getUint32(0) !== 1) return short
  return concatBytes([short, yield* bytes.read(at + 8, 8)])
}

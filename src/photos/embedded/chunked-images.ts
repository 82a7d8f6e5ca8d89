/**
 * Facts from the image formats that are a list of chunks or have only a header.
 *
 *   PNG   signature (8), then length (4, big-endian), type (4), payload, CRC (4)
 *   WebP  "RIFF", size (4), "WEBP", then type (4), length (4, little-endian), payload, even
 *   GIF   signature (6), width (2), height (2), little-endian
 *   BMP   file header (14), header size (4), width (4), height (4, negative: top down)
 *
 * Sources: PNG 1.2 and its eXIf extension 1.5; RFC 9649; GIF89a; Microsoft's BITMAPINFOHEADER.
 * @module
 */
import { fromUtf8 } from '../../util/bytes.ts'
import type { MediaFacts } from '../media-facts.ts'
import { learnExif } from './exif.ts'
import { learn } from './known-facts.ts'
import { motionClaim } from './motion-photo.ts'
import { asciiAt, type MediaBytes, type Reading, viewOf } from './reading.ts'

/** Exif may follow the picture, but each chunk on the way may cost a read of its own. */
const MAX_CHUNKS = 64
const MAX_METADATA_BYTES = 1024 * 1024

export function* readPng(bytes: MediaBytes, facts: MediaFacts): Reading<void> {
  let at = 8
  for (let count = 0; count < MAX_CHUNKS; count++) {
    const header = yield* bytes.read(at, 8)
    if (header.length < 8) return
    const length = viewOf(header).getUint32(0)
    const type = asciiAt(header, 4, 4)
    if (type === 'IHDR') learnPngSize(facts, yield* bytes.read(at + 8, 8))
    if (type === 'eXIf' && length <= MAX_METADATA_BYTES) {
      learnExif(facts, yield* bytes.read(at + 8, length))
    }
    if (type === 'IEND') return
    at += 12 + length
  }
}

function learnPngSize(facts: MediaFacts, header: Uint8Array): void {
  if (header.length < 8) return
  learn(facts, { width: viewOf(header).getUint32(0), height: viewOf(header).getUint32(4) })
}

export function* readWebp(bytes: MediaBytes, facts: MediaFacts): Reading<void> {
  let at = 12
  for (let count = 0; count < MAX_CHUNKS; count++) {
    const header = yield* bytes.read(at, 8)
    if (header.length < 8) return
    const length = viewOf(header).getUint32(4, true)
    yield* readWebpChunk(bytes, facts, { type: asciiAt(header, 0, 4), at: at + 8, length })
    at += 8 + length + (length % 2)
  }
}

interface Chunk {
  type: string
  at: number
  length: number
}

function* readWebpChunk(bytes: MediaBytes, facts: MediaFacts, chunk: Chunk): Reading<void> {
  if (/^VP8[ LX]$/.test(chunk.type)) {
    learn(facts, webpSize(chunk.type, yield* bytes.read(chunk.at, 10)))
  }
  if (chunk.length > MAX_METADATA_BYTES) return
  if (chunk.type === 'EXIF') {
    const payload = yield* bytes.read(chunk.at, chunk.length)
    // Some writers keep the prefix of the JPEG segment.
    learnExif(facts, asciiAt(payload, 0, 4) === 'Exif' ? payload.subarray(6) : payload)
  }
  if (chunk.type === 'XMP ') {
    const claim = motionClaim(fromUtf8(yield* bytes.read(chunk.at, chunk.length)))
    if (claim !== undefined) facts.embeddedClip = true
  }
}

function webpSize(type: string, payload: Uint8Array): { width?: number; height?: number } {
  if (payload.length < 10) return {}
  const view = viewOf(payload)
  const uint24 = (at: number) => view.getUint16(at, true) + payload[at + 2]! * 0x10000
  if (type === 'VP8X') return { width: uint24(4) + 1, height: uint24(7) + 1 }
  if (type === 'VP8L') {
    const bits = view.getUint32(1, true)
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
  }
  return { width: view.getUint16(6, true) & 0x3fff, height: view.getUint16(8, true) & 0x3fff }
}

export function learnGif(facts: MediaFacts, head: Uint8Array): void {
  if (head.length < 10) return
  learn(facts, { width: viewOf(head).getUint16(6, true), height: viewOf(head).getUint16(8, true) })
}

export function learnBmp(facts: MediaFacts, head: Uint8Array): void {
  if (head.length < 26 || viewOf(head).getUint32(14, true) < 40) return
  const height = Math.abs(viewOf(head).getInt32(22, true))
  learn(facts, { width: viewOf(head).getInt32(18, true), height })
}

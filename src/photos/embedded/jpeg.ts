/**
 * Facts from JPEG: the segments before the picture data.
 *
 *   FF marker, length (2, itself included), payload
 *   E1 "Exif\0\0" TIFF block · E1 "http://ns.adobe.com/xap/1.0/\0" XMP · C0–CF frame header
 *
 * Source: ITU-T T.81, annex B; Exif 2.32, 4.7.
 * @module
 */
import { concatBytes, fromUtf8 } from '../../util/bytes.ts'
import type { MediaFacts } from '../media-facts.ts'
import { learnExif } from './exif.ts'
import { learn } from './known-facts.ts'
import { holdsClip, holdsSamsungClip, type MotionClaim, motionClaim } from './motion-photo.ts'
import { asciiAt, type MediaBytes, type Reading, viewOf } from './reading.ts'

const EXIF = 'Exif\0\0'
const XMP = 'http://ns.adobe.com/xap/1.0/\0'
const START_OF_SCAN = 0xda
const END_OF_IMAGE = 0xd9
const APP1 = 0xe1

/**
 * Phones put a depth map of megabytes into segments of 64 KiB before the frame header; each costs
 * a small read where the file is not streamed.
 */
const MAX_SEGMENTS = 64

export function* readJpeg(bytes: MediaBytes, facts: MediaFacts, start = 0): Reading<void> {
  const found: JpegFindings = {}
  yield* readSegments(bytes, start, found)
  if (found.frame !== undefined) learn(facts, found.frame)
  if (found.exif !== undefined) learnExif(facts, found.exif)

  if (yield* holdsMotion(bytes, found.motion, facts.cameraMake)) facts.embeddedClip = true
}

function* holdsMotion(
  bytes: MediaBytes,
  claim: MotionClaim | undefined,
  cameraMake = '',
): Reading<boolean> {
  if (claim !== undefined) return yield* holdsClip(bytes, claim)
  return /samsung/i.test(cameraMake) && (yield* holdsSamsungClip(bytes))
}

interface JpegFindings {
  frame?: { width: number; height: number }
  exif?: Uint8Array
  motion?: MotionClaim
}

function* readSegments(bytes: MediaBytes, start: number, found: JpegFindings): Reading<void> {
  let at = start + 2
  for (let count = 0; count < MAX_SEGMENTS; count++) {
    const header = yield* bytes.read(at, 4)
    if (header.length < 4 || header[0] !== 0xff) return
    const marker = header[1]!
    if (marker === 0xff) {
      at += 1 // a marker may be preceded by any number of fill bytes
      continue
    }
    if (marker === START_OF_SCAN || marker === END_OF_IMAGE) return
    const length = viewOf(header).getUint16(2) - 2
    if (marker === APP1) yield* readApplication(bytes, at + 4, length, found)
    if (isFrameHeader(marker)) yield* readFrame(bytes, at + 4, found)
    at += 4 + Math.max(length, 0)
  }
}

/** C0–CF are frame headers, but for the tables C4 (Huffman), C8 (reserved) and CC (arithmetic). */
function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
}

function* readFrame(bytes: MediaBytes, at: number, found: JpegFindings): Reading<void> {
  const frame = yield* bytes.read(at, 5)
  if (frame.length < 5) return
  const [height, width] = [viewOf(frame).getUint16(1), viewOf(frame).getUint16(3)]
  if (width > 0 && height > 0) found.frame ??= { width, height }
}

function* readApplication(
  bytes: MediaBytes,
  at: number,
  length: number,
  found: JpegFindings,
): Reading<void> {
  const name = yield* bytes.read(at, Math.min(length, XMP.length))
  const isExif = asciiAt(name, 0, EXIF.length) === EXIF && found.exif === undefined
  const isXmp = asciiAt(name, 0, XMP.length) === XMP && found.motion === undefined
  if (!isExif && !isXmp) return

  const payload = concatBytes([name, yield* bytes.read(at + name.length, length - name.length)])
  if (isExif) found.exif = payload.subarray(EXIF.length)
  const motion = isXmp ? motionClaim(fromUtf8(payload)) : undefined
  if (motion !== undefined) found.motion = motion
}

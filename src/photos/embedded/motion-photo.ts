/**
 * Whether a still carries its motion clip behind its own end.
 *
 * Google writes XMP: `MotionPhoto="1"` with a container directory whose item of semantic
 * `MotionPhoto` has the clip's length, before 2020 `MicroVideo="1"` with `MicroVideoOffset`, its
 * distance from the end (https://developer.android.com/media/platform/motion-photo-format).
 * Samsung writes a trailer: items, then
 *
 *   "SEFH", version (4), count (4), count × { 0 (2), type (2), distance (4), length (4) },
 *   length of all that (4), "SEFT"          little-endian; type 0x0a30 is the clip
 *
 * Storage at Google may drop the clip and keep the claim, so the claim is checked where it says
 * how far from the end the clip begins.
 * @module
 */
import { asciiAt, type MediaBytes, type Reading, viewOf } from './reading.ts'

export interface MotionClaim {
  /** Distance of the clip's first byte from the end of the file, where the claim tells it. */
  bytesFromEnd?: number
}

/** What an XMP packet says about a clip; undefined when nothing. */
export function motionClaim(xmp: string): MotionClaim | undefined {
  if (!/\b(MotionPhoto|MicroVideo)(\s*=\s*["']|\s*>\s*)1\b/.test(xmp)) return undefined
  const bytes = Number(microVideoOffset(xmp) ?? containerItemLength(xmp) ?? 0)
  return Number.isSafeInteger(bytes) && bytes > 0 ? { bytesFromEnd: bytes } : {}
}

function microVideoOffset(xmp: string): string | undefined {
  return /\bMicroVideoOffset(?:\s*=\s*["']|\s*>\s*)(\d{1,15})/.exec(xmp)?.[1]
}

/** `Length` of the container item whose `Semantic` is the clip; attributes come in any order. */
function containerItemLength(xmp: string): string | undefined {
  const items = xmp.match(/<[\w-]{1,20}:Item\b[^>]{0,500}>/g) ?? []
  const clip = items.find((item) => /:Semantic\s*=\s*["']MotionPhoto["']/.test(item))
  return clip && /:Length\s*=\s*["'](\d{1,15})/.exec(clip)?.[1]
}

/** Follows a claim to the clip. Without the file's size the claim has to be believed. */
export function* holdsClip(bytes: MediaBytes, claim: MotionClaim): Reading<boolean> {
  if (bytes.size === undefined || claim.bytesFromEnd === undefined) return true
  if (claim.bytesFromEnd >= bytes.size) return false
  const start = yield* bytes.read(bytes.size - claim.bytesFromEnd, 12)
  return asciiAt(start, 4, 4) === 'ftyp'
}

/** Samsung's directory has 12 bytes an item; real ones hold fewer than twenty. */
const SAMSUNG_TRAILER_BYTES = 1024
const SAMSUNG_CLIP = 0x0a30

export function* holdsSamsungClip(bytes: MediaBytes): Reading<boolean> {
  const { size } = bytes
  if (size === undefined || size < SAMSUNG_TRAILER_BYTES) return false
  const tail = yield* bytes.read(size - SAMSUNG_TRAILER_BYTES, SAMSUNG_TRAILER_BYTES)
  if (tail.length < SAMSUNG_TRAILER_BYTES || asciiAt(tail, tail.length - 4, 4) !== 'SEFT')
    return false

  const view = viewOf(tail)
  const directory = tail.length - 8 - view.getUint32(tail.length - 8, true)
  if (directory < 0 || asciiAt(tail, directory, 4) !== 'SEFH') return false
  for (let at = directory + 12; at + 12 <= tail.length - 8; at += 12) {
    if (view.getUint16(at + 2, true) === SAMSUNG_CLIP) return true
  }
  return false
}

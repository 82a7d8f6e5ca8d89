/**
 * Facts from movies: MP4, QuickTime, 3GP, and the clips of live and motion photos.
 *
 *   moov  mvhd  creation time (seconds since 1904, UTC), duration
 *         trak  tkhd  picture size, 16.16 fixed point
 *         udta  ©xyz position, ©mak, ©mod, ©day: length (2), language (2), text
 *         meta  keys: count (4), then size (4), "mdta", name — ilst: an item per key, its number as
 *               type, holding a box `data`: type (4), locale (4), value
 *
 * Sources: ISO/IEC 14496-12; Apple's QuickTime File Format, "User data" and "Metadata".
 * @module
 */
import { fromUtf8, strictUtf8 } from '../../util/bytes.ts'
import type { MediaFacts } from '../media-facts.ts'
import { boxesIn, boxIn } from './iso-media.ts'
import { type FoundFacts, learn, positionFacts } from './known-facts.ts'
import { asciiAt, viewOf } from './reading.ts'
import { instantOfEpoch, wallClock, zoneOffset } from './wall-clock.ts'

/** `moov` is the content of the movie's box of that name. */
export function learnMovie(facts: MediaFacts, moov: Uint8Array): void {
  const keys = metadataKeys(boxIn(moov, 'meta'))
  const user = userData(boxIn(moov, 'udta'))
  const text = (key: string, userKey: string) => keys.get(key) ?? user.get(userKey)

  learn(facts, headerFacts(boxIn(moov, 'mvhd')))
  learn(facts, pictureSize(moov))
  learn(facts, createdFacts(text('com.apple.quicktime.creationdate', '©day')))
  learn(facts, isoPosition(text('com.apple.quicktime.location.ISO6709', '©xyz')))
  learn(facts, {
    contentIdentifier: keys.get('com.apple.quicktime.content.identifier'),
    cameraMake: text('com.apple.quicktime.make', '©mak') ?? keys.get('com.android.manufacturer'),
    cameraModel: text('com.apple.quicktime.model', '©mod') ?? keys.get('com.android.model'),
  })
}

/** 1904-01-01 to 1970-01-01: 66 years, 17 of them leap. */
const SECONDS_1904_TO_1970 = (66 * 365 + 17) * 86_400

/** A duration of all ones says that it is unknown. */
const UNKNOWN_DURATION = 0xffffffff

function headerFacts(mvhd: Uint8Array | undefined): FoundFacts {
  if (mvhd === undefined || mvhd.length < 20) return {}
  const view = viewOf(mvhd)
  const isLong = mvhd[0] === 1
  if (isLong && mvhd.length < 32) return {}
  const created = isLong ? Number(view.getBigUint64(4)) : view.getUint32(4)
  const timescale = view.getUint32(isLong ? 20 : 12)
  const duration = isLong ? Number(view.getBigUint64(24)) : view.getUint32(16)
  const hasDuration = timescale > 0 && duration > 0 && duration < UNKNOWN_DURATION
  return {
    quickTimeInstant: movieInstant(created),
    durationMs: hasDuration ? Math.round((duration * 1000) / timescale) : undefined,
  }
}

/** 0 is "unknown". Nothing was filmed on a phone before 1970: such writers count from there. */
function movieInstant(created: number): string | undefined {
  if (created === 0) return undefined
  const isFrom1904 = created >= SECONDS_1904_TO_1970
  return instantOfEpoch(isFrom1904 ? created - SECONDS_1904_TO_1970 : created)
}

/** Size of the largest track; sound has none. */
function pictureSize(moov: Uint8Array): FoundFacts {
  let largest: { width: number; height: number } | undefined
  for (const track of boxesIn(moov)) {
    const header = track.type === 'trak' ? boxIn(track.content, 'tkhd') : undefined
    if (header === undefined || header.length < 84) continue
    const at = header[0] === 1 ? 88 : 76
    if (header.length < at + 8) continue
    const [width, height] = [viewOf(header).getUint16(at), viewOf(header).getUint16(at + 4)]
    const pixels = width * height
    if (pixels > 0 && pixels > (largest ? largest.width * largest.height : 0)) {
      largest = { width, height }
    }
  }
  return largest ?? {}
}

/** Wall clock with its offset; without an offset nobody knows which clock it was. */
function createdFacts(text: string | undefined): FoundFacts {
  const takenOffset = zoneOffset(/(Z|[+-]\d\d:?\d\d)$/.exec(text?.trim() ?? '')?.[0])
  const takenLocal = wallClock(text)
  return takenLocal && takenOffset ? { takenLocal, takenOffset } : {}
}

/** `+27.5916+086.5640+8850/`, ISO 6709 in degrees. */
function isoPosition(text: string | undefined): FoundFacts {
  const number = String.raw`([+-]\d{1,3}(?:\.\d{1,12})?)`
  const altitude = String.raw`([+-]\d{1,6}(?:\.\d{1,12})?)?`
  const parts = new RegExp(`^${number}${number}${altitude}`).exec(text?.trim() ?? '')
  if (parts === null) return {}
  const height = parts[3] === undefined ? undefined : Number(parts[3])
  return positionFacts(Number(parts[1]), Number(parts[2]), height)
}

const MAX_TEXT_BYTES = 1024

/** The texts of user data, by box type with © as in the names of Apple's documentation. */
function userData(udta: Uint8Array | undefined): Map<string, string> {
  const texts = new Map<string, string>()
  for (const { type, content } of boxesIn(udta ?? new Uint8Array())) {
    if (!type.startsWith('©') || content.length < 4) continue
    const length = Math.min(viewOf(content).getUint16(0), MAX_TEXT_BYTES)
    addText(texts, type, content.subarray(4, 4 + length))
  }
  return texts
}

function addText(texts: Map<string, string>, key: string, bytes: Uint8Array): void {
  const text = (strictUtf8(bytes) ?? Buffer.from(bytes).toString('latin1')).replace(/\p{Cc}/gu, ' ')
  if (text.trim() !== '' && !texts.has(key)) texts.set(key, text.trim())
}

const MAX_KEYS = 256
const TEXT_TYPE = 1

function metadataKeys(meta: Uint8Array | undefined): Map<string, string> {
  const texts = new Map<string, string>()
  if (meta === undefined) return texts
  // QuickTime's `meta` is a plain box that begins with `hdlr`, MP4's a full one with 4 bytes more.
  const content = asciiAt(meta, 4, 4) === 'hdlr' ? meta : meta.subarray(4)
  const names = keyNames(boxIn(content, 'keys'))
  for (const item of boxesIn(boxIn(content, 'ilst') ?? new Uint8Array())) {
    const name = names[itemNumber(item.type) - 1]
    const data = boxIn(item.content, 'data')
    if (name === undefined || data === undefined || data.length < 8) continue
    if (viewOf(data).getUint32(0) === TEXT_TYPE) {
      addText(texts, name, data.subarray(8, 8 + MAX_TEXT_BYTES))
    }
  }
  return texts
}

/** The type of an item is the number of its key, from 1. */
function itemNumber(type: string): number {
  return Buffer.from(type, 'latin1').readUInt32BE(0)
}

function keyNames(keys: Uint8Array | undefined): string[] {
  const names: string[] = []
  if (keys === undefined || keys.length < 8) return names
  const view = viewOf(keys)
  const count = Math.min(view.getUint32(4), MAX_KEYS)
  let at = 8
  while (names.length < count && at + 8 <= keys.length) {
    const size = view.getUint32(at)
    if (size < 8) break
    names.push(fromUtf8(keys.subarray(at + 8, at + Math.min(size, MAX_TEXT_BYTES))))
    at += size
  }
  return names
}

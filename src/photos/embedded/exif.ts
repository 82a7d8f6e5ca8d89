/**
 * Facts from Exif: a TIFF block with a directory for the picture and the sub-directories Exif and
 * GPS. Tag numbers are those of Exif 2.32.
 * @module
 */
import type { MediaFacts } from '../media-facts.ts'
import { appleContentIdentifier } from './apple-maker-note.ts'
import { type FoundFacts, learn, positionFacts } from './known-facts.ts'
import { TiffBlock, type TiffDirectory } from './tiff.ts'
import { instantOfEpoch, wallClock, zoneOffset } from './wall-clock.ts'

const MAKE = 0x010f
const MODEL = 0x0110
const EXIF_DIRECTORY = 0x8769
const GPS_DIRECTORY = 0x8825
const DATE_TIME_ORIGINAL = 0x9003
const DATE_TIME_DIGITIZED = 0x9004
const OFFSET_TIME_ORIGINAL = 0x9011
const OFFSET_TIME_DIGITIZED = 0x9012
const SUB_SECONDS_ORIGINAL = 0x9291
const SUB_SECONDS_DIGITIZED = 0x9292
const MAKER_NOTE = 0x927c
const PIXEL_WIDTH = 0xa002
const PIXEL_HEIGHT = 0xa003
const IMAGE_UNIQUE_ID = 0xa420

/** Facts of a whole Exif block, as JPEG, PNG, WebP and HEIC embed it. */
export function learnExif(facts: MediaFacts, bytes: Uint8Array): void {
  const block = TiffBlock.open(bytes)
  if (block !== undefined) learnTiff(facts, block)
}

/** Facts of a TIFF block whose first directory describes the picture. */
export function learnTiff(facts: MediaFacts, block: TiffBlock): void {
  const main = block.directory(block.firstDirectoryOffset)
  learn(facts, cameraFacts(block, main))
  learn(facts, exifFacts(block, block.directory(block.unsigned(main.get(EXIF_DIRECTORY)))))
  learn(facts, gpsFacts(block, block.directory(block.unsigned(main.get(GPS_DIRECTORY)))))
}

export function cameraFacts(block: TiffBlock, main: TiffDirectory): FoundFacts {
  return {
    cameraMake: block.text(main.get(MAKE)),
    cameraModel: block.text(main.get(MODEL)),
  }
}

export function exifFacts(block: TiffBlock, exif: TiffDirectory): FoundFacts {
  const makerNote = exif.get(MAKER_NOTE)
  const width = block.unsigned(exif.get(PIXEL_WIDTH))
  const height = block.unsigned(exif.get(PIXEL_HEIGHT))
  return {
    ...takenFacts(block, exif),
    ...(width && height ? { width, height } : {}),
    imageUniqueId: block.text(exif.get(IMAGE_UNIQUE_ID)),
    contentIdentifier: makerNote && appleContentIdentifier(makerNote.value),
  }
}

/** Time of the exposure; without one, of the digitisation, which cameras write the same. */
function takenFacts(block: TiffBlock, exif: TiffDirectory): FoundFacts {
  const original = wallClock(block.text(exif.get(DATE_TIME_ORIGINAL)))
  const takenLocal = original ?? wallClock(block.text(exif.get(DATE_TIME_DIGITIZED)))
  if (takenLocal === undefined) return {}

  const [offsetTag, subSecondsTag] =
    original === undefined
      ? [OFFSET_TIME_DIGITIZED, SUB_SECONDS_DIGITIZED]
      : [OFFSET_TIME_ORIGINAL, SUB_SECONDS_ORIGINAL]
  return {
    takenLocal,
    takenOffset: zoneOffset(block.text(exif.get(offsetTag))),
    subSeconds: /^\d{1,9}$/.exec(block.text(exif.get(subSecondsTag)) ?? '')?.[0],
  }
}

/** Tags 1–4 position, 5–6 altitude, 7 time, 29 date of the fix. */
export function gpsFacts(block: TiffBlock, gps: TiffDirectory): FoundFacts {
  const latitude = signedDegrees(block, gps, 1, 'N', 'S')
  const longitude = signedDegrees(block, gps, 3, 'E', 'W')
  const [altitude] = block.rationals(gps.get(6), 1) ?? []
  const belowSea = block.unsigned(gps.get(5)) === 1
  return {
    ...positionFacts(latitude, longitude, altitude && (belowSea ? -altitude : altitude)),
    gpsInstant: gpsInstant(block.text(gps.get(29)), block.rationals(gps.get(7), 3)),
  }
}

/** Degrees with their hemisphere. Without it the position is unknown: half the guesses are wrong. */
function signedDegrees(
  block: TiffBlock,
  gps: TiffDirectory,
  referenceTag: number,
  positive: string,
  negative: string,
): number | undefined {
  const reference = block.text(gps.get(referenceTag))?.toUpperCase()
  const field = gps.get(referenceTag + 1)
  const parts = block.rationals(field, Math.min(field?.count ?? 1, 3))
  if (parts === undefined || (reference !== positive && reference !== negative)) return undefined
  const [degrees = 0, minutes = 0, seconds = 0] = parts
  const value = degrees + minutes / 60 + seconds / 3600
  return reference === negative ? -value : value
}

function gpsInstant(date: string | undefined, time: number[] | undefined): string | undefined {
  if (date === undefined || time === undefined) return undefined
  const [hours = 0, minutes = 0, seconds = 0] = time
  const midnight = wallClock(`${date} 00:00:00`)
  if (midnight === undefined || hours >= 24 || minutes >= 60 || seconds >= 61) return undefined
  const secondOfDay = Math.floor(hours * 3600 + minutes * 60 + seconds)
  return instantOfEpoch(Date.parse(`${midnight}Z`) / 1000 + secondOfDay)
}

/**
 * When a photo was taken, from the most trusted source that knows (reference: dates-zones.md):
 * sidecar instant, embedded time with zone, embedded wall clock, file name, upload, year folder.
 *
 * The offset is the file's own, or wall clock minus instant where a zone of the earth explains the
 * difference. Without any, only what is known is given: an instant, or a wall clock.
 * @module
 */
import { type FileNameDate, fileNameDate, formatDay } from '../../../photos/file-name-date.ts'
import type { TakenAt } from '../../../photos/library.ts'
import type { MediaFacts } from '../../../photos/media-facts.ts'
import {
  formatInstant,
  formatLocal,
  formatOffset,
  inferOffset,
  nearestOffset,
  parseInstant,
  parseLocal,
  parseOffset,
} from '../../../photos/zones.ts'

export interface TimeSources {
  /** `photoTakenTime` of the sidecar. */
  takenSeconds?: number | undefined
  /** `creationTime` of the sidecar. */
  uploadedSeconds?: number | undefined
  facts?: MediaFacts | undefined
  isVideo: boolean
  /** Title and file names, best first. */
  names: readonly string[]
  folderYear?: number | undefined
  /** End of the export: nothing it holds was taken later. */
  notAfter: number
}

/** The zero of QuickTime clocks, 1904-01-01: in videos it means "unknown" (GPTH#136). */
const QUICKTIME_ZERO = -2_082_844_800
/** A GPS fix may be minutes older than the shot. */
const FIX_AGE_SECONDS = 5 * 60

export function takenAt(sources: TimeSources): TakenAt | undefined {
  return (
    fromSidecar(sources) ??
    fromFile(sources) ??
    fromName(sources) ??
    fromUpload(sources) ??
    fromFolder(sources)
  )
}

function fromSidecar(sources: TimeSources): TakenAt | undefined {
  const { takenSeconds: instant, isVideo } = sources
  if (instant === undefined || (isVideo && instant === QUICKTIME_ZERO)) return undefined
  return at(instant, offsetAt(instant, sources), 'sidecar')
}

/** The file's own offset, else the one that makes its wall clock, or its name's, this instant. */
function offsetAt(instant: number, { facts, names, notAfter }: TimeSources): number | undefined {
  const written = parseOffset(facts?.takenOffset)
  if (written !== undefined) return written
  const local = parseLocal(facts?.takenLocal)
  const inferred = local === undefined ? undefined : inferOffset(local, instant)
  return inferred ?? offsetOfName(bestName(names, notAfter), instant)
}

function offsetOfName(named: FileNameDate | undefined, instant: number): number | undefined {
  if (named?.zone !== 'local' || named.precision !== 'second') return undefined
  const inferred = inferOffset(named.seconds, instant)
  return named.offsetSeconds === undefined || inferred === undefined
    ? inferred
    : named.offsetSeconds
}

function fromFile(sources: TimeSources): TakenAt | undefined {
  return fromWallClock(sources) ?? fromQuickTime(sources)
}

function fromWallClock({ facts }: TimeSources): TakenAt | undefined {
  const local = parseLocal(facts?.takenLocal)
  const fix = parseInstant(facts?.gpsInstant)
  if (local === undefined) return fix === undefined ? undefined : at(fix, undefined, 'embedded')
  const offset =
    parseOffset(facts?.takenOffset) ??
    (fix === undefined ? undefined : nearestOffset(local, fix, FIX_AGE_SECONDS))
  if (offset !== undefined) return at(local - offset, offset, 'embedded')
  return { local: formatLocal(local), precision: 'second', source: 'embedded' }
}

/** Phones write UTC, many cameras their wall clock; the name tells which. */
function fromQuickTime(sources: TimeSources): TakenAt | undefined {
  const { facts, notAfter, names } = sources
  const instant = parseInstant(facts?.quickTimeInstant)
  if (instant === undefined || instant <= 0 || instant > notAfter) return undefined
  const named = bestName(names, notAfter)
  const isWallClock = named?.zone === 'local' && named.seconds === instant
  if (isWallClock) return { local: formatLocal(instant), precision: 'second', source: 'embedded' }
  return at(instant, offsetOfName(named, instant), 'embedded')
}

function fromName({ names, notAfter }: TimeSources): TakenAt | undefined {
  const named = bestName(names, notAfter)
  if (named === undefined) return undefined
  const { seconds, precision, zone, offsetSeconds } = named
  if (precision === 'day') return { local: formatDay(seconds), precision, source: 'name' }
  if (zone === 'utc') return at(seconds, undefined, 'name')
  if (offsetSeconds !== undefined) return at(seconds - offsetSeconds, offsetSeconds, 'name')
  return { local: formatLocal(seconds), precision, source: 'name' }
}

/** The first name that states a second, else the first that states a day. */
function bestName(names: readonly string[], notAfter: number): FileNameDate | undefined {
  const dates = names.flatMap((name) => fileNameDate(name, notAfter) ?? [])
  return dates.find(({ precision }) => precision === 'second') ?? dates[0]
}

function fromUpload({ uploadedSeconds }: TimeSources): TakenAt | undefined {
  return uploadedSeconds === undefined ? undefined : at(uploadedSeconds, undefined, 'upload')
}

function fromFolder({ folderYear }: TimeSources): TakenAt | undefined {
  if (folderYear === undefined) return undefined
  return { local: String(folderYear), precision: 'year', source: 'folder' }
}

function at(instant: number, offset: number | undefined, source: TakenAt['source']): TakenAt {
  const known = { instant: formatInstant(instant), precision: 'second', source } as const
  if (offset === undefined) return known
  return { ...known, local: formatLocal(instant + offset), offset: formatOffset(offset) }
}

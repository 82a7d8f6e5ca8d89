/**
 * When a photo was taken, from the most trusted source that knows (reference: dates-zones.md):
 * sidecar instant, embedded time with zone, embedded wall clock, file name, upload, year folder.
 *
 * Its zone is that of the place; else the one the file has written down; else wall clock minus
 * instant, where a zone of the earth explains the difference; else that of the moving half. What
 * other photos tell is added when all are known (photos/zone-guesses.ts). Without any zone only what
 * is known is given: an instant, or a wall clock.
 * @module
 */
import { type FileNameDate, fileNameDate } from '../../../photos/file-name-date.ts'
import type { Confidence, Precision, TakenAt, ZoneEvidence } from '../../../photos/library.ts'
import type { MediaFacts } from '../../../photos/media-facts.ts'
import { offsetInZone, offsetOfLocal, zoneOfPlace } from '../../../photos/place-zones.ts'
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
  /** Of the clip, rendition or raw that belongs to it: they may know what it lost. */
  companions?: readonly MediaFacts[]
  /** Where it was taken. */
  place?: { latitude: number; longitude: number } | undefined
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
/** Clocks of camera and cloud that differ by less say the same. */
const SAME_TIME_SECONDS = 60

/** A moment before its zone is known: an instant, a wall clock, or both. */
interface Moment {
  instant?: number
  local?: number
  precision: Precision
  source: TakenAt['source']
  confidence: Confidence
}

interface Zone {
  offset: number
  from: ZoneEvidence
  name?: string
}

export function takenAt(sources: TimeSources): TakenAt | undefined {
  const moment =
    fromSidecar(sources) ??
    fromFile(sources) ??
    fromName(sources) ??
    fromUpload(sources) ??
    fromFolder(sources)
  if (moment === undefined) return undefined
  const taken = inZone(moment, zoneOf(moment, sources))
  return { ...taken, ...fileAgainst(taken, moment, sources.facts) }
}

function fromSidecar({ takenSeconds: instant, isVideo }: TimeSources): Moment | undefined {
  if (instant === undefined || (isVideo && instant === QUICKTIME_ZERO)) return undefined
  return { instant, precision: 'second', source: 'sidecar', confidence: 'high' }
}

function fromFile(sources: TimeSources): Moment | undefined {
  return fromWallClock(sources) ?? fromQuickTime(sources)
}

function fromWallClock({ facts }: TimeSources): Moment | undefined {
  const local = parseLocal(facts?.takenLocal)
  const fix = parseInstant(facts?.gpsInstant)
  const known = { precision: 'second', source: 'embedded', confidence: 'high' } as const
  if (local === undefined) return fix === undefined ? undefined : { ...known, instant: fix }
  const offset =
    parseOffset(facts?.takenOffset) ??
    (fix === undefined ? undefined : nearestOffset(local, fix, FIX_AGE_SECONDS))
  return offset === undefined
    ? { ...known, local, confidence: 'medium' }
    : { ...known, instant: local - offset }
}

/** Phones write UTC, many cameras their wall clock; the name tells which. */
function fromQuickTime({ facts, notAfter, names }: TimeSources): Moment | undefined {
  const instant = parseInstant(facts?.quickTimeInstant)
  if (instant === undefined || instant <= 0 || instant > notAfter) return undefined
  const named = bestName(names, notAfter)
  const isWallClock = named?.zone === 'local' && named.seconds === instant
  const known = { precision: 'second', source: 'embedded', confidence: 'medium' } as const
  return isWallClock ? { ...known, local: instant } : { ...known, instant }
}

function fromName({ names, notAfter }: TimeSources): Moment | undefined {
  const named = bestName(names, notAfter)
  if (named === undefined) return undefined
  const { seconds, precision, zone, offsetSeconds } = named
  const known = { precision, source: 'name', confidence: 'medium' } as const
  if (zone === 'utc') return { ...known, instant: seconds }
  const isExact = precision === 'second' && offsetSeconds !== undefined
  return isExact ? { ...known, instant: seconds - offsetSeconds } : { ...known, local: seconds }
}

/** The first name that states a second, else the first that states a day. */
function bestName(names: readonly string[], notAfter: number): FileNameDate | undefined {
  const dates = names.flatMap((name) => fileNameDate(name, notAfter) ?? [])
  return dates.find(({ precision }) => precision === 'second') ?? dates[0]
}

function fromUpload({ uploadedSeconds: instant }: TimeSources): Moment | undefined {
  if (instant === undefined) return undefined
  return { instant, precision: 'second', source: 'upload', confidence: 'low' }
}

function fromFolder({ folderYear }: TimeSources): Moment | undefined {
  if (folderYear === undefined) return undefined
  const local = Date.UTC(folderYear, 0) / 1000
  return { local, precision: 'year', source: 'folder', confidence: 'low' }
}

/** When it came into the cloud says nothing of where it was taken. */
function zoneOf(moment: Moment, sources: TimeSources): Zone | undefined {
  if (moment.precision !== 'second' || moment.source === 'upload') return undefined
  return fromPlace(moment, sources) ?? fromClocks(moment, sources) ?? fromClip(sources)
}

function fromPlace({ instant, local }: Moment, { place }: TimeSources): Zone | undefined {
  const name = place && zoneOfPlace(place.latitude, place.longitude)
  if (name === undefined) return undefined
  const offset = instant === undefined ? offsetOfLocal(name, local!) : offsetInZone(name, instant)
  return offset === undefined ? undefined : { offset, from: 'place', name }
}

/** The file's own offset, else the one that makes its wall clock, or its name's, this instant. */
function fromClocks({ instant }: Moment, sources: TimeSources): Zone | undefined {
  const { facts, names, notAfter } = sources
  const written = parseOffset(facts?.takenOffset)
  if (written !== undefined) return { offset: written, from: 'written' }
  if (instant === undefined) return undefined
  const local = parseLocal(facts?.takenLocal)
  const offset = local === undefined ? undefined : inferOffset(local, instant)
  return offset === undefined
    ? zoneOfName(bestName(names, notAfter), instant)
    : { offset, from: 'clock' }
}

function zoneOfName(named: FileNameDate | undefined, instant: number): Zone | undefined {
  if (named?.zone !== 'local' || named.precision !== 'second') return undefined
  const inferred = inferOffset(named.seconds, instant)
  if (inferred === undefined) return undefined
  const { offsetSeconds } = named
  return offsetSeconds === undefined
    ? { offset: inferred, from: 'clock' }
    : { offset: offsetSeconds, from: 'written' }
}

/** A clip keeps its zone when its still was edited and lost it. */
function fromClip({ companions = [] }: TimeSources): Zone | undefined {
  const offsets = companions.map(({ takenOffset }) => parseOffset(takenOffset))
  const offset = offsets.find((known) => known !== undefined)
  return offset === undefined ? undefined : { offset, from: 'clip' }
}

function inZone(moment: Moment, zone: Zone | undefined): TakenAt {
  const { precision, source, confidence } = moment
  const known = { precision, source, confidence }
  if (zone === undefined) {
    const { instant, local } = moment
    return {
      ...(instant === undefined ? {} : { instant: formatInstant(instant) }),
      ...(local === undefined ? {} : { local: formatLocal(local).slice(0, UNITS[precision]) }),
      ...known,
      ...(precision === 'second' ? { zoneFrom: 'unknown' } : {}),
    }
  }
  const { offset, from, name } = zone
  const instant = moment.instant ?? moment.local! - offset
  const isFile = source === 'embedded' && moment.local !== undefined
  return {
    instant: formatInstant(instant),
    local: formatLocal(instant + offset),
    offset: formatOffset(offset),
    ...known,
    ...(name === undefined ? {} : { zone: name }),
    zoneFrom: from,
    confidence: isFile ? 'high' : confidence,
  }
}

/** How much of `2021-07-01T12:00:00` is known. */
const UNITS: Record<Precision, number> = { second: 19, day: 10, month: 7, year: 4 }

/**
 * What the file's own clock adds: the fraction of the second, if it says the same time; if it says
 * another one, that time. A difference of whole quarters of an hour is a matter of zones, and no
 * reason to doubt the instant.
 */
function fileAgainst(
  taken: TakenAt,
  { source, instant }: Moment,
  facts: MediaFacts | undefined,
): Partial<TakenAt> {
  const local = parseLocal(facts?.takenLocal)
  if (local === undefined || facts?.takenLocal === undefined) return {}
  const isSame =
    source === 'embedded' || (instant !== undefined && inferOffset(local, instant) !== undefined)
  const { takenLocal, subSeconds } = facts
  const fraction = isSame && subSeconds !== undefined ? { subSeconds } : {}
  if (source !== 'sidecar' || instant === undefined) return fraction
  const isInSomeZone = nearestOffset(local, instant, SAME_TIME_SECONDS) !== undefined
  const shown = parseLocal(taken.local)
  const agrees = shown === undefined ? isInSomeZone : Math.abs(shown - local) <= SAME_TIME_SECONDS
  if (agrees) return fraction
  return { ...fraction, embedded: takenLocal, ...(isInSomeZone ? {} : { confidence: 'medium' }) }
}

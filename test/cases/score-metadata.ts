/**
 * The aspects of a case that speak of what an item says: flags, dates, places. Where a case has a
 * sidecar without media, the sidecar itself is asked.
 * @module
 */
import type { Item, Place, TakenAt } from '../../src/photos/library.ts'
import { withoutGuess } from '../../src/photos/zone-guesses.ts'
import { readSidecar } from '../../src/sources/takeout/understanding/sidecar-json.ts'
import { takenAt } from '../../src/sources/takeout/understanding/taken-at.ts'
import type { Case, ExpectedDate } from './case.ts'
import { compare, type Found } from './score.ts'
import { jsonAt } from './score-folders.ts'

type Described = Partial<Item> & { coordinates?: { latitude: number; longitude: number } }

function describedAt(path: string, found: Found): Described {
  return path.endsWith('.json') ? readSidecar(jsonAt(path, found)) : (found.itemOf(path) ?? {})
}

export function scoreFlags({ expect }: Case, found: Found): string[] {
  return compare('flags of', expect.flags, (path, wanted) => {
    const known = describedAt(path, found) as Record<string, unknown>
    return Object.fromEntries(Object.keys(wanted).map((key) => [key, known[key] ?? null]))
  })
}

export function scorePlaces({ expect }: Case, found: Found): string[] {
  return compare('place of', expect.gps, (path, wanted) => {
    const described = describedAt(path, found)
    const place: Partial<Place> | undefined = described.location ?? described.coordinates
    if (place === undefined) return null
    if (wanted === null) return place
    const isNear = (key: 'latitude' | 'longitude' | 'altitude') =>
      wanted[key] === undefined || Math.abs((place[key] ?? Infinity) - wanted[key]) <= 1e-5
    return isNear('latitude') && isNear('longitude') && isNear('altitude') ? wanted : place
  })
}

const SOURCES: Record<string, string> = {
  sidecar: 'photoTakenTime',
  embedded: 'exif',
  name: 'filename',
  upload: 'creationTime',
  folder: 'folder',
}

export function scoreDates({ expect }: Case, found: Found): string[] {
  return compare('date of', expect.dates, (path, wanted) => {
    const taken = takenOf(path, found)
    return taken === undefined ? null : asExpected(taken, wanted)
  })
}

function takenOf(path: string, found: Found): TakenAt | undefined {
  if (!path.endsWith('.json')) return found.itemOf(path)?.taken
  const { takenSeconds, uploadedSeconds } = readSidecar(jsonAt(path, found))
  return takenAt({ takenSeconds, uploadedSeconds, isVideo: false, names: [], notAfter: Infinity })
}

/** `zone: utc` means that the wall clock in a name is UTC: there the instant has it. */
function asExpected(taken: TakenAt, wanted: ExpectedDate | null): Record<string, unknown> {
  const { instant, local, offset, precision, source } = withoutGuess(taken)
  const isUtc = source === 'name' && instant !== undefined && local === undefined
  const known: Record<string, unknown> = {
    utc: instant,
    local: local ?? (isUtc ? instant.slice(0, -1) : undefined),
    offset,
    precision,
    source: SOURCES[source],
    zone: isUtc ? 'utc' : 'local',
  }
  const keys = Object.keys(wanted ?? known)
  return Object.fromEntries(keys.map((key) => [key, known[key]]))
}

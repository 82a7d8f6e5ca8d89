/**
 * Joining facts from several places of one file.
 * @module
 */
import type { MediaFacts } from '../media-facts.ts'

export type FoundFacts = { [Key in keyof MediaFacts]?: MediaFacts[Key] | undefined }

/** Adds to `facts` what `found` knows and `facts` does not: the first place to tell is right. */
export function learn(facts: MediaFacts, found: FoundFacts): void {
  for (const [key, value] of Object.entries(found)) {
    if (value !== undefined && !(key in facts)) Object.assign(facts, { [key]: value })
  }
}

/** A position, if it is one on Earth. 0/0 is what devices write that have no fix. */
export function positionFacts(
  latitude: number | undefined,
  longitude: number | undefined,
  altitude: number | undefined,
): FoundFacts {
  if (latitude === undefined || longitude === undefined) return {}
  const onEarth = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180
  if (!onEarth || (latitude === 0 && longitude === 0)) return {}
  return { latitude, longitude, altitude: Number.isFinite(altitude) ? altitude : undefined }
}

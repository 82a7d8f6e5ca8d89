/**
 * Photos of the library that sidecars speak of, by title and second of capture: a later export brings
 * the sidecar once more, and not the photo.
 * @module
 */
import type { Library } from '../../photos/growth/library.ts'
import type { KnownPhotos } from '../../sources/source.ts'

/** Where they lie, by what the sidecars are about; of several that fit, none. */
export function knownPhotos({ items }: Library, abouts: ReadonlySet<string>): KnownPhotos {
  const found = new Map<string, string>()
  const shared = new Set<string>()
  for (const { title, taken, files } of abouts.size > 0 ? items : []) {
    if (taken?.source !== 'sidecar' || taken.instant === undefined) continue
    const about = `${taken.instant} ${title}`
    if (!abouts.has(about)) continue
    if (found.has(about)) shared.add(about)
    else found.set(about, files[0]!.path)
  }
  for (const about of shared) found.delete(about)
  return found
}

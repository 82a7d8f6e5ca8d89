/**
 * What an arriving album says about itself: it replaces what was known, what it leaves out stays.
 * Exports since 2025 leave out most.
 * @module
 */
import type { Album } from '../library.ts'
import type { KeptAlbum } from './library.ts'

const SAID = [
  ...(['description', 'access', 'location', 'position'] as const),
  ...(['texts', 'places', 'remarks', 'more'] as const),
] as const

/** `isWhole`: the export is a full one, so an album that lacks nothing in it lacks nothing. */
export function describeAlbum(kept: KeptAlbum, album: Album, isWhole: boolean): void {
  for (const key of SAID) {
    if (album[key] !== undefined) Object.assign(kept, { [key]: structuredClone(album[key]) })
  }
  if (album.expected !== undefined) kept.expected = album.expected
  else if (isWhole) delete kept.expected
}

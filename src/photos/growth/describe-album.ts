/**
 * What an arriving album says about itself: it replaces what was known, what it leaves out stays.
 * Exports since 2025 leave out most. An older export than the one that was heard last fills gaps.
 * @module
 */
import type { SeenAlbum } from '../library.ts'
import type { KeptAlbum } from './library.ts'
import { isFolderName } from './match-albums.ts'

const SAID = [
  ...(['description', 'date', 'instant', 'access', 'location', 'position'] as const),
  ...(['texts', 'places', 'remarks', 'more', 'remoteId'] as const),
] as const

export interface AlbumWeight {
  /** No newer export has spoken of it. */
  isNewest: boolean
  /** The export is a full one, so an album that lacks nothing in it lacks nothing. */
  isWhole: boolean
}

export function describeAlbum(kept: KeptAlbum, album: SeenAlbum, weight: AlbumWeight): void {
  for (const key of SAID) {
    const isKnown = kept[key] !== undefined && !weight.isNewest
    if (album[key] === undefined || isKnown) continue
    Object.assign(kept, { [key]: structuredClone(album[key]) })
  }
  // A title that is only a folder's name stands in until the album file comes.
  if (!isFolderName(album) && (weight.isNewest || isFolderName(kept))) kept.title = album.title
  if (album.expected !== undefined) kept.expected = album.expected
  else if (weight.isWhole) delete kept.expected
}

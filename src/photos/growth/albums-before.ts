/**
 * The albums as they were before the exports at hand: what earlier runs of the same exports made of
 * them is taken back, because now more of it is known. Nothing is taken back that would be lost.
 * @module
 */
import type { AlbumPlace } from '../library.ts'
import type { AlbumSighting, KeptAlbum } from './library.ts'
import type { AlbumEvidence } from './match-albums.ts'

/** A known album, as it stands. */
export interface KnownAlbum extends AlbumEvidence {
  album: KeptAlbum
  sighting: AlbumSighting
}

export interface AlbumsBefore {
  known: KnownAlbum[]
  /** Albums that earlier runs began, by the keys of their places: they give id and path. */
  begun: Map<string, KeptAlbum>
  /** By the keys of places: members that earlier runs found there and this import knows nothing of. */
  unheard: Map<string, string[]>
}

/** What the import knows. */
export interface AtHand {
  exports: readonly string[]
  /** Keys of the places of its albums. */
  places: ReadonlySet<string>
  /** Whether it knows of this item, or the item is gone. */
  knows(id: string): boolean
}

export const placeKey = ({ export: id, folder }: AlbumPlace) => `${id}\0${folder}`

export function albumsBefore(
  albums: readonly KeptAlbum[],
  sightings: readonly AlbumSighting[],
  atHand: AtHand,
): AlbumsBefore {
  const sightingOf = new Map(sightings.map((sighting) => [sighting.album, sighting]))
  const before: AlbumsBefore = { known: [], begun: new Map(), unheard: new Map() }
  for (const album of albums) {
    const sighting = sightingOf.get(album.id) ?? { album: album.id, seenIn: [] }
    if (!mayTakeBack(album, sighting, atHand)) {
      before.known.push(knownAlbum(album, sighting))
      continue
    }
    const places = placesSince(sighting).map(placeKey)
    const unheard = itemsSince(album, sighting).filter((id) => !atHand.knows(id))
    for (const place of places) before.unheard.set(place, unheard)
    if (sighting.before) {
      before.known.push(knownAlbum(sighting.before.album, sighting.before.sighting))
    } else for (const place of places) before.begun.set(place, album)
  }
  return before
}

/** Where all that was brought since is at hand, or can be carried over. */
function mayTakeBack(album: KeptAlbum, sighting: AlbumSighting, atHand: AtHand): boolean {
  const { since = [] } = sighting
  if (since.length === 0 || !since.every((id) => atHand.exports.includes(id))) return false
  if (placesSince(sighting).every((place) => atHand.places.has(placeKey(place)))) return true
  const brought = itemsSince(album, sighting) // it may be no album, seen as a whole
  return brought.length > 0 && brought.every((id) => atHand.knows(id))
}

const placesSince = ({ seenIn, since = [] }: AlbumSighting) =>
  seenIn.filter((place) => since.includes(place.export))

function itemsSince({ items }: KeptAlbum, { before }: AlbumSighting): string[] {
  const were = new Set(before?.album.items)
  return items.filter((id) => !were.has(id))
}

function knownAlbum(album: KeptAlbum, sighting: AlbumSighting): KnownAlbum {
  const copy = structuredClone(album)
  const { title, date, instant, description, folders, remoteId } = copy
  return {
    ...{ album: copy, sighting: structuredClone(sighting) },
    ...{ key: [...folders, album.id].join('\0'), members: new Set(album.items), title, folders },
    ...(date === undefined ? {} : { date }),
    ...(instant === undefined ? {} : { instant }),
    ...(description === undefined ? {} : { description }),
    ...(remoteId === undefined ? {} : { remoteId }),
  }
}

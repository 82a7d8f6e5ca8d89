/**
 * What an album file says. Three generations: `{albumData: {…}}` to about 2020, the same keys at
 * top level to 2024, since February 2025 often nothing but a title (reference: sidecar-json.md).
 * @module
 */
import {
  asObject,
  type JsonObject,
  listField,
  numberField,
  objectField,
  secondsField,
  textField,
} from './bounded-json.ts'
import { decodeEntities } from './entities.ts'
import { type Coordinates, isPlace, present, readCoordinates } from './sidecar-json.ts'

export interface AlbumPlace {
  name: string
  latitude?: number
  longitude?: number
}

export interface AlbumFile {
  /** Empty for albums that never got a name. */
  title: string
  /** The album's own, else its text blocks: since 2025 exports keep only those. */
  description?: string
  dateSeconds?: number
  coordinates?: Coordinates
  /** Places written between the photos, in display order. */
  places: AlbumPlace[]
  /** Text blocks between the photos, in display order. */
  texts: string[]
  /** Number of comments and likes. */
  comments: number
}

export function readAlbumFile(json: JsonObject): AlbumFile {
  const album = objectField(json, 'albumData') ?? json
  const enrichments = listField(album, 'enrichments').map(asObject)
  const texts = enrichments.flatMap(narrative)
  const own = textField(album, 'description')?.trim()
  return present({
    title: textField(album, 'title')?.trim() ?? '',
    description: decodeEntities(own || texts.join('\n\n')) || undefined,
    dateSeconds: secondsField(album, 'date'),
    coordinates: readCoordinates(album, 'geoData'),
    places: enrichments.flatMap(placesOf),
    texts,
    comments: listField(album, 'sharedAlbumComments').length,
  })
}

function narrative(enrichment: JsonObject | undefined): string[] {
  const text = textField(objectField(enrichment, 'narrativeEnrichment'), 'text')?.trim()
  return text ? [text] : []
}

function placesOf(enrichment: JsonObject | undefined): AlbumPlace[] {
  const location = listField(objectField(enrichment, 'locationEnrichment'), 'location')
  const map = objectField(enrichment, 'mapEnrichment')
  return [...location, ...listField(map, 'origin'), ...listField(map, 'destination')]
    .map(asObject)
    .flatMap((place) => (place ? [readPlace(place)] : []))
}

/** E7 values are degrees × 10^7. */
function readPlace(place: JsonObject): AlbumPlace {
  const name = textField(place, 'name') ?? ''
  const latitude = (numberField(place, 'latitudeE7') ?? 0) / 1e7
  const longitude = (numberField(place, 'longitudeE7') ?? 0) / 1e7
  return isPlace(latitude, longitude) ? { name, latitude, longitude } : { name }
}

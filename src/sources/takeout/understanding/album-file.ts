/**
 * What an album file says. Three generations: `{albumData: {…}}` to about 2020, the same keys at
 * top level to 2024, since February 2025 often nothing but a title (reference: sidecar-json.md).
 * @module
 */
import type { NamedPlace, Remark } from '../../../photos/library.ts'
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
import { present } from './present.ts'
import { readRemarks, unknownFields } from './shared-words.ts'
import { type Coordinates, isPlace, readCoordinates } from './sidecar-json.ts'

export interface AlbumFile {
  /** Empty for albums that never got a name. */
  title: string
  /** The album's own, else its text blocks: since 2025 exports keep only those. */
  description?: string
  dateSeconds?: number
  coordinates?: Coordinates
  /** Places written between the photos, in display order. */
  places: NamedPlace[]
  /** Text blocks between the photos, in display order. */
  texts: string[]
  remarks: Remark[]
  access?: string
  /** In words. */
  location?: string
  /** Number of items, where an exporter wrote it down. */
  count?: number
  /** Keys that no field here is for. */
  more?: Record<string, unknown>
}

const KNOWN = new Set([
  'title',
  'description',
  'access',
  'location',
  'date',
  'geoData',
  'enrichments',
  'sharedAlbumComments',
  'albumData',
  'mediaItemsCount',
])

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
    remarks: readRemarks(album, ['sharedAlbumComments']),
    access: textField(album, 'access') || undefined,
    location: textField(album, 'location')?.trim() || undefined,
    count: numberField(album, 'mediaItemsCount'),
    more: unknownFields(album, KNOWN),
  })
}

function narrative(enrichment: JsonObject | undefined): string[] {
  const text = textField(objectField(enrichment, 'narrativeEnrichment'), 'text')?.trim()
  return text ? [text] : []
}

function placesOf(enrichment: JsonObject | undefined): NamedPlace[] {
  const location = listField(objectField(enrichment, 'locationEnrichment'), 'location')
  const map = objectField(enrichment, 'mapEnrichment')
  return [...location, ...listField(map, 'origin'), ...listField(map, 'destination')]
    .map(asObject)
    .flatMap((place) => (place ? [readPlace(place)] : []))
}

/** E7 values are degrees × 10^7. */
function readPlace(place: JsonObject): NamedPlace {
  const name = textField(place, 'name') ?? ''
  const latitude = (numberField(place, 'latitudeE7') ?? 0) / 1e7
  const longitude = (numberField(place, 'longitudeE7') ?? 0) / 1e7
  return isPlace(latitude, longitude) ? { name, latitude, longitude } : { name }
}

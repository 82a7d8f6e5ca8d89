/**
 * What a media sidecar says, picked key by key: unknown keys and wrong types are passed over, the
 * file itself is kept byte for byte elsewhere. Fields and quirks: reference sidecar-json.md.
 * @module
 */
import type { Remark } from '../../../photos/library.ts'
import {
  asObject,
  field,
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

export interface Coordinates {
  latitude: number
  longitude: number
  altitude?: number
}

export interface Sidecar {
  /** As written; entities are decoded where the exported name proves them (names.ts). */
  title?: string
  description?: string
  /** `photoTakenTime`, seconds since 1970, UTC. */
  takenSeconds?: number
  /** `creationTime`: when it came into Google Photos. */
  uploadedSeconds?: number
  /** Position shown in the product, else the one from the file. */
  coordinates?: Coordinates
  people: string[]
  favorite: boolean
  archived: boolean
  trashed: boolean
  locked: boolean
  partner: boolean
  origin?: string
  /** What kind of thing the origin `composition` made: `COLLAGE` … */
  composition?: string
  deviceFolder?: string
  appSource?: string
  url?: string
  remarks: Remark[]
  /** Keys that no field here is for. */
  more?: Record<string, unknown>
}

/** Every key that a sidecar was seen with; the rest is handed on. */
const KNOWN = new Set([
  'title',
  'description',
  'imageViews',
  'creationTime',
  'photoTakenTime',
  'photoLastModifiedTime',
  'modificationTime',
  'geoData',
  'geoDataExif',
  'people',
  'favorited',
  'archived',
  'trashed',
  'inLockedFolder',
  'url',
  'googlePhotosOrigin',
  'appSource',
  'comments',
  'sharedAlbumComments',
])

export function readSidecar(json: JsonObject): Sidecar {
  const origin = objectField(json, 'googlePhotosOrigin')
  const mobile = objectField(origin, 'mobileUpload')
  return present({
    title: textField(json, 'title') || undefined,
    description: readDescription(json),
    takenSeconds: secondsField(json, 'photoTakenTime'),
    uploadedSeconds: secondsField(json, 'creationTime'),
    coordinates: readCoordinates(json, 'geoData') ?? readCoordinates(json, 'geoDataExif'),
    people: readPeople(json),
    favorite: field(json, 'favorited') === true,
    archived: field(json, 'archived') === true,
    trashed: field(json, 'trashed') === true,
    locked: field(json, 'inLockedFolder') === true,
    partner: origin !== undefined && Object.hasOwn(origin, 'fromPartnerSharing'),
    origin: originName(origin),
    composition: textField(objectField(origin, 'composition'), 'type') || undefined,
    deviceFolder: textField(objectField(mobile, 'deviceFolder'), 'localFolderName') || undefined,
    appSource: textField(objectField(json, 'appSource'), 'androidPackageName') || undefined,
    url: textField(json, 'url') || undefined,
    remarks: readRemarks(json, ['comments', 'sharedAlbumComments']),
    more: unknownFields(json, KNOWN),
  })
}

function readDescription(json: JsonObject): string | undefined {
  const text = textField(json, 'description')
  return text === undefined || text.trim() === '' ? undefined : decodeEntities(text)
}

function readPeople(json: JsonObject): string[] {
  const names = listField(json, 'people').map((person) => textField(asObject(person), 'name'))
  return [...new Set(names.filter((name) => name !== undefined && name.trim() !== ''))] as string[]
}

/** 0/0 means none, and so do values that are no place on earth. */
export function readCoordinates(json: JsonObject, key: string): Coordinates | undefined {
  const place = objectField(json, key)
  const latitude = numberField(place, 'latitude')
  const longitude = numberField(place, 'longitude')
  if (latitude === undefined || longitude === undefined) return undefined
  if (!isPlace(latitude, longitude)) return undefined
  const altitude = numberField(place, 'altitude')
  return altitude ? { latitude, longitude, altitude } : { latitude, longitude }
}

export function isPlace(latitude: number, longitude: number): boolean {
  if (latitude === 0 && longitude === 0) return false
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180
}

/** The one key of the object; its presence is the information. */
function originName(origin: JsonObject | undefined): string | undefined {
  const names = Object.keys(origin ?? {}).filter((name) => name !== '__proto__')
  return names.sort()[0]
}

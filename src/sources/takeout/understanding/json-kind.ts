/**
 * What a JSON file in a photo folder is: content first, name second (reference: sidecar-json.md,
 * "Telling the kinds apart").
 * @module
 */
import { mediaTypeOfName } from '../../../photos/embedded/media-type.ts'
import { asObject, type BoundedJson, field, type JsonObject, textField } from './bounded-json.ts'
import { isAlbumFileName, isOtherJsonName } from './folder-names.ts'
import { splitCounter, splitTitle, TOKEN, withoutToken } from './names.ts'

export type JsonKind = 'media' | 'album' | 'other'

/** Keys that only media sidecars have. */
const MEDIA_KEYS = [
  'creationTime',
  'photoLastModifiedTime',
  'modificationTime',
  'url',
  'imageViews',
  'googlePhotosOrigin',
  'geoDataExif',
  'people',
  'favorited',
  'archived',
  'trashed',
  'inLockedFolder',
  'appSource',
]
/** Keys that only album files have. */
const ALBUM_KEYS = ['albumData', 'access', 'enrichments', 'sharedAlbumComments', 'date']

/**
 * `name` is without `.json`; `mediaNames` are the names of the folder's media, with and without
 * extension and as long as a sidecar name may be.
 */
export function kindOfJson(
  name: string,
  json: BoundedJson,
  mediaNames: ReadonlySet<string>,
): JsonKind {
  if (isOtherJsonName(name)) return 'other'
  if ('problem' in json) return kindByName(name, mediaNames)
  const object = asObject(json.value)
  if (object === undefined) return 'other'
  if (field(object, 'photoTakenTime') !== undefined) return 'media'
  if (ALBUM_KEYS.some((key) => Object.hasOwn(object, key))) return 'album'
  const saysMedia = MEDIA_KEYS.some((key) => Object.hasOwn(object, key))
  const title = textField(object, 'title')
  if (title !== undefined) return saysMedia ? 'media' : kindOfTitled(name, title, mediaNames)
  const isPlausible = saysMedia || Object.hasOwn(object, 'geoData') || isEmpty(object)
  return isPlausible && namesMedia(name, mediaNames) ? 'media' : 'other'
}

const isEmpty = (object: JsonObject) => Object.keys(object).length === 0

/** Nothing but a title: an album file since 2025, or a sidecar that lost the rest. */
function kindOfTitled(name: string, title: string, mediaNames: ReadonlySet<string>): JsonKind {
  if (isAlbumFileName(name)) return 'album'
  const isMedia =
    namesMedia(name, mediaNames) || hasSidecarForm(name) || splitTitle(title).extension !== ''
  return isMedia ? 'media' : 'album'
}

function kindByName(name: string, mediaNames: ReadonlySet<string>): JsonKind {
  if (isAlbumFileName(name)) return 'album'
  return namesMedia(name, mediaNames) || hasSidecarForm(name) ? 'media' : 'other'
}

/** `x.jpg`, `x.jpg(1)`, `x.jpg.suppl`, `x.supplemental-metadata(2)`. */
function hasSidecarForm(name: string): boolean {
  const { base } = splitCounter(name)
  if (base.endsWith(TOKEN)) return true
  return isMediaName(base) || isMediaName(withoutToken(base) ?? '')
}

const isMediaName = (name: string) => /^(image|video)\//.test(mediaTypeOfName(name) ?? '')

/** Whether a media file of the folder may have a sidecar of this name. */
function namesMedia(name: string, mediaNames: ReadonlySet<string>): boolean {
  const { base } = splitCounter(name)
  return [name, base, withoutToken(base)].some((form) => form !== undefined && mediaNames.has(form))
}

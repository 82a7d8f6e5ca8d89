/**
 * First sorting of entries, by name and by what reading them brought: what is refused, damaged or
 * litter, what may be media, what is JSON. Nothing is passed over in silence.
 * @module
 */
import { mediaTypeOfName } from '../../../photos/embedded/media-type.ts'
import type { MediaFacts } from '../../../photos/media-facts.ts'
import type { SurveyedEntry } from '../surveyed.ts'

export type Sorting = 'rejected' | 'litter' | 'json' | 'media' | 'other'

/** Left by operating systems in re-packed archives. */
const LITTER_FILE = /^(\._.*|\.DS_Store|Thumbs\.db|desktop\.ini)$/i
const LITTER_FOLDER = /(^|\/)__MACOSX\//

export function isLitter(path: string): boolean {
  return LITTER_FOLDER.test(path) || LITTER_FILE.test(baseName(path))
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

export function isJsonName(name: string): boolean {
  return /.\.json$/i.test(name)
}

/** Files that photo folders hold beside photos, and that are none. */
const NO_MEDIA =
  /\.(txt|html?|xml|csv|pdf|docx?|xlsx?|pptx?|zip|tgz|gz|rar|7z|db|ini|log|md|url|lnk|xmp|aae|thm|tmp|part|crdownload|exe)$/i

/**
 * Media type of a file in a photo folder, or undefined when it is no photo or video. Content
 * decides; without it the name; a name that promises nothing is media until its bytes are read,
 * because motion clips come without extension.
 */
export function mediaTypeOf(name: string, facts: MediaFacts | undefined): string | undefined {
  if (THUMBNAIL.test(name)) return undefined
  const promised = onlyMedia(mediaTypeOfName(name))
  if (facts?.mediaType !== undefined) return onlyMedia(facts.mediaType) ?? promised
  if (promised !== undefined) return promised
  return facts === undefined && !NO_MEDIA.test(name) ? UNKNOWN_TYPE : undefined
}

/** Cameras write these beside a video: small pictures of it, in JPEG. */
const THUMBNAIL = /\.thm$/i

/** Of a file that is not read yet and whose name promises nothing. */
export const UNKNOWN_TYPE = 'application/octet-stream'

function onlyMedia(type: string | undefined): string | undefined {
  return type !== undefined && /^(image|video)\//.test(type) ? type : undefined
}

export function sortEntry(entry: SurveyedEntry, hasFailed: boolean): Sorting {
  if (entry.refused !== undefined || hasFailed) return 'rejected'
  if (isLitter(entry.path)) return 'litter'
  return isJsonName(baseName(entry.path)) ? 'json' : 'media'
}

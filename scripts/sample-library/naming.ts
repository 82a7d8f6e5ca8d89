/**
 * The names Takeout gives, as observed in real exports: the generator's own statement of the rule,
 * written apart from the importer's so that neither can repeat the other's mistake.
 *
 * All lengths are UTF-16 code units. A media name has at most 51 without its counter, a sidecar's
 * name at most 51 with `.json` and without its counter; a counter is added after cutting.
 * @module
 */
const MEDIA_UNITS = 51
const SIDECAR_STEM_UNITS = 46
const ALBUM_FOLDER_UNITS = 50

/** Sidecars ended in this from October 2024 on. */
const NEW_TOKEN = '.supplemental-metadata'

export type SidecarForm = 'old' | 'new'

/** What stands for a title in a file name. */
export function safeFileName(title: string): string {
  return title.replace(/[/'&?:*"<>|\\%#;\p{Cc}]/gu, '_')
}

/** What stands for a title in an album's folder name. */
export function albumFolderName(title: string): string {
  const safe = title.replaceAll('/', '-').replace(/['?:*"<>|\\%#;\p{Cc}]/gu, '_')
  return safe.slice(0, ALBUM_FOLDER_UNITS)
}

export interface NamedParts {
  stem: string
  extension: string
}

/** Stem and extension of a media file; `fallback` is what Google adds to a title without one. */
export function mediaNameParts(title: string, fallback: string): NamedParts {
  const safe = safeFileName(title)
  const own = /\.[A-Za-z0-9~]{2,5}$/.exec(safe)?.[0]
  const extension = own ?? fallback
  const whole = own === undefined ? safe : safe.slice(0, -own.length)
  return { stem: whole.slice(0, MEDIA_UNITS - extension.length), extension }
}

/** Name of an edited rendition: the suffix is cut off with the stem, in the extension it has. */
export function editedNameParts(parts: NamedParts, suffix: string, extension: string): NamedParts {
  return { stem: `${parts.stem}${suffix}`.slice(0, MEDIA_UNITS - extension.length), extension }
}

/** `(2)` for the second file of a name that was there already; empty for the first. */
export function counterText(count: number): string {
  return count === 0 ? '' : `(${count})`
}

/** Name of the sidecar of the media `parts`; a title without extension leaves it out here. */
export function sidecarName(
  parts: NamedParts,
  counter: string,
  form: SidecarForm,
  titleHasExtension: boolean,
): string {
  const full = titleHasExtension ? parts.stem + parts.extension : parts.stem
  const stem = (form === 'new' ? full + NEW_TOKEN : full).slice(0, SIDECAR_STEM_UNITS)
  return `${stem}${counter}.json`
}

/** Hands out counters: per folder and complete name. */
export class NameCounters {
  readonly #taken = new Map<string, number>()

  next(folder: string, { stem, extension }: NamedParts): string {
    const key = `${folder}/${stem}${extension}`
    const count = this.#taken.get(key) ?? 0
    this.#taken.set(key, count + 1)
    return counterText(count)
  }
}

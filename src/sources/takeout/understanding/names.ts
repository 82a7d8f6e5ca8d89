/**
 * How Takeout builds the name of a sidecar from the name of its media file. Model M of the
 * reference (matching.md), all lengths in UTF-16 code units:
 *
 *   media    cut(title stem, 51 − extension) + counter + extension
 *   sidecar  cut(stem + extension + ".supplemental-metadata", 46) + counter + ".json"
 *
 * The token was absent until early 2025; some exports of 2025/26 cut nothing; a title without
 * extension gives its sidecar none. From media to sidecar the model is deterministic, so candidates
 * are made from the media side and looked up. Nothing here compares beginnings or likeness.
 * @module
 */
import { mediaTypeOfName } from '../../../photos/embedded/media-type.ts'
import { nfc } from './text.ts'

export const TOKEN = '.supplemental-metadata'
/** Longest media name without its counter. */
export const MAX_MEDIA_UNITS = 51
/** Longest sidecar name without counter and `.json`. */
export const MAX_SIDECAR_UNITS = 46

export interface NameParts {
  stem: string
  /** With its dot, as written; empty when there is none. */
  extension: string
}

/** One way to read a media name: with its last bracket as Takeout's counter, or as title. */
export interface Reading extends NameParts {
  /** `(1)`, or empty. */
  counter: string
  /** 1 when the other reading is the likelier one. */
  unlikely: number
}

/** Splits off the extension. An unknown one is short and has a letter: `.jp`, but not `.2018`. */
export function splitName(name: string): NameParts {
  const dot = name.lastIndexOf('.')
  const extension = dot > 0 ? name.slice(dot) : ''
  return EXTENSION.test(extension) ? { stem: name.slice(0, dot), extension } : noExtension(name)
}

const EXTENSION = /^\.(?=.*[A-Za-z])[A-Za-z0-9]{1,5}(?:~\d+)?$/

/** Splits a title: only extensions of photos and videos are such, `20.06.13 - 9` has none. */
export function splitTitle(title: string): NameParts {
  const parts = splitName(title)
  return /^(image|video)\//.test(mediaTypeOfName(title) ?? '') ? parts : noExtension(title)
}

const noExtension = (stem: string): NameParts => ({ stem, extension: '' })

const COUNTER = /^(.+)(\([1-9]\d{0,5}\))$/s

/** Every way to read `name`. A number after a space usually belongs to the title. */
export function readings(name: string): Reading[] {
  const { stem, extension } = splitName(name)
  const asTitle = { stem, extension, counter: '', unlikely: 0 }
  const [, core, counter] = (stem.endsWith(')') && COUNTER.exec(stem)) || []
  if (core === undefined || counter === undefined) return [asTitle]
  const afterSpace = core.endsWith(' ')
  const asCounter = { stem: core, extension, counter, unlikely: afterSpace ? 1 : 0 }
  return afterSpace ? [asTitle, asCounter] : [asCounter, asTitle]
}

/** Title part and counter of a sidecar name without `.json`. */
export function splitCounter(name: string): { base: string; counter: string } {
  const [, base, counter] = (name.endsWith(')') && COUNTER.exec(name)) || []
  return base === undefined ? { base: name, counter: '' } : { base, counter: counter! }
}

/** `base` without the beginning of the token it ends with; undefined when it ends with none. */
export function withoutToken(base: string): string | undefined {
  for (let dot = base.lastIndexOf('.'); dot > 0; dot = base.lastIndexOf('.', dot - 1)) {
    if (TOKEN.startsWith(base.slice(dot))) return base.slice(0, dot)
    if (base.length - dot > TOKEN.length) return undefined
  }
  return undefined
}

export interface Candidate {
  /** `exact`: the whole sidecar name. `token`: what is left without any beginning of the token. */
  kind: 'exact' | 'token'
  name: string
  /** Lower is likelier. From 20 on the form says little alone. */
  rank: number
  /** Counts only when the sidecar's title agrees. */
  needsTitle?: boolean
}

/** From this rank on, a title that contradicts decides. */
export const WEAK_RANK = 20

/** The regular names of the sidecar of this reading, without counter and `.json`. */
export function strongCandidates({ stem, extension }: NameParts): Candidate[] {
  const full = stem + extension
  const found: Candidate[] = [
    { kind: 'exact', name: full + TOKEN, rank: 1 },
    { kind: 'exact', name: full, rank: 3 },
    { kind: 'token', name: full, rank: 5 },
  ]
  if (isWithinLimit(stem, extension)) {
    addCut(found, full + TOKEN, { rank: 0 })
    addCut(found, full, { rank: 2 })
  }
  return found
}

/** Names of titles without extension, and forms seen once or in tests only. */
export function weakCandidates({ stem, extension }: NameParts): Candidate[] {
  const full = stem + extension
  const found: Candidate[] = [{ kind: 'exact', name: `${full}.metadata`, rank: 50 }]
  const wasCut = isWithinLimit(stem, extension)
  if (!wasCut) addCut(found, full + TOKEN, { rank: 40, needsTitle: true })
  if (extension === '') return found
  if (wasCut) {
    addCut(found, stem + TOKEN, { rank: 20 })
    addCut(found, stem, { rank: 22 })
  }
  found.push(
    { kind: 'exact', name: stem + TOKEN, rank: 21 },
    { kind: 'exact', name: stem, rank: 23 },
    { kind: 'token', name: stem, rank: 24 },
  )
  for (let left = extension.length - 1; left > 0; left--) {
    const name = stem + extension.slice(0, left)
    found.push({ kind: 'token', name, rank: 30, needsTitle: true })
  }
  return found
}

function addCut(found: Candidate[], name: string, rest: Omit<Candidate, 'kind' | 'name'>): void {
  for (const cutName of cuts(name, MAX_SIDECAR_UNITS)) {
    found.push({ kind: 'exact', name: cutName, ...rest })
  }
}

/**
 * The first `units` of `text`. When that splits a character outside the basic plane, both without
 * and with the whole of it: which one Takeout writes is known from a single export only.
 */
export function cuts(text: string, units: number): string[] {
  if (text.length <= units || !isHighSurrogate(text, units - 1)) return [text.slice(0, units)]
  return [text.slice(0, units - 1), text.slice(0, units + 1)]
}

function isHighSurrogate(text: string, at: number): boolean {
  const unit = text.charCodeAt(at)
  return unit >= 0xd800 && unit <= 0xdbff
}

/** Whether Takeout, cutting as it usually does, can have written this name. */
export function isWithinLimit(stem: string, extension: string): boolean {
  const units = stem.length + extension.length
  if (units <= MAX_MEDIA_UNITS) return true
  return units === MAX_MEDIA_UNITS + 1 && isHighSurrogate(stem, stem.length - 2)
}

/** Whether nothing more fits into the name, so that a longer one would have been cut to it. */
export function isFull(stem: string, extension: string): boolean {
  return stem.length + extension.length >= MAX_MEDIA_UNITS
}

/** Characters that Takeout replaces by `_` in file names. */
const FORBIDDEN = /[/\\:*?"<>|&%#;'\p{Cc}]/gu

/** Title as it appears in names: forbidden characters replaced, composed, case ignored. */
function comparable(text: string): string {
  return nfc(text).replace(FORBIDDEN, '_').toLowerCase()
}

export type TitleFit = 'agrees' | 'unknown' | 'differs'

/** Whether a sidecar with this title can belong to a media file with this stem and extension. */
export function titleFit(title: string | undefined, { stem, extension }: NameParts): TitleFit {
  if (title === undefined || title === '') return 'unknown'
  const wanted = splitTitle(title)
  if (wanted.extension === '') return stemFits(title, stem, extension) ? 'agrees' : 'differs'
  const sameExtension = wanted.extension.toLowerCase() === extension.toLowerCase()
  if (sameExtension && stemFits(wanted.stem, stem, extension)) return 'agrees'
  // What looks like an extension may be the end of a title without one: `PXL_….MP` of `….MP.jpg`.
  return comparable(title) === comparable(stem) ? 'agrees' : 'differs'
}

/** The title's stem, replaced and cut, is the name's. `_` stands for any one character. */
function stemFits(titleStem: string, stem: string, extension: string): boolean {
  const title = comparable(titleStem)
  const name = comparable(stem)
  if (title.length < name.length) return false
  if (title.length > name.length && !isAtLimit(name, extension)) return false
  for (let at = 0; at < name.length; at++) {
    if (name[at] !== title[at] && name[at] !== '_') return false
  }
  return true
}

/** One unit of play for a character that the cut would have split. */
function isAtLimit(stem: string, extension: string): boolean {
  return Math.abs(stem.length + extension.length - MAX_MEDIA_UNITS) <= 1
}

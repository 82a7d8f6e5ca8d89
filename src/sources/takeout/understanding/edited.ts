/**
 * Edited renditions: media without a sidecar of their own whose name is that of an original plus a
 * localized suffix, maybe cut, maybe cut to nothing. They share the original's metadata
 * (reference: variants.md).
 *
 * An own sidecar always wins. The original is looked for under the complete name before the last
 * dash; a word no table knows counts only beside an original that is really there.
 * @module
 */
import { mediaTypeOfName } from '../../../photos/embedded/media-type.ts'
import { suffixStrength } from './edited-suffixes.ts'
import { isFull, type NameParts, type Reading, splitCounter, withoutToken } from './names.ts'
import { mediaByStem, stemKey, timesAgree } from './owners.ts'
import type { SidecarIndex } from './sidecar-index.ts'
import { groupBy } from './text.ts'
import type { Folder, MediaFile, SidecarFile } from './tree.ts'

export function findEdited(folder: Folder, index: SidecarIndex): void {
  const free = folder.media.filter((media) => !media.sidecar && media.ambiguous === undefined)
  if (free.length === 0) return
  const search = { byStem: mediaByStem(folder.media), index }
  const found = free.map((media) => [media, originalOf(media, search)] as const)
  for (const [media, origin] of found) if (origin) attach(media, origin)
  attachFullStems(free.filter(({ isEdited }) => !isEdited))
}

interface Search {
  byStem: Map<string, MediaFile[]>
  index: SidecarIndex
}

/** The original, or its sidecar when the original is not in the export. */
type Origin = { media: MediaFile } | { sidecar: SidecarFile }

function attach(media: MediaFile, origin: Origin): void {
  media.isEdited = true
  if ('media' in origin) media.editedOf = origin.media
  else {
    media.inherited = origin.sidecar
    origin.sidecar.used = true
  }
}

/** What stands before and after the last dash, which every suffix begins with. */
interface Marked extends NameParts {
  counter: string
  strength: 'known' | 'cut' | 'letters'
}

function originalOf(media: MediaFile, search: Search): Origin | undefined {
  const marked = splitSuffix(media.readings.find(({ counter }) => counter) ?? media.readings[0]!)
  if (marked === undefined) return undefined
  return originAt(media, marked, search) ?? lastResort(media, marked, search)
}

/**
 * `X-edited(1)` when of `X` there is nothing in the folder but one un-numbered sidecar, which then
 * can only be its own (immich-go#756). With anything else of that name it would be a guess.
 */
function lastResort(media: MediaFile, marked: Marked, { byStem, index }: Search) {
  if (marked.counter === '' || marked.strength === 'letters') return undefined
  const unnumbered = { ...marked, counter: '' }
  const rendition = stemKey(media.readings[0]!.stem, '')
  const namesakes = [stemKey(marked.stem, ''), rendition].flatMap((key) => byStem.get(key) ?? [])
  if (namesakes.some((other) => other !== media)) return undefined
  const sidecar = regularSidecar(unnumbered, index)
  return sidecar && { sidecar }
}

function splitSuffix({ stem, extension, counter }: Reading): Marked | undefined {
  const dash = stem.lastIndexOf('-')
  if (dash <= 0) return undefined
  const suffix = stem.slice(dash + 1)
  const strength = suffixStrength(suffix)
  const isCutHere = isFull(stem, extension)
  if (strength === undefined || (suffix === '' && !isCutHere)) return undefined
  // One letter is a cut suffix only where the name is full; elsewhere it is just a letter.
  const isLetter = strength === 'cut' && suffix.length < 2 && !isCutHere
  const base = { stem: stem.slice(0, dash), extension, counter }
  return { ...base, strength: isLetter ? 'letters' : strength }
}

/** Under its own extension, else under one that editing replaces. */
function originAt(media: MediaFile, marked: Marked, search: Search): Origin | undefined {
  const key = stemKey(marked.stem, marked.counter)
  const candidates = (search.byStem.get(key) ?? []).filter(
    (other) => other !== media && isSameKind(media, other) && mayBeOriginal(media, other, marked),
  )
  const same = sameExtension(marked, candidates)
  if (same) return { media: same }
  const named = marked.strength === 'letters' ? undefined : regularSidecar(marked, search.index)
  if (named) return { sidecar: named }
  const changed = candidates.filter(({ name }) => mayBecome(mediaTypeOfName(name), marked))
  const described = changed.filter(({ sidecar }) => sidecar)
  const original = onlyOne(described) ?? onlyOne(changed)
  if (original) return { media: original }
  if (candidates.length > 0 || marked.strength === 'letters') return undefined
  const sidecar = onlyOne(changedSidecars(marked, search.index))
  return sidecar && { sidecar }
}

const onlyOne = <T>(found: readonly T[]): T | undefined =>
  found.length === 1 ? found[0] : undefined

function sameExtension({ extension }: Marked, candidates: readonly MediaFile[]) {
  const extensionOf = ({ readings: [first] }: MediaFile) => first!.extension
  const exact = candidates.filter((other) => extensionOf(other) === extension)
  const inAnyCase = candidates.filter(
    (other) => extensionOf(other).toLowerCase() === extension.toLowerCase(),
  )
  return onlyOne(exact) ?? onlyOne(inAnyCase)
}

/** A word of no table needs an original with a sidecar, and no contradicting time. */
function mayBeOriginal(media: MediaFile, original: MediaFile, { strength }: Marked): boolean {
  if (strength === 'known') return true
  return original.sidecar !== undefined && timesAgree(media, original.sidecar) !== false
}

const isSameKind = (a: MediaFile, b: MediaFile) =>
  a.kind === undefined || b.kind === undefined || a.kind === b.kind

/** Editing makes a JPEG of every other picture, and an MP4 of every other video. */
function mayBecome(original: string | undefined, { stem, extension }: NameParts): boolean {
  const rendition = mediaTypeOfName(stem + extension)
  if (original === undefined || rendition === undefined) return true
  const isChange = rendition === 'image/jpeg' || rendition === 'video/mp4'
  return isChange && original !== rendition && original.split('/')[0] === rendition.split('/')[0]
}

/** The sidecar of an original that is not here, under its regular names. */
function regularSidecar({ stem, extension, counter }: Marked, index: SidecarIndex) {
  const hits = index
    .findRegular({ stem, extension, counter, unlikely: 0 })
    .filter(({ sidecar }) => isFree(sidecar))
  return hits.sort((a, b) => a.order - b.order)[0]?.sidecar
}

function changedSidecars(marked: Marked, index: SidecarIndex): SidecarFile[] {
  return index
    .ofStem(marked.stem, marked.counter)
    .filter((sidecar) => isFree(sidecar) && mayBecome(describedType(sidecar), marked))
}

function describedType({ name, record }: SidecarFile): string | undefined {
  const { base } = splitCounter(name)
  return mediaTypeOfName(withoutToken(base) ?? base) ?? mediaTypeOfName(record?.title ?? '')
}

/** Several edited renditions may share the sidecar of an absent original. */
const isFree = ({ owner, ambiguous }: SidecarFile) => owner === undefined && !ambiguous

/**
 * When nothing of the suffix fits, the rendition is numbered like a second photo of that name, but
 * has no sidecar. Only one can be; several are reported.
 */
function attachFullStems(free: readonly MediaFile[]): void {
  const numbered = free.filter(({ readings: [first] }) => first!.counter && fills(first!))
  const groups = groupBy(numbered, ({ readings: [first] }) => first!.stem + first!.extension)
  const owners = numbered[0]?.folder.media.filter(({ sidecar }) => sidecar) ?? []
  const byName = new Map(owners.map((media) => [media.name, media]))
  for (const [name, renditions] of groups) {
    const original = byName.get(name)
    const sidecar = original?.sidecar
    if (!original || !sidecar) continue
    const possible = renditions.filter((media) => timesAgree(media, sidecar) !== false)
    if (possible.length === 1) attach(possible[0]!, { media: original })
    else
      for (const media of possible) media.ambiguous = `it may be an edited rendition of "${name}"`
  }
}

const fills = ({ stem, extension }: NameParts) => isFull(stem, extension)

/**
 * Which still a clip belongs to: the moving half of Apple's live photos and Android's motion photos
 * (reference: variants.md).
 *
 *   IMG_1.HEIC + IMG_1.MP4 or .MOV        same stem, same counter
 *   PXL_….MP.jpg + PXL_….MP               the still's name without extension
 *   PXL_….MP~2.jpg + PXL_….MP~2           a saved copy with its own clip
 *   MVIMG_….jpg + MVIMG_…                 the clip has no extension
 *   IMG_1.HEIC + IMG_1(1).HEIC            the clip under the still's extension: content tells
 *
 * Equal content identifiers decide regardless of names. By name a still has one clip and a clip one
 * still, or nothing is joined and the person is told.
 * @module
 */
import { parseInstant } from '../../../photos/zones.ts'
import type { Contents } from './contents.ts'
import { comparePreference } from './drafts.ts'
import { titleFit } from './names.ts'
import { mediaByStem, stemKey } from './owners.ts'
import { compareText, groupBy, pushTo } from './text.ts'
import type { Folder, MediaFile } from './tree.ts'

/** Live and motion clips last up to 4 s, some 6; anything much longer is a video of its own. */
const LONGEST_CLIP_MS = 10_000
/** The clip starts up to 1.5 s before the still; clouds round. */
const SAME_SHOT_SECONDS = 2

export function findClips(folder: Folder, contents: Contents): void {
  const stills = folder.media.filter(isStill)
  const clips = folder.media.filter((media) => mayBeClip(media))
  if (stills.length === 0 || clips.length === 0) return
  joinByIdentifier(clips, stills, contents)
  const left = clips.filter(({ clipOf }) => !clipOf)
  joinByName(left, mediaByStem(stills), contents)
}

/** Equal content identifiers in other folders, parts and exports: an album may have but the clip. */
export function findClipsAcrossFolders(media: readonly MediaFile[], contents: Contents): void {
  const marked = media.filter(({ facts }) => facts?.contentIdentifier !== undefined)
  const clips = marked.filter((file) => mayBeClip(file) && !file.clipOf)
  joinByIdentifier(clips, marked.filter(isStill), contents)
}

const isStill = ({ kind, isEdited }: MediaFile) => kind === 'image' && !isEdited

function mayBeClip({ kind, isEdited, readings, ambiguous }: MediaFile): boolean {
  if (isEdited || ambiguous !== undefined) return false
  return kind === 'video' || (kind === undefined && readings[0]!.extension === '')
}

function joinByIdentifier(
  clips: readonly MediaFile[],
  stills: readonly MediaFile[],
  contents: Contents,
): void {
  const byIdentifier = groupBy(stills, ({ facts }) => facts?.contentIdentifier)
  for (const clip of clips) {
    const identifier = clip.facts?.contentIdentifier
    const same = identifier === undefined ? undefined : byIdentifier.get(identifier)
    if (same && areOneContent(same, contents)) clip.clipOf = same.sort(comparePreference)[0]!
  }
}

function areOneContent(files: readonly MediaFile[], contents: Contents): boolean {
  return new Set(files.map(({ entries }) => contents.groupOf(entries[0]!.index))).size === 1
}

function joinByName(
  clips: readonly MediaFile[],
  stills: Map<string, MediaFile[]>,
  contents: Contents,
): void {
  const taken = new Set(clips.map(({ clipOf }) => clipOf))
  const suitors = new Map<MediaFile, MediaFile[]>()
  for (const clip of clips) {
    const possible = stillsFor(clip, stills).filter((still) => !taken.has(still))
    const still = chooseStill(clip, possible)
    if (still) pushTo(suitors, still, clip)
    else if (possible.length > 1 && !clip.sidecar) tellApart(clip, possible)
  }
  for (const [still, rivals] of suitors) {
    if (areOneContent(rivals, contents)) for (const clip of rivals) clip.clipOf = still
    else for (const clip of rivals) tellApart(clip, [still])
  }
}

function tellApart(clip: MediaFile, stills: readonly MediaFile[]): void {
  const names = stills.map(({ name }) => `"${name}"`).sort(compareText)
  clip.ambiguous = `it may be the clip of ${names.join(' or ')}`
}

function stillsFor(clip: MediaFile, stills: Map<string, MediaFile[]>): MediaFile[] {
  const found: MediaFile[] = []
  for (const { stem, extension, counter } of clip.readings) {
    // `PXL_….MP` has the stem of `PXL_….MP.jpg` as its whole name; only else is it like `….jpg`.
    const whole = stills.get(stemKey(stem + extension, counter)) ?? []
    const alike = stills.get(stemKey(stem, counter)) ?? []
    found.push(...(whole.length > 0 ? whole : alike))
  }
  if (found.length === 0) found.push(...stillUnderSameName(clip, stills))
  return [...new Set(found)].filter((still) => mayBelong(clip, still))
}

/** A clip delivered as `IMG_1(1).HEIC` collides with its own still, whose counter then differs. */
function stillUnderSameName({ readings }: MediaFile, stills: Map<string, MediaFile[]>) {
  const [{ stem, extension, counter }] = readings as [MediaFile['readings'][0]]
  if (counter === '') return []
  const same = stills.get(stemKey(stem, '')) ?? []
  return same.filter(({ readings: [first] }) => isSameExtension(first!.extension, extension))
}

const isSameExtension = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()

function mayBelong(clip: MediaFile, still: MediaFile): boolean {
  if (still === clip || still.isRaw) return false
  const identifiers = [clip.facts?.contentIdentifier, still.facts?.contentIdentifier]
  if (!identifiers.includes(undefined) && identifiers[0] !== identifiers[1]) return false
  if ((clip.facts?.durationMs ?? 0) > LONGEST_CLIP_MS) return false
  return !clip.sidecar || sharesSidecar(clip, still)
}

/**
 * Rarely a clip has a sidecar of its own. It then carries the still's title, or its very time;
 * a video of its own does neither.
 */
function sharesSidecar({ sidecar }: MediaFile, still: MediaFile): boolean {
  const [reading] = still.readings
  if (titleFit(sidecar!.record?.title, reading!) === 'agrees' && reading!.extension !== '') {
    return sidecar!.record!.title!.toLowerCase().endsWith(reading!.extension.toLowerCase())
  }
  const times = [sidecar!.record?.takenSeconds, still.sidecar?.record?.takenSeconds]
  const [clipSeconds, stillSeconds] = times
  if (clipSeconds === undefined || stillSeconds === undefined) return false
  return Math.abs(clipSeconds - stillSeconds) <= SAME_SHOT_SECONDS
}

/** The only still; of several the one of the same second, else the only HEIC. */
function chooseStill(clip: MediaFile, stills: readonly MediaFile[]): MediaFile | undefined {
  if (stills.length <= 1) return stills[0]
  const timely = stills.filter((still) => isSameMoment(clip, still))
  if (timely.length === 1) return timely[0]
  const heic = stills.filter(({ mediaType }) => /^image\/hei[cf]$/.test(mediaType))
  return heic.length === 1 && !hasNumberedTwin(clip) ? heic[0] : undefined
}

function isSameMoment({ facts }: MediaFile, { sidecar }: MediaFile): boolean {
  const clip = parseInstant(facts?.quickTimeInstant)
  const still = sidecar?.record?.takenSeconds
  return clip !== undefined && still !== undefined && Math.abs(clip - still) <= SAME_SHOT_SECONDS
}

/** Two clips of one name: one for the HEIC, one for the JPEG, and nobody knows which. */
function hasNumberedTwin({ folder, readings: [first], name }: MediaFile): boolean {
  const twins = folder.media.filter(
    (media) =>
      media.name !== name &&
      media.kind === 'video' &&
      !media.clipOf &&
      media.readings[0]!.stem === first!.stem,
  )
  return twins.length > 0
}

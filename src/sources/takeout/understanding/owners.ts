/**
 * Gives every sidecar of a folder to the media file it was made for. All claims are made first and
 * settled best first, so that nobody takes what belongs to another; equal claims are decided by the
 * capture time inside the file, or reported, never guessed.
 * @module
 */
import { inferOffset, parseInstant, parseLocal } from '../../../photos/zones.ts'
import { type Hit, misplacedCounter, SidecarIndex } from './sidecar-index.ts'
import { compareText, groupBy, pushTo } from './text.ts'
import type { Folder, MediaFile, SidecarFile } from './tree.ts'

export interface Claim extends Hit {
  media: MediaFile
}

export function findOwners(folder: Folder): SidecarIndex {
  const index = new SidecarIndex(folder.sidecars)
  settle(folder.media.flatMap((media) => claimsOf(media, hitsOf(media, index))))
  const left = folder.media.filter((media) => !media.sidecar && media.ambiguous === undefined)
  if (folder.sidecars.some(({ used }) => !used)) {
    settle(left.flatMap((media) => claimsOf(media, hitsInAnyCase(media, index))))
  }
  return index
}

/** The weak forms matter only where no regular one is confirmed by its title. */
export function hitsOf(media: MediaFile, index: SidecarIndex): Hit[] {
  const regular = media.readings.flatMap((reading) => index.findRegular(reading))
  if (regular.some(({ order }) => order < CONFIRMED_ORDER)) return regular
  return [...regular, ...readingsOf(media).flatMap((reading) => index.findWeak(reading))]
}

function hitsInAnyCase(media: MediaFile, index: SidecarIndex): Hit[] {
  const hits = readingsOf(media).flatMap((reading) => index.findIgnoringCase(reading))
  return hits.filter(({ sidecar }) => !sidecar.used)
}

export function claimsOf(media: MediaFile, hits: readonly Hit[]): Claim[] {
  const best = new Map<SidecarFile, Claim>()
  for (const { sidecar, order } of hits) {
    const known = best.get(sidecar)
    if (known === undefined || order < known.order) best.set(sidecar, { media, sidecar, order })
  }
  return [...best.values()]
}

/** Titles without extension may have their counter before the last dot. */
function readingsOf(media: MediaFile) {
  const odd = misplacedCounter(media.readings.at(-1)!)
  return odd ? [...media.readings, odd] : media.readings
}

export function settle(claims: readonly Claim[]): void {
  const ofMedia = groupBy(claims, ({ media }) => media)
  const ofSidecar = groupBy(claims, ({ sidecar }) => sidecar)
  const isOnly = ({ media, sidecar }: Claim) =>
    ofMedia.get(media)!.length === 1 && ofSidecar.get(sidecar)!.length === 1
  for (const claim of claims) if (isOnly(claim)) take(claim)
  for (const claim of claims.filter((each) => !isOnly(each)).sort(compareClaims)) {
    if (isOpen(claim)) settleOne(claim, ofMedia.get(claim.media)!, ofSidecar.get(claim.sidecar)!)
  }
  for (const [media, all] of ofMedia) if (all.length > 1) keepAlternatives(media, all)
}

function settleOne(claim: Claim, ofMedia: readonly Claim[], ofSidecar: readonly Claim[]): void {
  const isRival = (other: Claim) => other.order === claim.order && isOpen(other)
  const rivals = [
    ...ofMedia.filter(isRival),
    ...ofSidecar.filter((other) => isRival(other) && samePriority(claim, other)),
  ]
  const winner = rivals.every((other) => other === claim) ? claim : decide(rivals)
  if (winner) take(winner)
  else for (const rival of rivals) reportRival(rival, rivals)
}

function compareClaims(a: Claim, b: Claim): number {
  return (
    a.order - b.order ||
    priority(a.media) - priority(b.media) ||
    compareText(a.media.name, b.media.name) ||
    compareText(a.sidecar.name, b.sidecar.name)
  )
}

/** In old exports a clip and its still share `IMG_1.json`; it is the still's. */
const priority = ({ kind }: MediaFile) => (kind === 'video' ? 1 : 0)
const samePriority = (a: Claim, b: Claim) => priority(a.media) === priority(b.media)

function isOpen({ media, sidecar }: Claim): boolean {
  return !media.sidecar && !sidecar.used && media.ambiguous === undefined && !sidecar.ambiguous
}

function take({ media, sidecar }: Claim): void {
  media.sidecar = sidecar
  sidecar.owner = media
  sidecar.used = true
}

/** Among equal claims: the one whose file says the sidecar's time; equal sidecars are one. */
function decide(rivals: Claim[]): Claim | undefined {
  const timely = rivals.filter(({ media, sidecar }) => timesAgree(media, sidecar) === true)
  if (timely.length === 1) return timely[0]
  const likely = rivals.filter(({ media, sidecar }) => timesAgree(media, sidecar) !== false)
  const [only, ...more] = likely.filter(isSameMoment).concat(likely.filter(isSamePlace))
  if (only && more.every((other) => other === only)) return only
  const medias = new Set(rivals.map(({ media }) => media))
  const times = new Set(rivals.map(({ sidecar }) => sidecar.record?.takenSeconds))
  return medias.size === 1 && times.size === 1 && !times.has(undefined) ? rivals[0] : undefined
}

/** Whether the file's own clock can be the sidecar's instant; undefined when nobody knows. */
export function timesAgree(media: MediaFile, sidecar: SidecarFile): boolean | undefined {
  const local = parseLocal(media.facts?.takenLocal)
  const taken = sidecar.record?.takenSeconds
  if (local === undefined || taken === undefined) return undefined
  return inferOffset(local, taken) !== undefined
}

/** Google takes the time of a video from its header. */
export function isSameMoment({ media, sidecar }: Pick<Claim, 'media' | 'sidecar'>): boolean {
  const header = parseInstant(media.facts?.quickTimeInstant)
  const taken = sidecar.record?.takenSeconds
  if (header === undefined || taken === undefined) return false
  return Math.abs(header - taken) <= ROUNDING_SECONDS
}

const ROUNDING_SECONDS = 2

function isSamePlace({ media, sidecar }: Claim): boolean {
  const { latitude, longitude } = media.facts ?? {}
  const shown = sidecar.record?.coordinates
  if (latitude === undefined || longitude === undefined || shown === undefined) return false
  const apart = Math.max(Math.abs(shown.latitude - latitude), Math.abs(shown.longitude - longitude))
  return apart <= SAME_PLACE_DEGREES
}

/** Sidecars round to seven decimals; about ten metres. */
const SAME_PLACE_DEGREES = 1e-4

function reportRival({ media, sidecar }: Claim, rivals: Claim[]): void {
  const names = (paths: string[]) => [...new Set(paths)].sort(compareText).join('" and "')
  const medias = names(rivals.map((rival) => rival.media.name))
  const sidecars = names(rivals.map((rival) => `${rival.sidecar.name}.json`))
  const what = `the sidecar "${sidecars}" may belong to "${medias}"`
  media.ambiguous = what
  sidecar.ambiguous = what
}

/** The same sidecar in the name form of another generation, as in merged exports. */
function keepAlternatives(media: MediaFile, claims: Claim[]): void {
  const own = media.sidecar
  if (!own) return
  for (const { sidecar, order } of claims) {
    if (sidecar.used || sidecar.ambiguous || order >= STRONG_ORDER) continue
    if (sidecar.record?.takenSeconds !== own.record?.takenSeconds) continue
    sidecar.used = true
    sidecar.owner = media
    media.otherSidecars.push(sidecar)
  }
}

/** Below: the title agrees, and the form of the name is a regular one. */
const CONFIRMED_ORDER = 200
/** Title agrees or is unknown, and the form of the name is a regular one. */
const STRONG_ORDER = 10_000 + CONFIRMED_ORDER

/** Media of a folder by stem and counter, in every reading. */
export function mediaByStem(media: readonly MediaFile[]): Map<string, MediaFile[]> {
  const byStem = new Map<string, MediaFile[]>()
  for (const file of media) {
    for (const { stem, counter } of file.readings) pushTo(byStem, stemKey(stem, counter), file)
  }
  return byStem
}

export const stemKey = (stem: string, counter: string) => `${stem}\0${counter}`

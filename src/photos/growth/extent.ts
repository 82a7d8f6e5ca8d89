/**
 * Whether an export is the whole library or a piece of it. Only of a whole one may be concluded
 * that what it lacks is gone; in doubt it counts as a piece.
 * @module
 */
import type { KeptItem } from './library.ts'

export interface Extent {
  /** `first`: nothing was known before, so nothing can be missing. */
  kind: 'first' | 'full' | 'incremental'
  /** Somebody said so. */
  told: boolean
  /** Items that Google Photos was known to have, and how many of them are in this export. */
  known: number
  present: number
  /** Why, in words. */
  reason: string
}

export interface ExtentEvidence {
  told?: 'full' | 'incremental'
  /** Why the export cannot be whole: a part is missing, a file could not be read. */
  gap?: string
  /** Time stamps of this export and of the newest one seen before; may be unknown. */
  stamp?: string
  newestStamp?: string
  /** Titles of the known albums, and which of them came again. */
  albums: { known: number; present: number }
}

/** Below this share of the known items nobody would call it whole. */
const WHOLE_SHARE = 0.8
/** No stretch of the years may be lacking by more. */
const STRETCH_SHARE = 0.5
const MOST_STRETCHES = 10
/** Fewer items tell nothing about a stretch. */
const LEAST_IN_STRETCH = 5
const ALBUM_SHARE = 0.5

/** `known`: what Google Photos has, as far as anybody knew before this import. */
export function judgeExtent(
  known: readonly KeptItem[],
  isPresent: (item: KeptItem) => boolean,
  evidence: ExtentEvidence,
): Extent {
  const { told } = evidence
  const present = known.filter(isPresent).length
  const counts = { told: told !== undefined, known: known.length, present }
  const piece = (reason: string): Extent => ({ ...counts, kind: 'incremental', reason })
  if (known.length === 0) return { ...counts, kind: 'first', reason: 'nothing was known before' }
  if (told === 'incremental') return piece('you said so')
  if (evidence.gap !== undefined) return piece(evidence.gap)
  const { stamp = '', newestStamp = '' } = evidence
  if (stamp < newestStamp) return piece('a newer export was imported before')
  if (told === 'full') return { ...counts, kind: 'full', reason: 'you said so' }
  const lacking = whatIsLacking(known, isPresent, evidence)
  if (lacking !== undefined) return piece(lacking)
  return { ...counts, kind: 'full', reason: 'it holds what was known, of all years' }
}

function whatIsLacking(
  known: readonly KeptItem[],
  isPresent: (item: KeptItem) => boolean,
  { albums }: ExtentEvidence,
): string | undefined {
  const share = known.filter(isPresent).length / known.length
  if (share < WHOLE_SHARE) return `it holds ${Math.floor(share * 100)} % of what was known`
  const inOrder = [...known].sort((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1))
  const stretches = Math.max(
    1,
    Math.min(MOST_STRETCHES, Math.floor(known.length / LEAST_IN_STRETCH)),
  )
  for (let at = 0; at < stretches; at++) {
    const [from, to] = [at, at + 1].map((edge) => Math.floor((edge * known.length) / stretches))
    const stretch = inOrder.slice(from, to)
    if (stretch.filter(isPresent).length >= stretch.length * STRETCH_SHARE) continue
    return `most of what was taken around ${timeOf(stretch[0]!).slice(0, 4)} is not in it`
  }
  const lacksAlbums = albums.present < albums.known * ALBUM_SHARE
  return lacksAlbums ? `only ${albums.present} of ${albums.known} albums are in it` : undefined
}

const timeOf = ({ taken }: KeptItem) => taken?.instant ?? taken?.local ?? '9999'

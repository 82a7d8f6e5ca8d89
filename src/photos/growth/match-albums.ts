/**
 * Which arriving album is which known one. Takeout gives albums no id, and numbers the folders of
 * equal titles anew in every export, so it is decided by evidence, best first:
 *
 *   the id that its service gave it          proves or disproves
 *   title, and the date of the album file    must not contradict each other
 *   date to the second, description          equal ones outweigh members
 *   members in common                        the larger share of both together, the better
 *   nothing but the title                    enough when both sides have one such album only
 *
 * Pairs are settled from the best evidence down. Where equal evidence leaves a choice, the albums
 * stay apart and are named, unless it does not matter: they say and hold the same.
 * @module
 */
import type { Album } from '../library.ts'

/** An album as far as it is evidence; members are ids that both sides share. */
export interface AlbumEvidence
  extends Pick<Album, 'title' | 'date' | 'instant' | 'description' | 'folders' | 'remoteId'> {
  members: ReadonlySet<string>
  /** Decides where a choice does not matter; unique on its side. */
  key: string
}

export interface AlbumMatches<A, K> {
  known: Map<A, K>
  /** Arriving albums that could be several known ones, or share one with others. */
  ambiguous: Set<A>
}

interface Pair<A, K> {
  arriving: A
  known: K
  score: number
}

/** What is known beside the evidence: they are one, they are not, or evidence must tell. */
export type Foreknowledge = 'one' | 'two' | undefined

export function matchAlbums<A extends AlbumEvidence, K extends AlbumEvidence>(
  arriving: readonly A[],
  known: readonly K[],
  foreknown: (arriving: A, known: K) => Foreknowledge = () => undefined,
): AlbumMatches<A, K> {
  const matches: AlbumMatches<A, K> = { known: new Map(), ambiguous: new Set() }
  const pairs = possiblePairs(arriving, known, foreknown)
  const settled = new Set<K>()
  const isOpen = (pair: Pair<A, K>) =>
    !matches.known.has(pair.arriving) &&
    !matches.ambiguous.has(pair.arriving) &&
    !settled.has(pair.known)
  const scores = [...new Set(pairs.map(({ score }) => score))].sort((a, b) => b - a)
  const byScore = groups(pairs, ({ score }) => score)
  for (const score of scores) {
    for (const bundle of bundles(byScore.get(score)!.filter(isOpen))) {
      if (score > NOTHING) settle(bundle, matches)
      else for (const one of bundle.arriving) matches.ambiguous.add(one)
      for (const one of bundle.known) settled.add(one)
    }
  }
  return matches
}

/** Albums that equal evidence ties together. */
interface Bundle<A, K> {
  arriving: A[]
  known: K[]
  pairs: number
}

function settle<A extends AlbumEvidence, K extends AlbumEvidence>(
  { arriving, known, pairs }: Bundle<A, K>,
  matches: AlbumMatches<A, K>,
): void {
  const isWhole = pairs === arriving.length * known.length
  const isOne = arriving.length === 1 && known.length === 1
  const isSame =
    (areTwins(arriving) && arriving.length >= known.length) ||
    (areTwins(known) && known.length >= arriving.length)
  if (!isOne && !(isWhole && isSame)) {
    for (const one of arriving) matches.ambiguous.add(one)
    return
  }
  const [left, right] = [arriving.sort(byKey), known.sort(byKey)]
  left.forEach((one, at) => {
    const other = right[at]
    if (other) matches.known.set(one, other)
  })
}

const byKey = (a: AlbumEvidence, b: AlbumEvidence) => (a.key < b.key ? -1 : 1)

/** Whether nobody can tell them from each other, and nobody needs to. */
function areTwins(albums: readonly AlbumEvidence[]): boolean {
  const looks = albums.map(({ title, date, instant, description, members }) =>
    JSON.stringify([title, date, instant, description, [...members].sort()]),
  )
  return new Set(looks).size === 1
}

function bundles<A, K>(pairs: readonly Pair<A, K>[]): Bundle<A, K>[] {
  const ofArriving = groups(pairs, ({ arriving }) => arriving)
  const ofKnown = groups(pairs, ({ known }) => known)
  const seen = new Set<Pair<A, K>>()
  return pairs.flatMap((first) => {
    if (seen.has(first)) return []
    const tied = new Set([first])
    for (const pair of tied) {
      seen.add(pair)
      for (const next of ofArriving.get(pair.arriving)!) tied.add(next)
      for (const next of ofKnown.get(pair.known)!) tied.add(next)
    }
    const arriving = [...new Set([...tied].map((pair) => pair.arriving))]
    const known = [...new Set([...tied].map((pair) => pair.known))]
    return [{ arriving, known, pairs: tied.size }]
  })
}

function possiblePairs<A extends AlbumEvidence, K extends AlbumEvidence>(
  arriving: readonly A[],
  known: readonly K[],
  foreknown: (arriving: A, known: K) => Foreknowledge,
): Pair<A, K>[] {
  const byName = new Map<string, K[]>()
  for (const one of known) for (const name of namesOf(one)) pushTo(byName, name, one)
  const pairs = arriving.flatMap((album) => {
    const namesakes = new Set(namesOf(album).flatMap((name) => byName.get(name) ?? []))
    return [...namesakes].flatMap((one) => pairOf(album, one, foreknown(album, one)) ?? [])
  })
  const ofArriving = groups(pairs, (pair) => pair.arriving)
  const ofKnown = groups(pairs, (pair) => pair.known)
  const isOnly = (pair: Pair<A, K>) =>
    ofArriving.get(pair.arriving)!.length === 1 && ofKnown.get(pair.known)!.length === 1
  return pairs.flatMap(({ isEvident, ...pair }) => {
    if (isEvident) return pair
    if (pair.arriving.title === '') return [] // that neither has a name proves nothing
    return isOnly(pair) ? pair : { ...pair, score: NOTHING }
  })
}

function pairOf<A extends AlbumEvidence, K extends AlbumEvidence>(
  arriving: A,
  known: K,
  foreknown: Foreknowledge,
): (Pair<A, K> & { isEvident: boolean }) | undefined {
  if (foreknown === 'one') return { arriving, known, score: FOREKNOWN, isEvident: true }
  if (foreknown === 'two' || !canBeOne(arriving, known)) return undefined
  return { arriving, known, ...weigh(arriving, known) }
}

const FOREKNOWN = 1000
const REMOTE = 100
const SAME_MOMENT = 8
const SAME_WORDS = 4
const SAME_TITLE = 2
/** An export may leave the description out, but mostly it is not there because there is none. */
const NO_WORDS_EITHER = 1 / 1024
const NOTHING = 0
/** With other dates, most of them must be the same. */
const LEAST_SHARE_WITH_OTHER_DATE = 0.5

function weigh(a: AlbumEvidence, b: AlbumEvidence): { score: number; isEvident: boolean } {
  const isRemote = a.remoteId !== undefined && a.remoteId === b.remoteId
  const share = shareOf(a.members, b.members)
  const hasMoment = dates(a, b) === 'same'
  const hasWords = Boolean(a.description) && a.description === b.description
  const hasNone = !a.description && !b.description
  const score =
    (isRemote ? REMOTE : 0) +
    (hasMoment ? SAME_MOMENT : 0) +
    (hasWords ? SAME_WORDS : 0) +
    (a.title === b.title ? SAME_TITLE : 0) +
    share +
    (hasNone ? NO_WORDS_EITHER : 0)
  return { score, isEvident: isRemote || hasMoment || hasWords || share > 0 }
}

function canBeOne(a: AlbumEvidence, b: AlbumEvidence): boolean {
  if (a.remoteId !== undefined && b.remoteId !== undefined) return a.remoteId === b.remoteId
  const isNamedAlike = a.title === b.title || isFolderName(a) || isFolderName(b)
  if (!isNamedAlike) return false
  if (dates(a, b) !== 'different') return true
  return shareOf(a.members, b.members) >= LEAST_SHARE_WITH_OTHER_DATE
}

function dates(a: AlbumEvidence, b: AlbumEvidence): 'same' | 'different' | 'unknown' {
  const [one, other] = a.instant && b.instant ? [a.instant, b.instant] : [a.date, b.date]
  if (one === undefined || other === undefined) return 'unknown'
  return one === other ? 'same' : 'different'
}

/** Of the members of both together, those that both have; two empty albums are equal. */
function shareOf(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a.size === 0 && b.size === 0) return 1
  const [few, many] = a.size < b.size ? [a, b] : [b, a]
  let shared = 0
  for (const id of few) if (many.has(id)) shared++
  return shared / (a.size + b.size - shared)
}

/**
 * Its title, and its folders' names. An album whose file was not seen is called as its folder, where
 * `Oma's garden` is `Oma_s garden`; an id makes names superfluous.
 */
function namesOf(album: AlbumEvidence): string[] {
  const ids = album.remoteId === undefined ? [] : [`id ${album.remoteId}`]
  return [...new Set([`title ${album.title}`, ...folderNames(album), ...ids])]
}

const folderNames = ({ folders }: Pick<Album, 'folders'>) =>
  folders.map((folder) => `title ${plainFolderName(folder)}`)

/** `Trip` of `Takeout/Google Photos/Trip(1)`. */
const plainFolderName = (folder: string) =>
  folder.slice(folder.lastIndexOf('/') + 1).replace(/ ?\([1-9]\d*\)$/, '')

/** Whether the title may be nothing but the folder's name. */
export function isFolderName({ title, folders }: Pick<Album, 'folders' | 'title'>): boolean {
  return folders.some(
    (folder) =>
      plainFolderName(folder) === title || folder.slice(folder.lastIndexOf('/') + 1) === title,
  )
}

function groups<K, V>(values: Iterable<V>, keyOf: (value: V) => K): Map<K, V[]> {
  const found = new Map<K, V[]>()
  for (const value of values) pushTo(found, keyOf(value), value)
  return found
}

function pushTo<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key)
  if (list) list.push(value)
  else lists.set(key, [value])
}

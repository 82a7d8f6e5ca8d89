/**
 * Photos and sidecars that one export tore apart and another one brings together: the sidecar came in
 * June, its photo in August, or the other way round.
 *
 * Names alone prove nothing here: IMG_0001.JPG exists a hundred times, and exports of several people
 * may lie in one library. So a pair needs the naming model's match in folders of the same meaning, a
 * title that does not contradict, and the moment: the sidecar's instant is that of the clock in the
 * file, or of a second that its name states, in some zone of the earth. Without proof both wait; of
 * equal candidates none is taken, and the person is told.
 * @module
 */
import { fileNameDate } from '../../../photos/file-name-date.ts'
import { formatInstant, inferOffset } from '../../../photos/zones.ts'
import type { Entry } from '../../source.ts'
import type { Surveyed, SurveyedEntry } from '../surveyed.ts'
import type { Tree } from './build-tree.ts'
import type { Contents } from './contents.ts'
import { DisjointSets } from './disjoint-sets.ts'
import { comparePreference, principalOf } from './drafts.ts'
import { compareExports } from './exports.ts'
import { withoutFolderCounter } from './folder-names.ts'
import type { DraftedItem } from './ledger.ts'
import { type Claim, claimsOf, hitsOf, isSameMoment, settle, timesAgree } from './owners.ts'
import { present } from './present.ts'
import { SidecarIndex } from './sidecar-index.ts'
import { compareText, folded, groupBy } from './text.ts'
import { type Folder, type MediaFile, pathOf, type SidecarFile } from './tree.ts'

/** Joins what exports tore apart, and takes out of the tree the halves that nobody here completes. */
export function joinHalves(tree: Tree, contents: Contents): void {
  const { folders } = tree
  if (new Set(folders.map(originOf)).size > 1) {
    for (const alike of clusters(folders)) joinWithin(alike, contents)
  }
  for (const folder of folders.filter(isOfHalves)) dropLone(folder)
}

/** Entries of `entries` that are still in the tree, or never were halves. */
export function withoutLoneHalves(entries: readonly SurveyedEntry[], { folders }: Tree) {
  const ofHalves = folders.filter(isOfHalves)
  const files = ofHalves.flatMap(({ media, sidecars }) => [...media, ...sidecars])
  const left = new Set(files.flatMap((file) => file.entries))
  return entries.filter((entry) => entry.half === undefined || left.has(entry))
}

export const isOfHalves = ({ half }: Folder): boolean => half !== undefined

/** Which export it came with: of one and the same, names have told all there is to tell. */
export const originOf = ({ half, exportId }: Folder): string => half ?? exportId

function dropLone(folder: Folder): void {
  folder.sidecars = folder.sidecars.filter(({ used }) => used)
  folder.media = folder.media.filter((file) => sidecarOf(principalOf(file)) !== undefined)
}

const sidecarOf = ({ sidecar, inherited }: MediaFile) => sidecar ?? inherited

/** Folders that mean the same, whatever language and number their names have. */
function clusters(folders: readonly Folder[]): Folder[][] {
  const sets = new DisjointSets<Folder>()
  const pairs = folders.flatMap((folder) => keysOf(folder).map((key) => ({ folder, key })))
  for (const same of groupBy(pairs, ({ key }) => key).values()) {
    sets.join(same.map(({ folder }) => folder))
  }
  return [...groupBy(folders, (folder) => sets.find(folder)).values()]
}

function keysOf({ kind, year, path, untitled }: Folder): string[] {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const named = `name ${folded(withoutFolderCounter(name))}`
  if (kind === 'year') return [`year ${year}`, named]
  if (kind === 'album') return untitled ? ['untitled', named] : [named]
  return [`kind ${kind}`, named]
}

function joinWithin(folders: readonly Folder[], contents: Contents): void {
  if (new Set(folders.map(originOf)).size < 2) return
  const orphans = folders.flatMap(({ sidecars }) => sidecars.filter(isOrphan))
  const bare = bareMedia(folders, contents)
  if (orphans.length === 0 || bare.length === 0) return
  const index = new SidecarIndex(orphans.sort(newestFirst))
  const claims = bare.flatMap((media) => claimsOf(media, hitsOf(media, index)))
  settle(claims.filter(isProven))
}

function isOrphan({ used, ambiguous, record }: SidecarFile): boolean {
  return !used && ambiguous === undefined && record?.takenSeconds !== undefined
}

/** Of one sidecar in several exports, the newest says how things are. */
function newestFirst(a: SidecarFile, b: SidecarFile): number {
  return compareExports(a.folder.exportId, b.folder.exportId) || compareText(pathOf(a), pathOf(b))
}

/** Pictures that nothing describes, nor any file of the same bytes; each content once by name. */
function bareMedia(folders: readonly Folder[], contents: Contents): MediaFile[] {
  const groupOf = ({ entries }: MediaFile) => contents.groupOf(entries[0]!.index)
  const media = folders.flatMap((folder) => folder.media)
  const described = new Set(media.filter((file) => sidecarOf(principalOf(file))).map(groupOf))
  const open = media.filter(
    (file) =>
      principalOf(file) === file && file.ambiguous === undefined && !described.has(groupOf(file)),
  )
  const alike = groupBy(open, (file) => `${groupOf(file)} ${file.name}`)
  return [...alike.values()].map((same) => same.sort(comparePreference)[0]!)
}

function isProven({ media, sidecar, order }: Claim): boolean {
  if (originOf(media.folder) === originOf(sidecar.folder)) return false
  return order < CONTRADICTED_ORDER && momentAgrees(media, sidecar)
}

/** From here on the title names another file, or only a changed case explains the name. */
const CONTRADICTED_ORDER = 20_000

function momentAgrees(media: MediaFile, sidecar: SidecarFile): boolean {
  const byClock = timesAgree(media, sidecar)
  return byClock ?? (isSameMoment({ media, sidecar }) || nameStates(media, sidecar))
}

/** `IMG_20210701_120000.jpg` states a second: no camera makes such a name twice. */
function nameStates({ name }: MediaFile, { record }: SidecarFile): boolean {
  const named = fileNameDate(name)
  const taken = record?.takenSeconds
  if (named?.precision !== 'second' || taken === undefined) return false
  const offset = inferOffset(named.seconds, taken)
  return named.zone === 'utc' ? offset === 0 : offset !== undefined
}

/** Notes in the ledger which lines lack their other half in their own export, and who had it. */
export function noteHalves(
  ledger: readonly Entry[],
  { folders }: Tree,
  drafted: readonly DraftedItem[],
  { known, inLibrary }: Elsewhere,
): void {
  const byIndex = new Map(ledger.map((line) => [line.index, line]))
  const linesOf = ({ entries }: MediaFile | SidecarFile) =>
    entries.flatMap(({ index }) => byIndex.get(index) ?? [])
  for (const sidecar of folders.flatMap((folder) => folder.sidecars)) {
    const isApart = sidecar.used ? isTorn(sidecar) : !known.has(sidecar)
    const isJoined = sidecar.used || inLibrary.has(sidecar)
    const half = { apart: isJoined ? 'joined' : 'open', about: aboutOf(sidecar) }
    if (isApart) for (const line of linesOf(sidecar)) Object.assign(line, present(half))
  }
  for (const { draft } of drafted) {
    const torn = draft.members.flatMap(({ sidecar }) => (sidecar && isTorn(sidecar) ? sidecar : []))
    for (const line of draft.members.flatMap(linesOf)) {
      const sidecar = torn.find((each) => pathOf(each) === line.sidecar)
      if (sidecar) Object.assign(line, { apart: 'joined', describedBy: sidecar.entries[0]!.index })
      else if (line.via === 'none') line.apart = 'open'
    }
  }
}

/** Sidecars without photo whose photo is not gone for it. */
export interface Elsewhere {
  /** The same photo lies in another folder. */
  known: ReadonlyMap<SidecarFile, unknown>
  /** An earlier export brought it; where it lies. */
  inLibrary: ReadonlyMap<SidecarFile, string>
}

/** Sidecars whose photo, of that title and second, the library has from an earlier export. */
export function findInLibrary(
  orphans: readonly SidecarFile[],
  { library }: Surveyed,
): Map<SidecarFile, string> {
  const found = new Map<SidecarFile, string>()
  for (const orphan of orphans) {
    const path = library?.get(aboutOf(orphan) ?? '')
    if (path !== undefined) found.set(orphan, path)
  }
  return found
}

/** The moment and the title: `2021-07-01T10:00:00Z IMG_1.jpg`. */
function aboutOf({ record }: SidecarFile): string | undefined {
  const { takenSeconds, title } = record ?? {}
  if (takenSeconds === undefined || !title) return undefined
  return `${formatInstant(takenSeconds)} ${title}`
}

/** Its photo came with another export. */
function isTorn({ owner, folder }: SidecarFile): boolean {
  return owner !== undefined && originOf(owner.folder) !== originOf(folder)
}

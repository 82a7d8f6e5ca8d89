/**
 * Makes a library of a surveyed Takeout. Pure: the same entries give the same inventory, in
 * whatever order and in however many parts they came.
 *
 *   contents   which entries hold the same bytes
 *   tree       folders of media and sidecars, all parts together
 *   matching   owners, edited renditions, clips, raws, folder by folder
 *   items      same bytes are one item, with everything that belongs to it
 *   albums, ledger, problems, summary
 * @module
 */
import type { Item } from '../../../photos/library.ts'
import { guessZones } from '../../../photos/zone-guesses.ts'
import type { Entry, EntryFacts, Inventory, InventorySummary } from '../../source.ts'
import type { Surveyed, SurveyedEntry } from '../surveyed.ts'
import { countMissing, findAlbums, matchOrphans } from './albums.ts'
import { buildTree } from './build-tree.ts'
import { findClips, findClipsAcrossFolders } from './clips.ts'
import { Contents } from './contents.ts'
import { draftItems } from './drafts.ts'
import { findEdited } from './edited.ts'
import { undoExchanges } from './exchanged.ts'
import { summarizeExports } from './exports.ts'
import { findInLibrary, isOfHalves, joinHalves, noteHalves, withoutLoneHalves } from './halves.ts'
import { itemOfDraft } from './items.ts'
import { type DraftedItem, writeLedger } from './ledger.ts'
import { readListings } from './listings.ts'
import { findMarkedOwners } from './marked-copies.ts'
import { findOwners } from './owners.ts'
import { listProblems } from './problems.ts'
import { findRaws } from './raws.ts'
import { compareText } from './text.ts'
import type { Folder, MediaFile } from './tree.ts'
import { judge } from './verdict.ts'

export function understand(everything: Surveyed, facts: EntryFacts): Inventory {
  const all = [...everything.entries].sort(compareEntries)
  const surveyed = withoutHalves(everything)
  const contents = new Contents(all, facts)
  const tree = buildTree(all, contents, facts)
  for (const folder of tree.folders) matchFolder(folder, contents)
  joinHalves(tree, contents)
  const entries = withoutLoneHalves(all, tree)

  const media = tree.folders.flatMap((folder) => folder.media)
  findClipsAcrossFolders(media, contents)
  const drafts = draftItems(media, contents)
  const drafted = drafts.map((draft) => ({ draft, item: itemOfDraft(draft, contents) }))
  guessZones(drafted.map(({ item }) => item))
  drafted.sort((a, b) => compareText(mainPath(a), mainPath(b)) || compareText(a.item.id, b.item.id))
  const itemOf = itemsByFile(drafted)
  const orphans = tree.folders.flatMap(({ sidecars }) => sidecars.filter(({ used }) => !used))
  const known = matchOrphans(orphans, itemOf)
  const members = [...itemOf, ...known].map(([{ folder }, item]) => ({ folder, item }))
  const inLibrary = findInLibrary(orphans, everything)
  const own = tree.folders.filter((folder) => !isOfHalves(folder))
  const albums = findAlbums(own, members, countMissing(orphans, known))

  const ledger = writeLedger(entries, tree, drafted, contents)
  noteHalves(ledger, tree, drafted, { known, inLibrary })
  const listings = readListings(surveyed)
  const exports = summarizeExports(surveyed, listings)
  const problems = listProblems({
    ...{ surveyed, exports, listings, tree, ledger, drafted, albums, orphans, known, inLibrary },
  })
  return {
    entries: ledger,
    items: drafted.map(({ item }) => item),
    albums,
    problems,
    summary: {
      ...countEntries(ledger),
      items: drafted.length,
      albums: albums.length,
      orphanSidecars: orphans.reduce((sum, orphan) => sum + orphan.entries.length, 0),
      exports,
      verdict: judge({ surveyed, exports, ledger, problems, listings }),
    },
    filesOfItem: filesOfItems(drafted),
  }
}

/** What the exports at hand are judged by. */
function withoutHalves({ parts, entries }: Surveyed): Surveyed {
  return { parts, entries: entries.filter(({ half }) => half === undefined) }
}

/** By path, then part: the order of the ledger, independent of the order of the survey. */
function compareEntries(a: SurveyedEntry, b: SurveyedEntry): number {
  return (
    compareText(a.path, b.path) ||
    compareText(a.part, b.part) ||
    compareText(a.exportId, b.exportId) ||
    a.bytes - b.bytes ||
    (a.crc32 ?? 0) - (b.crc32 ?? 0)
  )
}

function matchFolder(folder: Folder, contents: Contents): void {
  const index = findOwners(folder)
  findMarkedOwners(folder)
  undoExchanges(folder)
  findEdited(folder, index)
  findClips(folder, contents)
  findRaws(folder)
}

const mainPath = ({ item }: DraftedItem) => item.files[0]!.path

function itemsByFile(drafted: readonly DraftedItem[]): Map<MediaFile, Item> {
  return new Map(drafted.flatMap(({ draft, item }) => draft.members.map((file) => [file, item])))
}

function filesOfItems(drafted: readonly DraftedItem[]): Map<string, number[]> {
  return new Map(
    drafted.map(({ draft, item }) => [
      item.id,
      draft.files.map(({ file }) => file.entries[0]!.index),
    ]),
  )
}

type EntryCounts = Omit<InventorySummary, 'items' | 'albums' | 'orphanSidecars' | 'exports'>

function countEntries(ledger: readonly Entry[]): EntryCounts {
  const classes = countBy(ledger, (line) => line.class)
  const roles = countBy(ledger, ({ role }) => role)
  return {
    entries: ledger.length,
    media: classes('media'),
    sidecars: classes('sidecar'),
    albumFiles: classes('album'),
    other: classes('other'),
    litter: classes('litter'),
    rejected: classes('rejected'),
    copies: roles('copy'),
    edited: roles('edited'),
    clips: roles('clip'),
    orphanMedia: countBy(ledger, ({ via }) => via)('none'),
    bytes: ledger.reduce((sum, { bytes }) => sum + bytes, 0),
  }
}

/** How many lines have a value. */
function countBy<T>(lines: readonly Entry[], keyOf: (line: Entry) => T): (value: T) => number {
  const counts = new Map<T, number>()
  for (const line of lines) counts.set(keyOf(line), (counts.get(keyOf(line)) ?? 0) + 1)
  return (value) => counts.get(value) ?? 0
}

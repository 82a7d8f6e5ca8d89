/**
 * Makes a library of surveyed folders. Pure: the same files give the same inventory.
 *
 *   classify       links, descriptions of other programs, thumbnails; the rest may be photos
 *   match          by the rules for exports: sidecars of Google, edits, clips, raws, same bytes
 *   describe       XMP, gphotos-sync's database, the file's own time
 *   albums         where the tree says that it has any
 *   entries, problems, summary
 * @module
 */
import type { Item, Problem } from '../../photos/library.ts'
import type { Entry, EntryFacts, Inventory, InventorySummary } from '../source.ts'
import { findFolderAlbums } from './albums.ts'
import { describeItems } from './describe-items.ts'
import type { ExportKit, KitEntry } from './export-kit.ts'
import { exportedPath, ownPath, withOwnPaths } from './exported-paths.ts'
import { baseName, compareText, type FolderTree, folderOf, type TreeFile } from './folder-tree.ts'
import { isDatabaseFile } from './gphotos-sync.ts'

/** A line of the ledger with the file it is about. */
export interface Line {
  entry: Entry
  file: TreeFile
}

export function understandFolder(
  tree: FolderTree,
  facts: EntryFacts,
  understand: ExportKit['understand'],
): Inventory {
  const endings = classify(tree)
  const matched = understand(asExport(tree, endings), facts)
  const lines = linesOf(tree, matched, endings)
  const items = matched.items.map((item) => withOwnFiles(item))
  const found = describeItems({ tree, lines, items, facts })
  const albumFolders = new Set(
    lines.flatMap(({ entry, file }) => (entry.class === 'album' ? folderOf(file.path) : [])),
  )
  const albums = findFolderAlbums(tree, lines, matched.albums, items)
  const problems = [
    ...matched.problems.flatMap((problem) => problemOfFolder(problem, albumFolders)),
    ...lines.flatMap(rejection),
    ...found,
  ]
  const entries = lines.map(({ entry }) => entry)
  return {
    entries,
    items,
    albums,
    problems: problems.sort((a, b) => compareText(a.path, b.path) || compareText(a.code, b.code)),
    summary: {
      ...withoutVerdict(matched.summary),
      ...counts(entries),
      ...sums(tree, items, albums),
    },
    filesOfItem: matched.filesOfItem,
  }
}

function asExport({ roots, files }: FolderTree, endings: Endings) {
  const parts = roots.map(({ name, exportId }) => ({ name, exportId }))
  return { parts, entries: files.filter((file) => !endings.has(file)).map(kitEntry) }

  function kitEntry(file: TreeFile): KitEntry {
    const { index, path, bytes, text } = file
    const { name, exportId } = roots[file.root]!
    const entry: KitEntry = { index, path: exportedPath(path), part: name, exportId, bytes }
    return text === undefined ? entry : { ...entry, json: text }
  }
}

type Ending = Pick<Entry, 'class' | 'reason'>

/** Of the files that are no matter of matching. */
type Endings = ReadonlyMap<TreeFile, Ending>

function classify({ files }: FolderTree): Endings {
  const repositories = findRepositories(files)
  const isStored = ({ root, path }: TreeFile) =>
    repositories.some((other) => other.root === root && path.startsWith(other.folder))
  return new Map(
    files.flatMap((file): [TreeFile, Ending][] => {
      const ending = repositories.length > 0 && isStored(file) ? IN_REPOSITORY : classOf(file)
      return ending ? [[file, ending]] : []
    }),
  )
}

/** What a repository of ours holds are no photos, and it changes while it is written to. */
const IN_REPOSITORY: Ending = { class: 'other', reason: 'belongs to a repository of backups' }

/** Folders with `CONFIG`, `packfiles/` and `states/`, ending in `/`. */
function findRepositories(files: readonly TreeFile[]): { root: number; folder: string }[] {
  const configs = files.filter(({ path }) => baseName(path) === 'CONFIG')
  return configs.flatMap(({ root, path }) => {
    const folder = path.slice(0, -'CONFIG'.length)
    const holds = (name: string) =>
      files.some((file) => file.root === root && file.path.startsWith(`${folder}${name}/`))
    return holds('packfiles') && holds('states') ? [{ root, folder }] : []
  })
}

/** Folders in which programs keep small pictures of the photos beside them. */
const THUMBNAILS = /(^|\/)(@eaDir|\.thumbnails|\.thumb|\.dthumb)\//i

/** Left by operating systems. */
const LITTER = /(^|\/)(\.DS_Store|Thumbs\.db|desktop\.ini|\.nomedia|\._[^/]*|__MACOSX\/.*)$/i

/** The class of what is no matter of matching; undefined for photos, JSON and all others. */
function classOf(file: TreeFile): Ending | undefined {
  const { path, refused, link } = file
  if (refused !== undefined) return { class: 'rejected', reason: refused }
  if (link && 'file' in link) return { class: 'other', reason: 'a link to a photo of this folder' }
  if (link) return { class: 'other', reason: 'a link to another folder, which is read there' }
  if (THUMBNAILS.test(path) || LITTER.test(path)) return { class: 'litter' }
  if (/\.(xmp|aae)$/i.test(path) || isDatabaseFile(path)) return { class: 'sidecar' }
  if (!file.isNoMedia || /\.json$/i.test(path)) return undefined
  return { class: 'other', reason: ARCHIVE.test(path) ? AN_ARCHIVE : 'is no photo or video' }
}

/** By path, then folder: the order of the ledger. */
function linesOf({ roots, files }: FolderTree, matched: Inventory, endings: Endings): Line[] {
  const known = new Map(matched.entries.map((entry) => [entry.index, entry]))
  const lines = files.map((file): Line => {
    const { index, path, bytes, state } = file
    const { name: part, exportId } = roots[file.root]!
    const base = { index, path, part, exportId, bytes }
    const found = known.get(index)
    const entry: Entry = found ? ownEntry(found) : { ...base, ...endings.get(file)! }
    const isContent = entry.class === 'media' || entry.kept === 'content'
    if (state !== undefined && isContent) entry.state = state
    return { entry, file }
  })
  return lines.sort(
    (a, b) => compareText(a.entry.path, b.entry.path) || compareText(a.entry.part, b.entry.part),
  )
}

function ownEntry(found: Entry): Entry {
  const entry = { ...found, path: ownPath(found.path) }
  for (const field of ['sidecar', 'editedOf', 'clipOf', 'copyOf'] as const) {
    const path = found[field]
    if (typeof path === 'string') entry[field] = ownPath(path)
  }
  return entry
}

const ARCHIVE = /\.(zip|tgz|tar|tar\.gz|rar|7z)$/i
const AN_ARCHIVE = 'an archive: name it as a source itself to import what it holds'

function withOwnFiles(item: Item): Item {
  const files = item.files.map((file) => ({ ...file, path: ownPath(file.path) }))
  return { ...item, files, albums: [] }
}

/** Most photos of a folder have no sidecar: nothing is missing then. */
function problemOfFolder(
  { code, path, message, ...rest }: Problem,
  albumFolders: ReadonlySet<string>,
): Problem[] {
  // The rules for exports take every folder for an album.
  if (code === 'INCOMPLETE_ALBUM' && !albumFolders.has(ownPath(path))) return []
  if (code === 'ORPHAN_MEDIA' || code === 'REJECTED' || code === 'DAMAGED_ENTRY') return []
  const said = code === 'ORPHAN_SIDECAR' && !rest.resolved ? NO_PHOTO : withOwnPaths(message)
  return [{ code, path: ownPath(path), message: said, ...rest }]
}

const NO_PHOTO =
  'The photo it describes is not in this folder. It is kept, and counts once the photo is imported.'

function rejection({ entry, file }: Line): Problem[] {
  if (entry.reason === AN_ARCHIVE) return [unreadArchive(entry.path)]
  if (entry.class !== 'rejected') return []
  const isUnsafe = file.refused !== undefined && !file.isUnreadable
  const { path, reason } = entry
  return [
    isUnsafe
      ? { code: 'REJECTED', path, message: `Not saved: ${reason}. ${adviceOn(file)}` }
      : { code: 'DAMAGED_ENTRY', path, message: `It could not be read: ${reason}. ${READ_AGAIN}` },
  ]
}

/** It may hold photos that are nowhere else, Takeout's under another name not excepted. */
function unreadArchive(path: string): Problem {
  const message =
    'What this archive holds was not imported. Name it as a source of its own, or unpack it beside the photos.'
  return { code: 'ARCHIVE_NOT_READ', path, message }
}

const READ_AGAIN = 'Look at the disk and at its permissions, and run the same command again.'

function adviceOn({ link }: TreeFile): string {
  return link
    ? 'If it shows a photo you want saved, name the folder that holds it as a source.'
    : 'Give it another name, or remove it, to save the folder completely.'
}

function counts(entries: readonly Entry[]) {
  const ofClass = (name: Entry['class']) => entries.filter((entry) => entry.class === name).length
  return {
    entries: entries.length,
    media: ofClass('media'),
    sidecars: ofClass('sidecar'),
    albumFiles: ofClass('album'),
    other: ofClass('other'),
    litter: ofClass('litter'),
    rejected: ofClass('rejected'),
    orphanMedia: 0,
    bytes: entries.reduce((sum, { bytes }) => sum + bytes, 0),
  }
}

/** Whether all of an export is here; a folder promises nothing that could be missing. */
function withoutVerdict({ verdict: _, ...summary }: InventorySummary): InventorySummary {
  return summary
}

function sums({ roots }: FolderTree, items: readonly Item[], albums: readonly unknown[]) {
  const exports = roots.map(({ name, exportId }) => ({ id: exportId, parts: [name], missing: [] }))
  const sum: Partial<InventorySummary> = {
    items: items.length,
    albums: albums.length,
    exports,
  }
  return sum
}

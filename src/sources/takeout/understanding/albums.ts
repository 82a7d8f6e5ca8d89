/**
 * Albums and their members. The title is the album file's, the folder's name only stands in. Within
 * one export a folder is an album: two of one title are two, and one that is spread over parts is
 * one. Which albums of two exports are one is decided by evidence (match-albums.ts; reference:
 * albums-duplicates.md).
 * @module
 */

import { formatDay } from '../../../photos/file-name-date.ts'
import { freeId } from '../../../photos/growth/free-id.ts'
import { type AlbumEvidence, matchAlbums } from '../../../photos/growth/match-albums.ts'
import type { Item, SeenAlbum, WaitingMember } from '../../../photos/library.ts'
import { formatInstant } from '../../../photos/zones.ts'
import type { AlbumFile } from './album-file.ts'
import { compareExports, stampOf } from './exports.ts'
import { withoutFolderCounter } from './folder-names.ts'
import { shortId } from './ids.ts'
import { present } from './present.ts'
import { compareText, groupBy, nfc, pushTo } from './text.ts'
import type { Folder, MediaFile, SidecarFile } from './tree.ts'

export interface AlbumMember {
  folder: Folder
  item: Item
}

/** Sidecars of each folder whose photos are in no part. */
export type Missing = ReadonlyMap<Folder, readonly SidecarFile[]>

/** Albums of all folders that are one. Sets `albums` of the items. */
export function findAlbums(
  folders: readonly Folder[],
  members: readonly AlbumMember[],
  missing: Missing,
): SeenAlbum[] {
  const albumFolders = folders.filter(({ kind }) => kind === 'album').filter(isAlbum)
  const itemsOf = groupBy(members, ({ folder }) => folder)
  const taken = new Set<string>()
  const albums = joinFolders(albumFolders, itemsOf).map((group) => {
    const id = freeId(idOf(group.parts[0]!), taken)
    taken.add(id)
    return newAlbum(id, group, itemsOf, missing)
  })
  const byId = new Map(members.map(({ item }) => [item.id, item]))
  for (const album of albums) for (const id of album.items) byId.get(id)!.albums.push(album.id)
  for (const item of byId.values()) item.albums.sort(compareText)
  return albums.sort((a, b) => compareText(a.id, b.id))
}

function isAlbum({ hasAlbumFile, media, sidecars }: Folder): boolean {
  return hasAlbumFile || media.length > 0 || sidecars.length > 0
}

/** An id is a name, no evidence: the folder's, which is the same from the first part to the last. */
const idOf = ({ name }: Folder) => shortId('album', nfc(name))

/** One album; its folders are of different exports, the oldest first. */
interface Group extends AlbumEvidence {
  parts: Folder[]
  members: Set<string>
  isAmbiguous: boolean
}

/** Export by export, as if they had been imported one after the other. */
function joinFolders(
  folders: readonly Folder[],
  itemsOf: ReadonlyMap<Folder, AlbumMember[]>,
): Group[] {
  const exports = [...groupBy(folders, ({ exportId }) => exportId)]
  const groups: Group[] = []
  for (const [, own] of exports.sort(([a], [b]) => compareExports(b, a))) {
    const inOrder = own.sort((a, b) => compareText(a.path, b.path))
    const arriving = inOrder.map((folder) => groupOf(folder, itemsOf.get(folder) ?? []))
    const matches = matchAlbums(arriving, groups)
    for (const group of arriving) {
      const known = matches.known.get(group)
      if (known) extend(known, group)
      else groups.push({ ...group, isAmbiguous: matches.ambiguous.has(group) })
    }
  }
  return groups
}

function groupOf(folder: Folder, members: readonly AlbumMember[]): Group {
  return {
    ...evidenceOf([folder]),
    ...{ parts: [folder], members: new Set(members.map(({ item }) => item.id)) },
    ...{ key: `${folder.path}\0${folder.exportId}`, isAmbiguous: false },
  }
}

function extend(known: Group, { parts, members }: Group): void {
  for (const id of members) known.members.add(id)
  known.parts.push(...parts)
  Object.assign(known, evidenceOf(known.parts))
}

/** The newest export counts, as far as it says anything. */
function evidenceOf(parts: readonly Folder[]) {
  const files = filesOf(parts)
  const seconds = dateOf(parts)
  return {
    title: titleOf(parts),
    folders: [...new Set(parts.map(({ path }) => path))].sort(compareText),
    ...present({
      date: seconds === undefined ? undefined : formatDay(seconds),
      instant: seconds === undefined ? undefined : formatInstant(seconds),
      description: files.map(({ description }) => description).find(Boolean),
    }),
  }
}

/** Of the newest export first. */
const filesOf = (parts: readonly Folder[]): AlbumFile[] =>
  [...parts].reverse().flatMap(({ albumFiles }) => albumFiles)

function newAlbum(
  id: string,
  { parts, members, isAmbiguous }: Group,
  itemsOf: ReadonlyMap<Folder, AlbumMember[]>,
  missing: Missing,
): SeenAlbum {
  const items = new Set(parts.flatMap((folder) => itemsOf.get(folder) ?? []).map((m) => m.item))
  const places = parts.filter(({ exportId }) => stampOf(exportId) !== '')
  const seenIn = places.map(({ exportId, path }) => ({ export: exportId, folder: nfc(path) }))
  const waiting = parts.flatMap((folder) => missing.get(folder) ?? []).flatMap(waitingMember)
  return {
    ...evidenceOf(parts),
    ...present({
      ...said(filesOf(parts)),
      expected: expectedCount(members.size, parts, missing),
      seenIn: seenIn.length > 0 ? seenIn : undefined,
      waiting: waiting.length > 0 ? distinct(waiting) : undefined,
      ambiguous: isAmbiguous || undefined,
    }),
    id,
    items: [...items].sort(compareItems).map(({ id }) => id),
  }
}

function waitingMember({ record }: SidecarFile): WaitingMember[] {
  const { title, takenSeconds } = record ?? {}
  if (!title || takenSeconds === undefined) return []
  return [{ title, taken: formatInstant(takenSeconds) }]
}

function distinct(waiting: readonly WaitingMember[]): WaitingMember[] {
  const byKey = new Map(waiting.map((member) => [`${member.taken} ${member.title}`, member]))
  return [...byKey].sort(([a], [b]) => compareText(a, b)).map(([, member]) => member)
}

/** What the album files say beside title, description and date; the fullest of them counts. */
function said(files: readonly AlbumFile[]) {
  const longest = <T>(lists: readonly (readonly T[])[]): T[] | undefined => {
    const found = lists.reduce<readonly T[]>((a, b) => (b.length > a.length ? b : a), [])
    return found.length > 0 ? [...found] : undefined
  }
  return {
    access: files.map(({ access }) => access).find(Boolean),
    location: files.map(({ location }) => location).find(Boolean),
    position: files.map(({ coordinates }) => coordinates).find(Boolean),
    texts: longest(files.map(({ texts }) => texts)),
    places: longest(files.map(({ places }) => places)),
    remarks: longest(files.map(({ remarks }) => remarks)),
    more: files.map(({ more }) => more).find(Boolean),
  }
}

/**
 * How many items it should have, if that is more than it has: by the sidecars whose photo is in no
 * part, each in one of its exports; or by the number in the album file.
 */
function expectedCount(
  present: number,
  folders: readonly Folder[],
  missing: Missing,
): number | undefined {
  const lacks = folders.map((folder) => missing.get(folder)?.length ?? 0)
  const counts = folders.flatMap(({ albumFiles }) => albumFiles.flatMap(({ count }) => count ?? []))
  const expected = Math.max(present + Math.max(0, ...lacks), ...counts)
  return expected > present ? expected : undefined
}

/** The newest album file's; without any the oldest folder's name. */
function titleOf(parts: readonly Folder[]): string {
  for (const { albumFiles, untitled } of [...parts].reverse()) {
    if (untitled) return ''
    const titled = albumFiles.map(({ title }) => title).filter((title) => title !== '')
    if (titled.length > 0) return titled.sort(compareText)[0]!
  }
  return withoutFolderCounter(parts[0]!.name)
}

function dateOf(parts: readonly Folder[]): number | undefined {
  for (const { albumFiles } of [...parts].reverse()) {
    const dates = albumFiles.flatMap(({ dateSeconds }) => dateSeconds ?? [])
    if (dates.length > 0) return Math.min(...dates)
  }
  return undefined
}

/** By capture time, then id; without a time last. */
function compareItems(a: Item, b: Item): number {
  const time = ({ taken }: Item) => taken?.instant ?? taken?.local ?? '9999'
  return compareText(time(a), time(b)) || compareText(a.id, b.id)
}

/** Sidecars of each folder that wait for their photos, which are in no part. */
export function countMissing(
  orphans: readonly SidecarFile[],
  known: ReadonlyMap<SidecarFile, Item>,
): Map<Folder, SidecarFile[]> {
  const lost = orphans.filter((orphan) => !known.has(orphan) && orphan.ambiguous === undefined)
  return groupBy(lost, ({ folder }) => folder)
}

/**
 * Items that sidecars without media speak of: the same title at the same second, and only one such
 * item. That is how album folders look whose photos lie in the year folders only.
 */
export function matchOrphans(
  orphans: readonly SidecarFile[],
  itemOf: ReadonlyMap<MediaFile, Item>,
): Map<SidecarFile, Item> {
  const byCapture = new Map<string, Item[]>()
  for (const [media, item] of orphans.length > 0 ? itemOf : []) {
    const key = captureKey(media.sidecar)
    if (key !== undefined) pushTo(byCapture, key, item)
  }
  const found = new Map<SidecarFile, Item>()
  for (const orphan of orphans) {
    const items = new Set(byCapture.get(captureKey(orphan) ?? '') ?? [])
    const [only] = items
    if (only && items.size === 1) found.set(orphan, only)
  }
  return found
}

function captureKey(sidecar: SidecarFile | undefined): string | undefined {
  const { title, takenSeconds } = sidecar?.record ?? {}
  return title === undefined || takenSeconds === undefined ? undefined : `${takenSeconds}\0${title}`
}

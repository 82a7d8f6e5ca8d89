/**
 * Items as groups of files: what is one photo or video in its owner's eyes, before its metadata are
 * gathered. Same bytes are one item wherever they lie; renditions, clips and raws follow the
 * picture they belong to. Items never grow together through what is attached to them.
 * @module
 */
import type { FileRole } from '../../../photos/library.ts'
import { type Contents, checksumOf } from './contents.ts'
import { DisjointSets } from './disjoint-sets.ts'
import { compareExports } from './exports.ts'
import { findSameShots } from './same-shots.ts'
import { compareText, groupBy } from './text.ts'
import { type Folder, type MediaFile, pathOf } from './tree.ts'

export interface Draft {
  /** Distinct contents, the picture itself first. */
  files: { file: MediaFile; role: FileRole }[]
  /** Files of the same bytes as another file of the item. */
  copies: Map<MediaFile, MediaFile>
  /** All of them. */
  members: MediaFile[]
  /** Stands in for something Google could not export; its bytes say nothing. */
  isPlaceholder: boolean
}

export function draftItems(media: readonly MediaFile[], contents: Contents): Draft[] {
  joinAcrossExports(media, contents)
  const byContent = groupBy(media, (file) => contentOf(file, contents))
  for (const same of byContent.values()) if (!isEmpty(same[0]!)) followAttached(same)
  const pictures = media.filter((file) => principalOf(file) === file)
  const placeholders = findPlaceholders(pictures, contents)
  findSameShots(
    pictures.filter((file) => !placeholders.has(file)),
    contents,
  )
  const sets = joinPictures(pictures, placeholders, contents)
  const byItem = groupBy(media, (file) => sets.find(principalOf(file)))
  return [...byItem.values()].map((members) => draft(members, placeholders, contents))
}

const contentOf = ({ entries }: MediaFile, contents: Contents) =>
  contents.groupOf(entries[0]!.index)

/** Two exports are alike where checksum, name and the sidecar's time are. */
function joinAcrossExports(media: readonly MediaFile[], contents: Contents): void {
  if (new Set(media.map(({ folder }) => folder.exportId)).size < 2) return
  const alike = groupBy(media, (file) => {
    const checksum = checksumOf(file.entries[0]!)
    const seconds = timeOf(file)
    return checksum === undefined || seconds === undefined ? undefined : `${checksum}\0${seconds}`
  })
  for (const [evidence, files] of alike) {
    if (evidence !== undefined) contents.joinAlike(files.flatMap(({ entries }) => entries))
  }
}

/** Time of the sidecar whose metadata apply within the folder. */
function timeOf(file: MediaFile): number | undefined {
  const sidecar = file.sidecar ?? file.inherited ?? principalOf(file).sidecar
  return sidecar?.record?.takenSeconds
}

/** The picture that a rendition, clip or raw belongs to; a picture itself. */
export function principalOf(file: MediaFile): MediaFile {
  const next = file.editedOf ?? file.clipOf ?? file.rawOf ?? file.follows
  return next === undefined ? file : principalOf(next)
}

/** A rendition or clip alone in an album belongs where its copy beside the original does. */
function followAttached(same: MediaFile[]): void {
  const attached = same.filter((file) => principalOf(file) !== file).sort(comparePreference)[0]
  const alone = same.filter((file) => principalOf(file) === file)
  if (!attached || alone.some(({ sidecar }) => sidecar)) return
  const target = principalOf(attached)
  for (const file of alone) if (file !== target) file.follows = attached
}

const PLACEHOLDER_BYTES = 16 * 1024
const PLACEHOLDER_COUNT = 3

/**
 * Small identical files with three or more different times stand for items that Google could not
 * export: each sidecar is an item of its own, not a copy (asmodeoux). So does every empty file,
 * whatever its number: that two of them are the same says nothing.
 */
function findPlaceholders(pictures: readonly MediaFile[], contents: Contents): Set<MediaFile> {
  const small = pictures.filter(({ entries }) => entries[0]!.bytes <= PLACEHOLDER_BYTES)
  const found = new Set(small.filter(isEmpty))
  for (const same of groupBy(small, (file) => contentOf(file, contents)).values()) {
    const times = new Set(same.flatMap(({ sidecar }) => sidecar?.record?.takenSeconds ?? []))
    if (times.size < PLACEHOLDER_COUNT) continue
    for (const file of same) if (file.sidecar) found.add(file)
  }
  return found
}

function isEmpty({ entries }: MediaFile): boolean {
  return entries[0]!.bytes === 0
}

function placeholderKey(file: MediaFile, contents: Contents): string {
  const name = isEmpty(file) ? file.name : ''
  return `${contentOf(file, contents)}@${timeOf(file)}@${name}`
}

function joinPictures(
  pictures: readonly MediaFile[],
  placeholders: ReadonlySet<MediaFile>,
  contents: Contents,
): DisjointSets<MediaFile> {
  const sets = new DisjointSets<MediaFile>()
  const byContent = groupBy(pictures, (file) =>
    placeholders.has(file) ? placeholderKey(file, contents) : contentOf(file, contents),
  )
  for (const same of byContent.values()) sets.join(same)
  for (const file of pictures) if (file.sameShotAs) sets.join([file.sameShotAs, file])
  // Renditions of one absent original.
  const byOrigin = groupBy(pictures, ({ inherited }) => inherited)
  for (const [origin, same] of byOrigin) if (origin) sets.join(same)
  return sets
}

const ROLE_ORDER: FileRole[] = ['original', 'raw', 'edited', 'clip', 'copy']

function draft(
  members: MediaFile[],
  placeholders: ReadonlySet<MediaFile>,
  contents: Contents,
): Draft {
  const inOrder = members
    .map((file) => ({ file, role: roleOf(file) }))
    .sort(
      (a, b) =>
        ROLE_ORDER.indexOf(a.role) - ROLE_ORDER.indexOf(b.role) ||
        Number(principalOf(b.file) === b.file) - Number(principalOf(a.file) === a.file) ||
        comparePreference(a.file, b.file),
    )
  const byContent = groupBy(inOrder, ({ file }) => contentOf(file, contents))
  const copies = new Map<MediaFile, MediaFile>()
  for (const [first, ...others] of byContent.values()) {
    for (const { file } of others) copies.set(file, first!.file)
  }
  const files = inOrder.filter(({ file }) => !copies.has(file))
  return { files, copies, members, isPlaceholder: placeholders.has(files[0]!.file) }
}

function roleOf(file: MediaFile): FileRole {
  if (file.isEdited) return 'edited'
  if (file.clipOf) return 'clip'
  if (file.rawOf) return 'raw'
  if (file.sameShotAs) return 'copy'
  return file.follows ? roleOf(file.follows) : 'original'
}

/** Which of several copies is the item's own (reference: albums-duplicates.md). */
export function comparePreference(a: MediaFile, b: MediaFile): number {
  return (
    folderRank(a.folder) - folderRank(b.folder) ||
    Number(!a.sidecar) - Number(!b.sidecar) ||
    compareExports(a.folder.exportId, b.folder.exportId) ||
    b.entries[0]!.bytes - a.entries[0]!.bytes ||
    Number(a.readings[0]!.counter !== '') - Number(b.readings[0]!.counter !== '') ||
    compareText(pathOf(a), pathOf(b)) ||
    compareText(a.entries[0]!.part, b.entries[0]!.part)
  )
}

function folderRank({ kind }: Folder): number {
  if (kind === 'year') return 0
  return kind === 'album' ? 2 : 1
}

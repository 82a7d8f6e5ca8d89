/**
 * What the folders of an export are: year folders hold the library, albums hold copies, a few have
 * a meaning of their own (reference: folders.md). Known names first, then what lies inside.
 * @module
 */
import { isUntitledName, specialKindOf, yearOfFolderName, yearTemplate } from './folder-names.ts'
import { groupBy } from './text.ts'
import type { Folder, SidecarFile } from './tree.ts'

/** Sets kind, year and untitled of every folder but the root itself. */
export function nameFolders(folders: readonly Folder[]): void {
  const ordinary = folders.filter(({ kind }) => kind !== 'root')
  for (const folder of ordinary) nameFolder(folder)
  const albums = ordinary.filter(({ kind, hasAlbumFile }) => kind === 'album' && !hasAlbumFile)
  nameForeignYears(albums)
}

function nameFolder(folder: Folder): void {
  const year = yearOfFolderName(folder.name)
  if (year !== undefined) Object.assign(folder, { kind: 'year', year })
  else {
    folder.kind = specialKind(folder) ?? 'album'
    folder.untitled = folder.kind === 'album' && isUntitled(folder)
  }
}

/** A user may have an album called "Archive": it has an album file, and sidecars without the flag. */
function specialKind(folder: Folder) {
  const kind = specialKindOf(folder.name)
  if (kind === undefined || folder.hasAlbumFile) return undefined
  if (kind === 'failed') return kind
  const said = folder.sidecars.filter(({ record }) => record !== undefined)
  const isFlagged = said.length === 0 || said.some((sidecar) => hasFlag(sidecar, kind))
  return isFlagged ? kind : undefined
}

function hasFlag({ record }: SidecarFile, kind: 'archive' | 'trash' | 'locked'): boolean {
  const flags = { archive: record!.archived, trash: record!.trashed, locked: record!.locked }
  return flags[kind]
}

function isUntitled({ albumFiles, name }: Folder): boolean {
  return albumFiles.length > 0
    ? albumFiles.every(({ title }) => title === '')
    : isUntitledName(name)
}

/**
 * Year folders in a language of no table: several folders whose names differ in nothing but the
 * year, at its beginning or end, and whose sidecars are nearly all of that year. One such folder
 * alone may be the album of a journey.
 */
function nameForeignYears(albums: readonly Folder[]): void {
  const dated = albums.flatMap((folder) => {
    const found = yearTemplate(folder.name)
    const isYearForm = found !== undefined && /^#.|.#$/.test(found.template)
    return isYearForm && isOfYear(folder, found.year) ? [{ folder, ...found }] : []
  })
  for (const alike of groupBy(
    dated,
    ({ template, folder }) => folder.exportId + template,
  ).values()) {
    if (new Set(alike.map(({ year }) => year)).size < 2) continue
    for (const { folder, year } of alike) Object.assign(folder, { kind: 'year', year })
  }
}

const NEARLY_ALL = 0.9

/** Photos around New Year lie in the folder of the UTC or of the local year. */
function isOfYear({ sidecars }: Folder, year: number): boolean {
  const times = sidecars.flatMap(({ record }) => record?.takenSeconds ?? [])
  const fitting = times.filter((seconds) =>
    [-DAY_SECONDS, 0, DAY_SECONDS].some(
      (shift) => new Date((seconds + shift) * 1000).getUTCFullYear() === year,
    ),
  )
  return times.length > 0 && fitting.length >= times.length * NEARLY_ALL
}

const DAY_SECONDS = 86_400

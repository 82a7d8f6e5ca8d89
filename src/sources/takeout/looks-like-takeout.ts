/**
 * Whether a path that a person named without saying what it is holds a Takeout. A folder of photos
 * that only looks a little like one must not be taken for it: what lies outside of an export's
 * photos is not imported.
 * @module
 */
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { discoverParts } from './discover.ts'
import { NothingToImportError } from './nothing-to-import-error.ts'
import { parsePartName } from './part-name.ts'
import { isPhotosRootName, yearOfFolderName } from './understanding/folder-names.ts'

/** `maybe`: archives of other names, which may be renamed parts of an export. */
export type Likeness = 'yes' | 'maybe' | 'no'

/** @throws {SourceNotFoundError} */
export async function looksLikeTakeout(path: string): Promise<Likeness> {
  try {
    const parts = await discoverParts([path])
    if (!(await stat(path)).isDirectory()) return 'yes'
    const isKnown = parts.some(
      ({ form, name, prefix }) =>
        form === 'unfinished' ||
        (form === 'archive' && parsePartName(name) !== undefined) ||
        prefix === 'Takeout/',
    )
    if (isKnown) return 'yes'
    if (parts.some(({ form }) => form === 'archive')) return 'maybe'
    return (await isInsideOfExport(path)) ? 'yes' : 'no'
  } catch (problem) {
    if (problem instanceof NothingToImportError) return 'no'
    throw problem
  }
}

/** The photos root of an export, or one of its year folders: by name, and with sidecars inside. */
async function isInsideOfExport(path: string): Promise<boolean> {
  const children = (await readdir(path, { withFileTypes: true })).filter((c) => c.isDirectory())
  const years = children.filter(({ name }) => yearOfFolderName(name) !== undefined)
  const isRoot = isPhotosRootName(basename(path)) || years.length > 0
  if (yearOfFolderName(basename(path)) !== undefined) return holdsSidecars(path)
  if (!isRoot) return false
  for (const { name } of years.length > 0 ? years : children) {
    if (await holdsSidecars(join(path, name))) return true
  }
  return false
}

/** So many JSON files of a folder are looked at. */
const SAMPLE = 10
const MAX_SIDECAR_BYTES = 2 ** 20

async function holdsSidecars(folder: string): Promise<boolean> {
  const names = (await readdir(folder)).filter((name) => /\.json$/i.test(name))
  for (const name of names.slice(0, SAMPLE)) {
    const file = join(folder, name)
    const status = await stat(file).catch(() => undefined)
    if (!status?.isFile() || status.size > MAX_SIDECAR_BYTES) continue
    if ((await readFile(file)).includes('"photoTakenTime"')) return true
  }
  return false
}

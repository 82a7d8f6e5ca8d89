/**
 * Finds the parts of exports in what a person named: archives, folders that hold archives up to
 * two levels down, and extracted exports, in any mix and order.
 * @module
 */
import type { Dirent, Stats } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { codeOf } from '../../util/coded-error.ts'
import { SourceNotFoundError } from '../source-not-found-error.ts'
import { NothingToImportError } from './nothing-to-import-error.ts'
import { finishedName, isArchiveName } from './part-name.ts'

export interface FoundPart {
  form: 'archive' | 'folder' | 'unfinished'
  /** Absolute, links resolved. */
  path: string
  /** File name, made unlike that of every other part. */
  name: string
  /** The person named it, so it belongs to an export whatever its name. */
  isNamed: boolean
  /** What to put before names found in a folder, to get those an archive would have. */
  prefix: string
}

type Found = Omit<FoundPart, 'name'>

/** So deep below a named folder archives and extracted exports are looked for. */
const SEARCH_DEPTH = 2
/** macOS numbers the folders that it extracts one export into. */
const TAKEOUT_FOLDER = /^takeout( \d+)?$/i

/**
 * Parts in a fixed order, whatever the order of `paths`, each once.
 * @throws {SourceNotFoundError} when one of `paths` does not exist
 * @throws {NothingToImportError} when nothing in them can be part of an export
 */
export async function discoverParts(paths: readonly string[]): Promise<FoundPart[]> {
  const found = new Map<string, Found>()
  for (const path of paths) {
    for (const part of await discover(path)) {
      const known = found.get(part.path)
      found.set(part.path, { ...part, isNamed: part.isNamed || (known?.isNamed ?? false) })
    }
  }
  if (found.size === 0) throw new NothingToImportError(paths)
  return withNames([...found.values()])
}

async function discover(path: string): Promise<Found[]> {
  const status = await statusOf(path)
  const absolute = await realpath(path)
  if (!status.isDirectory()) return [archive(absolute, true)]
  const isExtracted = TAKEOUT_FOLDER.test(basename(absolute)) && !(await holdsArchives(absolute))
  if (isExtracted && (await readdir(absolute)).length > 0) return [folder(absolute, 'Takeout/')]
  const found = await search(absolute, SEARCH_DEPTH)
  return found.length > 0 ? found : innerFolder(absolute)
}

async function statusOf(path: string): Promise<Stats> {
  try {
    return await stat(path)
  } catch (cause) {
    if (codeOf(cause) !== 'ENOENT' && codeOf(cause) !== 'ENOTDIR') throw cause
    throw new SourceNotFoundError(resolve(path), { cause })
  }
}

async function search(directory: string, depth: number): Promise<Found[]> {
  const found: Found[] = []
  const children = await readdir(directory, { withFileTypes: true })
  const names = new Set(children.map((child) => child.name))
  for (const child of children) {
    const path = join(directory, child.name)
    if (child.isDirectory()) found.push(...(await searchChild(path, depth)))
    else if (await isArchiveFile(child, path)) found.push(archive(await realpath(path), false))
    else if (isAbandoned(child, names)) found.push({ ...archive(path, false), form: 'unfinished' })
  }
  return found
}

async function searchChild(path: string, depth: number): Promise<Found[]> {
  const isTakeout = TAKEOUT_FOLDER.test(basename(path)) && !(await holdsArchives(path))
  if (isTakeout) return (await readdir(path)).length > 0 ? [folder(path, 'Takeout/')] : []
  return depth > 0 ? search(path, depth - 1) : []
}

/** An archive, or a link to one: people keep parts on several disks. */
async function isArchiveFile(child: Dirent, path: string): Promise<boolean> {
  if (!isArchiveName(child.name)) return false
  if (!child.isSymbolicLink()) return child.isFile()
  return stat(path).then(
    (status) => status.isFile(),
    () => false,
  )
}

/** An unfinished download whose finished twin is not there. */
function isAbandoned(child: Dirent, names: ReadonlySet<string>): boolean {
  const finished = child.isFile() ? finishedName(child.name) : undefined
  return finished !== undefined && !names.has(finished)
}

async function holdsArchives(directory: string): Promise<boolean> {
  return (await readdir(directory)).some((name) => isArchiveName(name) || finishedName(name))
}

/** The photos root of an export, or one folder of it, named directly. */
async function innerFolder(path: string): Promise<Found[]> {
  const name = basename(path)
  if (await holdsJson(path)) return [folder(path, `Takeout/Google Photos/${name}/`)]
  for (const child of await readdir(path, { withFileTypes: true })) {
    const holds = child.isDirectory() && (await holdsJson(join(path, child.name)))
    if (holds) return [folder(path, `Takeout/${name}/`)]
  }
  return []
}

async function holdsJson(directory: string): Promise<boolean> {
  return (await readdir(directory)).some((name) => /\.json$/i.test(name))
}

function archive(path: string, isNamed: boolean): Found {
  return { form: 'archive', path, isNamed, prefix: '' }
}

function folder(path: string, prefix: string): Found {
  return { form: 'folder', path, isNamed: true, prefix }
}

/** Names are file names; where two parts share one, the folder they are in tells them apart. */
function withNames(found: Found[]): FoundPart[] {
  const sorted = found.sort(
    (a, b) => compare(basename(a.path), basename(b.path)) || compare(a.path, b.path),
  )
  const namesakes = new Map<string, number>()
  for (const { path } of sorted)
    namesakes.set(basename(path), (namesakes.get(basename(path)) ?? 0) + 1)
  return sorted.map((part) => {
    const name = basename(part.path)
    const isUnique = namesakes.get(name) === 1
    return { ...part, name: isUnique ? name : `${basename(dirname(part.path))}/${name}` }
  })
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

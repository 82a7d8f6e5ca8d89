/**
 * Gives every file of the library its path: `/photos/YYYY/MM/NAME.EXT`, month of the local capture
 * time; a second file of that name becomes `NAME (2).EXT`.
 *
 * Items are served by a stable key, capture time then content, so the order of parts does not
 * matter. Files that have a path keep it; the files of one item share one number, so that a still
 * and its clip stay neighbours.
 * @module
 */
import type { FileRole, TakenAt } from '../library.ts'
import { collisionKey, fittingName, legalName, splitExtension } from './file-name.ts'
import type { KeptFile, KeptItem } from './library.ts'

/** A file that has no path yet carries its name in the export in `path`. */
export interface PathlessItem {
  item: KeptItem
  /** Files of `item` to be placed. */
  newFiles: KeptFile[]
}

/** Sets `path` of every new file. `takenPaths` holds the paths in use. */
export function assignPaths(arrivals: readonly PathlessItem[], takenPaths: Iterable<string>): void {
  const places = new Places(takenPaths)
  const served = [...arrivals].sort((a, b) => compareKeys(stableKey(a.item), stableKey(b.item)))
  for (const arrival of served) placeItem(arrival, places)
}

/** The paths in use, as every file system would compare them. */
class Places {
  readonly #taken: Set<string>
  /** First number worth trying for a name, so that ten thousand `image.jpg` stay cheap. */
  readonly #nextNumber = new Map<string, number>()

  constructor(taken: Iterable<string>) {
    this.#taken = new Set([...taken].map(collisionKey))
  }

  /** The first number under which none of the names is taken in `folder`. */
  freeNumber(folder: string, names: readonly Name[]): number {
    const hint = collisionKey(`${folder}/${numbered(names[0]!, 1)}`)
    let number = this.#nextNumber.get(hint) ?? 1
    while (names.some((name) => this.#taken.has(collisionKey(join(folder, name, number))))) number++
    this.#nextNumber.set(hint, number)
    return number
  }

  take(path: string): string {
    this.#taken.add(collisionKey(path))
    return path
  }
}

function placeItem({ item, newFiles }: PathlessItem, places: Places): void {
  const folder = monthFolder(item.taken)
  const names = newFiles.map((file) => plannedName(item, file))
  const shared = places.freeNumber(folder, names)
  const distinct = new Set(names.map((name) => collisionKey(numbered(name, 1)))).size
  newFiles.forEach((file, at) => {
    const name = names[at]!
    const number = distinct === names.length ? shared : places.freeNumber(folder, [name])
    file.path = places.take(join(folder, name, number))
  })
}

const join = (folder: string, name: Name, number: number) => `${folder}/${numbered(name, number)}`

interface Name {
  stem: string
  extension: string
}

function numbered({ stem, extension }: Name, number: number): string {
  return number === 1 ? fittingName(stem, extension) : withNumber(stem, extension, number)
}

function withNumber(stem: string, extension: string, number: number): string {
  const { stem: fitting } = splitExtension(fittingName(stem, extension))
  return `${extension === '' ? fittingName(stem, '') : fitting} (${number})${extension}`
}

/** The title's name with the extension the file really has. */
function plannedName(item: KeptItem, file: KeptFile): Name {
  const exported = splitExtension(legalName(baseName(file.path)))
  const titled = splitExtension(legalName(item.title === '' ? baseName(file.path) : item.title))
  const sameExtension = titled.extension.toLowerCase() === exported.extension.toLowerCase()
  if (file.role === 'original' && sameExtension) return titled
  const stem = looksLikeExtension(titled.extension)
    ? titled.stem
    : `${titled.stem}${titled.extension}`
  return { stem: `${stem}${ROLE_SUFFIX[file.role]}`, extension: exported.extension }
}

const ROLE_SUFFIX: Record<FileRole, string> = {
  original: '',
  edited: '-edited',
  clip: '',
  raw: '',
  copy: '-copy',
}

function looksLikeExtension(extension: string): boolean {
  return /^\.[a-z0-9]{2,5}$/i.test(extension) && /[a-z]/i.test(extension)
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** `/photos/2021/07`; what is known only by year or not at all has a folder of its own. */
export function monthFolder(taken: TakenAt | undefined): string {
  const clock = taken?.local ?? taken?.instant
  const match = clock === undefined ? null : /^(\d{4})(?:-(\d{2}))?/.exec(clock)
  if (!match) return '/photos/undated'
  const hasMonth = match[2] !== undefined && taken?.precision !== 'year'
  return `/photos/${match[1]}/${hasMonth ? match[2] : 'undated'}`
}

/** Capture time, then content: the same whatever the order of parts. */
function stableKey(item: KeptItem): string[] {
  const time = item.taken?.instant ?? item.taken?.local ?? '~'
  return [time, ...item.files.map((file) => file.sha256).sort()]
}

function compareKeys(a: string[], b: string[]): number {
  const left = a.join('\n')
  const right = b.join('\n')
  return left < right ? -1 : left > right ? 1 : 0
}

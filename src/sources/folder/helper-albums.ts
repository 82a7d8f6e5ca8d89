/**
 * What GooglePhotosTakeoutHelper, and its successors, leave behind:
 *
 *   ALL_PHOTOS/[2019/[05/]]IMG_1.jpg, ALL_PHOTOS/date-unknown/…   the photos
 *   Summer/IMG_1.jpg, Albums/Summer/IMG_1.jpg                     albums: links or copies
 *   albums-info.json                                              {"IMG_1.jpg": ["Summer"]} or
 *                                                                 {"albums": {"Summer": ["IMG_1.jpg"]}}
 * @module
 */
import { baseName, folderOf, type TreeFile } from './folder-tree.ts'
import type { Line } from './understand-folder.ts'

const PHOTOS = 'ALL_PHOTOS'
const ALBUMS = 'Albums'
const INFO = 'albums-info.json'
/** Folders beside the photos that are no albums. */
const NO_ALBUM = /^(ALL_PHOTOS|PARTNER_SHARED|_Duplicates|Special Folders)$/

/** Below `ALL_PHOTOS` links lead into the albums, where the photos are. */
export const isAmongAllPhotos = (folder: string) => folder.split('/').includes(PHOTOS)

/** Folders that hold `ALL_PHOTOS`, by root and path. */
export type HelperRoots = ReadonlySet<string>

export function helperRoots(lines: readonly Line[]): HelperRoots {
  const roots = new Set<string>()
  for (const { file } of lines) {
    const segments = file.path.split('/')
    const at = segments.indexOf(PHOTOS)
    if (at >= 0 && at < segments.length - 1) roots.add(rootKey(file, segments.slice(0, at)))
  }
  return roots
}

const rootKey = ({ root }: TreeFile, segments: readonly string[]) =>
  `${root}\0${segments.join('/')}`

/** Whether the folder of `file` is an album beside `ALL_PHOTOS`. */
export function isHelperAlbum(file: TreeFile, roots: HelperRoots): boolean {
  if (roots.size === 0) return false
  const folder = folderOf(file.path).split('/')
  const parent = folder.slice(0, -1)
  if (folder.some((name) => NO_ALBUM.test(name))) return false
  if (roots.has(rootKey(file, parent))) return folder.at(-1) !== ALBUMS
  return parent.at(-1) === ALBUMS && roots.has(rootKey(file, parent.slice(0, -1)))
}

export interface NamedAlbum {
  title: string
  folders: Set<string>
  items: Set<string>
}

/** Albums of `albums-info.json`, which names files only: names that are not unique tell nothing. */
export function albumsOfHelper(root: number, lines: readonly Line[]): NamedAlbum[] {
  const own = lines.filter(({ file }) => file.root === root)
  const info = own.find(({ file }) => baseName(file.path) === INFO && file.text)
  if (!info) return []
  const items = itemsByName(own)
  const albums = new Map<string, NamedAlbum>()
  for (const [title, name] of membershipsOf(info.file.text!)) {
    const item = items.get(name)
    if (item === undefined) continue
    const album = albums.get(title) ?? { title, folders: new Set(), items: new Set() }
    album.items.add(item)
    albums.set(title, album)
  }
  return [...albums.values()]
}

function itemsByName(lines: readonly Line[]): Map<string, string> {
  const items = new Map<string, Set<string>>()
  for (const { entry, file } of lines) {
    if (entry.item === undefined) continue
    const name = baseName(file.path)
    items.set(name, (items.get(name) ?? new Set()).add(entry.item))
  }
  return new Map([...items].flatMap(([name, [item, second]]) => (second ? [] : [[name, item!]])))
}

function membershipsOf(text: Uint8Array): [title: string, name: string][] {
  let json: unknown
  try {
    json = JSON.parse(Buffer.from(text).toString('utf8'))
  } catch {
    return []
  }
  const { albums } = isObject(json) ? json : {}
  if (isObject(albums)) {
    return Object.entries(albums).flatMap(([title, names]) =>
      textsOf(names).map((name): [string, string] => [title, name]),
    )
  }
  return Object.entries(isObject(json) ? json : {}).flatMap(([name, titles]) =>
    textsOf(titles).map((title): [string, string] => [title, name]),
  )
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((text) => typeof text === 'string' && text !== '') : []

/**
 * The aspects of a case that speak of folders, albums and JSON files.
 * @module
 */
import { readAlbumFile } from '../../src/sources/takeout/understanding/album-file.ts'
import {
  asObject,
  type JsonObject,
  parseBoundedJson,
} from '../../src/sources/takeout/understanding/bounded-json.ts'
import { buildTree } from '../../src/sources/takeout/understanding/build-tree.ts'
import { Contents } from '../../src/sources/takeout/understanding/contents.ts'
import type { Case, ExpectedAlbum } from './case.ts'
import { compare, type Found, nfc } from './score.ts'

export function scoreFolders({ expect }: Case, { surveyed, facts }: Found): string[] {
  if (!expect.folders && expect.root === undefined) return []
  const tree = buildTree(surveyed.entries, new Contents(surveyed.entries, facts), facts)
  const byPath = new Map(tree.folders.map((folder) => [folder.path, folder]))
  const roots = expect.root === undefined ? {} : { [nfc(expect.root)]: true }
  return [
    ...compare('folder', expect.folders, (path, wanted) => {
      const { kind, year, untitled } = byPath.get(nfc(path)) ?? {}
      const known: Record<string, unknown> = { kind, year, untitled }
      return Object.fromEntries(Object.keys(wanted).map((key) => [key, known[key]]))
    }),
    ...compare('root', roots, (path) => tree.roots.includes(path)),
  ]
}

export function scoreAlbums({ expect }: Case, found: Found): string[] {
  return (expect.albums ?? []).flatMap((wanted) => scoreAlbum(wanted, found))
}

function scoreAlbum(wanted: ExpectedAlbum, { inventory, entryOf }: Found): string[] {
  const album = inventory.albums.find(({ folders }) =>
    folders.map(nfc).includes(nfc(wanted.folder)),
  )
  if (!album) return [`no album: ${wanted.folder}`]
  const itemsOf = (paths: string[]) => new Set(paths.map((path) => entryOf(path)?.item))
  const members = itemsOf(wanted.members)
  const allowed = itemsOf([...wanted.members, ...(wanted.maybe ?? [])])
  const isComplete = [...members].every((item) => item && album.items.includes(item))
  const isPure = album.items.every((item) => allowed.has(item))
  return [
    album.title === wanted.title ? [] : `title of ${wanted.folder}: ${album.title}`,
    isComplete ? [] : `members are missing: ${wanted.folder}`,
    isPure ? [] : `foreign members: ${wanted.folder}`,
  ].flat()
}

const KINDS: Record<string, string> = { sidecar: 'media', album: 'album', other: 'other' }

export function scoreJson({ expect }: Case, found: Found): string[] {
  return [
    ...compare('kind of', expect.jsonKinds, (path) => KINDS[found.entryOf(path)?.class ?? '']),
    ...compare('album file', expect.albumMeta, (path, wanted) => {
      const { title, remarks, places, coordinates } = readAlbumFile(jsonAt(path, found))
      const place = places[0] ?? coordinates
      const known: Record<string, unknown> = { title, comments: remarks.length, ...place }
      return Object.fromEntries(Object.keys(wanted).map((key) => [key, known[key]]))
    }),
  ]
}

/** Content of a JSON entry of the case. */
export function jsonAt(path: string, { surveyed }: Found): JsonObject {
  const entry = surveyed.entries.find((each) => nfc(each.path) === nfc(path))
  const parsed = parseBoundedJson(entry?.json ?? new Uint8Array())
  return ('value' in parsed ? asObject(parsed.value) : undefined) ?? {}
}

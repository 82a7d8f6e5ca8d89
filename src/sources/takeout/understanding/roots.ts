/**
 * Where in an export the photos lie: `Takeout/Google Photos`, in the account's language. Known
 * names first; else a child of `Takeout` most of whose folders hold media with sidecars, or that
 * has year folders. What lies elsewhere belongs to other Google products.
 * @module
 */
import { isPhotosRootName, yearOfFolderName } from './folder-names.ts'
import { nfc } from './text.ts'

/** Where an entry lies, composed; `folder` is empty for files directly in the root. */
export interface Place {
  /** Full path of the photos root. */
  root: string
  /** Name of the root without what is above it: parts may be extracted side by side. */
  rootName: string
  folder: string
  name: string
}

export interface RootHint {
  path: string
  isMedia: boolean
  /** JSON that states when a photo was taken. */
  statesTime: boolean
}

/** macOS extracts several parts side by side as `Takeout`, `Takeout 2`, `Takeout 3`. */
const TAKEOUT = /^takeout( ?\(?\d+\)?|[-_]\d.*)?$/i
/** How deep a re-packed `Takeout` may lie. */
const MAX_PREFIX = 4

/** Tells for every path of one export where it lies; undefined: outside of the photos. */
export function locatePhotos(hints: readonly RootHint[]): (path: string) => Place | undefined {
  const roots = structuralRoots(hints)
  const isTakeout = hints.some(({ path }) => rootDepth(path.split('/'), roots) !== undefined)
  const hasTakeoutFolder = hints.some(({ path }) => takeoutAt(path.split('/')) !== undefined)
  return (path) => {
    const segments = nfc(path).split('/')
    const depth = rootDepth(segments, roots)
    if (depth !== undefined) return placeAt(segments, depth)
    // A tree without any mark of Takeout: whoever names it means its photos.
    return isTakeout || hasTakeoutFolder ? undefined : placeAt(segments, segments.length - 2)
  }
}

/** Where a file lies that is known to be of the photos. */
export function placeInLastFolder(path: string): Place {
  const segments = nfc(path).split('/')
  return placeAt(segments, segments.length - 2)
}

function placeAt(segments: readonly string[], depth: number): Place {
  const above = Math.max(0, depth)
  return {
    root: segments.slice(0, above).join('/'),
    rootName: segments[above - 1] ?? '',
    folder: segments.slice(above, -1).join('/'),
    name: segments.at(-1)!,
  }
}

/** Number of segments of the photos root that this path lies in. */
function rootDepth(segments: readonly string[], roots: ReadonlySet<string>): number | undefined {
  const takeout = takeoutAt(segments)
  if (takeout !== undefined) {
    const product = segments[takeout + 1]
    if (product === undefined || segments.length < takeout + 3) return undefined
    const depth = takeout + 2
    const isKnown = isPhotosRootName(product) || roots.has(pathOf(segments, depth))
    return isKnown ? depth : undefined
  }
  const named = segments.slice(0, Math.min(MAX_PREFIX, segments.length - 1))
  const at = named.findIndex(isPhotosRootName)
  return at < 0 ? undefined : at + 1
}

function takeoutAt(segments: readonly string[]): number | undefined {
  const at = segments.slice(0, MAX_PREFIX).findIndex((segment) => TAKEOUT.test(segment))
  return at < 0 || at === segments.length - 1 ? undefined : at
}

/** In a folder of its own beside the photos, as every product has one. */
export function isInProduct(path: string): boolean {
  const segments = path.split('/')
  const takeout = takeoutAt(segments)
  return takeout !== undefined && segments.length >= takeout + 3
}

const pathOf = (segments: readonly string[], depth: number) =>
  nfc(segments.slice(0, depth).join('/'))

interface Evidence {
  withMedia: Set<string>
  withTimes: Set<string>
  yearFolders: number
}

/** Children of `Takeout` with an unknown name that look like a photos root. */
function structuralRoots(hints: readonly RootHint[]): Set<string> {
  const byRoot = new Map<string, Evidence>()
  for (const hint of hints) collectEvidence(byRoot, hint)
  return new Set([...byRoot].filter(([, evidence]) => looksLikePhotos(evidence)).map(([r]) => r))
}

function collectEvidence(byRoot: Map<string, Evidence>, hint: RootHint): void {
  const segments = hint.path.split('/')
  const takeout = takeoutAt(segments)
  if (takeout === undefined || segments.length !== takeout + 4) return
  if (isPhotosRootName(segments[takeout + 1]!)) return
  const root = pathOf(segments, takeout + 2)
  const folder = segments[takeout + 2]!
  const evidence = byRoot.get(root) ?? {
    withMedia: new Set(),
    withTimes: new Set(),
    yearFolders: 0,
  }
  byRoot.set(root, evidence)
  if (hint.isMedia) evidence.withMedia.add(folder)
  if (hint.statesTime) evidence.withTimes.add(folder)
  if (yearOfFolderName(folder) !== undefined) evidence.yearFolders++
}

function looksLikePhotos({ withMedia, withTimes, yearFolders }: Evidence): boolean {
  const both = [...withMedia].filter((folder) => withTimes.has(folder)).length
  return yearFolders > 0 || (both > 0 && both * 2 >= withMedia.size)
}

/**
 * What the overview page of each export lists, compared with what is here.
 * @module
 */
import type { Surveyed, SurveyedEntry } from '../surveyed.ts'
import { type Overview, readOverview } from './overview.ts'
import { compareText, groupBy, nfc } from './text.ts'

export interface Listing {
  /** How many files of Google Photos the page says there are. */
  files?: number
  /** As people read it. */
  size?: string
  /** How many it names. */
  listed: number
  /** Those it names that are not here, sorted, `folder/name`. */
  missing: string[]
  /** Names of parts the page mentions. */
  parts: string[]
}

/**
 * A page that names less than this share of what lies in the folders it speaks of is not understood, and
 * proves nothing. Sidecars may be left away in it.
 */
const UNDERSTOOD_FROM = 0.2

/** A survey is understood several times, and its pages stay the same. */
const known = new WeakMap<Surveyed, Map<string, Listing>>()

/** By export id; of exports whose page is here. */
export function readListings(surveyed: Surveyed): ReadonlyMap<string, Listing> {
  const listings = known.get(surveyed) ?? readAll(surveyed)
  known.set(surveyed, listings)
  return listings
}

function readAll({ entries }: Surveyed): Map<string, Listing> {
  const listings = new Map<string, Listing>()
  for (const [id, own] of groupBy(entries, ({ exportId }) => exportId)) {
    const pages = own.flatMap(({ overview }) => (overview ? [readOverview(overview)] : []))
    const page = pages.sort((a, b) => sizeOf(b) - sizeOf(a))[0]
    if (page) listings.set(id, compare(page, own))
  }
  return listings
}

const sizeOf = ({ photos }: Overview) => photos?.listed.length ?? 0

function compare({ photos, parts }: Overview, entries: readonly SurveyedEntry[]): Listing {
  const listed = (photos?.listed ?? []).map(nameOf)
  const folders = new Set(listed.map(({ folder }) => folder))
  const paths = new Set(entries.map(({ path }) => path)) // the same path in two parts is one file
  const own = [...paths].map(nameOf).filter(({ folder }) => folders.has(folder))
  const { missing, found } = withoutThoseHere(listed, own)
  const isUnderstood = found > 0 && found >= own.length * UNDERSTOOD_FROM
  const listing: Listing = isUnderstood
    ? { listed: listed.length, missing: missing.map(({ path }) => path).sort(compareText), parts }
    : { listed: 0, missing: [], parts }
  if (photos?.files !== undefined) listing.files = photos.files
  if (photos?.size !== undefined) listing.size = photos.size
  return listing
}

/** What of a path is compared: composed, in one case, without what a page or a file system may change. */
interface Name {
  path: string
  folder: string
  /** Folder and name. */
  key: string
  /** Folder and extension. */
  kind: string
}

function nameOf(path: string): Name {
  const [name = '', last = ''] = loose(path).split('/').reverse()
  const folder = last.trim()
  const dot = name.lastIndexOf('.')
  const kind = `${folder}/${dot < 0 ? '' : name.slice(dot)}`
  return { path, folder, key: `${folder}/${name.trim()}`, kind }
}

function loose(text: string): string {
  return nfc(text)
    .replace(/[\s_]+/g, ' ')
    .toLowerCase()
}

/**
 * Listed names that are not here. The page may show a name as it was before it was cut: where as many
 * files of that folder and kind are here that the page does not list, nothing is proven.
 */
function withoutThoseHere(listed: readonly Name[], own: readonly Name[]) {
  const here = new Map<string, number>()
  for (const { key } of own) add(here, key, 1)
  const notFound = listed.filter(({ key }) => !takeOne(here, key))
  const unlisted = new Map<string, number>()
  for (const { key, kind } of own) if (takeOne(here, key)) add(unlisted, kind, 1)
  const missing = [...groupBy(notFound, ({ kind }) => kind)].flatMap(([kind, names]) =>
    names.length > (unlisted.get(kind) ?? 0) ? names : [],
  )
  return { missing, found: listed.length - notFound.length }
}

function add(counts: Map<string, number>, key: string, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count)
}

function takeOne(here: Map<string, number>, key: string): boolean {
  const left = here.get(key) ?? 0
  if (left === 0) return false
  here.set(key, left - 1)
  return true
}

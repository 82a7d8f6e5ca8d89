/**
 * Adds to items what their folder says beside the photos: XMP files, the database of gphotos-sync,
 * and, where nothing else tells the time, when the file was last modified.
 *
 * A sidecar of Google comes first, then XMP, where people correct dates, then what the file holds,
 * then the database, then names and the file's time.
 * @module
 */
import type { Amendable, Item, Problem, TakenAt } from '../../photos/library.ts'
import {
  formatInstant,
  formatLocal,
  formatOffset,
  inferOffset,
  parseLocal,
} from '../../photos/zones.ts'
import type { EntryFacts } from '../source.ts'
import { baseName, type FolderTree, type TreeFile } from './folder-tree.ts'
import { DATABASE_NAME, type SyncedFile } from './gphotos-sync.ts'
import { matchSynced } from './match-synced.ts'
import type { Line } from './understand-folder.ts'
import { readXmp, type XmpFacts } from './xmp.ts'

export interface Described {
  tree: FolderTree
  lines: readonly Line[]
  /** Changed in place. */
  items: readonly Item[]
  facts: EntryFacts
}

export function describeItems(described: Described): Problem[] {
  const { items, lines } = described
  const itemById = new Map(items.map((item) => [item.id, item]))
  const owners = new Map<Item, Line>()
  for (const line of lines) {
    const item = line.entry.item === undefined ? undefined : itemById.get(line.entry.item)
    if (item && line.entry.path === item.files[0]!.path && !owners.has(item)) owners.set(item, line)
  }
  const problems = [...describeByXmp(lines, itemById), ...describeByDatabase(described, itemById)]
  for (const [item, { file }] of owners) {
    if (item.taken === undefined) item.taken = modifiedAt(file)
  }
  return problems
}

const hasGoogleSidecar = ({ entry }: Line) =>
  typeof entry.sidecar === 'string' && entry.describedInPart !== true

/** `IMG_1.jpg.xmp` belongs to that file, `IMG_1.xmp` to the one photo of that name, raws first. */
function describeByXmp(lines: readonly Line[], itemById: ReadonlyMap<string, Item>): Problem[] {
  const media = new Map<string, Line[]>()
  for (const line of lines.filter(({ entry }) => entry.class === 'media')) {
    for (const key of [line.file.path, withoutExtension(line.file.path)]) {
      const name = keyOf(line.file, key)
      media.set(name, [...(media.get(name) ?? []), line])
    }
  }
  const problems: Problem[] = []
  for (const { entry, file } of lines) {
    if (!/\.xmp$/i.test(file.path) || entry.class !== 'sidecar' || !file.text) continue
    const candidates = media.get(keyOf(file, withoutExtension(file.path))) ?? []
    const line = onlyOwner(candidates)
    const said = readXmp(file.text)
    if (!said) problems.push(brokenXmp(file.path))
    else if (line) applyXmp(said, file.path, line, itemById.get(line.entry.item!)!)
    else if (candidates.length > 1) problems.push(ambiguousXmp(file.path, candidates))
  }
  return problems
}

const withoutExtension = (path: string) => path.replace(/\.[^./]*$/, '')
const keyOf = ({ root }: TreeFile, path: string) =>
  `${root}\0${path.normalize('NFC').toLowerCase()}`

function onlyOwner(candidates: readonly Line[]): Line | undefined {
  const items = new Set(candidates.map(({ entry }) => entry.item))
  if (items.size <= 1)
    return candidates.find(({ entry }) => entry.role === 'original') ?? candidates[0]
  const raws = candidates.filter(({ entry }) => /^image\/x-/.test(entry.mediaType ?? ''))
  return raws.length === 1 ? raws[0] : undefined
}

function applyXmp(said: XmpFacts, path: string, line: Line, item: Item): void {
  const { entry } = line
  const isGoogles = hasGoogleSidecar(line)
  if (!isGoogles) {
    Object.assign(entry, { sidecar: path, via: 'own', describedInPart: true })
    const named = said.title !== undefined && entry.role === 'original'
    const title = named ? titled(said.title!, item) : item.title
    entry.tells = AMENDABLE.filter((key) =>
      key === 'title' ? title !== item.title : saysAnything(said[key]),
    )
    item.title = title
    if (said.taken) item.taken = said.taken
    if (said.more) item.more = { ...item.more, ...said.more }
  }
  item.description ??= said.description as string
  if (item.description === undefined) delete item.description
  if (!item.location && said.location) item.location = said.location
  if (item.people.length === 0) item.people = said.people
}

const AMENDABLE: readonly Amendable[] = [
  ...(['title', 'description', 'taken', 'location', 'people', 'more'] as const),
]

const saysAnything = (value: unknown) =>
  value !== undefined && !(Array.isArray(value) && value.length === 0)

/** A title is a name only when it could be one: captions are written there, too. */
function titled(title: string, item: Item): string {
  const extension = /\.[^./]*$/.exec(item.title)?.[0] ?? ''
  const isName = extension !== '' && title.toLowerCase().endsWith(extension.toLowerCase())
  return isName && !title.includes('/') ? title : item.title
}

function brokenXmp(path: string): Problem {
  const message =
    'This XMP file holds no metadata that can be read; it is kept as it is, and its photo is imported all the same.'
  return { code: 'BROKEN_SIDECAR', path, message }
}

function ambiguousXmp(path: string, candidates: readonly Line[]): Problem {
  const names = candidates.map(({ file }) => `"${baseName(file.path)}"`).join(' or ')
  return {
    code: 'AMBIGUOUS',
    path,
    message: `Nothing was guessed: it may describe ${names}. All files are imported.`,
  }
}

function describeByDatabase(
  { tree, lines, facts }: Described,
  itemById: ReadonlyMap<string, Item>,
): Problem[] {
  const problems: Problem[] = []
  for (const [root, { database }] of tree.roots.entries()) {
    if (!database) continue
    if (database.problem !== undefined) {
      const message = `The database of gphotos-sync could not be read: ${database.problem}. Photos are imported all the same, with less to say about them.`
      problems.push({ code: 'BROKEN_SIDECAR', path: DATABASE_NAME, message })
    }
    for (const [line, synced] of matchSynced(database.files, lines, root)) {
      const item = itemById.get(line.entry.item!)!
      const found = facts.get(line.entry.index)
      const wall = found && !('failure' in found) ? parseLocal(found.takenLocal) : undefined
      applySynced(synced, line, item, wall)
    }
  }
  return problems
}

function applySynced(
  synced: SyncedFile,
  line: Line,
  item: Item,
  wallClock: number | undefined,
): void {
  const { entry } = line
  if (typeof entry.sidecar !== 'string') {
    Object.assign(entry, { sidecar: DATABASE_NAME, via: 'own', describedInPart: true })
    if (item.files[0]!.path === entry.path) item.title = synced.title
  }
  if (synced.description !== undefined) item.description ??= synced.description
  if (synced.url !== undefined) item.url ??= synced.url
  const { latitude, longitude } = synced
  if (!item.location && latitude !== undefined && longitude !== undefined) {
    item.location = { latitude, longitude, source: 'sidecar' }
  }
  item.taken = takenWith(item.taken, synced.createdSeconds, wallClock) as TakenAt
  if (item.taken === undefined) delete item.taken
}

/** The instant Google knew, beside the wall clock the file holds: together they tell the zone. */
function takenWith(
  taken: TakenAt | undefined,
  createdSeconds: number | undefined,
  wallClock: number | undefined,
): TakenAt | undefined {
  if (createdSeconds === undefined) return taken
  if (
    taken?.source === 'sidecar' ||
    (taken?.instant !== undefined && taken.guessed !== 'instant')
  ) {
    return taken
  }
  const offset = wallClock === undefined ? undefined : inferOffset(wallClock, createdSeconds)
  if (taken?.source === 'embedded' && offset === undefined) return taken
  const known = {
    instant: formatInstant(createdSeconds),
    precision: 'second',
    source: 'sidecar',
  } as const
  if (offset === undefined) return known
  return {
    ...known,
    local: formatLocal(createdSeconds + offset),
    offset: formatOffset(offset),
    zoneFrom: 'clock',
  }
}

/** The least there is: copying a file may have set it. */
function modifiedAt({ modifiedMs }: TreeFile): TakenAt {
  const instant = formatInstant(Math.floor(modifiedMs / 1000))
  return { instant, precision: 'second', source: 'modified', confidence: 'low' }
}

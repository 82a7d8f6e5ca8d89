/**
 * Small exports for tests, written as what lies where.
 *
 *   anExport({
 *     'Photos from 2020/a.jpg': 'A',                                  content A
 *     'Photos from 2020/a.jpg.json': { title: 'a.jpg' },              JSON, as object
 *     'Trip/b.MP4': { content: 'B', bytes: 7, part: 2, contentIdentifier: 'X' },   with facts
 *   })
 *
 * Paths begin at the photos root unless they begin with `/`.
 * @module
 */
import { createHash } from 'node:crypto'
import type { Item } from '../../src/photos/library.ts'
import type { MediaFacts } from '../../src/photos/media-facts.ts'
import type { Entry, EntryFacts, Inventory } from '../../src/sources/source.ts'
import type { Surveyed, SurveyedEntry } from '../../src/sources/takeout/surveyed.ts'
import { understand } from '../../src/sources/takeout/understanding/understand.ts'
import { utf8 } from '../../src/util/bytes.ts'

export interface FileSpec extends MediaFacts {
  content?: string
  bytes?: number
  /** Number of the part. */
  part?: number
  exportId?: string
  refused?: string
  failure?: string
  /** Without checksum, as in `.tgz` before reading. */
  unsummed?: boolean
}

export interface Understood {
  inventory: Inventory
  surveyed: Surveyed
  entry(path: string): Entry
  item(path: string): Item
  /** Paths, below the photos root, of problems of a code. */
  problems(code: string): string[]
}

const ROOT = 'Takeout/Google Photos/'
const EXPORT = 'takeout-20260101T000000Z'
const full = (path: string) => (path.startsWith('/') ? path.slice(1) : ROOT + path)

export function anExport(files: Record<string, unknown>): Understood {
  const facts = new Map<number, MediaFacts | { failure: { code: string; message: string } }>()
  const entries = Object.entries(files).map(([path, spec], index) => {
    // One path in two parts: a trailing `#2` tells the keys apart.
    const plain = full(path.replace(/#\d+$/, ''))
    if (plain.endsWith('.json')) return jsonEntry(plain, index, spec)
    const file = typeof spec === 'string' ? { content: spec } : (spec as FileSpec)
    const known = factsOf(file)
    if (known) facts.set(index, known)
    return mediaEntry(plain, index, file)
  })
  return look({ parts: [], entries }, facts)
}

export function look(surveyed: Surveyed, facts: EntryFacts): Understood {
  const inventory = understand(surveyed, facts)
  const entry = (path: string) => inventory.entries.find((each) => each.path === full(path))!
  return {
    inventory,
    surveyed,
    entry,
    item: (path) => inventory.items.find(({ id }) => id === entry(path).item)!,
    problems: (code) =>
      inventory.problems.flatMap((p) => (p.code === code ? p.path.replace(ROOT, '') : [])),
  }
}

function jsonEntry(path: string, index: number, spec: unknown): SurveyedEntry {
  const json = utf8(typeof spec === 'string' ? spec : JSON.stringify(spec))
  return { index, path, part: partName(1), exportId: EXPORT, bytes: json.length, json }
}

function mediaEntry(path: string, index: number, file: FileSpec): SurveyedEntry {
  const { content = path, bytes = 100_000, part = 1, exportId = EXPORT, refused, unsummed } = file
  const digest = createHash('sha256').update(content).digest('hex')
  const entry: SurveyedEntry = { index, path, part: partName(part), exportId, bytes }
  if (!unsummed) entry.crc32 = Number.parseInt(digest.slice(0, 8), 16)
  return refused === undefined ? entry : { ...entry, refused }
}

function factsOf(file: FileSpec) {
  const { content, bytes, part, exportId, refused, unsummed, failure, ...facts } = file
  if (failure !== undefined) return { failure: { code: 'ZIP_DAMAGED', message: failure } }
  return Object.keys(facts).length > 0 ? facts : undefined
}

const partName = (part: number) => `${EXPORT}-${String(part).padStart(3, '0')}.zip`

/** A sidecar as Google writes it, as far as a test needs it. */
export function sidecar(title: string, takenSeconds?: number, more: object = {}): object {
  const taken =
    takenSeconds === undefined ? {} : { photoTakenTime: { timestamp: `${takenSeconds}` } }
  return { title, ...taken, ...more }
}

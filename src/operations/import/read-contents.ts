/**
 * Brings every distinct content of an export into the repository, each read once.
 * @module
 */
import type { ContentResult, StoredContent } from '../../kloset/workers/content.ts'
import type { SnapshotWriter } from '../../kloset/writing/snapshot-writer.ts'
import type { MediaFacts } from '../../photos/media-facts.ts'
import type { Entry, Inventory, Survey } from '../../sources/source.ts'
import type { Progress } from '../../util/progress.ts'
import type { Journal } from './journal.ts'
import { contentKey, type KnownContent } from './known-contents.ts'

export type Failure = { failure: { code: string; message: string } }

export interface ReadContents {
  /** The library, now that the bytes were read. */
  inventory: Inventory
  facts: Map<number, MediaFacts | Failure>
  /** By entry index; entries that are the same bytes as another have none of their own. */
  stored: Map<number, StoredContent>
  /** Indexes whose bytes were in the repository before this run. */
  known: Set<number>
}

export interface ReadContentsOptions {
  knownContents: ReadonlyMap<string, KnownContent>
  journal: Journal
  progress: Progress
}

/** What names alone tell, before anything was read. */
export function beginReading(survey: Survey): ReadContents {
  const facts = new Map<number, MediaFacts | Failure>()
  return { inventory: survey.understand(facts), facts, stored: new Map(), known: new Set() }
}

/** Reads all that `read` lacks; its inventory then says what the bytes told, too. */
export async function readContents(
  read: ReadContents,
  survey: Survey,
  writer: SnapshotWriter,
  options: ReadContentsOptions,
): Promise<void> {
  // Once round for the whole export; again only when a content failed of which there are copies.
  for (let wanted = unread(read); wanted.length > 0; wanted = unread(read)) {
    const unknown = takeKnown(wanted, read, options.knownContents)
    const missing = takePassed(unknown, read, survey)
    await storeAll(missing, { survey, writer, read, ...options })
    understandAnew(read, survey)
  }
}

/** The inventory there was is let go first: two of a large library are not in memory at once. */
function understandAnew(read: ReadContents, survey: Survey): void {
  const open: { inventory: Inventory | undefined } = read
  open.inventory = undefined
  read.inventory = survey.understand(read.facts)
}

/** Whether it is stored as a content of its own: photos and videos, and what is kept beside them. */
export function isContent(entry: Entry): boolean {
  return entry.class === 'media' || entry.kept === 'content'
}

/** Contents whose bytes nobody has read, and that no entry read in their place stands for. */
function unread({ inventory, facts }: ReadContents): Entry[] {
  return inventory.entries.filter(
    (entry) =>
      isContent(entry) &&
      !facts.has(entry.index) &&
      (entry.sameBytesAs === undefined || isFailure(facts.get(entry.sameBytesAs))),
  )
}

export function isFailure(facts: MediaFacts | Failure | undefined): facts is Failure {
  return facts !== undefined && 'failure' in facts
}

/** Notes what the repository has already; returns the rest. */
function takeKnown(
  entries: readonly Entry[],
  read: ReadContents,
  knownContents: ReadonlyMap<string, KnownContent>,
): Entry[] {
  return entries.filter((entry) => {
    const key = contentKey(entry)
    const known = key === undefined ? undefined : knownContents.get(key)
    if (!known) return true
    read.facts.set(entry.index, known.facts)
    read.stored.set(entry.index, known.content)
    read.known.add(entry.index)
    return false
  })
}

/** Notes what was stored while the source was surveyed; returns the rest. */
function takePassed(entries: readonly Entry[], read: ReadContents, { taken }: Survey): Entry[] {
  if (taken === undefined) return [...entries]
  return entries.filter(({ index }) => {
    const passed = taken.get(index)
    if (!passed) return true
    read.facts.set(index, passed.facts)
    read.stored.set(index, passed.stored as StoredContent)
    return false
  })
}

interface Storing extends ReadContentsOptions {
  survey: Survey
  writer: SnapshotWriter
  read: ReadContents
}

async function storeAll(entries: readonly Entry[], storing: Storing): Promise<void> {
  if (entries.length === 0) return
  const byIndex = new Map(entries.map((entry) => [entry.index, entry]))
  const batches = storing.survey.batches([...byIndex.keys()])
  try {
    for await (const result of storing.writer.storeContents(batches)) {
      await note(result, byIndex.get(result.id)!, storing)
      storing.progress.advance({ items: 1 })
    }
  } finally {
    await storing.journal.flush()
  }
  for (const { index } of entries) {
    if (!storing.read.facts.has(index)) storing.read.facts.set(index, NEVER_REPORTED)
  }
}

/** An entry may not stay without an end, whatever a source does. */
const NEVER_REPORTED: Failure = {
  failure: { code: 'NOT_READ', message: 'the source did not hand it out' },
}

async function note(result: ContentResult, entry: Entry, storing: Storing): Promise<void> {
  if ('failure' in result) {
    storing.read.facts.set(result.id, { failure: result.failure })
    return
  }
  storing.read.facts.set(result.id, result.stored.facts as MediaFacts)
  storing.read.stored.set(result.id, result.stored)
  const key = contentKey(entry)
  if (key !== undefined) await storing.journal.note(key, result.stored)
}

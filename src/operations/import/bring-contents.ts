/**
 * Brings the contents of an export into the repository: those that it has already are found, all
 * others are read, each once.
 * @module
 */
import type { SnapshotWriter } from '../../kloset/writing/snapshot-writer.ts'
import type { Inventory, Survey } from '../../sources/source.ts'
import type { WorkOptions } from '../work-options.ts'
import { type CarriedOver, carryOver } from './carry-over.ts'
import type { Journal } from './journal.ts'
import { type KnownContent, keysOf } from './known-contents.ts'
import type { PreviousLibrary } from './previous-library.ts'
import { isContent, type ReadContents, readContents } from './read-contents.ts'

/** Takes over what the repository has, reads what it has not; `read` ends complete. */
export async function bringContents(
  read: ReadContents,
  survey: Survey,
  previous: PreviousLibrary,
  writer: SnapshotWriter,
  journal: Journal,
  options: WorkOptions & { reread: boolean },
): Promise<CarriedOver> {
  options.progress.stage('Looking up what is known')
  const keys = options.reread ? new Set<string>() : keysOf(read.inventory.entries)
  const carried = await carryOver(previous.reader, writer, keys)
  const knownContents = new Map(carried.knownContents)
  for (const [key, content] of await journalled(journal, writer, keys)) {
    knownContents.set(key, content)
  }
  const expected = expectedReading(read.inventory, knownContents.size)
  options.progress.stage('Saving photos and videos', expected)
  await readContents(read, survey, writer, { knownContents, journal, ...options })
  return carried
}

/** What an interrupted run stored, as far as the repository proves it. */
async function journalled(
  journal: Journal,
  writer: SnapshotWriter,
  keys: ReadonlySet<string>,
): Promise<Map<string, KnownContent>> {
  const proven = new Map<string, KnownContent>()
  for (const [key, noted] of await journal.read(keys)) {
    const content = await writer.known(noted.objectMac)
    if (content) proven.set(key, { content: noted, facts: noted.facts as KnownContent['facts'] })
  }
  return proven
}

function expectedReading({ entries }: Inventory, known: number) {
  const distinct = entries.filter((e) => isContent(e) && e.sameBytesAs === undefined)
  const bytes = distinct.reduce((sum, entry) => sum + entry.bytes, 0)
  return known > 0 ? { items: distinct.length } : { items: distinct.length, bytes }
}

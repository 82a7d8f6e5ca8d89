/**
 * `backup`: saves a library in a new snapshot, as a story in one function.
 *
 *   survey the source → open a snapshot → carry over what was there → read what is new, once →
 *   understand the whole → grow the library → write tree, ledger, report → publish
 *   (another import was faster? grow its library instead, and publish that)
 *
 * A content that cannot be read is a line of the report; a store that cannot be written ends the
 * run, and nothing is published.
 * @module
 */
import type { Repository } from '../kloset/repository.ts'
import { newSnapshot, type SnapshotWriter } from '../kloset/writing/snapshot-writer.ts'
import type { Extent } from '../photos/growth/extent.ts'
import type { Problem } from '../photos/library.ts'
import type { Inventory, InventorySummary, Source, Survey } from '../sources/source.ts'
import type { Clock } from '../util/clock.ts'
import { bringContents } from './import/bring-contents.ts'
import { EarlyWriter } from './import/early-writer.ts'
import { growAndWrite } from './import/grow-and-write.ts'
import { bytesStoredFrom, rejectionsOf } from './import/import-report.ts'
import { Journal } from './import/journal.ts'
import { KnownSidecars } from './import/known-sidecars.ts'
import {
  newestLibrary,
  type PreviousLibrary,
  readPreviousLibrary,
} from './import/previous-library.ts'
import { type Ground, publishGrown } from './import/publish-grown.ts'
import { beginReading, type ReadContents } from './import/read-contents.ts'
import type { RunStatus } from './outcome.ts'
import type { ImportCounts, StoredReport } from './stored-report.ts'
import type { WorkOptions } from './work-options.ts'

export interface ImportOptions extends WorkOptions {
  /** Worker threads; 0 does all work in this thread. */
  threads: number
  /** Where the journal of an interrupted run is kept; undefined keeps none. */
  cacheDir: string | undefined
  /**
   * Reads and stores all contents, also those that are known by name, size and CRC-32: heals what was
   * damaged in the store.
   */
  reread: boolean
  /** What the person says the export is; else it is found out. */
  extent?: 'full' | 'incremental'
  /** Product and version, for the snapshot's header. */
  client: string
  /** For waiting until others have published. */
  clock?: Clock
}

export interface ImportReport extends ImportCounts {
  status: RunStatus
  /** Absent when nothing was saved. */
  snapshot?: string
  bytesStored: number
  seconds: number
  summary: InventorySummary
  /** Absent when nothing was saved. */
  extent?: Extent
  problems: Problem[]
}

export async function importLibrary(
  repository: Repository,
  source: Source,
  options: ImportOptions,
): Promise<ImportReport> {
  const started = new Date()
  await using writers = writersOf(repository, source, options)
  const known = new KnownSidecars(await newestLibrary(repository))
  const asked = { ...options, ...writers.forSurvey(), ...(options.reread ? {} : { known }) }
  await using survey = await source.survey(asked)
  writers.check()
  const read = beginReading(survey)
  const previous = await readPreviousLibrary(repository)
  if (isEmpty(read, previous)) return nothingToSave(read.inventory, survey, started)

  const { entries, bytes } = read.inventory.summary
  const writer = await writers.get({ contents: entries, bytes }, survey.contentModule)
  const journal = new Journal(options.cacheDir, repository)
  const carried = await bringContents(read, survey, previous, writer, journal, options)
  if (isEmpty(read, previous)) return nothingToSave(read.inventory, survey, started)

  const id = importId(started, writer)
  const { progress, extent: told } = options
  const work = { id, kind: source.kind, survey, read, writer, progress, told, started }
  const write = (ground: Ground) => growAndWrite({ ...work, problems: known.problems }, ground)
  const saved = await publishGrown(writer, { previous, carried }, write, { repository, ...options })
  await journal.forget()
  return {
    ...countsOf(saved.report),
    snapshot: saved.id,
    bytesRead: survey.bytesRead + bytesStoredFrom(read, survey),
    bytesStored: saved.bytesStored,
    seconds: secondsSince(started),
    summary: saved.report.summary,
    extent: saved.growth.extent,
    problems: saved.report.problems,
  }
}

/**
 * No photo is there, or none that can be read. Sidecars alone are worth saving when there are photos
 * that they may describe.
 */
function isEmpty({ inventory }: ReadContents, { reader }: PreviousLibrary): boolean {
  const { items, media, rejected, sidecars, albumFiles } = inventory.summary
  if (items > 0) return false
  return !reader || media + rejected > 0 || sidecars + albumFiles === 0
}

/** The one writer, to be opened when it is needed; with it goes what it has begun. */
function writersOf(
  repository: Repository,
  { contentModule }: Source,
  { threads, signal, reread, progress }: ImportOptions,
): EarlyWriter {
  return new EarlyWriter(contentModule, (contentModule, expected) =>
    newSnapshot(repository, {
      ...{ contentModule, threads, expected, signal, anew: reread },
      now: () => new Date(),
      onBytes: (bytes) => progress.advance({ bytes }),
      onWait: (what) => progress.stage(what),
    }),
  )
}

/** `20261121T101500123Z-ab12cd34`: when, and of which snapshot. Sorted by time, never the same twice. */
function importId(started: Date, writer: SnapshotWriter): string {
  return `${started.toISOString().replace(/[-:.]/g, '')}-${writer.id.slice(0, 8)}`
}

function countsOf(report: StoredReport) {
  const { status, items, added, changed, unchanged, vanished, failed, refused } = report
  return { status, items, added, changed, unchanged, vanished, failed, refused }
}

/** There was no photo to be had: no snapshot is made, and the report says why. */
function nothingToSave(inventory: Inventory, survey: Survey, started: Date): ImportReport {
  return {
    status: 'failed',
    items: 0,
    added: 0,
    changed: 0,
    unchanged: 0,
    vanished: 0,
    ...rejectionsOf(inventory),
    bytesRead: survey.bytesRead,
    bytesStored: 0,
    seconds: secondsSince(started),
    summary: inventory.summary,
    problems: inventory.problems,
  }
}

const secondsSince = (started: Date) => Math.round(Date.now() - started.getTime()) / 1000

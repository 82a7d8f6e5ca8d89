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
import { type Growth, growLibrary } from '../photos/growth/grow-library.ts'
import type { Problem } from '../photos/library.ts'
import type { Inventory, InventorySummary, Source, Survey, Verdict } from '../sources/source.ts'
import type { Clock } from '../util/clock.ts'
import { noteAmendments } from './import/amendments.ts'
import { arrivingItems } from './import/arriving-items.ts'
import { bringContents } from './import/bring-contents.ts'
import { circumstancesOf, growthProblems } from './import/circumstances.ts'
import { withDescribedBefore } from './import/described-before.ts'
import { EarlyWriter } from './import/early-writer.ts'
import { halfLines, readHalves } from './import/halves.ts'
import { halvesNow, halvesReasons } from './import/halves-now.ts'
import { type JoinedExports, joinExports, joinedProblems } from './import/join-exports.ts'
import { Journal } from './import/journal.ts'
import { KnownSidecars } from './import/known-sidecars.ts'
import { libraryFacts } from './import/library-facts.ts'
import {
  newestLibrary,
  type PreviousLibrary,
  readPreviousLibrary,
} from './import/previous-library.ts'
import { type Ground, publishGrown } from './import/publish-grown.ts'
import { beginReading, type ReadContents } from './import/read-contents.ts'
import { writeImportFolder, writeReport } from './import/write-import-folder.ts'
import { lostFiles, writeLibraryTree, writeText } from './import/write-tree.ts'
import { type RunStatus, statusOfReading } from './outcome.ts'
import { HALVES_PATH, IMPORTS_PATH } from './snapshot-tree.ts'
import type { HalvesCounts, ImportCounts, StoredReport } from './stored-report.ts'
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
  const write = async ({ previous, carried }: Ground) => {
    options.progress.stage('Writing the catalogue')
    const waiting = await readHalves(previous)
    const joined = await joinExports(previous, waiting, survey, read)
    const arrivals = arrivingItems(read, { kind: source.kind, ...(joined ? { joined } : {}) })
    await noteAmendments(arrivals.items, read.inventory, survey, carried)
    const inventory = joined?.inventory ?? read.inventory
    const open = joinedProblems(read.inventory.problems, joined)
    const told = { inventory, problems: open, kind: source.kind, told: options.extent, started }
    const circumstances = circumstancesOf({ ...told, joined })
    const growth = growLibrary(previous.library, arrivals.items, inventory.albums, circumstances)
    const { library } = growth
    const { contents } = arrivals
    const lost = lostFiles(library, carried.paths, contents)
    const losses = [...lost, ...carried.lost].map(lostContent)
    const unread = [...known.problems, ...carried.problems, ...waiting.problems]
    const left = withDescribedBefore(open, read, library)
    const problems = [...losses, ...unread, ...growthProblems(growth), ...left]
    const folder = { path: `${IMPORTS_PATH}/${id}`, read, growth, carried, now: started }
    const tree = { library, contents, carried: carried.paths, lost, now: started }
    await writeLibraryTree(writer, tree)
    const rows = await writeImportFolder(writer, survey, folder)
    const halves = await halvesNow(waiting.rows, { id, survey, read, rows, joined, library })
    await writeText(writer, HALVES_PATH, halfLines(halves.rows), started)
    const found = { growth, problems, started, joined, halves: halves.counts }
    const report = storedReport(id, survey, read, found)
    await writeReport(writer, report, folder)
    options.progress.stage('Publishing the snapshot')
    return { growth, report }
  }
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

function lostContent(path: string): Problem {
  const message =
    'An earlier import saved this file, and its content is no longer in the store. It stays in the catalogue; another copy of the store, or an archive that has it, brings it back'
  return { code: 'LOST_CONTENT', path, message }
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

function storedReport(
  id: string,
  survey: Survey,
  read: ReadContents,
  {
    growth,
    problems,
    started,
    joined,
    halves,
  }: {
    growth: Growth
    problems: Problem[]
    started: Date
    joined: JoinedExports | undefined
    halves: HalvesCounts
  },
): StoredReport {
  const { summary: own } = read.inventory
  const verdict = joined?.inventory.summary.verdict ?? own.verdict
  const summary = { ...own, ...(verdict ? { verdict: withHalves(verdict, halves) } : {}) }
  return {
    import: id,
    started: started.toISOString(),
    source: describeSource(read.inventory),
    status: statusOfReading(problems, growth.library.items.length),
    items: growth.library.items.length,
    added: growth.added,
    changed: growth.changed,
    unchanged: growth.unchanged,
    vanished: growth.vanished,
    extent: growth.extent,
    library: libraryFacts(growth.library),
    halves,
    ...rejectionsOf(read.inventory),
    bytesRead: survey.bytesRead + bytesStoredFrom(read, survey),
    problems,
    summary,
  }
}

function withHalves({ answer, reasons }: Verdict, halves: HalvesCounts): Verdict {
  return { answer, reasons: [...reasons, ...halvesReasons(halves)] }
}

/** Every rejected entry counts once: it was damaged, or refused without reading. */
function rejectionsOf({ problems, summary }: Inventory): { failed: number; refused: number } {
  const failed = problems.filter(({ code }) => code === 'DAMAGED_ENTRY').length
  return { failed, refused: summary.rejected - failed }
}

/** Which exports, never where they lay: local paths do not belong into a snapshot. */
function describeSource(inventory: Inventory): string {
  return inventory.summary.exports.map(({ id }) => id).join('+')
}

/** Bytes read after the survey: contents that were neither known before nor stored as they passed. */
function bytesStoredFrom(read: ReadContents, survey: Survey): number {
  let bytes = 0
  for (const [index, stored] of read.stored) {
    const wasCounted = read.known.has(index) || survey.taken?.has(index)
    if (!wasCounted) bytes += stored.size
  }
  return bytes
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

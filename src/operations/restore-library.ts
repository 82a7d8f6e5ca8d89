/**
 * `restore`: gives a snapshot back, verified on the way: every chunk is compared with its name, every
 * file with its content MAC, and what was written is read back.
 * @module
 */

import type { Destination, Written } from '../destinations/destination.ts'
import type { SnapshotReader } from '../kloset/reading/snapshot-reader.ts'
import type { Repository } from '../kloset/repository.ts'
import { utf8 } from '../util/bytes.ts'
import { codeOf, toError } from '../util/coded-error.ts'
import { mapConcurrently } from '../util/map-concurrently.ts'
import { readLibrary } from './import/previous-library.ts'
import { openAt } from './list-tree.ts'
import type { RunStatus } from './outcome.ts'
import { type Layout, type PlannedEntry, planRestore } from './restore/restore-plan.ts'
import { xmpSidecar } from './restore/xmp-sidecar.ts'
import type { SnapshotRef } from './snapshot-ref.ts'
import type { WorkOptions } from './work-options.ts'

export interface RestoreOptions extends WorkOptions {
  layout: Layout
  metadata: 'none' | 'xmp'
  /** Titles; empty restores everything. */
  albums: readonly string[]
  /** Says what would be written, and writes nothing. */
  dryRun: boolean
}

export interface RestoreReport {
  status: RunStatus
  destination: string
  written: number
  bytes: number
  /** Files that were there already, byte for byte. */
  skipped: number
  failed: number
  seconds: number
  problems: { path: string; message: string; code: string }[]
  /** Of a dry run: what would be written. */
  planned?: { path: string; bytes: number }[]
}

/** Files written at once: enough to fill the waits for the disk. */
const CONCURRENCY = 4

/** Errors of one file; any other ends the run. */
const FATAL = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO'])

export async function restoreLibrary(
  repository: Repository,
  refs: readonly SnapshotRef[],
  destination: Destination,
  options: RestoreOptions,
): Promise<RestoreReport> {
  const started = Date.now()
  const report = emptyReport(destination, options)
  for (const ref of refs.length > 0 ? refs : [{ snapshot: 'latest', path: '/' }]) {
    const { reader, entry } = await openAt(repository, ref)
    const titles = options.metadata === 'xmp' ? await albumTitles(reader) : NO_TITLES
    const plan = planRestore(reader, entry, {
      layout: options.layout,
      albums: options.albums,
      withItems: options.metadata === 'xmp',
    })
    const summary = reader.header.sources[0]?.summary
    options.progress.stage('Restoring', { bytes: summary?.below.size ?? 0 })
    await restorePlan({ reader, destination, options, report, titles }, plan)
  }
  report.seconds = (Date.now() - started) / 1000
  report.status = report.failed > 0 ? 'incomplete' : 'complete'
  return report
}

const NO_TITLES: ReadonlyMap<string, string> = new Map()

function emptyReport(destination: Destination, options: RestoreOptions): RestoreReport {
  const counts = { written: 0, bytes: 0, skipped: 0, failed: 0, seconds: 0 }
  const { location } = destination
  const report: RestoreReport = { status: 'failed', destination: location, ...counts, problems: [] }
  if (options.dryRun) report.planned = []
  return report
}

async function albumTitles(reader: SnapshotReader): Promise<ReadonlyMap<string, string>> {
  const { albums } = await readLibrary(reader)
  return new Map(albums.map((album) => [album.id, album.title]))
}

interface Restoring {
  reader: SnapshotReader
  destination: Destination
  options: RestoreOptions
  report: RestoreReport
  titles: ReadonlyMap<string, string>
}

/** Files first, then links, then folder times, so that each finds what it needs. */
async function restorePlan(work: Restoring, plan: AsyncIterable<PlannedEntry>): Promise<void> {
  const links: PlannedEntry[] = []
  const folders: PlannedEntry[] = []
  const files = divide(plan, links, folders)
  for await (const _ of mapConcurrently(files, CONCURRENCY, (file) => attempt(work, file)));
  for (const link of links) await attempt(work, link)
  if (work.options.dryRun) return
  for (const folder of folders.reverse()) {
    await work.destination.finishFolder(folder.path, folder.entry.modified)
  }
}

async function* divide(
  plan: AsyncIterable<PlannedEntry>,
  links: PlannedEntry[],
  folders: PlannedEntry[],
): AsyncGenerator<PlannedEntry> {
  for await (const planned of plan) {
    if (planned.entry.kind === 'symlink') links.push(planned)
    else if (planned.entry.kind === 'directory') folders.push(planned)
    else yield planned
  }
}

async function attempt(work: Restoring, planned: PlannedEntry): Promise<void> {
  const { options, report } = work
  options.signal.throwIfAborted()
  if (report.planned) {
    report.planned.push({ path: planned.path, bytes: planned.entry.size })
    return
  }
  try {
    count(report, await write(work, planned), planned)
  } catch (error) {
    options.signal.throwIfAborted() // a stopped run is not a bad file
    if (FATAL.has(codeOf(error) ?? '')) throw error
    report.failed++
    const problem = { message: toError(error).message, code: codeOf(error) ?? 'UNEXPECTED' }
    report.problems.push({ path: planned.path, ...problem })
  }
}

function count(report: RestoreReport, written: Written, { entry }: PlannedEntry): void {
  if (written === 'already-there') {
    report.skipped++
    return
  }
  report.written++
  if (entry.kind === 'file') report.bytes += entry.size
}

async function write(work: Restoring, planned: PlannedEntry): Promise<Written> {
  const { entry, path } = planned
  const { destination } = work
  if (entry.kind === 'symlink') {
    return destination.writeLink(path, entry.symlinkTarget ?? '', entry.modified)
  }
  if (entry.kind === 'other') throw new Error('devices, pipes and sockets are not restored')
  const written = await destination.writeFile({
    path,
    bytes: counted(work, entry),
    size: entry.size,
    modified: entry.modified,
    mode: entry.mode & 0o777,
  })
  if (work.options.metadata === 'xmp') await writeSidecar(work, planned)
  return written
}

async function* counted(work: Restoring, entry: PlannedEntry['entry']): AsyncGenerator<Uint8Array> {
  for await (const bytes of work.reader.content(entry)) {
    work.options.signal.throwIfAborted()
    work.options.progress.advance({ bytes: bytes.length })
    yield bytes
  }
  work.options.progress.advance({ items: 1 })
}

async function writeSidecar(work: Restoring, { item, path, entry }: PlannedEntry): Promise<void> {
  if (!item) return
  const albums = item.albums.map((id) => work.titles.get(id) ?? id)
  const text = xmpSidecar(item, albums)
  if (text === undefined) return
  const bytes = utf8(text)
  const file = { path: `${path}.xmp`, size: bytes.length, modified: entry.modified }
  await work.destination.writeFile({ ...file, bytes: once(bytes) })
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

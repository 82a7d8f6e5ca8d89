/**
 * `drill`: restores a random sample through the whole path a restore takes, and compares it with
 * what the catalogue says: bytes with the SHA-256 that was computed when they were imported (so
 * independently of how the store names and protects them), album links with the albums.
 *
 * A drill shows that getting photos back works, today and with this passphrase; how much a sound
 * sample says about the rest is stated as a probability.
 * @module
 */
import { posix } from 'node:path'
import { findSnapshot } from '../kloset/reading/snapshot-list.ts'
import { openSnapshot, type SnapshotReader } from '../kloset/reading/snapshot-reader.ts'
import type { Repository } from '../kloset/repository.ts'
import { CodedError, codeOf, toError } from '../util/coded-error.ts'
import { mapConcurrently } from '../util/map-concurrently.ts'
import type { Progress } from '../util/progress.ts'
import {
  albumFolders,
  type Candidate,
  candidatesIn,
  countOf,
  hasCatalogue,
} from './drill/candidates.ts'
import { HashingDestination } from './drill/hashing-destination.ts'
import {
  chanceToNotice,
  drawSample,
  type SampleSize,
  sampleSize,
  sampleToNotice,
} from './drill/sample.ts'
import { outcomeOfError, type Soundness } from './outcome.ts'
import { restoreLibrary } from './restore-library.ts'
import type { WorkOptions } from './work-options.ts'

export interface DrillOptions extends WorkOptions {
  /** Prefix or `latest`. */
  snapshot: string
  size: SampleSize
  /** The same seed chooses the same sample of the same snapshot. */
  seed: string
  /** Milliseconds of a clock that never jumps. */
  ticksMs: () => number
}

export interface DrillProblem {
  path: string
  code: string
  message: string
}

export interface DrillReport {
  status: Soundness
  snapshot: string
  seed: string
  /** Items that were restored, of so many; files where the snapshot has no catalogue. */
  items: number
  of: number
  files: number
  bytes: number
  links: number
  /** Files were compared with a SHA-256 that the catalogue states. */
  compared: boolean
  /** Files that came back with the capture time as their date. */
  datedAsTaken: number
  seconds: number
  problems: DrillProblem[]
  /** Probability that this sample would have met one, were `percent`, so `damaged` items, bad. */
  notices: { percent: number; damaged: number; chance: number; itemsForNearCertainty: number }
}

/** Items restored at once: enough to fill the waits for the disk. */
const CONCURRENCY = 4
/** The damage that the probability is stated for, and what counts as nearly certain. */
const DAMAGED_PERCENT = 1
const NEARLY_CERTAIN = 0.99

export async function runDrill(
  repository: Repository,
  options: DrillOptions,
): Promise<DrillReport> {
  const startedMs = options.ticksMs()
  const { progress, signal } = options
  const reader = await openSnapshot(repository, await findSnapshot(repository, options.snapshot))
  progress.stage('Choosing a sample')
  const compared = await hasCatalogue(reader)
  const of = await countOf(candidatesIn(reader, compared))
  if (of === 0) throw new NothingToDrillError(reader.id)
  const count = sampleSize(options.size, of)
  const chosen = await drawSample(candidatesIn(reader, compared), count, options.seed)
  const albums = await linksOf(reader, chosen)
  progress.stage('Restoring a sample', { items: chosen.length })
  const destination = new HashingDestination()
  const drill: Drill = { repository, reader, destination, albums, signal, progress, problems: [] }
  for await (const _ of mapConcurrently(chosen, CONCURRENCY, (each) => restoreOne(drill, each)));
  return {
    status: statusOf(drill.problems),
    ...{ snapshot: reader.id, seed: options.seed, items: chosen.length, of },
    ...received(destination),
    compared,
    datedAsTaken: countDated(chosen, destination),
    seconds: (options.ticksMs() - startedMs) / 1000,
    problems: drill.problems,
    notices: noticesOf(of, chosen.length),
  }
}

interface Drill {
  repository: Repository
  reader: SnapshotReader
  destination: HashingDestination
  albums: AlbumLinks
  signal: AbortSignal
  progress: Progress
  problems: DrillProblem[]
}

/** By id of the album: the paths of its links by what they point to, or why they cannot be read. */
type AlbumLinks = ReadonlyMap<string, Map<string, string> | { thrown: unknown; folder: string }>

async function linksOf(reader: SnapshotReader, chosen: readonly Candidate[]): Promise<AlbumLinks> {
  const ids = new Set(chosen.flatMap((candidate) => candidate.albums))
  const links = new Map<string, Map<string, string> | { thrown: unknown; folder: string }>()
  for (const [id, folder] of await albumFolders(reader, ids)) {
    try {
      links.set(id, await linksIn(reader, folder))
    } catch (thrown) {
      links.set(id, { thrown, folder })
    }
  }
  return links
}

async function linksIn(reader: SnapshotReader, folder: string): Promise<Map<string, string>> {
  const links = new Map<string, string>()
  for await (const { kind, path, symlinkTarget } of reader.list(folder)) {
    if (kind === 'symlink') links.set(posix.resolve(folder, symlinkTarget ?? ''), path)
  }
  return links
}

async function restoreOne(drill: Drill, candidate: Candidate): Promise<void> {
  drill.signal.throwIfAborted()
  for (const { path, sha256 } of candidate.files) {
    await restorePath(drill, path)
    const file = drill.destination.files.get(path)
    if (file !== undefined && sha256 !== undefined && file.sha256 !== sha256) {
      const message = 'the bytes that came back are not those that were imported'
      drill.problems.push({ path, code: 'DAMAGED_ORIGINAL', message })
    }
    for (const album of candidate.albums) await restoreLink(drill, album, path)
  }
  drill.progress.advance({ items: 1 })
}

async function restoreLink(drill: Drill, album: string, path: string): Promise<void> {
  const links = drill.albums.get(album)
  if (links !== undefined && 'thrown' in links) {
    const problem = problemOf(links.folder, links.thrown)
    if (!drill.problems.some(({ path }) => path === problem.path)) drill.problems.push(problem)
    return
  }
  const link = links?.get(path)
  if (link === undefined) {
    const message = `the album ${album} has no link to it`
    drill.problems.push({ path, code: 'DAMAGED_ALBUM_LINK', message })
  } else {
    await restorePath(drill, link)
  }
}

/** By the operation that `restore` is, so that a drill takes no other path than the real thing. */
async function restorePath(drill: Drill, path: string): Promise<void> {
  const { repository, reader, destination, signal, progress, problems } = drill
  const bytesOnly: Progress = {
    stage() {},
    advance: ({ bytes }) => bytes !== undefined && progress.advance({ bytes }),
  }
  try {
    const ref = { snapshot: reader.id, path }
    const report = await restoreLibrary(repository, [ref], destination, {
      ...{ layout: 'as-stored', metadata: 'none', albums: [], dryRun: false, signal },
      progress: bytesOnly,
    })
    problems.push(...report.problems)
  } catch (thrown) {
    signal.throwIfAborted() // a stopped run is not a bad file
    problems.push(problemOf(path, thrown))
  }
}

function problemOf(path: string, thrown: unknown): DrillProblem {
  return { path, code: codeOf(thrown) ?? 'UNEXPECTED', message: toError(thrown).message }
}

/** What the catalogue names and the tree does not have is damage, too. */
function statusOf(problems: readonly DrillProblem[]): Soundness {
  if (problems.length === 0) return 'sound'
  const isDamage = (problem: DrillProblem) =>
    problem.code === 'PATH_NOT_FOUND' || outcomeOfError(problem) === 'damaged'
  return problems.some(isDamage) ? 'damaged' : 'unread'
}

function received({ files, links }: HashingDestination) {
  const bytes = [...files.values()].reduce((sum, file) => sum + file.bytes, 0)
  return { files: files.size, bytes, links: links.size }
}

function countDated(chosen: readonly Candidate[], { files }: HashingDestination): number {
  return chosen
    .flatMap(({ files: named, taken }) => named.map(({ path }) => ({ path, taken })))
    .filter(({ path, taken }) => taken?.getTime() === files.get(path)?.modified.getTime())
    .filter(({ taken }) => taken !== undefined).length
}

function noticesOf(population: number, sample: number): DrillReport['notices'] {
  const damaged = Math.max(1, Math.round((population * DAMAGED_PERCENT) / 100))
  return {
    percent: DAMAGED_PERCENT,
    damaged,
    chance:
      population === 0 ? 0 : chanceToNotice(population, Math.min(damaged, population), sample),
    itemsForNearCertainty: sampleToNotice(population, damaged, NEARLY_CERTAIN),
  }
}

/** There is nothing in the snapshot that could be restored: a drill would prove nothing. */
export class NothingToDrillError extends CodedError {
  readonly code = 'NOTHING_TO_DRILL'
  constructor(snapshot: string) {
    super(
      `snapshot ${snapshot.slice(0, 8)} holds no photos and no files: there is nothing to try`,
      {
        hint: 'Back something up first; "ls" lists the snapshots.',
      },
    )
  }
}

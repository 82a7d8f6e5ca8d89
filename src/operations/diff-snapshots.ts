/**
 * `diff`: what differs between two snapshots, or two places in them, file by file.
 *
 * The trees are walked twice. The first walk collects what is gone on the right, and which folders
 * have any difference in them; the second tells these in order, and what is new and has a content
 * that is gone elsewhere was *moved*. So the memory it takes grows with what was removed and with
 * the folders that differ, never with the trees.
 * @module
 */
import type { EntryKind } from '../kloset/records/file-mode.ts'
import type { Repository } from '../kloset/repository.ts'
import { CodedError } from '../util/coded-error.ts'
import { compareCatalogues, type LibraryChanges } from './diff/compare-catalogues.ts'
import { type Aspect, differingAspects } from './diff/compare-entries.ts'
import { type Pair, type Place, pairsBelow } from './diff/compare-trees.ts'
import { diffPhotos, type PhotoCounts, type PhotoDifference } from './history/diff-photos.ts'
import { openAt } from './list-tree.ts'
import type { SnapshotRef } from './snapshot-ref.ts'
import type { WorkOptions } from './work-options.ts'

/** `path` and `from` begin below the two places that are compared. */
export type Difference =
  | { change: 'added' | 'removed'; path: string; kind: EntryKind; bytes: number }
  | { change: 'moved'; path: string; from: string; kind: 'file'; bytes: number }
  | { change: 'changed'; path: string; kind: EntryKind; aspects: Aspect[]; bytes: number }
  | { change: 'type'; path: string; before: EntryKind; kind: EntryKind; bytes: number }

export type ChangeCounts = Record<Difference['change'], number>

export interface DiffReport {
  equal: boolean
  /** Snapshot ids. */
  left: string
  right: string
  counts: ChangeCounts
  /** Photos and albums, when both are whole snapshots of a library. */
  library?: LibraryChanges
  /** The same, by what became of the photos; one photo may count for several. */
  photos?: PhotoCounts
  seconds: number
}

export interface DiffOptions extends WorkOptions {
  /** Milliseconds of a clock that never jumps. */
  ticksMs: () => number
  tell: (difference: Difference) => Promise<void>
  tellPhoto?: (difference: PhotoDifference) => Promise<void>
}

/** @throws {PathNotFoundError} */
export async function diffSnapshots(
  repository: Repository,
  refs: { left: SnapshotRef; right: SnapshotRef },
  options: DiffOptions,
): Promise<DiffReport> {
  const startedMs = options.ticksMs()
  const left = await openAt(repository, refs.left)
  const right = await openAt(repository, refs.right)
  requireComparable(left, right)
  const counts: ChangeCounts = { added: 0, removed: 0, moved: 0, changed: 0, type: 0 }
  for await (const difference of differences(left, right, options)) {
    counts[difference.change] += 1
    await options.tell(difference)
  }
  const whole = left.entry.path === '/' && right.entry.path === '/'
  const library = whole ? await compareCatalogues(left.reader, right.reader) : undefined
  const photos = library && (await diffPhotos(left.reader, right.reader, tellingPhotos(options)))
  return {
    equal: Object.values(counts).every((count) => count === 0),
    left: left.reader.id,
    right: right.reader.id,
    counts,
    ...(library ? { library } : {}),
    ...(photos ? { photos } : {}),
    seconds: (options.ticksMs() - startedMs) / 1000,
  }
}

function tellingPhotos({ signal, tellPhoto = async () => {} }: DiffOptions) {
  return { signal, tell: tellPhoto }
}

function requireComparable(left: Place, right: Place): void {
  const isFolder = ({ entry }: Place) => entry.kind === 'directory'
  if (isFolder(left) !== isFolder(right)) throw new NotComparableError(left, right)
}

/** In the order of paths; what was removed comes last. */
async function* differences(
  left: Place,
  right: Place,
  options: DiffOptions,
): AsyncGenerator<Difference> {
  if (left.entry.kind !== 'directory') {
    yield* inBoth(left, right, { path: left.entry.path, left: left.entry, right: right.entry })
    return
  }
  const { progress, signal } = options
  progress.stage('Comparing')
  const gone = new Gone()
  const differing = new Set<string>()
  for await (const pair of pairsBelow(left, right)) {
    signal.throwIfAborted()
    progress.advance({ items: 1 })
    if (pair.right === undefined) gone.add(pair)
    if (!(await isSame(left, right, pair))) addFolders(differing, pair.path)
  }
  progress.stage('Telling the differences')
  for await (const pair of pairsBelow(left, right, (folder) => differing.has(folder))) {
    signal.throwIfAborted()
    if (pair.left === undefined) yield arrived(pair, gone)
    else yield* inBoth(left, right, pair)
  }
  yield* gone.rest()
}

async function isSame(left: Place, right: Place, pair: Pair): Promise<boolean> {
  if (pair.left === undefined || pair.right === undefined) return false
  for await (const _ of inBoth(left, right, pair)) return false
  return true
}

/** The folders in which `path` lies, from the nearest one up. */
function addFolders(folders: Set<string>, path: string): void {
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
    const folder = path.slice(0, at)
    if (folders.has(folder)) return
    folders.add(folder)
  }
}

function arrived({ path, right }: Pair, gone: Gone): Difference {
  const { kind, size, objectMac } = right!
  const bytes = kind === 'file' ? size : 0
  const from = kind === 'file' && size > 0 ? gone.take(objectMac) : undefined
  if (from === undefined) return { change: 'added', path, kind, bytes }
  return { change: 'moved', path, from, kind: 'file', bytes }
}

async function* inBoth(left: Place, right: Place, pair: Pair): AsyncGenerator<Difference> {
  const [a, b] = [pair.left, pair.right]
  if (a === undefined || b === undefined) return
  const { path } = pair
  const bytes = b.kind === 'file' ? b.size : 0
  if (a.kind !== b.kind) {
    yield { change: 'type', path, before: a.kind, kind: b.kind, bytes }
    return
  }
  const aspects = await differingAspects(
    { reader: left.reader, entry: a },
    { reader: right.reader, entry: b },
  )
  if (aspects.length > 0) yield { change: 'changed', path, kind: b.kind, aspects, bytes }
}

/** What stands on the left only, until something on the right proves to be it. */
class Gone {
  readonly #entries = new Map<string, { kind: EntryKind; bytes: number }>()
  readonly #byContent = new Map<string, string[]>()

  add({ path, left }: Pair): void {
    const { kind, size, objectMac } = left!
    this.#entries.set(path, { kind, bytes: kind === 'file' ? size : 0 })
    if (kind !== 'file' || objectMac === undefined) return
    const paths = this.#byContent.get(objectMac)
    if (paths) paths.push(path)
    else this.#byContent.set(objectMac, [path])
  }

  /** A path at which this content stood; each is taken once. */
  take(objectMac: string | undefined): string | undefined {
    const path = objectMac === undefined ? undefined : this.#byContent.get(objectMac)?.shift()
    if (path !== undefined) this.#entries.delete(path)
    return path
  }

  *rest(): Generator<Difference> {
    for (const [path, entry] of this.#entries) yield { change: 'removed', path, ...entry }
  }
}

/** A folder was to be compared with something that is none. */
export class NotComparableError extends CodedError {
  readonly code = 'NOT_COMPARABLE'
  constructor(left: Place, right: Place) {
    const words = (place: Place) =>
      `${place.entry.path} in ${place.reader.id.slice(0, 8)} is a ${place.entry.kind}`
    super(`${words(left)}, ${words(right)}: they cannot be compared`, {
      hint: 'Compare two folders, or two files.',
    })
  }
}

/**
 * Two trees of one repository, walked side by side: both list each folder in the same order, so
 * that one step at a time tells what is on one side only and what stands on both.
 * @module
 */
import { DamagedRepositoryError } from '../../kloset/damage.ts'
import type { SnapshotReader, TreeEntry } from '../../kloset/reading/snapshot-reader.ts'
import { joinPath } from '../../kloset/records/path-order.ts'
import { compareNames } from '../../util/byte-names.ts'

/** What stands at one path, on the left, the right or both. `path` begins below the two starts. */
export interface Pair {
  path: string
  left: TreeEntry | undefined
  right: TreeEntry | undefined
}

/** A place in a snapshot from which a comparison starts. */
export interface Place {
  reader: SnapshotReader
  entry: TreeEntry
}

/**
 * The paths of either tree, each once, folders before what is in them; the starts are not among
 * them. Paths that are the same on both sides for certain may be passed over.
 * @param enters whether what is in a folder that both have is of interest
 */
export async function* pairsBelow(
  left: Place,
  right: Place,
  enters: (folder: string) => boolean = () => true,
): AsyncGenerator<Pair> {
  yield* pairsIn(left, right, { above: '', enters })
}

interface Walk {
  /** Path of the folder, below the starts. */
  above: string
  enters: (folder: string) => boolean
}

async function* pairsIn(left: Place, right: Place, walk: Walk): AsyncGenerator<Pair> {
  if (await haveSameChildren(left, right)) {
    yield* pairsInFolders(left, right, walk)
    return
  }
  await using ours = openListing(left)
  await using theirs = openListing(right)
  let a = await ours.next()
  let b = await theirs.next()
  while (a !== undefined || b !== undefined) {
    const order = orderOf(a, b)
    const pair: Pair = {
      path: `${walk.above}/${(order <= 0 ? a! : b!).name}`,
      left: order <= 0 ? a : undefined,
      right: order >= 0 ? b : undefined,
    }
    yield pair
    yield* below(left.reader, right.reader, pair, walk)
    if (order <= 0) a = await ours.next()
    if (order >= 0) b = await theirs.next()
  }
}

async function* below(
  leftReader: SnapshotReader,
  rightReader: SnapshotReader,
  { path, left, right }: Pair,
  { enters }: Walk,
): AsyncGenerator<Pair> {
  const [ours, theirs] = [folder(left), folder(right)]
  if (ours && theirs) {
    if (!enters(path)) return
    const places = [
      { reader: leftReader, entry: ours },
      { reader: rightReader, entry: theirs },
    ] as const
    yield* pairsIn(...places, { above: path, enters })
  } else if (ours) {
    for await (const entry of within(leftReader, ours)) {
      yield { path: path + entry.path.slice(ours.path.length), left: entry, right: undefined }
    }
  } else if (theirs) {
    for await (const entry of within(rightReader, theirs)) {
      yield { path: path + entry.path.slice(theirs.path.length), left: undefined, right: entry }
    }
  }
}

/** A repository names equal lists equally: one look tells, and nothing is decoded. */
async function haveSameChildren(left: Place, right: Place): Promise<boolean> {
  if (left.entry.kind !== 'directory' || right.entry.kind !== 'directory') return false
  try {
    const ours = await left.reader.listingMac(left.entry.path)
    return ours !== undefined && ours === (await right.reader.listingMac(right.entry.path))
  } catch (error) {
    if (error instanceof DamagedRepositoryError) return false // the listings may still be read
    throw error
  }
}

/** Of two folders with the same children: what is in their folders. */
async function* pairsInFolders(left: Place, right: Place, walk: Walk): AsyncGenerator<Pair> {
  for await (const child of left.reader.list(left.entry.path)) {
    if (child.kind !== 'directory') continue
    const other = { ...child, path: joinPath(right.entry.path, child.name) }
    const pair = { path: `${walk.above}/${child.name}`, left: child, right: other }
    yield* below(left.reader, right.reader, pair, walk)
  }
}

function folder(entry: TreeEntry | undefined): TreeEntry | undefined {
  return entry?.kind === 'directory' ? entry : undefined
}

async function* within(reader: SnapshotReader, top: TreeEntry): AsyncGenerator<TreeEntry> {
  for await (const entry of reader.walk(top.path)) if (entry.path !== top.path) yield entry
}

function orderOf(a: TreeEntry | undefined, b: TreeEntry | undefined): number {
  if (a === undefined) return 1
  return b === undefined ? -1 : compareNames(a.name, b.name)
}

/** The children of a folder one by one; what is no folder has none. */
function openListing({ reader, entry }: Place) {
  const listing = entry.kind === 'directory' ? reader.list(entry.path) : undefined
  return {
    async next(): Promise<TreeEntry | undefined> {
      const step = await listing?.next()
      return step === undefined || step.done ? undefined : step.value
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await listing?.return(undefined)
    },
  }
}

/**
 * Two trees of one repository, walked side by side: both list each folder in the same order, so
 * that one step at a time tells what is on one side only and what stands on both.
 * @module
 */
import type { SnapshotReader, TreeEntry } from '../../kloset/reading/snapshot-reader.ts'
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

/** Every path of either tree once, folders before what is in them. The starts are not among them. */
export async function* pairsBelow(left: Place, right: Place): AsyncGenerator<Pair> {
  yield* pairsIn(left, right, '')
}

async function* pairsIn(left: Place, right: Place, above: string): AsyncGenerator<Pair> {
  await using ours = openListing(left)
  await using theirs = openListing(right)
  let a = await ours.next()
  let b = await theirs.next()
  while (a !== undefined || b !== undefined) {
    const order = orderOf(a, b)
    const pair: Pair = {
      path: `${above}/${(order <= 0 ? a! : b!).name}`,
      left: order <= 0 ? a : undefined,
      right: order >= 0 ? b : undefined,
    }
    yield pair
    yield* below(left.reader, right.reader, pair)
    if (order <= 0) a = await ours.next()
    if (order >= 0) b = await theirs.next()
  }
}

async function* below(
  leftReader: SnapshotReader,
  rightReader: SnapshotReader,
  { path, left, right }: Pair,
): AsyncGenerator<Pair> {
  const [ours, theirs] = [folder(left), folder(right)]
  if (ours && theirs) {
    yield* pairsIn(
      { reader: leftReader, entry: ours },
      { reader: rightReader, entry: theirs },
      path,
    )
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

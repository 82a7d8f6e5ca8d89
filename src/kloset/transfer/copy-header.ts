/**
 * Makes another snapshot of the tree of one: the same contents under another id, with what the
 * header says changed. It costs a header and a state.
 *
 * The packfiles of the tree are as safe as those of the original: it was there after the lock was
 * taken, and no maintenance runs meanwhile.
 * @module
 */
import { readHeader } from '../reading/snapshot-header.ts'
import { emptyHeader, type HeaderRecord, type KeyValue } from '../records/header.ts'
import type { Repository } from '../repository.ts'
import { newSnapshot } from '../writing/snapshot-writer.ts'

export interface HeaderCopyOptions {
  now: () => Date
  signal: AbortSignal
  onWait?: (what: string) => void
}

/** Key of the context that names the snapshot a header was first made for. */
const ORIGINAL = 'tintype.original'

/**
 * @param change what is to be said instead
 * @returns the id of the new snapshot
 * @throws {SnapshotNotFoundError} also when it was deleted meanwhile
 */
export async function copyHeader(
  repository: Repository,
  id: string,
  change: (header: HeaderRecord) => HeaderRecord,
  { now, signal, onWait = () => {} }: HeaderCopyOptions,
): Promise<string> {
  await using writer = await newSnapshot(repository, {
    contentModule: '', // there is nothing to read
    threads: 0,
    expected: { contents: 0, bytes: 0 },
    now,
    signal,
    onWait,
  })
  const header = await readHeader(repository, id)
  const context = contextOf(header)
  const { identity } = emptyHeader() // a signature would vouch for the original
  const copy = await writer.commitHeader(change({ ...header, context, identity }))
  return copy.id
}

function contextOf({ identifier, context }: HeaderRecord): KeyValue[] {
  const pairs = context ?? []
  if (pairs.some(({ key }) => key === ORIGINAL)) return pairs
  return [...pairs, { key: ORIGINAL, value: identifier }]
}

import { findSnapshot } from '../kloset/reading/snapshot-list.ts'
import {
  openSnapshot,
  PathNotFoundError,
  type SnapshotReader,
  type TreeEntry,
} from '../kloset/reading/snapshot-reader.ts'
import type { Repository } from '../kloset/repository.ts'
import type { SnapshotRef } from './snapshot-ref.ts'

export interface TreeLine {
  type: 'file' | 'directory' | 'symlink'
  path: string
  bytes: number
  /** ISO instant. */
  modified: string
  /** Where a symlink points. */
  target?: string
}

/** What lies at `ref`: the folder's children (all below it when recursive), or the one file. */
export async function* listTree(
  repository: Repository,
  ref: SnapshotRef,
  options: { recursive: boolean },
): AsyncGenerator<TreeLine> {
  const { reader, entry } = await openAt(repository, ref)
  if (entry.kind !== 'directory') return yield treeLine(entry)
  if (!options.recursive) {
    for await (const child of reader.list(entry.path)) yield treeLine(child)
    return
  }
  for await (const below of reader.walk(entry.path)) {
    if (below.path !== entry.path) yield treeLine(below)
  }
}

/** The snapshot and the entry that `ref` names. @throws {PathNotFoundError} */
export async function openAt(
  repository: Repository,
  ref: SnapshotRef,
): Promise<{ reader: SnapshotReader; entry: TreeEntry }> {
  const reader = await openSnapshot(repository, await findSnapshot(repository, ref.snapshot))
  const entry = await reader.entry(ref.path)
  if (!entry) throw new PathNotFoundError(reader.id, ref.path)
  return { reader, entry }
}

function treeLine(entry: TreeEntry): TreeLine {
  const type = entry.kind === 'other' ? 'file' : entry.kind
  return {
    type,
    path: entry.path,
    bytes: type === 'file' ? entry.size : 0,
    modified: entry.modified.toISOString(),
    ...(entry.symlinkTarget === undefined ? {} : { target: entry.symlinkTarget }),
  }
}

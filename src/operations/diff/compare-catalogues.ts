/**
 * What became of photos and albums between two snapshots of a library. Of the left catalogue only
 * ids and hashes of lines are kept in memory, of the right one nothing.
 * @module
 */
import { createHash } from 'node:crypto'
import type { SnapshotReader } from '../../kloset/reading/snapshot-reader.ts'
import { fileLines } from '../file-lines.ts'
import { ALBUMS_PATH, LIBRARY_PATH } from '../snapshot-tree.ts'

export interface RecordChanges {
  added: number
  removed: number
  /** Something that is known about it changed, or its files did. */
  changed: number
  same: number
}

export interface LibraryChanges {
  items: RecordChanges
  albums: RecordChanges
}

/** Undefined when one of the two was not made by Tintype. */
export async function compareCatalogues(
  left: SnapshotReader,
  right: SnapshotReader,
): Promise<LibraryChanges | undefined> {
  for (const reader of [left, right]) {
    for (const path of [LIBRARY_PATH, ALBUMS_PATH]) {
      if ((await reader.entry(path))?.kind !== 'file') return undefined
    }
  }
  return {
    items: await compareRecords(left, right, LIBRARY_PATH),
    albums: await compareRecords(left, right, ALBUMS_PATH),
  }
}

async function compareRecords(
  left: SnapshotReader,
  right: SnapshotReader,
  path: string,
): Promise<RecordChanges> {
  const before = new Map<string, string>()
  for await (const { id, digest } of recordsOf(left, path)) before.set(id, digest)
  const changes: RecordChanges = { added: 0, removed: 0, changed: 0, same: 0 }
  for await (const { id, digest } of recordsOf(right, path)) {
    const known = before.get(id)
    if (known === undefined) changes.added += 1
    else if (known === digest) changes.same += 1
    else changes.changed += 1
    before.delete(id)
  }
  return { ...changes, removed: before.size }
}

async function* recordsOf(
  reader: SnapshotReader,
  path: string,
): AsyncGenerator<{ id: string; digest: string }> {
  for await (const line of fileLines(reader, path)) {
    const id = idOf(line)
    if (id !== undefined) yield { id, digest: createHash('sha256').update(line).digest('base64') }
  }
}

/** Undefined for the first line, which names the schema, and for what is no record. */
function idOf(line: string): string | undefined {
  if (line === '') return undefined
  const record: unknown = JSON.parse(line)
  if (typeof record !== 'object' || record === null || !('id' in record)) return undefined
  return typeof record.id === 'string' ? record.id : undefined
}

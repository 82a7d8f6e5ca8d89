import { posix } from 'node:path'
import {
  PathNotFoundError,
  type SnapshotReader,
  type TreeEntry,
} from '../kloset/reading/snapshot-reader.ts'
import type { Repository } from '../kloset/repository.ts'
import { openAt } from './list-tree.ts'
import type { SnapshotRef } from './snapshot-ref.ts'

/** A chain of links longer than this is a circle. */
const MAX_LINKS = 16

/** The bytes of one file, verified as they are read. Links inside the snapshot are followed. */
export async function readFileContent(
  repository: Repository,
  ref: SnapshotRef,
): Promise<AsyncIterable<Uint8Array>> {
  const { reader, entry } = await openAt(repository, ref)
  const file = await followLinks(reader, entry)
  if (file.kind !== 'file') throw new PathNotFoundError(reader.id, ref.path, 'no file')
  return reader.content(file)
}

/** What a link leads to inside its snapshot; anything else is what it is. */
export async function followLinks(reader: SnapshotReader, start: TreeEntry): Promise<TreeEntry> {
  let entry = start
  for (let links = 0; entry.kind === 'symlink' && links < MAX_LINKS; links++) {
    const target = posix.resolve(posix.dirname(entry.path), entry.symlinkTarget ?? '')
    const next = await reader.entry(target)
    if (!next) throw new PathNotFoundError(reader.id, target)
    entry = next
  }
  return entry
}

/**
 * Which file a record of gphotos-sync is about: the one at its path, else, when files were moved,
 * the only one of its name.
 * @module
 */
import { baseName, compareText } from './folder-tree.ts'
import type { SyncedFile } from './gphotos-sync.ts'
import type { Line } from './understand-folder.ts'

export function matchSynced(
  synced: readonly SyncedFile[],
  lines: readonly Line[],
  root: number,
): Map<Line, SyncedFile> {
  const media = lines.filter(({ entry, file }) => entry.class === 'media' && file.root === root)
  const byPath = new Map(media.map((line) => [keyOf(line.file.path), line]))
  const found = new Map<Line, SyncedFile>()
  const moved: SyncedFile[] = []
  for (const record of synced) {
    const line = byPath.get(keyOf(record.path))
    if (line && !found.has(line)) found.set(line, record)
    else if (!line) moved.push(record)
  }
  const free = only(
    media.filter((line) => !found.has(line)).map((line) => [nameOf(line.file.path), line]),
  )
  const records = only(moved.map((record) => [nameOf(record.path), record]))
  for (const [name, record] of [...records].sort(([a], [b]) => compareText(a, b))) {
    const line = free.get(name)
    if (line) found.set(line, record)
  }
  return found
}

const keyOf = (path: string) => path.normalize('NFC')
const nameOf = (path: string) => keyOf(baseName(path))

/** What is the only one of its name. */
function only<T>(named: readonly (readonly [string, T])[]): Map<string, T> {
  const counts = new Map<string, number>()
  for (const [name] of named) counts.set(name, (counts.get(name) ?? 0) + 1)
  return new Map(named.filter(([name]) => counts.get(name) === 1))
}

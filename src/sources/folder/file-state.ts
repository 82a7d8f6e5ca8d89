/**
 * When a file may be taken for untouched since an earlier import, without reading it.
 *
 * A folder states no checksum. Place, size, modification time, change time and file number
 * together change with every write: the change time cannot be set by any program. Only a write
 * within the same tick of the disk's clock would not show, so what was touched so shortly before
 * the survey gets no state and is read again next time.
 * @module
 */
import { createHash } from 'node:crypto'
import type { FolderFile } from '../../archives/folder/walk-folder.ts'

/** Of FAT; other old file systems have one second. */
const COARSE_TICK_MS = 2_000
/** Kernels stamp with their timer's tick, at most 10 ms. */
const FINE_TICK_MS = 50
const STATE_DIGITS = 32

/** `root`: where the folder lies. It is hashed: local paths do not belong into a snapshot. */
export function stateOf(root: string, file: FolderFile, nowMs: number): string | undefined {
  const { name, size, modifiedMs, changedMs, inode } = file
  if (changedMs === undefined || inode === undefined) return undefined
  const tick = changedMs % 1_000 === 0 ? COARSE_TICK_MS : FINE_TICK_MS
  if (Math.max(modifiedMs, changedMs) > nowMs - tick) return undefined
  const facts = [root, name, size, modifiedMs, changedMs, inode]
  return createHash('sha256').update(facts.join('\0')).digest('hex').slice(0, STATE_DIGITS)
}

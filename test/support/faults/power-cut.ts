/**
 * Which states a power cut may leave, worked out from a log of file system calls.
 *
 * Bytes that were not flushed may be there, not be there, be there in part, or be zeros. For names
 * there are two models:
 *
 * - `ordered`: the file system keeps one journal. Any flush makes all changes of names before it
 *   permanent; of those after the last one, the first few are there.
 * - `strict`: nothing but what POSIX promises. Each folder has its own fate: of the changes since
 *   it was flushed itself, the first few are there. A renamed file may be under both names, or none.
 * @module
 */
import type { FileEvent } from './file-log.ts'

export type NameModel = 'ordered' | 'strict'

/** Contents by path: all files that are there when the power comes back. */
export type DiskState = Map<string, Uint8Array>

/** Gives a number from 0 up to, not including, `below`. */
export type Dice = (below: number) => number

/** One change of one folder's names. */
interface NameChange {
  folder: string
  name: string
  /** Undefined: the name goes away. */
  file: number | undefined
  at: number
}

/**
 * One of the states the power may leave when it goes after the first `count` events.
 * @param base what was on the disk, for good, before the first event
 */
export function diskAfterCut(
  base: DiskState,
  events: readonly FileEvent[],
  count: number,
  model: NameModel,
  dice: Dice,
): DiskState {
  const happened = events.slice(0, count)
  const names = survivingNames(happened, model, dice)
  const disk: DiskState = new Map(base)
  for (const [path, file] of names) {
    if (file === undefined) disk.delete(path)
    else disk.set(path, survivingBytes(happened, file, dice))
  }
  return disk
}

/** What the events say was told to somebody before the power went. */
export function saidBefore(events: readonly FileEvent[], count: number): string[] {
  return events.slice(0, count).flatMap((event) => (event.act === 'said' ? [event.what] : []))
}

function survivingNames(
  events: readonly FileEvent[],
  model: NameModel,
  dice: Dice,
): Map<string, number | undefined> {
  const changes = nameChanges(events)
  const kept =
    model === 'ordered' ? keptInOrder(changes, events, dice) : keptByFolder(changes, events, dice)
  return new Map(kept.map(({ folder, name, file }) => [join(folder, name), file]))
}

function nameChanges(events: readonly FileEvent[]): NameChange[] {
  const files = new Map<string, number>()
  return events.flatMap((event, at): NameChange[] => {
    if (event.act === 'create') {
      files.set(event.path, event.file)
      return [{ ...split(event.path), file: event.file, at }]
    }
    if (event.act === 'remove') return [{ ...split(event.path), file: undefined, at }]
    if (event.act !== 'rename') return []
    const file = files.get(event.from)
    files.delete(event.from)
    if (file === undefined) return []
    files.set(event.to, file)
    return [
      { ...split(event.to), file, at },
      { ...split(event.from), file: undefined, at },
    ]
  })
}

function keptInOrder(changes: NameChange[], events: readonly FileEvent[], dice: Dice) {
  const flushed = events.findLastIndex(({ act }) => act === 'flush' || act === 'flush-folder')
  const safe = changes.filter(({ at }) => at < flushed).length
  return changes.slice(0, safe + dice(changes.length - safe + 1))
}

function keptByFolder(changes: NameChange[], events: readonly FileEvent[], dice: Dice) {
  const folders = new Set(changes.map(({ folder }) => folder))
  const kept: NameChange[] = []
  for (const folder of folders) {
    const flushed = events.findLastIndex(
      (event) => event.act === 'flush-folder' && event.path === folder,
    )
    const own = changes.filter((change) => change.folder === folder)
    const safe = own.filter(({ at }) => at < flushed).length
    kept.push(...own.slice(0, safe + dice(own.length - safe + 1)))
  }
  return kept.sort((a, b) => a.at - b.at)
}

function survivingBytes(events: readonly FileEvent[], file: number, dice: Dice): Uint8Array {
  let safe: Uint8Array = new Uint8Array()
  let all: Uint8Array = new Uint8Array()
  for (const event of events) {
    if (event.act === 'write' && event.file === file) all = Buffer.concat([all, event.bytes])
    if (event.act === 'flush' && event.file === file) safe = all
  }
  if (safe.length === all.length) return all
  const loose = all.length - safe.length
  const fate = dice(5)
  if (fate === 0) return safe
  if (fate === 1) return all
  if (fate === 2) return all.subarray(0, safe.length + dice(loose))
  const zeroed = Uint8Array.from(all)
  const from = fate === 3 ? safe.length : safe.length + dice(loose)
  zeroed.fill(0, from, fate === 3 ? all.length : from + dice(all.length - from))
  return zeroed
}

function split(path: string): { folder: string; name: string } {
  const slash = path.lastIndexOf('/')
  return { folder: path.slice(0, Math.max(slash, 0)), name: path.slice(slash + 1) }
}

function join(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`
}

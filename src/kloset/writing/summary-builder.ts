/**
 * Adds up what lies in a directory and below it, as plakar does, oddities included: zero stands
 * for "unset" in every minimum and maximum, and a directory's errors are counted under `below`.
 *
 * Source: kloset vfs summary, see docs/format.
 * @module
 */
import type { EntryRecord } from '../records/entry.ts'
import { FileMode, kindOfMode } from '../records/file-mode.ts'
import {
  type BelowSummary,
  type DirectorySummary,
  emptySummary,
  type SummaryRecord,
} from '../records/summary.ts'

const LOW_ENTROPY_BITS = 2
const HIGH_ENTROPY_BITS = 7

/** What is simply added when a directory's numbers go into those of its parent. */
const ADDED_BELOW = [
  'files',
  'directories',
  'symlinks',
  'devices',
  'pipes',
  'sockets',
  'children',
  'setuid',
  'setgid',
  'sticky',
  'objects',
  'chunks',
  'size',
  'hiEntropy',
  'loEntropy',
  'mimeAudio',
  'mimeVideo',
  'mimeImage',
  'mimeText',
  'mimeApplication',
  'mimeOther',
  'errors',
] as const satisfies (keyof BelowSummary)[]

const MIME_COUNTERS = [
  ['text/', 'mimeText'],
  ['image/', 'mimeImage'],
  ['audio/', 'mimeAudio'],
  ['video/', 'mimeVideo'],
  ['application/', 'mimeApplication'],
] as const

export class SummaryBuilder {
  readonly #summary: SummaryRecord = emptySummary()

  /** Anything but a directory that lies in this one. Children come in ascending order of path. */
  addLeaf(entry: EntryRecord, hasObject: boolean): void {
    const { directory } = this.#summary
    const { mode } = entry.fileInfo
    const isFile = kindOfMode(mode) === 'file'
    directory.children += 1
    directory[kindCounter(mode)] += 1
    if ((mode & FileMode.SETUID) !== 0) directory.setuid += 1
    if ((mode & FileMode.SETGID) !== 0) directory.setgid += 1
    if ((mode & FileMode.STICKY) !== 0) directory.sticky += 1
    if (hasObject) {
      directory.objects += 1
      directory.chunks += entry.chunks
    }
    const size = isFile ? entry.fileInfo.size : 0
    const entropy = isFile ? entry.entropy : 0
    const seconds = Number(entry.fileInfo.modTime.seconds)
    widen(directory, { seconds, size, entropy })
    countEntropy(directory, entropy)
    directory[mimeCounter(entry.contentType)] += 1
    directory.size += size
    directory.sumEntropy += entropy
  }

  /** A directory that lies in this one. */
  addDirectory({ directory, below }: SummaryRecord): void {
    const mine = this.#summary
    mine.directory.children += 1
    mine.directory.directories += 1
    for (const key of ADDED_BELOW) mine.below[key] += directory[key] + below[key]
    absorb(mine.below, below)
    absorb(mine.below, directory)
  }

  /** @param errors how many paths directly in this directory could not be read */
  finish(errors: number): SummaryRecord {
    const { directory, below } = this.#summary
    below.errors += errors
    if (directory.files > 0) {
      directory.avgSize = Math.floor(directory.size / directory.files)
      directory.avgEntropy = directory.sumEntropy / directory.files
    }
    return this.#summary
  }
}

function widen(
  summary: BelowSummary,
  { seconds, size, entropy }: { seconds: number; size: number; entropy: number },
): void {
  summary.minModTime = smaller(summary.minModTime, seconds)
  summary.maxModTime = larger(summary.maxModTime, seconds)
  summary.minSize = smaller(summary.minSize, size)
  summary.maxSize = larger(summary.maxSize, size)
  summary.minEntropy = smaller(summary.minEntropy, entropy)
  summary.maxEntropy = larger(summary.maxEntropy, entropy)
}

function absorb(mine: BelowSummary, child: BelowSummary): void {
  mine.minModTime = smaller(mine.minModTime, child.minModTime)
  mine.maxModTime = larger(mine.maxModTime, child.maxModTime)
  mine.minSize = smaller(mine.minSize, child.minSize)
  mine.maxSize = larger(mine.maxSize, child.maxSize)
  mine.minEntropy = smaller(mine.minEntropy, child.minEntropy)
  mine.maxEntropy = larger(mine.maxEntropy, child.maxEntropy)
}

function smaller(current: number, value: number): number {
  return current === 0 || value < current ? value : current
}

function larger(current: number, value: number): number {
  return current === 0 || value > current ? value : current
}

function countEntropy(summary: DirectorySummary, entropy: number): void {
  if (entropy <= LOW_ENTROPY_BITS) summary.loEntropy += 1
  else if (entropy >= HIGH_ENTROPY_BITS) summary.hiEntropy += 1
}

/** What is of no known type counts as a file. */
function kindCounter(mode: number) {
  if ((mode & FileMode.SYMLINK) !== 0) return 'symlinks'
  if ((mode & FileMode.DEVICE) !== 0) return 'devices'
  if ((mode & FileMode.NAMED_PIPE) !== 0) return 'pipes'
  return (mode & FileMode.SOCKET) !== 0 ? 'sockets' : 'files'
}

function mimeCounter(contentType: string) {
  return MIME_COUNTERS.find(([prefix]) => contentType.startsWith(prefix))?.[1] ?? 'mimeOther'
}

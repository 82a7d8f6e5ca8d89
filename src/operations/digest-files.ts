/**
 * `digest`: the plain hash of files, as other programs compute it from the files themselves. Every
 * byte is read and verified on the way.
 * @module
 */
import { createHash } from 'node:crypto'
import { createBlake3, type IncrementalHash } from '../kloset/crypto/blake3.ts'
import { PathNotFoundError, type SnapshotReader } from '../kloset/reading/snapshot-reader.ts'
import type { TreeEntry } from '../kloset/reading/tree-entry.ts'
import type { Repository } from '../kloset/repository.ts'
import { toHex } from '../util/bytes.ts'
import { codeOf, toError } from '../util/coded-error.ts'
import { mapConcurrently } from '../util/map-concurrently.ts'
import { openAt } from './list-tree.ts'
import { type Soundness, soundnessOf } from './outcome.ts'
import { followLinks } from './read-file.ts'
import type { SnapshotRef } from './snapshot-ref.ts'
import type { WorkOptions } from './work-options.ts'

export type Hashing = 'SHA256' | 'BLAKE3'

export interface FileDigest {
  snapshot: string
  path: string
  bytes: number
  hashing: Hashing
  /** Lower-case hex. */
  digest: string
}

export interface FileProblem {
  snapshot: string
  path: string
  code: string
  message: string
}

export interface DigestReport {
  status: Soundness
  files: number
  bytes: number
  problems: FileProblem[]
}

export interface DigestOptions extends WorkOptions {
  hashing: Hashing
  tell: (digest: FileDigest) => Promise<void>
}

/** Files read at once: enough to fill the waits for the disk. */
const CONCURRENCY = 4

/**
 * Every file at or below `refs`, in the order of the tree. A link that is named is followed; one
 * that lies in a folder is not, as its file comes anyway. What cannot be read is reported.
 */
export async function digestFiles(
  repository: Repository,
  refs: readonly SnapshotRef[],
  options: DigestOptions,
): Promise<DigestReport> {
  const report: DigestReport = { status: 'sound', files: 0, bytes: 0, problems: [] }
  const errors: unknown[] = []
  for (const ref of refs) {
    const { reader, entry: named } = await openAt(repository, ref)
    const entry = await followLinks(reader, named)
    options.progress.stage('Reading', { bytes: entry.size })
    const files = filesBelow(reader, entry)
    const digests = mapConcurrently(files, CONCURRENCY, (file) => attempt(reader, file, options))
    for await (const outcome of digests) {
      if ('thrown' in outcome) {
        errors.push(outcome.thrown)
        report.problems.push(outcome.problem)
      } else {
        report.files += 1
        report.bytes += outcome.bytes
        await options.tell(outcome)
      }
    }
  }
  report.status = soundnessOf(errors)
  return report
}

async function* filesBelow(reader: SnapshotReader, top: TreeEntry): AsyncGenerator<TreeEntry> {
  if (top.kind !== 'file' && top.kind !== 'directory') {
    throw new PathNotFoundError(reader.id, top.path, 'no file')
  }
  for await (const entry of reader.walk(top.path)) if (entry.kind === 'file') yield entry
}

async function attempt(
  reader: SnapshotReader,
  entry: TreeEntry,
  options: DigestOptions,
): Promise<FileDigest | { problem: FileProblem; thrown: unknown }> {
  const { path, size } = entry
  const { hashing, signal } = options
  signal.throwIfAborted()
  try {
    const digest = await digestOf(reader, entry, options)
    return { snapshot: reader.id, path, bytes: size, hashing, digest }
  } catch (thrown) {
    signal.throwIfAborted() // a stopped run is not a bad file
    const message = toError(thrown).message
    const problem = { snapshot: reader.id, path, code: codeOf(thrown) ?? 'UNEXPECTED', message }
    return { problem, thrown }
  }
}

async function digestOf(
  reader: SnapshotReader,
  entry: TreeEntry,
  { hashing, progress, signal }: DigestOptions,
): Promise<string> {
  const hash = startHash(hashing)
  for await (const bytes of reader.content(entry)) {
    signal.throwIfAborted()
    hash.update(bytes)
    progress.advance({ bytes: bytes.length })
  }
  progress.advance({ items: 1 })
  return toHex(hash.digest())
}

function startHash(hashing: Hashing): Pick<IncrementalHash, 'update' | 'digest'> {
  if (hashing === 'BLAKE3') return createBlake3()
  const hash = createHash('sha256')
  return { update: (data) => void hash.update(data), digest: () => hash.digest() }
}

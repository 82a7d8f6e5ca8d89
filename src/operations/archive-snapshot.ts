/**
 * Writes a snapshot, or a part of one, as a tar or zip archive. It is a stream: nothing is held but
 * what is on its way.
 *
 * Every byte is verified before it goes out. When something is damaged the stream ends with an
 * error, and what came until then is no complete archive to any reader.
 * @module
 */
import { pipeline } from 'node:stream'
import { createGzip } from 'node:zlib'
import type { ArchiveMember } from '../archives/archive-member.ts'
import { unsafeName } from '../archives/safe-name.ts'
import { writeTar } from '../archives/tar/write-tar.ts'
import { writeZip } from '../archives/zip/write-zip.ts'
import { DamagedContentError } from '../kloset/damage.ts'
import { findSnapshot } from '../kloset/reading/snapshot-list.ts'
import {
  openSnapshot,
  PathNotFoundError,
  type SnapshotReader,
  type TreeEntry,
} from '../kloset/reading/snapshot-reader.ts'
import { FileMode } from '../kloset/records/file-mode.ts'
import { baseName, parentPath } from '../kloset/records/path-order.ts'
import type { Repository } from '../kloset/repository.ts'
import type { RunStatus } from './outcome.ts'
import type { SnapshotRef } from './snapshot-ref.ts'
import type { WorkOptions } from './work-options.ts'

export const ARCHIVE_FORMATS = ['tar', 'tar.gz', 'zip'] as const
export type ArchiveFormat = (typeof ARCHIVE_FORMATS)[number]

export interface ArchiveOptions extends WorkOptions {
  format: ArchiveFormat
  /** Names begin at the path that was asked for, not at the root of the snapshot. */
  rebase: boolean
}

export interface ArchiveReport {
  status: RunStatus
  files: number
  /** Of the files, before compression. */
  bytes: number
  /** What could not be part of the archive; it is in the snapshot all the same. */
  problems: { path: string; code: string; message: string }[]
}

export interface SnapshotArchive {
  /** To be read to its end. */
  bytes: AsyncIterable<Uint8Array>
  /** Grows while the bytes are read. */
  report: ArchiveReport
}

const DENSE_BITS_PER_BYTE = 7.5
const PERMISSIONS = 0o777

/** @throws {PathNotFoundError} */
export async function archiveSnapshot(
  repository: Repository,
  reference: SnapshotRef,
  options: ArchiveOptions,
): Promise<SnapshotArchive> {
  const reader = await openSnapshot(repository, await findSnapshot(repository, reference.snapshot))
  const { path } = reference
  if ((await reader.entry(path)) === undefined) throw new PathNotFoundError(reader.id, path)
  const report: ArchiveReport = { status: 'complete', files: 0, bytes: 0, problems: [] }
  const members = membersOf(reader, path, { ...options, report })
  return { bytes: inFormat(members, options.format), report }
}

function inFormat(
  members: AsyncIterable<ArchiveMember>,
  format: ArchiveFormat,
): AsyncIterable<Uint8Array> {
  if (format === 'zip') return writeZip(members)
  if (format === 'tar') return writeTar(members)
  // An error destroys the stream, so that the end of the gzip file is never written.
  return pipeline(writeTar(members), createGzip({ level: 6 }), () => {})
}

interface MembersOptions extends ArchiveOptions {
  report: ArchiveReport
}

async function* membersOf(
  reader: SnapshotReader,
  top: string,
  { rebase, format, report, signal, progress }: MembersOptions,
): AsyncGenerator<ArchiveMember> {
  for await (const entry of reader.walk(top)) {
    signal.throwIfAborted()
    const name = nameOf(entry, top, rebase)
    if (name === '') continue // the folder that everything is in
    const problem = unwritable(entry, name, format)
    if (problem !== undefined) {
      report.problems.push({ path: entry.path, ...problem })
      report.status = 'incomplete'
      continue
    }
    yield memberOf(reader, entry, name)
    const size = entry.kind === 'file' ? entry.size : 0
    report.files += entry.kind === 'directory' ? 0 : 1
    report.bytes += size
    progress.advance({ items: 1, bytes: size })
  }
}

function nameOf({ path, kind }: TreeEntry, top: string, rebase: boolean): string {
  const isFolder = kind === 'directory' && path === top
  const base = !rebase ? '/' : path === top && !isFolder ? parentPath(path) : top
  if (path === base) return ''
  return base === '/' ? path.slice(1) : path.slice(base.length + 1) || baseName(path)
}

/** Why something cannot be written into an archive. */
function unwritable({ kind, record }: TreeEntry, name: string, format: ArchiveFormat) {
  const unsafe = unsafeName(name)
  if (unsafe !== undefined) return { code: 'UNSAFE_NAME', message: unsafe }
  if (kind !== 'other') return undefined
  const isPipe = (record.fileInfo.mode & FileMode.NAMED_PIPE) !== 0
  if (isPipe && format !== 'zip') return undefined
  return { code: 'SPECIAL_FILE', message: 'it is no file, folder or link' }
}

function memberOf(reader: SnapshotReader, entry: TreeEntry, name: string): ArchiveMember {
  const { record, kind, size, symlinkTarget = '' } = entry
  const { uid, gid, username, groupname, modTime } = record.fileInfo
  return {
    name,
    kind: kind === 'other' ? 'fifo' : kind,
    mode: unixMode(record.fileInfo.mode),
    modified: modTime,
    owner: { uid, gid, user: username, group: groupname },
    size: kind === 'file' ? size : 0,
    target: symlinkTarget,
    isDense: record.entropy >= DENSE_BITS_PER_BYTE,
    content: () => ofSize(reader.content(entry), entry),
  }
}

/** The header of a member states its size before the content comes. */
async function* ofSize(
  content: AsyncIterable<Uint8Array>,
  { size, path }: TreeEntry,
): AsyncGenerator<Uint8Array> {
  let bytes = 0
  for await (const piece of content) {
    bytes += piece.length
    if (bytes > size) break
    yield piece
  }
  if (bytes !== size) throw new DamagedContentError(path, `its entry says ${size} bytes`)
}

/** Go keeps these three bits elsewhere than Unix. */
function unixMode(mode: number): number {
  return (
    (mode & PERMISSIONS) |
    ((mode & FileMode.SETUID) === 0 ? 0 : 0o4000) |
    ((mode & FileMode.SETGID) === 0 ? 0 : 0o2000) |
    ((mode & FileMode.STICKY) === 0 ? 0 : 0o1000)
  )
}

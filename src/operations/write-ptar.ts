/**
 * Writes snapshots into one self-contained file, a `.ptar`, with keys of its own.
 *
 * It is a repository like any other, so the snapshots are copied as `sync` copies them. The file is
 * read back, every byte of it, before it gets its name.
 * @module
 */

import { MAX_PTAR_PACKFILE_BYTES } from '../kloset/new-configuration.ts'
import { checkRepository } from '../kloset/reading/check.ts'
import { findSnapshot, listSnapshots } from '../kloset/reading/snapshot-list.ts'
import { createRepository, openRepository, type Repository } from '../kloset/repository.ts'
import { CopiedContents } from '../kloset/transfer/copied-contents.ts'
import { copySnapshot } from '../kloset/transfer/copy-snapshot.ts'
import { type GrowingFile, PtarAssembly } from '../kloset/transfer/ptar-assembly.ts'
import type { Store } from '../stores/store.ts'
import { CodedError } from '../util/coded-error.ts'
import { asRunError } from './copy-failure.ts'
import { type SnapshotQuery, selectSnapshots } from './query/snapshot-query.ts'
import type { WorkOptions } from './work-options.ts'

/** Where the file grows; see util/new-file.ts. */
export interface PtarTarget extends GrowingFile {
  readonly path: string
  readonly temporaryPath: string
  flush(): Promise<void>
  publish(): Promise<void>
}

export interface PtarOptions extends WorkOptions {
  /** Prefixes of ids, or `latest`; all snapshots when there are none. */
  snapshots: readonly string[]
  query?: SnapshotQuery
  /** Without one the file is not encrypted. */
  passphrase?: string
  kdfMemoryMiB?: number
  /** Opens a finished file for reading. */
  openStore: (location: string) => Promise<Store>
  now: () => Date
}

export interface PtarReport {
  path: string
  snapshots: number
  bytesRead: number
  /** Of the file. */
  bytes: number
  seconds: number
}

/** The store has no snapshot that could be written. */
export class NothingToWriteError extends CodedError {
  readonly code = 'NOTHING_TO_WRITE'
  constructor(location: string) {
    super(`${location} has no such snapshot to write into a file`, {
      hint: 'List the snapshots with: ls',
    })
  }
}

/** What was read back from the new file is not what was written. The file was removed. */
export class PtarDamagedError extends CodedError {
  readonly code = 'DAMAGED_PTAR'
  constructor(path: string, detail: string) {
    super(`${path} cannot be read back: ${detail}`, {
      hint: 'The file was removed. The disk may be failing: write it to another one.',
    })
  }
}

/** @throws {SnapshotNotCopiedError} and whatever else: then there is no file */
export async function writePtar(
  source: Repository,
  target: PtarTarget,
  options: PtarOptions,
): Promise<PtarReport> {
  const started = options.now()
  const ids = await wantedIds(source, options)
  const { passphrase, kdfMemoryMiB, now } = options
  const assembly = new PtarAssembly(target, target.path)
  const { algorithm, minSize, normalSize, maxSize } = source.configuration.chunking
  await createRepository(assembly, {
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(kdfMemoryMiB === undefined ? {} : { kdfMemoryMiB }),
    now,
    chunking: { algorithm, minBytes: minSize, normalBytes: normalSize, maxBytes: maxSize },
    packfileMaxBytes: MAX_PTAR_PACKFILE_BYTES,
  })
  const reveal = async () => passphrase ?? ''
  const repository = await openRepository(assembly, { passphrase: reveal })
  await assembly.begin(repository)
  const bytesRead = await copyAll(source, repository, ids, options)
  await assembly.finish(now())
  await target.flush()
  await readBack(target, ids, reveal, options)
  await target.publish()
  const seconds = (now().getTime() - started.getTime()) / 1000
  const { path, sizeBytes: bytes } = target
  return { path, snapshots: ids.length, bytesRead, bytes, seconds }
}

/** Oldest first: what is new in each then lies behind what came before. */
async function wantedIds(source: Repository, options: PtarOptions): Promise<string[]> {
  const named = new Set<string>()
  for (const name of options.snapshots) named.add(await findSnapshot(source, name))
  const headers = await listSnapshots(source)
  const chosen = headers.filter(({ identifier }) => named.size === 0 || named.has(identifier))
  const meant = options.query ? selectSnapshots(chosen, options.query, options.now()) : chosen
  if (meant.length === 0) throw new NothingToWriteError(source.store.location)
  return meant.map(({ identifier }) => identifier).reverse()
}

async function copyAll(
  source: Repository,
  destination: Repository,
  ids: readonly string[],
  { now, progress, signal }: PtarOptions,
): Promise<number> {
  const contents = new CopiedContents()
  const copying = { threads: 0, readBack: false, contents, now, progress, signal }
  let bytesRead = 0
  for (const id of ids) {
    try {
      bytesRead += (await copySnapshot(source, destination, id, copying)).bytesRead
    } catch (thrown) {
      throw asRunError(thrown, source.store.location)
    }
  }
  return bytesRead
}

async function readBack(
  { path, temporaryPath }: PtarTarget,
  ids: readonly string[],
  passphrase: () => Promise<string>,
  { openStore, progress, signal }: PtarOptions,
): Promise<void> {
  await using written = await openRepository(await openStore(temporaryPath), { passphrase })
  const missing = ids.filter((id) => !written.index.hasSnapshot(id))
  if (missing.length > 0) throw new PtarDamagedError(path, `it lacks ${missing.length} snapshots`)
  const options = { level: 'full', snapshots: ids, progress, signal } as const
  const { problems } = await checkRepository(written, options)
  const [first] = problems
  if (first !== undefined) throw new PtarDamagedError(path, `${first.subject}: ${first.message}`)
}

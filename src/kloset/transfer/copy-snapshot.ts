/**
 * Copies a snapshot into another repository, whatever the keys, hashes, chunk sizes and compression
 * of the two are.
 *
 * Every file is read from the source with all its checks, and stored as a backup stores it; the tree
 * is built anew around entries that keep all they say. The identifier stays, so that both sides know
 * the snapshot as the same. A file that cannot be read in full leaves no copy at all: a snapshot with
 * a hole in it would be taken for the original.
 * @module
 */
import { extname } from 'node:path'
import { clockOf } from '../../util/clock.ts'
import { CodedError } from '../../util/coded-error.ts'
import { mapConcurrently } from '../../util/map-concurrently.ts'
import type { Progress } from '../../util/progress.ts'
import { DamagedContentError, MalformedRecordError } from '../damage.ts'
import { unixNanoseconds } from '../msgpack/timestamp.ts'
import { BtreeReader, TreeKind } from '../reading/btree-reader.ts'
import { contentBytes, readContent } from '../reading/content-reader.ts'
import { openSnapshot, type SnapshotReader } from '../reading/snapshot-reader.ts'
import { decodeError } from '../records/error.ts'
import type { ObjectRecord } from '../records/object.ts'
import { decodeXattr } from '../records/xattr.ts'
import type { Repository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'
import type { ContentBatch } from '../workers/content.ts'
import type { StateExtras } from '../writing/publication.ts'
import { newSnapshot, type SnapshotWriter } from '../writing/snapshot-writer.ts'
import type { CopiedContents } from './copied-contents.ts'
import { recipeFor, type SourceContent } from './source-contents.ts'
import { verifyCopy } from './verify-copy.ts'

export interface CopyOptions {
  /** Worker threads; for little data none are started. */
  threads: number
  /** What is known of the destination; grows. */
  contents: CopiedContents
  /** Reads every byte back from the destination, not only its structure. */
  readBack: boolean
  /** What the state that publishes the copy says besides. */
  also?: StateExtras
  now: () => Date
  progress: Progress
  signal: AbortSignal
}

export interface CopyReport {
  /** Paths of the snapshot, directories included. */
  paths: number
  /** Contents that had to be read, and their bytes. */
  contents: number
  bytesRead: number
  bytesStored: number
}

export interface CopyFailure {
  path: string
  code: string
  message: string
}

/** Files of a snapshot could not be read where it is copied from. */
export class SnapshotNotCopiedError extends CodedError {
  readonly code = 'SNAPSHOT_NOT_COPIED'
  readonly failures: readonly CopyFailure[]
  constructor(id: string, location: string, failures: readonly CopyFailure[]) {
    const [first] = failures
    const more = failures.length > 1 ? `, and ${failures.length - 1} more` : ''
    super(
      `snapshot ${id.slice(0, 8)} was not copied: ${first?.path} cannot be read in ${location}: ${first?.message}${more}`,
      {
        hint: 'Run "check --full" on that store. Nothing of this snapshot is visible in the copy.',
      },
    )
    this.failures = failures
  }
}

/** The destination has the snapshot: somebody else copied it meanwhile. */
export class SnapshotAlreadyThereError extends CodedError {
  readonly code = 'SNAPSHOT_ALREADY_THERE'
  constructor(id: string, location: string) {
    super(`${location} has snapshot ${id.slice(0, 8)} already`, {
      hint: 'Somebody else copied it meanwhile. Nothing needs to be done.',
    })
  }
}

/** Only the first tree of a snapshot is ever read, by any program; a copy would lose the others. */
export class SeveralSourcesError extends CodedError {
  readonly code = 'SEVERAL_SOURCES'
  constructor(id: string) {
    super(`snapshot ${id.slice(0, 8)} has several trees, of which only one could be copied`, {
      hint: 'It was made by a newer program. Copy it with that one.',
    })
  }
}

const MODULE = new URL(`./source-contents${extname(import.meta.url)}`, import.meta.url).href

/** Less is copied sooner than threads are started. */
const THREADS_FROM_BYTES = 64 * 1024 * 1024

/** Contents that are looked up and shared out together: some ten megabytes of memory. */
const WINDOW_CONTENTS = 16_384
const BATCH_BYTES = 16 * 1024 * 1024
const BATCH_CONTENTS = 256
const OBJECTS_AT_ONCE = 16

/**
 * @throws {SnapshotNotCopiedError} when something in the source cannot be read
 * @throws {SnapshotAlreadyThereError}
 * @throws {DamagedRepositoryError} when the source's tree is damaged
 */
export async function copySnapshot(
  source: Repository,
  destination: Repository,
  id: string,
  options: CopyOptions,
): Promise<CopyReport> {
  const reader = await openSnapshot(source, id)
  if (reader.header.sources.length > 1) throw new SeveralSourcesError(id)
  return new Copy(source, destination, reader, options).run()
}

/** In ms since 1970. */
function notBefore({ timestamp }: StateExtras): number {
  return timestamp === undefined ? 0 : Number(unixNanoseconds(timestamp) / 1_000_000n) + 1
}

class Copy {
  readonly #source: Repository
  readonly #destination: Repository
  readonly #reader: SnapshotReader
  readonly #options: CopyOptions
  readonly #report: CopyReport = { paths: 0, contents: 0, bytesRead: 0, bytesStored: 0 }

  constructor(
    source: Repository,
    destination: Repository,
    reader: SnapshotReader,
    options: CopyOptions,
  ) {
    this.#source = source
    this.#destination = destination
    this.#reader = reader
    this.#options = options
  }

  async run(): Promise<CopyReport> {
    const { now, signal, progress, threads, also = {} } = this.#options
    const { id } = this.#reader
    progress.stage(`Reading snapshot ${id.slice(0, 8)}`)
    const { wanted, bytes } = await this.#survey()
    const useThreads = bytes >= THREADS_FROM_BYTES && this.#source.store.threadOpener !== undefined
    await using writer = await newSnapshot(this.#destination, {
      id,
      contentModule: MODULE,
      threads: useThreads ? threads : 0,
      expected: { contents: wanted.size, bytes },
      // A removal that this takes back is older than the packfile with the header: list-again.ts.
      now: () => new Date(Math.max(now().getTime(), notBefore(also))),
      clock: clockOf(now),
      signal,
      onWait: (what) => progress.stage(what),
      onBytes: (more) => progress.advance({ bytes: more }),
    })
    progress.stage(`Copying snapshot ${id.slice(0, 8)}`, { bytes })
    await this.#copyContents(writer, await this.#notLive(writer, wanted), useThreads)
    await this.#copyEntries(writer)
    await this.#copyXattrs(writer)
    await this.#copyErrors(writer)
    await writer.commit(this.#reader.header, {
      confirm: () => this.#requireAbsence(),
      verify: (header, packs) =>
        verifyCopy({
          ...{ header, packs, signal, progress },
          source: this.#source,
          original: this.#reader,
          destination: this.#destination,
          readBack: this.#options.readBack,
        }),
      also,
    })
    return { ...this.#report, bytesStored: writer.bytesStored }
  }

  /** Every content once, by a path that has it; and how much is not known to be there. */
  async #survey(): Promise<{ wanted: Map<string, string>; bytes: number }> {
    const wanted = new Map<string, string>()
    let bytes = 0
    for await (const { path, objectMac, size, kind } of this.#reader.walk('/')) {
      this.#options.signal.throwIfAborted()
      this.#report.paths += 1
      if (kind === 'file' && objectMac === undefined && size > 0) {
        throw new DamagedContentError(path, 'its entry names no content')
      }
      if (objectMac === undefined || wanted.has(objectMac)) continue
      wanted.set(objectMac, path)
      if (this.#options.contents.get(objectMac) === undefined) bytes += size
    }
    await this.#requireWholeTree()
    return { wanted, bytes }
  }

  /** The listings are what is copied; they must not know less than the tree. */
  async #requireWholeTree(): Promise<void> {
    const { root } = this.#reader.header.sources[0]!.vfs
    let paths = 0
    for await (const _ of new BtreeReader(this.#source, TreeKind.VFS, root).entries()) paths += 1
    if (paths === this.#report.paths) return
    const found = `the tree has ${paths} paths, the listings have ${this.#report.paths}`
    throw new MalformedRecordError(`snapshot ${this.#reader.id.slice(0, 8)}`, found)
  }

  /** What the destination does not have, or not any more. */
  async #notLive(writer: SnapshotWriter, wanted: ReadonlyMap<string, string>) {
    const { contents } = this.#options
    const missing: [objectMac: string, path: string][] = []
    const look = mapConcurrently(wanted, OBJECTS_AT_ONCE, async ([objectMac, path]) => {
      const known = contents.get(objectMac)
      const isLive = known !== undefined && (await writer.known(known.objectMac)) !== undefined
      return { isLive, objectMac, path }
    })
    for await (const { isLive, objectMac, path } of look) {
      this.#options.signal.throwIfAborted()
      if (isLive) continue
      contents.forget(objectMac)
      missing.push([objectMac, path])
    }
    return missing
  }

  async #copyContents(
    writer: SnapshotWriter,
    missing: readonly [objectMac: string, path: string][],
    threaded: boolean,
  ): Promise<void> {
    const failures: CopyFailure[] = []
    for (let at = 0; at < missing.length; at += WINDOW_CONTENTS) {
      const window = missing.slice(at, at + WINDOW_CONTENTS)
      const contents = await this.#locate(window)
      for await (const result of writer.storeContents(this.#batches(contents, threaded))) {
        const [objectMac, path] = window[result.id]!
        if ('failure' in result) failures.push({ path, ...result.failure })
        else {
          this.#options.contents.set(objectMac, result.stored)
          this.#report.contents += 1
          this.#report.bytesRead += result.stored.size
        }
      }
    }
    if (failures.length === 0) return
    throw new SnapshotNotCopiedError(this.#reader.id, this.#source.store.location, failures)
  }

  /** With their chunk lists, in the order in which they lie in the source. */
  async #locate(window: readonly [string, string][]): Promise<SourceContent[]> {
    const contents: { content: SourceContent; place: string }[] = []
    const numbered = window.map(([objectMac, path], id) => ({ id, objectMac, path }))
    const locate = async ({ id, objectMac, path }: (typeof numbered)[number]) => {
      const object = await this.#reader.object(objectMac)
      return { content: { id, object, path }, place: this.#placeOf(object) }
    }
    for await (const located of mapConcurrently(numbered, OBJECTS_AT_ONCE, locate)) {
      this.#options.signal.throwIfAborted()
      contents.push(located)
    }
    contents.sort((a, b) => (a.place < b.place ? -1 : a.place > b.place ? 1 : 0))
    return contents.map(({ content }) => content)
  }

  /** Sorts by packfile and by offset in it. */
  #placeOf({ chunks }: ObjectRecord): string {
    const [first] = chunks
    const [place] = first ? this.#source.index.locations(ResourceType.CHUNK, first.contentMac) : []
    return place ? `${place.packfile} ${String(place.offset).padStart(16, '0')}` : ''
  }

  *#batches(contents: readonly SourceContent[], threaded: boolean): Generator<ContentBatch> {
    let batch: SourceContent[] = []
    let bytes = 0
    for (const content of contents) {
      batch.push(content)
      bytes += contentBytes(content.object)
      if (batch.length < BATCH_CONTENTS && bytes < BATCH_BYTES) continue
      yield this.#batch(batch, bytes, threaded)
      batch = []
      bytes = 0
    }
    if (batch.length > 0) yield this.#batch(batch, bytes, threaded)
  }

  #batch(contents: readonly SourceContent[], bytes: number, threaded: boolean): ContentBatch {
    const recipe = recipeFor(this.#source, contents, threaded)
    return { ids: contents.map(({ id }) => id), bytes, recipe }
  }

  async #copyEntries(writer: SnapshotWriter): Promise<void> {
    for await (const { record, objectMac } of this.#reader.walk('/')) {
      this.#options.signal.throwIfAborted()
      const content = objectMac === undefined ? undefined : this.#options.contents.get(objectMac)
      writer.addEntry(record, content)
    }
  }

  async #copyXattrs(writer: SnapshotWriter): Promise<void> {
    const { xattrs } = this.#reader.header.sources[0]!.vfs
    const tree = new BtreeReader(this.#source, TreeKind.XATTRS, xattrs)
    for await (const [, mac] of tree.entries()) {
      const blob = await this.#source.readBlob(ResourceType.XATTR_ENTRY, mac)
      const { path, name, type, object } = decodeXattr(blob)
      const content = await this.#reader.object(object)
      const value = () => readContent(this.#source, content, `attribute ${name} of ${path}`)
      writer.addXattr({ path, name, type, contentType: content.contentType, value })
    }
  }

  async #copyErrors(writer: SnapshotWriter): Promise<void> {
    const { errors } = this.#reader.header.sources[0]!.vfs
    for await (const [, mac] of new BtreeReader(this.#source, TreeKind.ERRORS, errors).entries()) {
      const blob = await this.#source.readBlob(ResourceType.ERROR_ENTRY, mac)
      const { path, error } = decodeError(blob)
      writer.addError(path, error)
    }
  }

  /** Two copies of one snapshot would make plakar call its id ambiguous. */
  async #requireAbsence(): Promise<void> {
    const { index, store } = this.#destination
    await this.#destination.refresh()
    if (!index.hasSnapshot(this.#reader.id)) return
    throw new SnapshotAlreadyThereError(this.#reader.id, store.location)
  }
}

/**
 * Makes one snapshot.
 *
 * Order is everything here: contents, then metadata, then the header are made durable in
 * packfiles; only then does a state name them, and that state is the snapshot. Whatever fails
 * before leaves no snapshot. A run that is cancelled puts away what it has, and names it in a state,
 * so that the next one goes on from there.
 * @module
 */
import { type Clock, clockOf } from '../../util/clock.ts'
import { NO_MAC } from '../mac-hex.ts'
import { timestampFromDate } from '../msgpack/timestamp.ts'
import type { TreeEntry } from '../reading/snapshot-reader.ts'
import { type EntryRecord, encodeEntry } from '../records/entry.ts'
import { kindOfMode } from '../records/file-mode.ts'
import type { HeaderRecord } from '../records/header.ts'
import { joinPath } from '../records/path-order.ts'
import { reconcile } from '../repair/orphan-packs.ts'
import type { Repository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'
import { chunkerOf } from '../supported-configuration.ts'
import { storeContent } from '../workers/batch-writer.ts'
import type { ContentBatch, ContentResult, OpenContent, StoredContent } from '../workers/content.ts'
import type { ContentStorage } from '../workers/content-storage.ts'
import { openStorage } from '../workers/open-storage.ts'
import { openThreadWriter, type ThreadKeys, type ThreadWriter } from '../workers/thread-writer.ts'
import { BlobSet } from './blob-set.ts'
import { headerRecord, type SnapshotHeaderFields } from './header-draft.ts'
import { readFrom } from './input-window.ts'
import { KeptLock } from './kept-lock.ts'
import { LiveContents } from './live-contents.ts'
import type { WrittenPack } from './pack-writer.ts'
import { Publication, randomId, type StateExtras } from './publication.ts'
import { RecordWriter } from './record-writer.ts'
import { Reliance } from './reliance.ts'
import { TreeDraft } from './tree-draft.ts'
import { type WrittenTree, writeTree } from './tree-writer.ts'
import { WriteGuard } from './write-guard.ts'
import { type PackReceipt, WritingRun } from './writing-run.ts'
import type { XattrDraft } from './xattr-writer.ts'

export type { SnapshotHeaderFields }

export interface NewSnapshotOptions {
  /** Of the snapshot; random unless it is the copy of one. */
  id?: string
  /** URL of the content module; see ../workers/content.ts. */
  contentModule: string
  /** Worker threads for the contents; 0 stores them in this thread. */
  threads: number
  /** How much there may be to store; sizes the shared set of known blobs. */
  expected: { contents: number; bytes: number }
  /**
   * Stores what is read even if the repository seems to have it: a second copy heals a damaged one,
   * because readers try them all.
   */
  anew?: boolean
  now: () => Date
  /** For the lock; by default the system's, with `now` as its calendar. */
  clock?: Clock
  signal: AbortSignal
  /** Told of somebody else's lock: that it is waited for, or passed over because nobody can read it. */
  onWait?: (what: string) => void
  /** So many bytes of contents more were read. */
  onBytes?: (bytes: number) => void
}

export interface CommitOptions {
  /** Asked as late as can be whether there should be a snapshot; when it throws there is none. */
  confirm?: () => Promise<void>
  /**
   * Reads back what the snapshot will consist of, once it is durable and before anybody can see it;
   * when it throws there is none.
   */
  verify?: (header: HeaderRecord, packs: readonly PackReceipt[]) => Promise<void>
  /** What the state that publishes it says besides. */
  also?: StateExtras
}

/** What a writer is made of. */
interface SnapshotWriterParts {
  id: string
  repository: Repository
  guard: WriteGuard
  known: BlobSet
  /** For everything that is written in this thread. */
  writer: ThreadWriter
  contents: ContentStorage
  live: LiveContents
  run: WritingRun
}

/** For the metadata: summaries and dirpacks. Beyond it, duplicates are stored twice. */
const SPARE_BLOBS = 4096

/** Takes the shared lock and makes everything ready. Dispose of the writer in any case. */
export async function newSnapshot(
  repository: Repository,
  options: NewSnapshotOptions,
): Promise<SnapshotWriter> {
  const { now, signal } = options
  signal.throwIfAborted()
  chunkerOf(repository.configuration) // refused before even a lock is written
  const { id = randomId() } = options
  // A copy's id is not random: its state must not replace an earlier one, nor its lock somebody's.
  const stateId = options.id === undefined ? id : randomId()
  const guard = new WriteGuard(repository.store.location, signal)
  const clock = options.clock ?? clockOf(now)
  const { onWait } = options
  const lock = await KeptLock.acquire({
    ...{ repository, id: stateId, guard, exclusive: false, clock, signal },
    ...(onWait === undefined ? {} : { onWait }),
  })
  for (const unreadable of lock.unreadable) onWait?.(passingOver(unreadable))
  try {
    await repository.refresh() // what became coloured before the lock must not be relied on
    if (!options.anew) await reconcile(repository, now)
    const known = knownBlobs(repository, options)
    const publication = new Publication(repository, guard, now)
    const written: PackReceipt[] = []
    const onWritten = (pack: WrittenPack) => {
      const { name, sizeBytes, index } = pack
      written.push({ name, sizeBytes, indexMac: repository.mac.of(index) })
      publication.add(pack)
    }
    const { store } = repository
    const forThreads = { keys: keysOf(repository), store, guard, known, now, onWritten }
    const writer = await openThreadWriter(forThreads)
    const contents = openStorage(options, { ...forThreads, writer })
    const live = new LiveContents(repository, known, guard)
    const reliance = new Reliance(repository, lock, stateId, clock)
    const ending = { lock, reliance, publication, written }
    const run = new WritingRun({ id, stateId, guard, writer, contents, ...ending })
    return new SnapshotWriter({ id, repository, guard, known, writer, contents, live, run })
  } catch (thrown) {
    await lock[Symbol.asyncDispose]()
    throw thrown
  }
}

export class SnapshotWriter implements AsyncDisposable {
  readonly id: string
  readonly #parts: SnapshotWriterParts
  #draft = new TreeDraft()
  readonly #errors = new Map<string, string>()
  readonly #xattrs: XattrDraft[] = []
  #committing: Promise<unknown> = Promise.resolve()

  constructor(parts: SnapshotWriterParts) {
    this.id = parts.id
    this.#parts = parts
  }

  /** Bytes that were added to the store so far. */
  get bytesStored(): number {
    return this.#parts.run.bytesStored
  }

  /**
   * Stores contents; one result for each, in any order. What cannot be read is a result.
   * One call at a time.
   * @throws {WriterFailedError} when something could not be written; from then on always
   */
  async *storeContents(batches: Iterable<ContentBatch>): AsyncGenerator<ContentResult> {
    this.#parts.guard.check()
    for await (const result of this.#parts.contents.store(batches)) {
      if ('stored' in result) this.#parts.live.add(result.stored.objectMac)
      yield result
    }
  }

  /** Stores, on this thread, a content that cannot be opened a second time. */
  async storeContent(content: OpenContent): Promise<ContentResult> {
    const { guard, writer, live } = this.#parts
    guard.check()
    const tools = { objects: writer.objects, guard, onBytes: () => {} }
    const result = await storeContent(content, tools)
    if ('stored' in result) live.add(result.stored.objectMac)
    return result
  }

  /** Stores a content that is in memory, or is made as it is stored. */
  async storeBytes(
    bytes: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
    contentType: string,
  ): Promise<StoredContent> {
    const object = await this.#parts.writer.objects.store({
      read: readFrom(bytes instanceof Uint8Array ? [bytes] : bytes),
      finish: () => contentType,
    })
    this.#parts.live.add(object.objectMac)
    return { ...object, facts: undefined }
  }

  /** A content of an earlier backup, if its object and all chunks are live in the store. */
  known(objectMac: string): Promise<StoredContent | undefined> {
    return this.#parts.live.find(objectMac)
  }

  addFile(path: string, { content, modified }: { content: StoredContent; modified: Date }): void {
    const { objectMac, size, chunks, entropy, contentType } = content
    const file = { objectMac, size, chunks, entropy, contentType } // facts are not kept
    this.#draft.add(path, { kind: 'file', modified: timestampFromDate(modified), ...file })
  }

  addSymlink(path: string, target: string, modified: Date): void {
    this.#draft.add(path, { kind: 'symlink', modified: timestampFromDate(modified), target })
  }

  /**
   * An entry with everything a file system says about it, directories and special files included.
   * What it says about a content is replaced by `content`; without one it has none.
   */
  addEntry(record: EntryRecord, content?: StoredContent): void {
    const { parentPath, fileInfo } = record
    const { objectMac: object = NO_MAC, chunks = 0, entropy = 0 } = content ?? {}
    const bytes = Buffer.from(encodeEntry({ ...record, object, chunks, entropy })) // pooled
    const path = joinPath(parentPath, fileInfo.name)
    if (kindOfMode(fileInfo.mode) === 'directory') this.#draft.addDirectory(path, bytes)
    else {
      const { contentType } = record
      this.#draft.add(path, { kind: 'record', bytes, contentType, objectMac: content?.objectMac })
    }
  }

  /** An extended attribute of a path. Its value is read when the snapshot is committed. */
  addXattr(xattr: XattrDraft): void {
    this.#xattrs.push(xattr)
  }

  /** A path that could not be read. It may have an entry all the same. */
  addError(path: string, message: string): void {
    this.#errors.set(path, message)
  }

  /**
   * Keeps a file or symlink of an earlier snapshot as it was. That its content is still there is
   * verified by {@link commit}, as for every file.
   */
  carryOver(entry: TreeEntry): void {
    this.#draft.carryOver(entry)
  }

  /** Forgets every path, as if none had been added. What was stored stays stored. */
  startOver(): void {
    this.#draft = new TreeDraft()
    this.#errors.clear()
    this.#xattrs.length = 0
  }

  /** Makes what was stored so far usable by the next backup, whatever becomes of this one. */
  checkpoint(): Promise<void> {
    return this.#parts.run.checkpoint()
  }

  /**
   * Publishes the snapshot. When this resolves it is durable, was read back, and the lock is gone.
   * When `confirm` throws, the writer is as before: {@link startOver} and commit again.
   * @throws {ContentNotStoredError} when a file's content is not all there
   * @throws {WriterFailedError} and then there is no snapshot
   */
  commit(
    fields: SnapshotHeaderFields | HeaderRecord,
    options: CommitOptions = {},
  ): Promise<{ id: string; bytesStored: number }> {
    const committing = this.#commit(fields, options)
    this.#committing = committing.catch(() => {}) // whoever called gets to see it
    return committing
  }

  /**
   * Publishes another header for a tree that is in the repository already. What it names is looked
   * at by whoever made the tree, and must be live.
   */
  commitHeader(header: HeaderRecord): Promise<{ id: string; bytesStored: number }> {
    const committing = this.#parts.run.publish({ ...header, identifier: this.id })
    this.#committing = committing.catch(() => {})
    return committing
  }

  /**
   * Without {@link commit} there is no snapshot. What was checkpointed stays usable and, if the run
   * was cancelled, what was stored until then.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#committing // `return writer.commit()` gets here before the commit is done
    await this.#parts.run.close()
  }

  async #commit(
    fields: SnapshotHeaderFields | HeaderRecord,
    { confirm, verify, also }: CommitOptions,
  ): Promise<{ id: string; bytesStored: number }> {
    const { guard, contents, live, run } = this.#parts
    guard.check()
    await live.verify(this.#draft.objects())
    const [tree] = await Promise.all([this.#writeTree(), contents.flush()])
    await run.stopCheckpoints()
    await confirm?.()
    const header = headerRecord(this.id, fields, tree)
    if (verify !== undefined) {
      await run.checkpoint() // so that it can be read
      await verify(header, run.written)
    }
    return run.publish(header, also)
  }

  async #writeTree(): Promise<WrittenTree> {
    const { repository, guard, writer, known } = this.#parts
    const { packs, objects } = writer
    const records = new RecordWriter({
      mac: repository.mac,
      index: repository.index,
      packs,
      known,
      guard,
    })
    const [draft, errors, xattrs] = [this.#draft, this.#errors, this.#xattrs]
    return writeTree({ draft, errors, xattrs, records, objects })
  }
}

/** Room for what there is and what may come; chunks are hardly ever shorter than the minimum. */
function knownBlobs(
  { index, configuration }: Repository,
  { expected, anew }: NewSnapshotOptions,
): BlobSet {
  const chunks = expected.contents + expected.bytes / configuration.chunking.normalSize
  const known = BlobSet.withCapacity(index.blobs + expected.contents + chunks + SPARE_BLOBS)
  if (anew) return known
  for (const type of [ResourceType.CHUNK, ResourceType.OBJECT]) {
    for (const mac of index.macs(type)) known.claim(type, mac)
  }
  return known
}

function passingOver(lock: string): string {
  return `Passing over the lock ${lock.slice(0, 12)}…, which nobody can read; "repair" takes it away`
}

function keysOf({ configuration, secret }: Repository): ThreadKeys {
  return { configuration, ...secret }
}

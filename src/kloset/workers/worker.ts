/**
 * A worker thread of a backup: takes batches, stores their contents, reports packfiles.
 *
 * It owns its memory, its connection to the store and its half-filled packfile; all it shares is
 * the set of known blobs.
 * @module
 */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import type { Store, StoreSettings } from '../../stores/store.ts'
import { BlobSet } from '../writing/blob-set.ts'
import { WriteGuard, WriterFailedError } from '../writing/write-guard.ts'
import { storeBatch } from './batch-writer.ts'
import type { ContentBatch, ContentModule } from './content.ts'
import { importContentModule } from './content-storage.ts'
import { type FromWorker, sendableError, type ToWorker, type WorkerSetup } from './messages.ts'
import { openThreadWriter, type ThreadWriter } from './thread-writer.ts'

/** Progress is told after so many bytes, and at the end of every batch. */
const TELL_EVERY_BYTES = 1024 * 1024

class ContentWorker {
  readonly #port: MessagePort
  readonly #stopping = new AbortController()
  #guard!: WriteGuard
  #store!: Store
  #module!: ContentModule
  #writer!: ThreadWriter
  #untoldBytes = 0
  /** What it was told to do and has not done yet. Never rejects. */
  #working: Promise<unknown> = Promise.resolve()

  constructor(port: MessagePort) {
    this.#port = port
  }

  async start(setup: WorkerSetup): Promise<void> {
    this.#store = await openStore(setup, this.#stopping.signal)
    this.#guard = new WriteGuard(this.#store.location, this.#stopping.signal)
    this.#module = await importContentModule(setup.contentModule)
    this.#writer = await openThreadWriter({
      keys: setup.keys,
      store: this.#store,
      guard: this.#guard,
      known: BlobSet.from(setup.known),
      now: () => new Date(),
      onWritten: (pack) => this.#tell({ kind: 'pack', pack }),
    })
    this.#port.on('message', (message: ToWorker) => {
      if (message.kind === 'stop') void this.#stop(message)
      else this.#working = Promise.all([this.#working, this.#obey(message)])
    })
    this.#tell({ kind: 'idle' })
  }

  async #obey(message: Exclude<ToWorker, { kind: 'stop' }>): Promise<void> {
    try {
      if (message.kind === 'batch') await this.#storeAll(message.batch)
      else await this.#flush()
    } catch (thrown) {
      if (this.#guard.cancelled) return
      const cause = thrown instanceof WriterFailedError ? thrown.cause : thrown
      this.#tell({ kind: 'failed', error: sendableError(cause) })
    }
  }

  async #storeAll(batch: ContentBatch): Promise<void> {
    const tools = {
      module: this.#module,
      objects: this.#writer.objects,
      guard: this.#guard,
      onBytes: (bytes: number) => this.#countBytes(bytes),
    }
    for await (const result of storeBatch(batch, tools)) {
      this.#tell({ kind: 'result', result })
    }
    this.#tellBytes()
    this.#tell({ kind: 'idle' })
  }

  async #flush(): Promise<void> {
    await this.#writer.packs.flush()
    this.#tell({ kind: 'flushed' })
  }

  /** What is being written is written to its end, so that no temporary file stays behind. */
  async #stop({ putAway }: { putAway: boolean }): Promise<void> {
    if (this.#stopping.signal.aborted) return
    this.#stopping.abort()
    await this.#working
    // What cannot be put away is stored again by the next run.
    if (putAway) await this.#writer.packs.flush().catch(() => {})
    await this.#writer.packs.settle()
    await this.#store[Symbol.asyncDispose]()
    this.#port.close()
  }

  #countBytes(bytes: number): void {
    this.#untoldBytes += bytes
    if (this.#untoldBytes >= TELL_EVERY_BYTES) this.#tellBytes()
  }

  #tellBytes(): void {
    this.#tell({ kind: 'bytes', bytes: this.#untoldBytes })
    this.#untoldBytes = 0
  }

  #tell(message: FromWorker): void {
    this.#port.postMessage(message)
  }
}

/** @param signal whoever stops does not wait for a store that does not answer */
async function openStore({ store }: WorkerSetup, signal: AbortSignal): Promise<Store> {
  const module: {
    openStore(
      location: string,
      settings: StoreSettings,
      options: { signal: AbortSignal },
    ): Promise<Store>
  } = await import(store.module)
  return module.openStore(store.location, store.settings, { signal })
}

if (parentPort !== null) await new ContentWorker(parentPort).start(workerData)

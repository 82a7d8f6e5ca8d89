/**
 * Storing contents, whether by worker threads or in this one.
 * @module
 */
import type { WriteGuard } from '../writing/write-guard.ts'
import { storeBatch } from './batch-writer.ts'
import type { ContentBatch, ContentModule, ContentResult } from './content.ts'
import type { ThreadWriter } from './thread-writer.ts'

export interface ContentStorage extends AsyncDisposable {
  /** Stores all batches; one result per content, in any order. One call at a time. */
  store(batches: Iterable<ContentBatch>): AsyncGenerator<ContentResult>
  /** Resolves when everything stored so far is durable and its packfiles were reported. */
  flush(): Promise<void>
}

export interface InlineStorageOptions {
  contentModule: string
  writer: ThreadWriter
  guard: WriteGuard
  onBytes: (bytes: number) => void
}

/** Stores contents in this thread: for tests, and for stores that no other thread can open. */
export class InlineStorage implements ContentStorage {
  readonly #options: InlineStorageOptions

  constructor(options: InlineStorageOptions) {
    this.#options = options
  }

  async *store(batches: Iterable<ContentBatch>): AsyncGenerator<ContentResult> {
    const { contentModule, writer, guard, onBytes } = this.#options
    const module = await importContentModule(contentModule)
    for (const batch of batches) {
      guard.check()
      yield* storeBatch(batch, { module, objects: writer.objects, guard, onBytes })
    }
  }

  async flush(): Promise<void> {
    await this.#options.writer.packs.flush()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#options.writer.packs.settle()
  }
}

export async function importContentModule(url: string): Promise<ContentModule> {
  const module: ContentModule = await import(url)
  return module
}

/**
 * Chooses who stores the contents of a snapshot: worker threads where the store can be opened by
 * them, otherwise this one.
 * @module
 */
import { type ContentStorage, InlineStorage } from './content-storage.ts'
import { WorkerPool } from './pool.ts'
import type { ThreadWriter, ThreadWriterOptions } from './thread-writer.ts'

export interface StorageOptions {
  contentModule: string
  /** 0 stores them in this thread. */
  threads: number
  signal: AbortSignal
  onBytes?: (bytes: number) => void
}

/** @param forThreads with the writer of this thread */
export function openStorage(
  { threads, contentModule, signal, onBytes = () => {} }: StorageOptions,
  forThreads: ThreadWriterOptions & { writer: ThreadWriter },
): ContentStorage {
  const { keys, store, writer, guard, known, onWritten } = forThreads
  if (threads === 0 || store.threadOpener === undefined) {
    return new InlineStorage({ contentModule, writer, guard, onBytes })
  }
  const setup = { keys, store: store.threadOpener, contentModule, known: known.memory }
  return new WorkerPool({ threads, setup, guard, signal, onWritten, onBytes })
}

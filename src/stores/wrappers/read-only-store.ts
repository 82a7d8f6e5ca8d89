/**
 * A store that can be read and nothing else: media that are write-protected, or somebody's copy
 * that must stay as it is. No lock, no temporary file, no tidying.
 * @module
 */
import {
  type ByteRange,
  ReadOnlyStoreError,
  type Store,
  type StoredKind,
  type ThreadOpener,
} from '../store.ts'

export class ReadOnlyStore implements Store {
  readonly writable = false
  readonly #inner: Store

  constructor(inner: Store) {
    this.#inner = inner
  }

  get location(): string {
    return this.#inner.location
  }

  get threadOpener(): ThreadOpener | undefined {
    return this.#inner.threadOpener
  }

  getConfig(): Promise<Uint8Array> {
    return this.#inner.getConfig()
  }

  get(kind: StoredKind, name: string, range?: ByteRange): Promise<Uint8Array> {
    return this.#inner.get(kind, name, range)
  }

  size(kind: StoredKind, name: string): Promise<number> {
    return this.#inner.size(kind, name)
  }

  list(kind: StoredKind): AsyncIterable<string> {
    return this.#inner.list(kind)
  }

  async create(): Promise<void> {
    throw new ReadOnlyStoreError(this.location)
  }

  async put(): Promise<void> {
    throw new ReadOnlyStoreError(this.location)
  }

  async remove(): Promise<void> {
    throw new ReadOnlyStoreError(this.location)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inner[Symbol.asyncDispose]()
  }
}

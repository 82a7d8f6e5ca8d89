/**
 * A store in memory, for tests and for trying things out. It keeps the whole contract, but for
 * outliving the process.
 * @module
 */
import { concatBytes } from '../../util/bytes.ts'
import {
  type ByteRange,
  NotAStoreError,
  NotInStoreError,
  ShortReadError,
  type Store,
  type StoredKind,
  StoreExistsError,
} from '../store.ts'
import { requireStoredName } from '../stored-name.ts'

export class MemoryStore implements Store {
  readonly location: string
  readonly writable = true
  readonly threadOpener = undefined
  #config: Uint8Array | undefined
  readonly #files: Record<StoredKind, Map<string, Uint8Array>> = {
    packfile: new Map(),
    state: new Map(),
    lock: new Map(),
    quarantine: new Map(),
  }

  constructor(location = 'memory') {
    this.location = location
  }

  async getConfig(): Promise<Uint8Array> {
    if (this.#config === undefined) throw new NotAStoreError(this.location)
    return this.#config.slice()
  }

  async create(config: Uint8Array): Promise<void> {
    if (this.#config !== undefined) throw new StoreExistsError(this.location, 'it is one already')
    this.#config = config.slice()
  }

  async put(kind: StoredKind, name: string, parts: readonly Uint8Array[]): Promise<void> {
    requireStoredName(name)
    this.#files[kind].set(name, concatBytes(parts))
  }

  async get(kind: StoredKind, name: string, range?: ByteRange): Promise<Uint8Array> {
    const file = this.#file(kind, name)
    if (range === undefined) return file.slice()
    const end = range.offset + range.length
    if (end > file.length) throw new ShortReadError(kind, name, this.location)
    return file.slice(range.offset, end)
  }

  async size(kind: StoredKind, name: string): Promise<number> {
    return this.#file(kind, name).length
  }

  async *list(kind: StoredKind): AsyncGenerator<string> {
    yield* [...this.#files[kind].keys()]
  }

  async remove(kind: StoredKind, name: string): Promise<void> {
    this.#files[kind].delete(name)
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  #file(kind: StoredKind, name: string): Uint8Array {
    requireStoredName(name)
    const file = this.#files[kind].get(name)
    if (file === undefined) throw new NotInStoreError(kind, name, this.location)
    return file
  }
}

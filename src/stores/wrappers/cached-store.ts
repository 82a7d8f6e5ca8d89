/**
 * A distant store with copies nearby of what is asked for again and again: states, and the small
 * pieces of packfiles that listings and catalogues are made of.
 *
 * Copies are the stored bytes, so encrypted where the repository is. Nothing is taken on trust:
 * what was written here is not copied (a writer that reads it back must see the store), listings and
 * sizes always come from the store, a copy that was altered is dropped and fetched anew, and a
 * reader that finds its bytes wrong asks with `getAfresh`. Deleting the copies costs time only, and
 * a full disk only ends the copying.
 * @module
 */
import type { ByteRange, Store, StoredKind, ThreadOpener } from '../store.ts'
import type { CopyShelf } from './copy-shelf.ts'

/** Smaller than nearly every chunk (512 KiB and more), larger than nearly every listing. */
const MAX_PIECE_BYTES = 128 * 1024

export class CachedStore implements Store {
  readonly #inner: Store
  readonly #shelf: CopyShelf
  /** Written through this object: read from the store until somebody opens it anew. */
  readonly #written = new Set<string>()

  constructor(inner: Store, shelf: CopyShelf) {
    this.#inner = inner
    this.#shelf = shelf
  }

  get location(): string {
    return this.#inner.location
  }

  get writable(): boolean {
    return this.#inner.writable
  }

  /** Other threads write contents; they have no use for copies of listings. */
  get threadOpener(): ThreadOpener | undefined {
    const opener = this.#inner.threadOpener
    if (opener === undefined) return undefined
    const { cacheDir: _, ...settings } = opener.settings
    return { ...opener, settings }
  }

  getConfig(): Promise<Uint8Array> {
    return this.#inner.getConfig()
  }

  create(config: Uint8Array): Promise<void> {
    return this.#inner.create(config)
  }

  async put(kind: StoredKind, name: string, parts: readonly Uint8Array[]): Promise<void> {
    this.#written.add(`${kind} ${name}`)
    await this.#inner.put(kind, name, parts)
  }

  async get(kind: StoredKind, name: string, range?: ByteRange): Promise<Uint8Array> {
    if (!this.#isWorthKeeping(kind, name, range)) return this.#inner.get(kind, name, range)
    const label = this.#label(kind, name, range)
    const copy = await this.#shelf.take(label)
    if (copy !== undefined) return copy
    const bytes = await this.#inner.get(kind, name, range)
    await this.#shelf.keep(label, bytes)
    return bytes
  }

  async getAfresh(kind: StoredKind, name: string, range?: ByteRange): Promise<Uint8Array> {
    await this.#shelf.drop(this.#label(kind, name, range))
    return this.#inner.get(kind, name, range)
  }

  size(kind: StoredKind, name: string): Promise<number> {
    return this.#inner.size(kind, name)
  }

  list(kind: StoredKind): AsyncIterable<string> {
    return this.#inner.list(kind)
  }

  async remove(kind: StoredKind, name: string): Promise<void> {
    this.#written.add(`${kind} ${name}`)
    await this.#inner.remove(kind, name)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inner[Symbol.asyncDispose]()
  }

  #isWorthKeeping(kind: StoredKind, name: string, range: ByteRange | undefined): boolean {
    if (this.#written.has(`${kind} ${name}`)) return false
    if (kind === 'state') return range === undefined
    return kind === 'packfile' && range !== undefined && range.length <= MAX_PIECE_BYTES
  }

  #label(kind: StoredKind, name: string, range: ByteRange | undefined): string {
    const place = range === undefined ? 'whole' : `${range.offset}+${range.length}`
    return [this.location, kind, name, place].join('\n')
  }
}

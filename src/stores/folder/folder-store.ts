/**
 * A store in a folder, laid out as Plakar's `fs` backend does:
 *
 *   CONFIG                          0600
 *   packfiles/00 … ff/<64 hex>      folders 0700, all made at once; a name's bucket is its first byte
 *   states/00 … ff/<64 hex>
 *   locks/<64 hex>
 *   quarantine/<64 hex>             ours alone; not there until a repair replaces something
 *
 * Temporaries lie in `packfiles/`, `states/`, or beside CONFIG for locks and CONFIG itself, never
 * where a listing looks. Unlike Plakar's, writes are flushed to the disk before they count.
 * @module
 */
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { codeOf } from '../../util/coded-error.ts'
import { flushFolder, isStaleTemporary, writeDurably } from '../../util/durable-file.ts'
import { readFully } from '../read-fully.ts'
import {
  type ByteRange,
  NotAStoreError,
  NotInStoreError,
  ShortReadError,
  type Store,
  type StoredKind,
  StoreExistsError,
  StoreReadError,
  StoreWriteError,
  type ThreadOpener,
} from '../store.ts'
import { FOLDERS, MAX_CONFIG_BYTES, STALE_TEMPORARY_MS, throughRegistry } from '../stored-layout.ts'
import { isStoredName, requireStoredName } from '../stored-name.ts'

const BUCKETED = ['packfile', 'state'] as const
/** Made when the store is; the quarantine is made when it is needed. */
const FIRST_KINDS = [...BUCKETED, 'lock'] as const
const BUCKETS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
const FOLDER_MODE = 0o700

export class FolderStore implements Store {
  readonly location: string
  readonly writable = true
  readonly threadOpener: ThreadOpener
  readonly #now: () => Date
  #cleaning: Promise<unknown> | undefined

  constructor(path: string, now: () => Date = () => new Date()) {
    this.location = resolve(path)
    this.threadOpener = throughRegistry(this.location, { env: {} })
    this.#now = now
  }

  async getConfig(): Promise<Uint8Array> {
    const path = join(this.location, 'CONFIG')
    try {
      const { size } = await stat(path)
      if (size > MAX_CONFIG_BYTES)
        throw new NotAStoreError(this.location, 'its CONFIG is too large')
      return await this.#read(path, undefined)
    } catch (error) {
      if (error instanceof NotAStoreError) throw error
      if (isAbsent(error)) throw new NotAStoreError(this.location, await this.#whatIsHere())
      throw new StoreReadError(path, error)
    }
  }

  async create(config: Uint8Array): Promise<void> {
    await this.#requireVacant()
    const made: string[] = []
    try {
      await makeFolder(this.location)
      await this.#makeFolders(made)
      await writeDurably(join(this.location, 'CONFIG'), [config], this.location)
    } catch (error) {
      // The place becomes vacant again, as far as possible.
      for (const folder of made) await rm(folder, { recursive: true }).catch(() => {})
      throw error instanceof StoreExistsError ? error : new StoreWriteError(this.location, error)
    }
  }

  async put(kind: StoredKind, name: string, parts: readonly Uint8Array[]): Promise<void> {
    const path = this.#path(kind, name)
    this.#cleaning ??= this.#removeStaleTemporaries().catch(() => {}) // tidiness must not fail a write
    await this.#cleaning
    try {
      await makeFolder(dirname(path))
      await writeDurably(path, parts, this.#temporaryFolder(kind))
    } catch (error) {
      throw new StoreWriteError(path, error)
    }
  }

  async get(kind: StoredKind, name: string, range?: ByteRange): Promise<Uint8Array> {
    const path = this.#path(kind, name)
    try {
      return await this.#read(path, range)
    } catch (error) {
      if (isAbsent(error)) throw new NotInStoreError(kind, name, this.location)
      if (error instanceof RangeError) throw new ShortReadError(kind, name, this.location)
      throw new StoreReadError(path, error)
    }
  }

  async size(kind: StoredKind, name: string): Promise<number> {
    const path = this.#path(kind, name)
    try {
      return (await stat(path)).size
    } catch (error) {
      if (isAbsent(error)) throw new NotInStoreError(kind, name, this.location)
      throw new StoreReadError(path, error)
    }
  }

  async *list(kind: StoredKind): AsyncGenerator<string> {
    const folder = join(this.location, FOLDERS[kind])
    if (!isBucketed(kind)) yield* await storedNames(folder, '')
    else {
      await requireFolder(folder)
      for (const bucket of BUCKETS) yield* await storedNames(join(folder, bucket), bucket)
    }
  }

  async remove(kind: StoredKind, name: string): Promise<void> {
    const path = this.#path(kind, name)
    try {
      await rm(path, { force: true })
    } catch (error) {
      throw new StoreWriteError(path, error)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  /** Removes what dead runs left behind more than an hour ago. */
  async #removeStaleTemporaries(): Promise<void> {
    const before = new Date(this.#now().getTime() - STALE_TEMPORARY_MS)
    const folders = [this.location, ...BUCKETED.map((kind) => join(this.location, FOLDERS[kind]))]
    for (const folder of folders) {
      for (const name of await readdir(folder)) {
        if (await isStaleTemporary(folder, name, before)) await rm(join(folder, name))
      }
    }
  }

  #path(kind: StoredKind, name: string): string {
    requireStoredName(name)
    const folder = join(this.location, FOLDERS[kind])
    return isBucketed(kind) ? join(folder, name.slice(0, 2), name) : join(folder, name)
  }

  #temporaryFolder(kind: StoredKind): string {
    return isBucketed(kind) ? join(this.location, FOLDERS[kind]) : this.location
  }

  async #read(path: string, range: ByteRange | undefined): Promise<Uint8Array> {
    const handle = await open(path, 'r')
    try {
      return await readFully(handle, range)
    } finally {
      await handle.close()
    }
  }

  /** @throws {StoreExistsError} unless the folder is missing or empty */
  async #requireVacant(): Promise<void> {
    let names: string[]
    try {
      names = await readdir(this.location)
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return
      if (codeOf(error) === 'ENOTDIR') throw new StoreExistsError(this.location, 'it is a file')
      throw new StoreReadError(this.location, error)
    }
    if (names.includes('CONFIG')) throw new StoreExistsError(this.location, 'there is one already')
    if (names.length > 0) throw new StoreExistsError(this.location, 'the folder is not empty')
  }

  /** Adds to `made` what is there thanks to this call. */
  async #makeFolders(made: string[]): Promise<void> {
    for (const kind of FIRST_KINDS) made.push(await this.#makeOwnFolder(FOLDERS[kind]))
    for (const kind of BUCKETED) {
      const folder = join(this.location, FOLDERS[kind])
      await Promise.all(BUCKETS.map((bucket) => mkdir(join(folder, bucket), { mode: FOLDER_MODE })))
      await flushFolder(folder)
    }
    await flushFolder(this.location)
  }

  /** A folder that must not be there yet: of two programs creating at once, one is refused. */
  async #makeOwnFolder(name: string): Promise<string> {
    const folder = join(this.location, name)
    try {
      await mkdir(folder, { mode: FOLDER_MODE })
      return folder
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
      throw new StoreExistsError(this.location, 'another program is creating one there')
    }
  }

  async #whatIsHere(): Promise<string> {
    try {
      const names = await readdir(this.location)
      return names.length === 0 ? 'the folder is empty' : 'the folder has no CONFIG'
    } catch (error) {
      return codeOf(error) === 'ENOTDIR' ? 'it is a file' : 'there is nothing'
    }
  }
}

function isBucketed(kind: StoredKind): kind is (typeof BUCKETED)[number] {
  return kind === 'packfile' || kind === 'state'
}

/** Makes a folder and those above it, and makes their names permanent. */
async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: FOLDER_MODE })
  if (first === undefined) return
  for (let made = path; made.length >= first.length; made = dirname(made)) {
    await flushFolder(dirname(made))
  }
}

/** @throws {StoreReadError} when a folder is missing whose absence would look like an empty store */
async function requireFolder(path: string): Promise<void> {
  try {
    await stat(path)
  } catch (error) {
    throw new StoreReadError(path, error)
  }
}

/** Names of stored files in `folder`. One that is missing holds none: copying may drop empty ones. */
async function storedNames(folder: string, prefix: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries
      .filter((entry) => entry.isFile() && isStoredName(entry.name))
      .map((entry) => entry.name)
      .filter((name) => name.startsWith(prefix))
  } catch (error) {
    if (isAbsent(error)) return []
    throw new StoreReadError(folder, error)
  }
}

function isAbsent(error: unknown): boolean {
  const code = codeOf(error)
  return code === 'ENOENT' || code === 'ENOTDIR'
}

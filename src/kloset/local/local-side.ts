/**
 * What this computer keeps about a repository besides the repository: its index, to open it fast,
 * and a memory of what was seen, to notice what vanishes. All of it may be deleted at any time.
 * @module
 */
import type { Store } from '../../stores/store.ts'
import type { HashingName, Mac } from '../crypto/mac.ts'
import type { Encoding } from '../encoding.ts'
import { readIndexCache, writeIndexCache } from '../state/index-cache.ts'
import type { TakenIn } from '../state/load-states.ts'
import type { StateIndex } from '../state/state-index.ts'
import { LocalMemory } from './memory.ts'
import {
  comparePlace,
  type PlaceRecord,
  placeRecord,
  type RepositoryChangedError,
  rememberPlace,
} from './place.ts'
import { type SealedFiles, sealedFiles } from './sealed-files.ts'

/** Bytes of a row in a cached index, about. */
const ROW_BYTES = 54
/** An index up to here is written whenever there is something new. */
const SMALL_INDEX_BYTES = 2 * 1024 * 1024
/** A larger one when what is new is a good part of it, or as many requests to a remote store. */
const WORTHWHILE_SHARE = 1 / 8
const WORTHWHILE_STATES = 8

export interface LocalOptions {
  cacheDir: string
  store: Store
  id: string
  encrypted: boolean
  /** The bytes of CONFIG. */
  config: Uint8Array
  mac: Mac
  hashing: HashingName
  encoding: Encoding
}

export class LocalSide {
  readonly memory: LocalMemory
  readonly #options: LocalOptions
  readonly #files: SealedFiles
  readonly #place: PlaceRecord
  #change: RepositoryChangedError | undefined

  private constructor(
    options: LocalOptions,
    files: SealedFiles,
    memory: LocalMemory,
    place: PlaceRecord,
  ) {
    this.#options = options
    this.#files = files
    this.#place = place
    this.memory = memory
  }

  static async open(options: LocalOptions): Promise<LocalSide> {
    const { cacheDir, store, id, mac, hashing, config } = options
    const files = sealedFiles(cacheDir, { id, mac, hashing, location: store.location })
    const place = placeRecord(options, config)
    const local = new LocalSide(options, files, await LocalMemory.open(files), place)
    // What can only be read is often a file that was copied over an older one.
    if (store.writable) local.#change = await comparePlace(cacheDir, store.location, place)
    return local
  }

  /** Set when another repository lies where one is known. Nothing may be written to it then. */
  get change(): RepositoryChangedError | undefined {
    return this.#change
  }

  /** Takes the repository, as it is now, for what it should be. */
  async accept(): Promise<void> {
    await rememberPlace(this.#options.cacheDir, this.#options.store.location, this.#place)
    this.#change = undefined
    this.memory.accept()
    await this.memory.save()
  }

  /** The index of an earlier run; its user compares its states with those that are there. */
  readIndex(): Promise<StateIndex | undefined> {
    return readIndexCache(this.#files, this.#options.encoding)
  }

  /** The repository was opened: keeps what saves time, and compares with what was seen. */
  async opened(index: StateIndex, taken: TakenIn, cached: StateIndex | undefined): Promise<void> {
    this.memory.compare(index, taken.listed)
    await this.memory.save()
    if (cached !== index || isWorthWriting(index, taken)) {
      await writeIndexCache(this.#files, this.#options.encoding, index)
    }
  }

  /** The repository is about to be closed. */
  async closing(index: StateIndex): Promise<void> {
    this.memory.note(index)
    await this.memory.save()
  }
}

function isWorthWriting(index: StateIndex, { bytes, states }: TakenIn): boolean {
  if (states === 0) return false
  const indexBytes = index.blobs * ROW_BYTES
  if (indexBytes <= SMALL_INDEX_BYTES || states >= WORTHWHILE_STATES) return true
  return bytes >= indexBytes * WORTHWHILE_SHARE
}

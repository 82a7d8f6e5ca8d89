/**
 * Reads the small blobs of trees in windows: they lie side by side, and a store far away answers one
 * request for a thousand of them as fast as a request for one.
 *
 * Objects lie among the contents of photos; a window around one of them would be mostly photo. They
 * are read one by one. Whatever is not right in a window is read again by itself, from wherever a
 * sound copy is: only {@link Repository.decodeBlob} and `readBlob` hand out bytes.
 * @module
 */
import { ShortReadError } from '../../stores/store.ts'
import { isDamage } from '../damage.ts'
import type { Repository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'
import { WRAPPER_HEADER_BYTES } from '../wrapper.ts'

const WINDOW_BYTES = 256 * 1024
/** 16 MiB. A tree is walked nearly in the order in which it lies, by a few readers at once. */
const WINDOWS = 64
/** Larger ones gain nothing from company. */
const SMALL_BLOB_BYTES = 16 * 1024

export class WindowReader {
  readonly #repository: Repository
  /** By `packfile:number`, the one used last at the end. */
  readonly #windows = new Map<string, Promise<Uint8Array>>()
  readonly #sizes = new Map<string, Promise<number>>()

  constructor(repository: Repository) {
    this.#repository = repository
  }

  /** As `Repository.readBlob`. */
  async readBlob(type: ResourceType, mac: string): Promise<Uint8Array> {
    return (await this.#readFromWindow(type, mac)) ?? this.#repository.readBlob(type, mac)
  }

  async #readFromWindow(type: ResourceType, mac: string): Promise<Uint8Array | undefined> {
    if (type === ResourceType.OBJECT) return undefined
    const location = this.#repository.index.locate(type, mac)
    if (location === undefined || location.length > SMALL_BLOB_BYTES) return undefined
    const start = WRAPPER_HEADER_BYTES + location.offset
    const window = Math.floor(start / WINDOW_BYTES)
    if (Math.floor((start + location.length - 1) / WINDOW_BYTES) !== window) return undefined
    try {
      const bytes = await this.#window(location.packfile, window)
      const at = start - window * WINDOW_BYTES
      const encoded = bytes.subarray(at, at + location.length)
      return this.#repository.decodeBlob({ type, mac, packfile: location.packfile }, encoded)
    } catch (error) {
      if (isDamage(error)) return undefined
      throw error
    }
  }

  #window(packfile: string, window: number): Promise<Uint8Array> {
    const key = `${packfile}:${window}`
    const known = this.#windows.get(key)
    this.#windows.delete(key)
    const bytes = known ?? this.#read(packfile, window)
    this.#windows.set(key, bytes)
    if (this.#windows.size > WINDOWS) this.#windows.delete(this.#windows.keys().next().value!)
    bytes.catch(() => this.#windows.delete(key)) // it may be there when it is asked for again
    return bytes
  }

  async #read(packfile: string, window: number): Promise<Uint8Array> {
    const { store } = this.#repository
    let size = this.#sizes.get(packfile)
    if (size === undefined) {
      size = store.size('packfile', packfile)
      this.#sizes.set(packfile, size)
    }
    const offset = window * WINDOW_BYTES
    const length = Math.min(WINDOW_BYTES, (await size) - offset)
    if (length <= 0) throw new ShortReadError('packfile', packfile, store.location)
    return store.get('packfile', packfile, { offset, length })
  }
}

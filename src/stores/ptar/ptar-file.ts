/**
 * The one file that a `.ptar` is, wherever it lies: its size, and ranges of its bytes.
 * @module
 */
import { type FileHandle, open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { codeOf } from '../../util/coded-error.ts'
import { readFully } from '../read-fully.ts'
import { type ByteRange, NotAStoreError, StoreReadError } from '../store.ts'

export interface PtarFile extends AsyncDisposable {
  readonly location: string
  /** @throws {NotAStoreError} when there is no such file */
  size(): Promise<number>
  /** Exactly these bytes, or it throws. */
  read(range: ByteRange): Promise<Uint8Array>
}

/** A file on a disk. It is opened for reading only. */
export class LocalPtarFile implements PtarFile {
  readonly location: string
  #handle: Promise<FileHandle> | undefined

  constructor(path: string) {
    this.location = resolve(path)
  }

  async size(): Promise<number> {
    const handle = await this.#open()
    const stats = await handle.stat()
    if (!stats.isFile()) throw new NotAStoreError(this.location, 'it is not a file')
    return stats.size
  }

  async read(range: ByteRange): Promise<Uint8Array> {
    return readFully(await this.#open(), range)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const handle = await this.#handle?.catch(() => undefined)
    this.#handle = undefined
    await handle?.close()
  }

  #open(): Promise<FileHandle> {
    this.#handle ??= open(this.location, 'r').catch((error: unknown) => {
      this.#handle = undefined // the next call tries again
      if (codeOf(error) !== 'ENOENT') throw new StoreReadError(this.location, error)
      throw new NotAStoreError(this.location, 'there is nothing')
    })
    return this.#handle
  }
}

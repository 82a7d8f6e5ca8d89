/**
 * A `.ptar` in the making: grows under a temporary name beside its place, and is there under its own
 * name only when it is complete and durable.
 * @module
 */
import { randomInt } from 'node:crypto'
import { type FileHandle, link, open, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { codeOf } from '../../util/coded-error.ts'
import { flushFolder, writeFully } from '../folder/durable-file.ts'
import { readFully } from '../read-fully.ts'
import { type ByteRange, StoreExistsError, StoreReadError, StoreWriteError } from '../store.ts'

const FILE_MODE = 0o600

export class NewPtarFile implements AsyncDisposable {
  /** Where it will be. */
  readonly path: string
  /** Where it grows. Opens as a store once all of it is written. */
  readonly temporaryPath: string
  readonly #overwrite: boolean
  readonly #handle: FileHandle
  #isOpen = true
  #sizeBytes = 0

  private constructor(
    path: string,
    options: { temporaryPath: string; overwrite: boolean; handle: FileHandle },
  ) {
    this.path = path
    this.temporaryPath = options.temporaryPath
    this.#overwrite = options.overwrite
    this.#handle = options.handle
  }

  /** @throws {StoreExistsError} when there is something, unless it may be overwritten */
  static async create(
    location: string,
    { overwrite }: { overwrite: boolean },
  ): Promise<NewPtarFile> {
    const path = resolve(location)
    if (!overwrite && (await exists(path))) throw taken(path)
    const temporaryPath = join(dirname(path), `.tmp.${randomInt(2 ** 47)}.ptar`)
    const handle = await writing(path, () => open(temporaryPath, 'wx+', FILE_MODE))
    return new NewPtarFile(path, { temporaryPath, overwrite, handle })
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  async append(bytes: Uint8Array): Promise<void> {
    await writing(this.path, () => writeFully(this.#handle, bytes))
    this.#sizeBytes += bytes.length
  }

  async read(range: ByteRange): Promise<Uint8Array> {
    try {
      return await readFully(this.#handle, range)
    } catch (thrown) {
      throw new StoreReadError(this.path, thrown)
    }
  }

  /** Everything written so far survives a power cut; its name does not yet. */
  async flush(): Promise<void> {
    await writing(this.path, () => this.#handle.sync())
  }

  /** Gives it its name. @throws {StoreExistsError} when somebody else took that meanwhile */
  async publish(): Promise<void> {
    await this.flush()
    await this.#close()
    if (this.#overwrite) await writing(this.path, () => rename(this.temporaryPath, this.path))
    else await this.#publishAlone()
    await writing(this.path, () => flushFolder(dirname(this.path)))
  }

  /** Without {@link publish} nothing stays behind. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close()
    await rm(this.temporaryPath, { force: true })
  }

  /** A second name fails where a renaming would replace. Some file systems have no second names. */
  async #publishAlone(): Promise<void> {
    try {
      await link(this.temporaryPath, this.path)
    } catch (thrown) {
      if (codeOf(thrown) === 'EEXIST' || (await exists(this.path))) throw taken(this.path)
      await writing(this.path, () => rename(this.temporaryPath, this.path))
    }
  }

  async #close(): Promise<void> {
    if (!this.#isOpen) return
    this.#isOpen = false
    await this.#handle.close()
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return false
    throw new StoreReadError(path, thrown)
  }
}

async function writing<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (thrown) {
    throw new StoreWriteError(path, thrown)
  }
}

function taken(path: string): StoreExistsError {
  return new StoreExistsError(path, 'there is something already; --overwrite replaces it')
}

/**
 * A file in the making: it grows under a temporary name beside its place, and is there under its own
 * name only when it is complete and durable. What is interrupted leaves nothing.
 * @module
 */
import { randomInt } from 'node:crypto'
import { type FileHandle, link, open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { CodedError, codeOf } from './coded-error.ts'
import { flushFolder, writeFully } from './durable-file.ts'

const FILE_MODE = 0o600

/** Something stands where a new file was to be. */
export class FileExistsError extends CodedError {
  readonly code = 'FILE_EXISTS'
  constructor(path: string) {
    super(`there is something at ${path} already`, {
      hint: 'Choose another name, or replace it with --overwrite.',
    })
  }
}

export class NewFile implements AsyncDisposable {
  /** Where it will be. */
  readonly path: string
  /** Where it grows. */
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

  /** @throws {FileExistsError} unless what is there may be replaced */
  static async create(name: string, { overwrite }: { overwrite: boolean }): Promise<NewFile> {
    const path = resolve(name)
    if (!overwrite && (await exists(path))) throw new FileExistsError(path)
    const temporary = `.${basename(path)}.tmp.${randomInt(2 ** 47)}${extname(path)}`
    const temporaryPath = join(dirname(path), temporary)
    const handle = await open(temporaryPath, 'wx+', FILE_MODE)
    return new NewFile(path, { temporaryPath, overwrite, handle })
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  async append(bytes: Uint8Array): Promise<void> {
    await writeFully(this.#handle, bytes)
    this.#sizeBytes += bytes.length
  }

  /** What was written. @throws {RangeError} when it is not all there */
  async read({ offset, length }: { offset: number; length: number }): Promise<Uint8Array> {
    const bytes = new Uint8Array(length)
    for (let at = 0; at < length; ) {
      const { bytesRead } = await this.#handle.read(bytes, at, length - at, offset + at)
      if (bytesRead === 0) throw new RangeError('beyond the end')
      at += bytesRead
    }
    return bytes
  }

  /** Everything written so far survives a power cut; its name does not yet. */
  async flush(): Promise<void> {
    await this.#handle.sync()
  }

  /** Gives it its name. @throws {FileExistsError} when somebody else took that meanwhile */
  async publish(): Promise<void> {
    await this.flush()
    await this.#close()
    if (this.#overwrite) await rename(this.temporaryPath, this.path)
    else await this.#publishAlone()
    await flushFolder(dirname(this.path))
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
      if (codeOf(thrown) === 'EEXIST' || (await exists(this.path))) {
        throw new FileExistsError(this.path)
      }
      await rename(this.temporaryPath, this.path)
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
    throw thrown
  }
}

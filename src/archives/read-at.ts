/**
 * Reading from any place of a source file, without ever being able to change it.
 *
 * Archives are read through this small interface, so that a file, and later a range of a remote
 * object, look the same to them.
 * @module
 */
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { DamagedArchiveError } from './damaged-archive-error.ts'

export interface ReadAt {
  /** Bytes there are in all. */
  readonly size: number
  /** Fills `into` from `offset`; returns how many bytes, fewer only at the end of the file. */
  read(into: Uint8Array, offset: number): Promise<number>
}

/** Adds up what is read from a source, over all its files. */
export interface ReadTally {
  bytes: number
}

/** Not blocking: opening a FIFO returns at once, to be refused, instead of awaiting its writer. */
export const READ_ONLY = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)
/** For files inside an export: what became a link since it was listed is not opened. */
export const READ_ONLY_NO_LINK = READ_ONLY | (constants.O_NOFOLLOW ?? 0)

/** A regular file, opened for reading only. */
export class FileReadAt implements ReadAt, AsyncDisposable {
  readonly #file: FileHandle
  readonly #tally: ReadTally
  readonly size: number
  readonly modifiedMs: number

  private constructor(file: FileHandle, size: number, modifiedMs: number, tally: ReadTally) {
    this.#file = file
    this.size = size
    this.modifiedMs = modifiedMs
    this.#tally = tally
  }

  static async open(
    path: string | Buffer,
    tally: ReadTally = { bytes: 0 },
    flags: number = READ_ONLY,
  ): Promise<FileReadAt> {
    const file = await open(path, flags)
    try {
      const { size, mtimeMs, ...status } = await file.stat()
      if ((status.mode & constants.S_IFMT) !== constants.S_IFREG) {
        throw new DamagedArchiveError('is not a regular file')
      }
      return new FileReadAt(file, size, mtimeMs, tally)
    } catch (problem) {
      await file.close()
      throw problem
    }
  }

  async read(into: Uint8Array, offset: number): Promise<number> {
    let done = 0
    while (done < into.length) {
      const { bytesRead } = await this.#file.read(into, done, into.length - done, offset + done)
      if (bytesRead === 0) break
      done += bytesRead
      this.#tally.bytes += bytesRead
    }
    return done
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close()
  }
}

/** Up to `length` bytes from `offset`: fewer at the end of the file. */
export async function readUpTo(source: ReadAt, offset: number, length: number): Promise<Buffer> {
  const into = Buffer.allocUnsafe(Math.max(0, Math.min(length, source.size - offset)))
  return into.subarray(0, await source.read(into, offset))
}

/** @throws {DamagedArchiveError} when the file ends before */
export async function readExactly(source: ReadAt, offset: number, length: number): Promise<Buffer> {
  const bytes = await readUpTo(source, offset, length)
  if (bytes.length < length) {
    throw new DamagedArchiveError(`ends at byte ${offset + bytes.length}, in the middle of a file`)
  }
  return bytes
}

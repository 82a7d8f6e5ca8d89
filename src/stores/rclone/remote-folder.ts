/**
 * A folder on a remote of rclone: files by their paths below it, written so that what rclone says of
 * them is looked at afterwards. Every failure leaves as an error of a store.
 * @module
 */
import { createHash, randomInt } from 'node:crypto'
import { type HttpAnswer, HttpFailure } from '../../external/http-exchange.ts'
import type { Rclone } from '../../external/rclone/rclone.ts'
import { RcloneRefusal } from '../../external/rclone/rclone-errors.ts'
import { type ByteRange, StoreReadError } from '../store.ts'
import { TransientStoreError } from '../transient-error.ts'
import { storeErrorOf } from './rclone-failure.ts'
import { listedFiles, type RemoteFile, statedFile } from './remote-files.ts'
import type { RemoteLocation } from './remote-location.ts'

export interface WriteOptions {
  /** The checksum that the remote keeps, and we compute, if there is one. */
  hash: string | undefined
  /** Whether the file grows as `tmp.<digits>` and takes its name when it is whole. */
  viaTemporary: boolean
}

/** What must have arrived. */
interface Expected {
  bytes: number
  hash: string | undefined
  sum: string | undefined
}

export class RemoteFolder {
  readonly #rclone: Rclone
  readonly #at: RemoteLocation

  constructor(rclone: Rclone, at: RemoteLocation) {
    this.#rclone = rclone
    this.#at = at
  }

  /** Sends a file, looks at what arrived, and only then lets it have its name. */
  async write(path: string, parts: readonly Uint8Array[], options: WriteOptions): Promise<void> {
    const { viaTemporary, hash } = options
    const place = viaTemporary ? `tmp.${randomInt(2 ** 47)}` : path
    const slash = place.lastIndexOf('/')
    const folder = { fs: this.#at.fs, path: this.#below(place.slice(0, Math.max(slash, 0))) }
    const expected = expectedOf(parts, hash)
    try {
      await this.#rclone.upload(folder, place.slice(slash + 1), parts)
      await this.#requireArrived(place, expected)
      if (viaTemporary) await this.#rename(place, path, expected)
    } catch (error) {
      if (viaTemporary) await this.delete(place).catch(() => {}) // what went wrong first is thrown
      throw this.#storeError(error, 'write', path)
    }
  }

  /** Undefined when there is no such file; other than asked for in length where the file ends before. */
  async read(path: string, range?: ByteRange): Promise<Uint8Array | undefined> {
    try {
      return range === undefined ? await this.#readWhole(path) : await this.#readRange(path, range)
    } catch (error) {
      if (error instanceof RcloneRefusal && error.isAbsence) return undefined
      throw this.#storeError(error, 'read', path)
    }
  }

  /** Undefined when there is no such file. */
  async stat(path: string, hash?: string): Promise<RemoteFile | undefined> {
    const hashing = hash === undefined ? {} : { showHash: true, hashTypes: [hash] }
    const remote = this.#below(path)
    const opt = { noMimeType: true, ...hashing }
    try {
      const answer = await this.#rclone.order('operations/stat', { fs: this.#at.fs, remote, opt })
      return statedFile(answer, path, hash)
    } catch (error) {
      if (error instanceof RcloneRefusal && error.isAbsence) return undefined
      throw this.#storeError(error, 'read', path)
    }
  }

  /**
   * What is in the folder itself, or all files below a folder in it, by their paths from there.
   * @param options.isNeeded that the folder is not there is an error, and no empty listing
   */
  async list(folder: string, { isNeeded } = { isNeeded: false }): Promise<RemoteFile[]> {
    const opt = { recurse: folder !== '', noMimeType: true, noModTime: folder !== '' }
    const path = this.#below(folder)
    const order = { fs: this.#at.fs, remote: path, opt }
    try {
      return listedFiles(await this.#rclone.order('operations/list', order), path)
    } catch (error) {
      const isAbsent = error instanceof RcloneRefusal && error.isAbsence
      if (isAbsent && !isNeeded) return []
      if (isAbsent) throw new StoreReadError(`${this.#at.text}/${folder}`, error)
      throw this.#storeError(error, 'read', folder)
    }
  }

  async makeFolder(path: string): Promise<void> {
    const order = { fs: this.#at.fs, remote: this.#below(path) }
    try {
      await this.#rclone.order('operations/mkdir', order)
    } catch (error) {
      throw this.#storeError(error, 'write', path)
    }
  }

  /** Deleting what is not there succeeds. */
  async delete(path: string): Promise<void> {
    const order = { fs: this.#at.fs, remote: this.#below(path) }
    try {
      await this.#rclone.order('operations/deletefile', order)
    } catch (error) {
      if (error instanceof RcloneRefusal && error.isAbsence) return
      throw this.#storeError(error, 'write', path)
    }
  }

  async #requireArrived(path: string, { bytes, hash, sum }: Expected): Promise<void> {
    const file = await this.stat(path, hash)
    const found = file?.sizeBytes ?? 'none'
    if (found !== bytes) throw notStored(path, `${found} of ${bytes} bytes`)
    if (sum === undefined || file?.hash === undefined) return
    if (sum !== file.hash) throw notStored(path, 'other bytes than were sent')
  }

  async #rename(from: string, to: string, expected: Expected): Promise<void> {
    const { fs } = this.#at
    await this.#rclone.order('operations/movefile', {
      srcFs: fs,
      srcRemote: this.#below(from),
      dstFs: fs,
      dstRemote: this.#below(to),
      // Else a file of the same size, on a remote without times, counts as the same file.
      _config: { IgnoreTimes: true },
    })
    await this.#requireArrived(to, expected)
  }

  /** An answer may be whole as an answer and still be a part of the file: its size is asked for. */
  async #readWhole(path: string): Promise<Uint8Array> {
    const [answer, file] = await Promise.all([
      this.#rclone.read(this.#at.fs, this.#below(path)),
      this.stat(path),
    ])
    if (answer.status === 200 && answer.body.length === file?.sizeBytes) return answer.body
    throw new HttpFailure('it gave another number of bytes than the file has')
  }

  /** What does not fit means that the file ends before, or that something went wrong on the way. */
  async #readRange(path: string, range: ByteRange): Promise<Uint8Array | undefined> {
    const { offset, length } = range
    const wanted = { first: offset, last: offset + length - 1 }
    const answer = await this.#rclone.read(this.#at.fs, this.#below(path), wanted)
    if (isRange(answer, range)) return answer.body
    const file = await this.stat(path)
    if (file === undefined) return undefined
    if (file.sizeBytes < offset + length) return new Uint8Array()
    throw new HttpFailure('it gave other bytes than asked for')
  }

  #storeError(error: unknown, doing: 'read' | 'write', path: string): unknown {
    return storeErrorOf(error, doing, `${this.#at.text}/${path}`)
  }

  #below(path: string): string {
    return [this.#at.path, path].filter((part) => part !== '').join('/')
  }
}

function expectedOf(parts: readonly Uint8Array[], hash: string | undefined): Expected {
  const bytes = parts.reduce((sum, part) => sum + part.length, 0)
  if (hash === undefined) return { bytes, hash, sum: undefined }
  const sum = createHash(hash)
  for (const part of parts) sum.update(part)
  return { bytes, hash, sum: sum.digest('hex') }
}

function notStored(path: string, found: string): TransientStoreError {
  return new TransientStoreError(`rclone said that it stored ${path}, but there are ${found}`)
}

function isRange({ status, headers, body }: HttpAnswer, { offset, length }: ByteRange): boolean {
  const last = offset + length - 1
  const says = new RegExp(`^bytes ${offset}-${last}/\\d+$`).test(headers['content-range'] ?? '')
  return status === 206 && says && body.length === length
}

/**
 * A store on a remote of the user's own rclone, laid out as in a folder:
 *
 *   CONFIG
 *   packfiles/ab/<64 hex>   states/ab/<64 hex>   locks/<64 hex>   quarantine/<64 hex>
 *
 * That rclone says "done" is not believed: after a file was sent, its size is asked for and, where
 * the remote keeps one we can compute, its checksum. Files grow as `tmp.<digits>` beside CONFIG and
 * take their name when they are known to be whole; only packfiles on remotes that cannot rename are
 * sent to their place, since a packfile counts when a state names it. rclone 1.60 removes the old
 * file before a new one takes its name, so a lock that is refreshed is absent for a moment; its owner
 * looks again before it publishes.
 * @module
 */
import { createHash, randomInt } from 'node:crypto'
import { extname } from 'node:path'
import { type HttpAnswer, HttpFailure } from '../../external/http-exchange.ts'
import { Rclone } from '../../external/rclone/rclone.ts'
import { RcloneRefusal } from '../../external/rclone/rclone-errors.ts'
import { equalBytes } from '../../util/bytes.ts'
import { GooglePhotosStoreError } from '../google-photos-error.ts'
import {
  type ByteRange,
  NotAStoreError,
  NotInStoreError,
  ShortReadError,
  type Store,
  type StoredKind,
  StoreExistsError,
  StoreReadError,
  type StoreSettings,
  type ThreadOpener,
} from '../store.ts'
import { isStoredName, requireStoredName } from '../stored-name.ts'
import { TransientStoreError } from '../transient-error.ts'
import { storeErrorOf } from './rclone-failure.ts'
import { type RemoteAbilities, RemoteUnknownError, requireRemote } from './remote-abilities.ts'
import { listedFiles, type RemoteFile, statedFile } from './remote-files.ts'
import { parseRemoteLocation, type RemoteLocation } from './remote-location.ts'

const FOLDERS: Record<StoredKind, string> = {
  packfile: 'packfiles',
  state: 'states',
  lock: 'locks',
  quarantine: 'quarantine',
}
const FIRST_KINDS = ['packfile', 'state', 'lock'] as const
/** Real CONFIGs have 369 to 700 bytes; whatever is larger than this is something else. */
const MAX_CONFIG_BYTES = 32_768
/** A temporary that nobody has written to for so long belongs to a run that died. */
const STALE_TEMPORARY_MS = 3_600_000
const TEMPORARY_NAME = /^tmp\.\d+$/
const OPENER_MODULE = new URL(`../registry${extname(import.meta.url)}`, import.meta.url).href

export class RcloneStore implements Store {
  readonly location: string
  readonly writable = true
  readonly #at: RemoteLocation
  readonly #settings: StoreSettings
  readonly #rclone: Rclone
  readonly #now: () => Date
  #abilities: Promise<RemoteAbilities> | undefined
  #cleaning: Promise<void> | undefined
  /** Written here and not removed since: a listing without them is not complete. */
  readonly #mine = new Set<string>()

  /** @param rest what follows `rclone:` */
  constructor(rest: string, settings: StoreSettings, now: () => Date = () => new Date()) {
    this.#at = parseRemoteLocation(rest)
    this.location = this.#at.text
    this.#settings = settings
    this.#rclone = new Rclone(settings.env)
    this.#now = now
  }

  /** Other threads use the rclone that runs already. */
  get threadOpener(): ThreadOpener {
    const settings = { ...this.#settings, env: this.#rclone.sharedEnvironment }
    return { module: OPENER_MODULE, location: this.location, settings }
  }

  async getConfig(): Promise<Uint8Array> {
    await this.#ready()
    const file = await this.#stat('CONFIG')
    if (file === undefined) throw new NotAStoreError(this.location, await this.#whatIsHere())
    if (file.sizeBytes > MAX_CONFIG_BYTES) {
      throw new NotAStoreError(this.location, 'its CONFIG is too large')
    }
    const config = await this.#read('CONFIG', undefined)
    if (config === undefined) throw new NotAStoreError(this.location)
    return config
  }

  async create(config: Uint8Array): Promise<void> {
    const { keepsEmptyFolders } = await this.#ready()
    const there = await this.#listFolder('', false)
    if (there.some(({ path }) => path === 'CONFIG')) {
      throw new StoreExistsError(this.location, 'there is one already')
    }
    if (there.length > 0) throw new StoreExistsError(this.location, 'the folder is not empty')
    for (const kind of keepsEmptyFolders ? FIRST_KINDS : []) {
      await this.#order('operations/mkdir', FOLDERS[kind])
    }
    await this.#putWhole('CONFIG', [config], true)
    const read = await this.#read('CONFIG', undefined)
    if (read !== undefined && equalBytes(read, config)) return
    throw new StoreExistsError(this.location, 'another program is creating one there')
  }

  async put(kind: StoredKind, name: string, parts: readonly Uint8Array[]): Promise<void> {
    const path = pathOf(kind, name)
    const { renames } = await this.#ready()
    this.#cleaning ??= this.#removeStaleTemporaries().catch(() => {}) // tidiness must not fail a write
    await this.#cleaning
    await this.#putWhole(path, parts, renames || kind !== 'packfile')
    this.#mine.add(path)
  }

  async get(kind: StoredKind, name: string, range?: ByteRange): Promise<Uint8Array> {
    const path = pathOf(kind, name)
    await this.#ready()
    const bytes =
      range?.length === 0
        ? await this.#emptyRange(path, range.offset)
        : await this.#read(path, range)
    if (bytes === undefined) throw new NotInStoreError(kind, name, this.location)
    if (range === undefined || bytes.length === range.length) return bytes
    throw new ShortReadError(kind, name, this.location)
  }

  async size(kind: StoredKind, name: string): Promise<number> {
    await this.#ready()
    const file = await this.#stat(pathOf(kind, name))
    if (file === undefined) throw new NotInStoreError(kind, name, this.location)
    return file.sizeBytes
  }

  async *list(kind: StoredKind): AsyncGenerator<string> {
    const { keepsEmptyFolders } = await this.#ready()
    const isNeeded = keepsEmptyFolders && (kind === 'packfile' || kind === 'state')
    const files = await this.#listFolder(FOLDERS[kind], isNeeded)
    const paths = new Set(files.map(({ path }) => `${FOLDERS[kind]}/${path}`))
    await this.#requireMine(kind, paths)
    for (const path of paths) {
      const name = path.slice(path.lastIndexOf('/') + 1)
      if (isStoredName(name) && pathOf(kind, name) === path) yield name
    }
  }

  async remove(kind: StoredKind, name: string): Promise<void> {
    const path = pathOf(kind, name)
    await this.#ready()
    this.#mine.delete(path)
    await this.#delete(path)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#rclone[Symbol.asyncDispose]()
  }

  /** @throws {GooglePhotosStoreError} @throws {RemoteUnknownError} */
  #ready(): Promise<RemoteAbilities> {
    this.#abilities ??= this.#findOut().catch((error: unknown) => {
      this.#abilities = undefined // the next call tries again
      throw error
    })
    return this.#abilities
  }

  async #findOut(): Promise<RemoteAbilities> {
    try {
      return await requireRemote(this.#rclone, this.#at, this.#settings.env)
    } catch (error) {
      if (error instanceof GooglePhotosStoreError || error instanceof RemoteUnknownError)
        throw error
      throw storeErrorOf(error, 'read', this.location)
    }
  }

  /** Sends a file, looks at what arrived, and only then lets it have its name. */
  async #putWhole(
    path: string,
    parts: readonly Uint8Array[],
    viaTemporary: boolean,
  ): Promise<void> {
    const place = viaTemporary ? `tmp.${randomInt(2 ** 47)}` : path
    const folder = place.includes('/') ? place.slice(0, place.lastIndexOf('/')) : ''
    const name = place.slice(place.lastIndexOf('/') + 1)
    try {
      const { fs } = this.#at
      await this.#rclone.upload({ fs, path: this.#below(folder) }, name, parts)
      await this.#requireArrived(place, parts)
      if (viaTemporary) await this.#rename(place, path, parts)
    } catch (error) {
      if (viaTemporary) await this.#delete(place).catch(() => {}) // what went wrong first is thrown
      throw storeErrorOf(error, 'write', `${this.location}/${path}`)
    }
  }

  async #requireArrived(path: string, parts: readonly Uint8Array[]): Promise<void> {
    const { hash } = await this.#ready()
    const file = await this.#stat(path, hash)
    const bytes = parts.reduce((sum, part) => sum + part.length, 0)
    if (file?.sizeBytes !== bytes)
      throw notStored(path, `${file?.sizeBytes ?? 'none'} of ${bytes} bytes`)
    if (hash === undefined || file.hash === undefined) return
    const sum = createHash(hash)
    for (const part of parts) sum.update(part)
    if (sum.digest('hex') !== file.hash) throw notStored(path, 'other bytes than were sent')
  }

  async #rename(from: string, to: string, parts: readonly Uint8Array[]): Promise<void> {
    const { fs } = this.#at
    await this.#rclone.order('operations/movefile', {
      srcFs: fs,
      srcRemote: this.#below(from),
      dstFs: fs,
      dstRemote: this.#below(to),
      // Else a file of the same size, on a remote without times, counts as the same file.
      _config: { IgnoreTimes: true },
    })
    await this.#requireArrived(to, parts)
  }

  /** Undefined when there is no such file; fewer bytes than asked for only when there are no more. */
  async #read(path: string, range: ByteRange | undefined): Promise<Uint8Array | undefined> {
    if (range === undefined) return this.#readWhole(path)
    const wanted = { first: range.offset, last: range.offset + range.length - 1 }
    try {
      const answer = await this.#rclone.read(this.#at.fs, this.#below(path), wanted)
      return isRange(answer, range) ? answer.body : await this.#shorter(path, range)
    } catch (error) {
      if (error instanceof RcloneRefusal && error.isAbsence) return undefined
      throw storeErrorOf(error, 'read', `${this.location}/${path}`)
    }
  }

  /** An answer may be whole as an answer and still be a part of the file: its size is asked for. */
  async #readWhole(path: string): Promise<Uint8Array | undefined> {
    try {
      const [answer, file] = await Promise.all([
        this.#rclone.read(this.#at.fs, this.#below(path)),
        this.#stat(path),
      ])
      if (answer.status === 200 && answer.body.length === file?.sizeBytes) return answer.body
      throw new HttpFailure('it gave another number of bytes than the file has')
    } catch (error) {
      if (error instanceof RcloneRefusal && error.isAbsence) return undefined
      throw storeErrorOf(error, 'read', `${this.location}/${path}`)
    }
  }

  /** What was read does not fit: either the file ends there, or something went wrong on the way. */
  async #shorter(path: string, { offset, length }: ByteRange): Promise<Uint8Array | undefined> {
    const file = await this.#stat(path)
    if (file === undefined) return undefined
    if (file.sizeBytes < offset + length) return new Uint8Array()
    throw new TransientStoreError(
      `rclone gave other bytes of ${this.location}/${path} than asked for`,
    )
  }

  async #emptyRange(path: string, offset: number): Promise<Uint8Array | undefined> {
    const file = await this.#stat(path)
    if (file === undefined || file.sizeBytes >= offset) return file && new Uint8Array()
    return new Uint8Array(1) // not the length asked for: the file ends before
  }

  /** @throws {TransientStoreError} when a file that was written here is there, and not in the listing */
  async #requireMine(kind: StoredKind, listed: ReadonlySet<string>): Promise<void> {
    const missing = [...this.#mine].filter(
      (path) => path.startsWith(`${FOLDERS[kind]}/`) && !listed.has(path),
    )
    for (const path of missing) {
      if ((await this.#stat(path)) !== undefined) {
        throw new TransientStoreError(
          `the listing of ${this.location} lacks ${path}, which is there`,
        )
      }
      this.#mine.delete(path) // somebody removed it
    }
  }

  async #stat(path: string, hash?: string): Promise<RemoteFile | undefined> {
    const opt = {
      showHash: hash !== undefined,
      noMimeType: true,
      ...(hash && { hashTypes: [hash] }),
    }
    const remote = this.#below(path)
    try {
      const answer = await this.#rclone.order('operations/stat', { fs: this.#at.fs, remote, opt })
      return statedFile(answer, path, hash)
    } catch (error) {
      if (error instanceof RcloneRefusal && error.isAbsence) return undefined
      throw storeErrorOf(error, 'read', `${this.location}/${path}`)
    }
  }

  /** Files below a folder, by their paths from there. */
  async #listFolder(folder: string, isNeeded: boolean): Promise<RemoteFile[]> {
    const opt = { recurse: folder !== '', noMimeType: true, noModTime: folder !== '' }
    const path = this.#below(folder)
    const order = { fs: this.#at.fs, remote: path, opt }
    try {
      return listedFiles(await this.#rclone.order('operations/list', order), path)
    } catch (error) {
      const isAbsent = error instanceof RcloneRefusal && error.isAbsence
      if (isAbsent && !isNeeded) return []
      if (isAbsent) throw new StoreReadError(`${this.location}/${folder}`, error)
      throw storeErrorOf(error, 'read', `${this.location}/${folder}`)
    }
  }

  async #delete(path: string): Promise<void> {
    try {
      await this.#order('operations/deletefile', path)
    } catch (error) {
      if (!(error instanceof NotThereError)) throw error
    }
  }

  async #order(command: string, path: string): Promise<void> {
    try {
      await this.#rclone.order(command, { fs: this.#at.fs, remote: this.#below(path) })
    } catch (error) {
      if (error instanceof RcloneRefusal && error.isAbsence) throw new NotThereError()
      throw storeErrorOf(error, 'write', `${this.location}/${path}`)
    }
  }

  /** Removes what dead runs left behind more than an hour ago. */
  async #removeStaleTemporaries(): Promise<void> {
    const before = this.#now().getTime() - STALE_TEMPORARY_MS
    for (const { path, modified } of await this.#listFolder('', false)) {
      if (TEMPORARY_NAME.test(path) && modified < before) await this.#delete(path)
    }
  }

  async #whatIsHere(): Promise<string> {
    const there = await this.#listFolder('', false)
    return there.length === 0 ? 'there is nothing' : 'the folder has no CONFIG'
  }

  #below(path: string): string {
    return [this.#at.path, path].filter((part) => part !== '').join('/')
  }
}

class NotThereError extends Error {}

function pathOf(kind: StoredKind, name: string): string {
  requireStoredName(name)
  const folder = FOLDERS[kind]
  const isBucketed = kind === 'packfile' || kind === 'state'
  return isBucketed ? `${folder}/${name.slice(0, 2)}/${name}` : `${folder}/${name}`
}

function notStored(path: string, found: string): TransientStoreError {
  return new TransientStoreError(`rclone said that it stored ${path}, but there are ${found}`)
}

function isRange({ status, headers, body }: HttpAnswer, { offset, length }: ByteRange): boolean {
  const last = offset + length - 1
  const says = new RegExp(`^bytes ${offset}-${last}/\\d+$`).test(headers['content-range'] ?? '')
  return status === 206 && says && body.length === length
}

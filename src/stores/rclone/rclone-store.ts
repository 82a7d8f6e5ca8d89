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
import { Rclone } from '../../external/rclone/rclone.ts'
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
  type StoreSettings,
  type ThreadOpener,
} from '../store.ts'
import { FOLDERS, MAX_CONFIG_BYTES, STALE_TEMPORARY_MS, throughRegistry } from '../stored-layout.ts'
import { isStoredName, requireStoredName } from '../stored-name.ts'
import { TransientStoreError } from '../transient-error.ts'
import { storeErrorOf } from './rclone-failure.ts'
import { type RemoteAbilities, RemoteUnknownError, requireRemote } from './remote-abilities.ts'
import { RemoteFolder } from './remote-folder.ts'
import { parseRemoteLocation, type RemoteLocation } from './remote-location.ts'

const FIRST_KINDS = ['packfile', 'state', 'lock'] as const
const TEMPORARY_NAME = /^tmp\.\d+$/

export class RcloneStore implements Store {
  readonly location: string
  readonly writable = true
  readonly #at: RemoteLocation
  readonly #settings: StoreSettings
  readonly #rclone: Rclone
  readonly #folder: RemoteFolder
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
    this.#folder = new RemoteFolder(this.#rclone, this.#at)
    this.#now = now
  }

  /** Other threads use the rclone that runs already. */
  get threadOpener(): ThreadOpener {
    const settings = { ...this.#settings, env: this.#rclone.sharedEnvironment }
    return throughRegistry(this.location, settings)
  }

  async getConfig(): Promise<Uint8Array> {
    await this.#ready()
    const file = await this.#folder.stat('CONFIG')
    if (file === undefined) throw new NotAStoreError(this.location, await this.#whatIsHere())
    if (file.sizeBytes > MAX_CONFIG_BYTES) {
      throw new NotAStoreError(this.location, 'its CONFIG is too large')
    }
    const config = await this.#folder.read('CONFIG')
    if (config === undefined) throw new NotAStoreError(this.location)
    return config
  }

  async create(config: Uint8Array): Promise<void> {
    const { keepsEmptyFolders, hash } = await this.#ready()
    const there = await this.#folder.list('')
    if (there.some(({ path }) => path === 'CONFIG')) {
      throw new StoreExistsError(this.location, 'there is one already')
    }
    if (there.length > 0) throw new StoreExistsError(this.location, 'the folder is not empty')
    for (const kind of keepsEmptyFolders ? FIRST_KINDS : []) {
      await this.#folder.makeFolder(FOLDERS[kind])
    }
    await this.#folder.write('CONFIG', [config], { hash, viaTemporary: true })
    const read = await this.#folder.read('CONFIG')
    if (read !== undefined && equalBytes(read, config)) return
    throw new StoreExistsError(this.location, 'another program is creating one there')
  }

  async put(kind: StoredKind, name: string, parts: readonly Uint8Array[]): Promise<void> {
    const path = pathOf(kind, name)
    const { renames, hash } = await this.#ready()
    this.#cleaning ??= this.#removeStaleTemporaries().catch(() => {}) // tidiness must not fail a write
    await this.#cleaning
    await this.#folder.write(path, parts, { hash, viaTemporary: renames || kind !== 'packfile' })
    this.#mine.add(path)
  }

  async get(kind: StoredKind, name: string, range?: ByteRange): Promise<Uint8Array> {
    const path = pathOf(kind, name)
    await this.#ready()
    const bytes =
      range?.length === 0
        ? await this.#emptyRange(path, range.offset)
        : await this.#folder.read(path, range)
    if (bytes === undefined) throw new NotInStoreError(kind, name, this.location)
    if (range === undefined || bytes.length === range.length) return bytes
    throw new ShortReadError(kind, name, this.location)
  }

  async size(kind: StoredKind, name: string): Promise<number> {
    await this.#ready()
    const file = await this.#folder.stat(pathOf(kind, name))
    if (file === undefined) throw new NotInStoreError(kind, name, this.location)
    return file.sizeBytes
  }

  async *list(kind: StoredKind): AsyncGenerator<string> {
    const { keepsEmptyFolders } = await this.#ready()
    const isNeeded = keepsEmptyFolders && (kind === 'packfile' || kind === 'state')
    const files = await this.#folder.list(FOLDERS[kind], { isNeeded })
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
    await this.#folder.delete(path)
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

  async #emptyRange(path: string, offset: number): Promise<Uint8Array | undefined> {
    const file = await this.#folder.stat(path)
    if (file === undefined || file.sizeBytes >= offset) return file && new Uint8Array()
    return new Uint8Array(1) // not the length asked for: the file ends before
  }

  /** @throws {TransientStoreError} when a file that was written here is there, and not in the listing */
  async #requireMine(kind: StoredKind, listed: ReadonlySet<string>): Promise<void> {
    const missing = [...this.#mine].filter(
      (path) => path.startsWith(`${FOLDERS[kind]}/`) && !listed.has(path),
    )
    for (const path of missing) {
      if ((await this.#folder.stat(path)) !== undefined) {
        throw new TransientStoreError(
          `the listing of ${this.location} lacks ${path}, which is there`,
        )
      }
      this.#mine.delete(path) // somebody removed it
    }
  }

  /** Removes what dead runs left behind more than an hour ago. */
  async #removeStaleTemporaries(): Promise<void> {
    const before = this.#now().getTime() - STALE_TEMPORARY_MS
    for (const { path, modified } of await this.#folder.list('')) {
      if (TEMPORARY_NAME.test(path) && modified < before) await this.#folder.delete(path)
    }
  }

  async #whatIsHere(): Promise<string> {
    const there = await this.#folder.list('')
    return there.length === 0 ? 'there is nothing' : 'the folder has no CONFIG'
  }
}

function pathOf(kind: StoredKind, name: string): string {
  requireStoredName(name)
  const folder = FOLDERS[kind]
  const isBucketed = kind === 'packfile' || kind === 'state'
  return isBucketed ? `${folder}/${name.slice(0, 2)}/${name}` : `${folder}/${name}`
}

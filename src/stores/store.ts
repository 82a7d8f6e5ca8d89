/**
 * THE SEAM between a repository and where its bytes lie.
 *
 * A store keeps one CONFIG and four kinds of files, each named by 64 lower-case hex digits. It
 * knows bytes and names; it never sees a key or a photo. Retry, limits and caching are wrappers,
 * themselves stores.
 * @module
 */
import { CodedError, codeOf, toError } from '../util/coded-error.ts'

/**
 * `quarantine` keeps what a repair replaced, until somebody decides that it is not needed: nothing
 * but a repair reads it, and Plakar does not know it.
 */
export type StoredKind = 'packfile' | 'state' | 'lock' | 'quarantine'

/** `length` bytes from `offset`. */
export interface ByteRange {
  offset: number
  length: number
}

/** What a backend may need besides the location. Structured-cloneable, and secret: never print it. */
export interface StoreSettings {
  /** The environment of the process: credentials, proxies, where programs and their settings are. */
  env: Readonly<Record<string, string | undefined>>
  /** Where copies of small files of a distant store may be kept; without it there are none. */
  cacheDir?: string
  /** What other threads of this process share of the limits, see wrappers/pace.ts. */
  paces?: { up?: SharedArrayBuffer; down?: SharedArrayBuffer }
}

/** Lets a worker thread open this store anew: `(await import(module)).openStore(location, settings)`. */
export interface ThreadOpener {
  module: string
  location: string
  settings: StoreSettings
}

export interface Store extends AsyncDisposable {
  /** Where this store is, safe to print: credentials are removed. */
  readonly location: string

  /** False for `.ptar` files and read-only media: every writing call throws ReadOnlyStoreError. */
  readonly writable: boolean

  /** How another thread opens the same store; undefined when only this object can (memory). */
  readonly threadOpener: ThreadOpener | undefined

  /** @throws {NotAStoreError} when there is no CONFIG here */
  getConfig(): Promise<Uint8Array>

  /** Makes this place a store. @throws {StoreExistsError} when it is one, or is not empty */
  create(config: Uint8Array): Promise<void>

  /**
   * Writes the parts, one after the other, under `name`, durably, or nothing: a reader sees the
   * old content or the new, never a part. When it resolves, a power cut cannot undo it.
   * Writing a name twice is not an error.
   */
  put(kind: StoredKind, name: string, parts: readonly Uint8Array[]): Promise<void>

  /**
   * The whole file, or exactly `range` of it.
   * @throws {NotInStoreError} when `name` is absent
   * @throws {ShortReadError} when fewer bytes exist than the range asks for
   */
  get(kind: StoredKind, name: string, range?: ByteRange): Promise<Uint8Array>

  /**
   * As `get`, but from where the file really lies. Only a store that keeps copies nearby has it:
   * whoever finds that the bytes are not what they should be asks once more this way, and only
   * what is wrong then is damage.
   */
  getAfresh?(kind: StoredKind, name: string, range?: ByteRange): Promise<Uint8Array>

  /** Size in bytes. @throws {NotInStoreError} when `name` is absent */
  size(kind: StoredKind, name: string): Promise<number>

  /** Every name once, in any order. Complete, or it throws. Foreign files are passed over. */
  list(kind: StoredKind): AsyncIterable<string>

  /** Removes `name`. Removing an absent name succeeds. */
  remove(kind: StoredKind, name: string): Promise<void>
}

/** There is no repository at the location. */
export class NotAStoreError extends CodedError {
  readonly code = 'NOT_A_STORE'
  constructor(location: string, detail = 'it has no CONFIG', options: { cause?: unknown } = {}) {
    super(`${location} is not a repository: ${detail}`, {
      hint: `Check the path, or make a repository there with: tintype at ${location} create`,
      ...options,
    })
  }
}

/** `create` was asked for a place that is taken. */
export class StoreExistsError extends CodedError {
  readonly code = 'STORE_EXISTS'
  constructor(location: string, detail: string) {
    super(`cannot create a repository at ${location}: ${detail}`, {
      hint: 'Choose an empty or new folder.',
    })
  }
}

/** A file the repository needs is not in the store. */
export class NotInStoreError extends CodedError {
  readonly code = 'NOT_IN_STORE'
  constructor(kind: StoredKind, name: string, location: string) {
    super(`${kind} ${name.slice(0, 12)}… is missing from ${location}`, {
      hint: 'Run "check --full" to list what depends on it.',
    })
  }
}

/** A file of the store ends before the bytes that should be there. */
export class ShortReadError extends CodedError {
  readonly code = 'SHORT_READ'
  constructor(kind: StoredKind, name: string, location: string) {
    super(`${kind} ${name.slice(0, 12)}… in ${location} is shorter than its index says`, {
      hint: 'The file was cut. Run "check --full" to list what depends on it.',
    })
  }
}

/** The place where the store lies did not take what was to be written. Nothing of it is visible. */
export class StoreWriteError extends CodedError {
  readonly code = 'STORE_WRITE_FAILED'
  constructor(path: string, cause: unknown) {
    super(`cannot write ${path}: ${describeCause(cause)}`, { hint: writeHint(cause), cause })
  }
}

/**
 * The place where the store lies did not answer. Nothing is known about the bytes: this is not
 * damage, and trying again may help.
 */
export class StoreReadError extends CodedError {
  readonly code = 'STORE_READ_FAILED'
  constructor(path: string, cause: unknown) {
    super(`cannot read ${path}: ${describeCause(cause)}`, {
      hint: 'Check that the disk is connected and may be read, then try again.',
      cause,
    })
  }
}

/** Something tried to write to a store that can only be read. */
export class ReadOnlyStoreError extends CodedError {
  readonly code = 'READ_ONLY_STORE'
  constructor(location: string) {
    super(`${location} can only be read`, { hint: 'Use another store for writing.' })
  }
}

const REASONS: Record<string, string> = {
  ENOSPC: 'the disk is full (ENOSPC)',
  EDQUOT: 'the disk quota is used up (EDQUOT)',
  EFBIG: 'the file system does not take files of this size (EFBIG)',
  EIO: 'the disk reports an error (EIO)',
  EROFS: 'the disk can only be read (EROFS)',
  EACCES: 'permission denied (EACCES)',
  EPERM: 'not permitted (EPERM)',
}

function describeCause(cause: unknown): string {
  return REASONS[codeOf(cause) ?? ''] ?? toError(cause).message
}

function writeHint(cause: unknown): string {
  const code = codeOf(cause)
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return 'Free some space there, then run the same command again: it continues where it stopped.'
  }
  if (code === 'EIO') return 'The disk may be failing. Check it before you trust it with more.'
  return 'Check that the disk is connected and may be written, then run the command again.'
}

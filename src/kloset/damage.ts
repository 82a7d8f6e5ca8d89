/**
 * What is thrown when bytes of a repository are not what they should be. One family, one code per
 * kind, so that a caller can tell damage from a disk that does not answer.
 * @module
 */
import { NotInStoreError, ShortReadError } from '../stores/store.ts'
import { CodedError } from '../util/coded-error.ts'
import { resourceTypeName } from './resource-type.ts'

const LIST_DAMAGE = 'Run "check --full" to list everything that is damaged.'

/** Bytes are missing or altered; reading them again will not help. */
export abstract class DamagedRepositoryError extends CodedError {
  constructor(message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, { hint: LIST_DAMAGE, ...options })
  }
}

/** A file is not there, or ends too early: an answer of the store, not trouble with asking it. */
export function isMissing(error: unknown): error is NotInStoreError | ShortReadError {
  return error instanceof NotInStoreError || error instanceof ShortReadError
}

/** Bytes are missing, cut or altered. Whatever else is thrown says nothing about them. */
export function isDamage(error: unknown): boolean {
  return error instanceof DamagedRepositoryError || isMissing(error)
}

/** An envelope (CONFIG, packfile, state, lock) was cut, altered, or is of another type. */
export class DamagedFileError extends DamagedRepositoryError {
  readonly code = 'DAMAGED_FILE'
  constructor(what: string, detail: string) {
    super(`${what} is damaged: ${detail}`)
  }
}

export class MalformedConfigurationError extends DamagedRepositoryError {
  readonly code = 'MALFORMED_CONFIGURATION'
  constructor(detail: string, options: { cause?: unknown } = {}) {
    super(`the repository's CONFIG cannot be read: ${detail}`, {
      hint: 'Restore the file CONFIG from a copy of the repository; nothing can be read without it.',
      ...options,
    })
  }
}

export class MalformedStateError extends DamagedRepositoryError {
  readonly code = 'MALFORMED_STATE'
  constructor(detail: string, at?: number) {
    super(`a state file cannot be read: ${detail}${at === undefined ? '' : ` (at byte ${at})`}`)
  }
}

export class MalformedPackfileError extends DamagedRepositoryError {
  readonly code = 'MALFORMED_PACKFILE'
  constructor(detail: string, at?: number) {
    super(`a packfile cannot be read: ${detail}${at === undefined ? '' : ` (at byte ${at})`}`)
  }
}

export class MalformedRecordError extends DamagedRepositoryError {
  readonly code = 'MALFORMED_RECORD'
  constructor(what: string, detail: string, options: { cause?: unknown } = {}) {
    super(`${what} cannot be read: ${detail}`, options)
  }
}

/** Something refers to a blob that no state locates. */
export class BlobNotFoundError extends DamagedRepositoryError {
  readonly code = 'BLOB_NOT_FOUND'
  constructor(type: number, mac: string, location: string) {
    super(`${resourceTypeName(type)} ${mac.slice(0, 12)}… is in no packfile of ${location}`)
  }
}

/** A blob was located, but its bytes are missing or altered. */
export class DamagedBlobError extends DamagedRepositoryError {
  readonly code = 'DAMAGED_BLOB'
  constructor(
    blob: { type: number; mac: string; packfile: string },
    detail: string,
    options: { cause?: unknown } = {},
  ) {
    const name = `${resourceTypeName(blob.type)} ${blob.mac.slice(0, 12)}…`
    super(`${name} in packfile ${blob.packfile.slice(0, 12)}… is damaged: ${detail}`, options)
  }
}

/** Every chunk of a file is sound, but together they are not the file. */
export class DamagedContentError extends DamagedRepositoryError {
  readonly code = 'DAMAGED_CONTENT'
  constructor(what: string, detail: string) {
    super(`the content of ${what} is damaged: ${detail}`)
  }
}

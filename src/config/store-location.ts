/**
 * Which store a command works on: `at STORE`, else `$TINTYPE_STORE`, else `store` in the data folder.
 * @module
 */
import { posix, win32 } from 'node:path'
import { CodedError } from '../util/coded-error.ts'

export interface StoreChoice {
  /** What stood after `at`. */
  at: string | undefined
  /** `$TINTYPE_STORE`. */
  fromEnvironment: string | undefined
  dataDir: string
  platform: NodeJS.Platform
}

/** @throws {NamedStoreError} for `@name` */
export function storeLocation({ at, fromEnvironment, dataDir, platform }: StoreChoice): string {
  const chosen = at ?? (fromEnvironment || undefined)
  if (chosen?.startsWith('@')) throw new NamedStoreError(chosen)
  return chosen ?? (platform === 'win32' ? win32 : posix).join(dataDir, 'store')
}

/** `@name` was given, and no configuration names places in this version. */
export class NamedStoreError extends CodedError {
  readonly code = 'NAME_NOT_CONFIGURED'
  constructor(name: string) {
    super(`${name} is not configured: this version has no named stores and sources`, {
      hint: `Give the path itself, e.g. ./${name.slice(1) || 'photos'}.`,
    })
  }
}

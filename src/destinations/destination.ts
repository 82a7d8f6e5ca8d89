/**
 * THE SEAM to where a library is given back.
 *
 * Paths are relative, `/`-separated names as the snapshot has them; the destination keeps them inside
 * itself, whatever they contain. What exists there is never overwritten by something different.
 * @module
 */
import { CodedError } from '../util/coded-error.ts'

export type Written = 'written' | 'already-there'

export interface FileToWrite {
  path: string
  bytes: AsyncIterable<Uint8Array>
  size: number
  modified: Date
  /** Permission bits; undefined keeps the destination's default. */
  mode?: number
}

export interface Destination extends AsyncDisposable {
  /** Where it is, safe to print. */
  readonly location: string
  /**
   * Writes one file durably and reads it back: when it resolves, the bytes there are those given.
   * @throws {OccupiedError} when something different is there already
   * @throws {UnsafePathError} when the path would lead outside
   */
  writeFile(file: FileToWrite): Promise<Written>
  /** Where links cannot be made the destination copies the target once it is there. */
  writeLink(path: string, target: string, modified: Date): Promise<Written>
  /** Makes the folder if it is not there and sets its time, after everything in it was written. */
  finishFolder(path: string, modified: Date): Promise<void>
}

export class OccupiedError extends CodedError {
  readonly code = 'DESTINATION_OCCUPIED'
  constructor(path: string) {
    super(`${path} exists already and is different; it was left as it is`, {
      hint: 'Restore into a new folder, or move the existing file away.',
    })
  }
}

export class UnsafePathError extends CodedError {
  readonly code = 'DESTINATION_UNSAFE'
  constructor(path: string, detail: string) {
    super(`${path} was not written: ${detail}`, { hint: 'Restore into a new, empty folder.' })
  }
}

/**
 * What a backup and its worker threads say to each other. Everything is structured-cloneable;
 * secrets travel in {@link WorkerSetup} only, which never touches a command line or environment.
 * @module
 */

import type { ThreadOpener } from '../../stores/store.ts'
import { type CodedError, codeOf, toError } from '../../util/coded-error.ts'
import type { WrittenPack } from '../writing/pack-writer.ts'
import type { ContentBatch, ContentResult } from './content.ts'
import type { ThreadKeys } from './thread-writer.ts'

/** The `workerData` of a worker. */
export interface WorkerSetup {
  keys: ThreadKeys
  store: ThreadOpener
  /** URL of the content module. */
  contentModule: string
  /** Memory of the shared set of known blobs. */
  known: SharedArrayBuffer
}

export type ToWorker =
  | { kind: 'batch'; batch: ContentBatch }
  /** Make durable what you have; answered by `flushed`. */
  | { kind: 'flush' }
  /** Begin nothing more; make durable what you have, if it is to be put away; then end. */
  | { kind: 'stop'; putAway: boolean }

export type FromWorker =
  /** Ready for a batch: sent at the start and after every batch. */
  | { kind: 'idle' }
  | { kind: 'result'; result: ContentResult }
  | { kind: 'bytes'; bytes: number }
  /** A packfile is durable. */
  | { kind: 'pack'; pack: WrittenPack }
  | { kind: 'flushed' }
  /** Something could not be written. */
  | { kind: 'failed'; error: SentError }

/** An error as it survives the way to another thread. */
export interface SentError {
  message: string
  code: string | undefined
  hint: string | undefined
}

export function sendableError(thrown: unknown): SentError {
  const error: Error & Partial<CodedError> = toError(thrown)
  return { message: error.message, code: codeOf(error), hint: error.hint }
}

export function receivedError(sent: SentError): Error {
  return Object.assign(new Error(sent.message), { code: sent.code, hint: sent.hint })
}

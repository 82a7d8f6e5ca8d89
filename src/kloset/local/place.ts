/**
 * Which repository was last met at a place, and whether it was encrypted. Who can write to a store
 * can put another repository there, one that is not encrypted, say, and wait for the next backup.
 *
 * A file `places/NAME` in the cache folder: a line of JSON, and its SHA-256 in hex.
 *
 *   {"version":1,"id":"32 hex digits","encrypted":true,"configuration":"SHA-256 of CONFIG"}
 *
 * It is not sealed with a key, which may be what was exchanged.
 * @module
 */
import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fromUtf8, utf8 } from '../../util/bytes.ts'
import { CodedError } from '../../util/coded-error.ts'
import { placeName, readPrivately, writePrivately } from './sealed-files.ts'

export interface PlaceRecord {
  version: 1
  id: string
  encrypted: boolean
  configuration: string
}

/** Another repository lies where this computer knows one, or it is not encrypted any more. */
export class RepositoryChangedError extends CodedError {
  readonly code = 'REPOSITORY_CHANGED'
  constructor(location: string, before: PlaceRecord, now: PlaceRecord) {
    super(`${location} is not the repository that was there before: ${difference(before, now)}`, {
      hint: 'Nothing is written to it. If you made the change yourself, say so with: check --accept',
    })
  }
}

export function placeRecord(
  repository: { id: string; encrypted: boolean },
  config: Uint8Array,
): PlaceRecord {
  const configuration = sha256(config)
  return { version: 1, id: repository.id, encrypted: repository.encrypted, configuration }
}

/** Undefined when the place is new or as it was; it is remembered then. */
export async function comparePlace(
  cacheDir: string,
  location: string,
  now: PlaceRecord,
): Promise<RepositoryChangedError | undefined> {
  const before = await readPlace(cacheDir, location)
  const isOther = before !== undefined && before.id !== now.id
  const isDowngraded = before?.encrypted === true && !now.encrypted
  if (before !== undefined && (isOther || isDowngraded)) {
    return new RepositoryChangedError(location, before, now)
  }
  if (before?.configuration !== now.configuration) await rememberPlace(cacheDir, location, now)
  return undefined
}

export async function rememberPlace(
  cacheDir: string,
  location: string,
  now: PlaceRecord,
): Promise<void> {
  const line = JSON.stringify(now)
  await writePrivately(placePath(cacheDir, location), [utf8(`${line}\n${sha256(utf8(line))}`)])
}

/** For whoever makes a repository there. */
export async function forgetPlace(cacheDir: string, location: string): Promise<void> {
  await rm(placePath(cacheDir, location), { force: true }).catch(() => {}) // then it is noticed later
}

async function readPlace(cacheDir: string, location: string): Promise<PlaceRecord | undefined> {
  const bytes = await readPrivately(placePath(cacheDir, location))
  if (bytes === undefined) return undefined
  const [line = '', checksum] = fromUtf8(bytes).split('\n')
  if (checksum !== sha256(utf8(line))) return undefined
  const record: PlaceRecord = JSON.parse(line) // whole, so this program wrote it
  return record.version === 1 ? record : undefined
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function placePath(cacheDir: string, location: string): string {
  return join(cacheDir, 'places', placeName(location))
}

function difference(before: PlaceRecord, now: PlaceRecord): string {
  if (before.encrypted && !now.encrypted) return 'that one was encrypted, this one is not'
  return `that one had the id ${before.id.slice(0, 8)}…, this one has ${now.id.slice(0, 8)}…`
}

/**
 * Which repository was last met at a place, and whether it was encrypted. Who can write to a store
 * can put another repository there, one that is not encrypted, say, and wait for the next backup.
 *
 * A file `places/NAME` in the cache folder, JSON:
 *
 *   {"version":1,"id":"32 hex digits","encrypted":true,"configuration":"SHA-256 of CONFIG"}
 *
 * It is not sealed: the key that would seal it is what may have been exchanged.
 * @module
 */
import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fromUtf8, toHex, utf8 } from '../../util/bytes.ts'
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
  const configuration = toHex(createHash('sha256').update(config).digest())
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
  await writePrivately(placePath(cacheDir, location), [utf8(JSON.stringify(now))])
}

/** For whoever makes a repository there. */
export async function forgetPlace(cacheDir: string, location: string): Promise<void> {
  await rm(placePath(cacheDir, location), { force: true }).catch(() => {}) // then it is noticed later
}

async function readPlace(cacheDir: string, location: string): Promise<PlaceRecord | undefined> {
  const bytes = await readPrivately(placePath(cacheDir, location))
  if (bytes === undefined) return undefined
  try {
    const record: PlaceRecord = JSON.parse(fromUtf8(bytes))
    const isKnown = record.version === 1 && typeof record.id === 'string'
    return isKnown && typeof record.encrypted === 'boolean' ? record : undefined
  } catch {
    return undefined
  }
}

function placePath(cacheDir: string, location: string): string {
  return join(cacheDir, 'places', placeName(location))
}

function difference(before: PlaceRecord, now: PlaceRecord): string {
  if (before.encrypted && !now.encrypted) return 'that one was encrypted, this one is not'
  return `that one had the id ${before.id.slice(0, 8)}…, this one has ${now.id.slice(0, 8)}…`
}

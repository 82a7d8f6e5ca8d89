/**
 * What happens to downloaded archives, and what of their entries must survive it. The truth is
 * computed from where things lie in the archive as it was written, never by reading it back.
 * @module
 */
import { constants, gunzipSync, inflateRawSync } from 'node:zlib'
import type { Random } from '../../../scripts/sample-library/random.ts'
import type { DeliveredEntry, DeliveredFile } from './delivered-file.ts'

const GZIP_HEADER_BYTES = 10
const GZIP_TRAILER_BYTES = 8

/** The download ended early. */
export function cut(file: DeliveredFile, random: Random): DeliveredFile {
  const bytes = file.bytes.subarray(0, random.below(file.bytes.length))
  return { ...cutAt(file, bytes), bytes: Buffer.from(bytes) }
}

function cutAt(file: DeliveredFile, bytes: Buffer): DeliveredFile {
  if (file.form === 'tgz') {
    const tar = inflatedSoFar(bytes)
    const fates = file.entries.map(({ header, start, end }) => {
      if (end <= tar.length && start <= tar.length) return 'whole'
      return header + (start - header) <= tar.length ? 'hurt' : 'gone'
    })
    return { ...withFates(file, fates), isDamaged: true }
  }
  const fates = file.entries.map(({ end }) => (end <= bytes.length ? 'whole' : 'gone'))
  return { ...withFates(file, fates), isDamaged: true }
}

function inflatedSoFar(bytes: Buffer): Buffer {
  if (bytes.length < GZIP_HEADER_BYTES) return Buffer.alloc(0)
  return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH })
}

/** One bit changed, on a bad disk or a bad cable. */
export function flip(file: DeliveredFile, random: Random): DeliveredFile {
  const at = random.below(file.bytes.length)
  const bytes = Buffer.from(file.bytes)
  bytes[at]! ^= 1 << random.below(8)
  const flipped = file.form === 'tgz' ? flippedTgz(file, bytes) : flippedZip(file, at)
  return { ...flipped, bytes }
}

function flippedZip(file: DeliveredFile, at: number): DeliveredFile {
  const endOfEntries = file.entries.at(-1)?.end ?? 0
  if (at >= endOfEntries) return { ...flippedDirectory(file, at), isDamaged: undefined }
  const fates = file.entries.map(({ header, start, end, kind, fate }) => {
    if (at < header || at >= end) return fate
    // what is not taken may not be read, and of two with the same bytes one is: nobody then sees
    // that it is damaged
    const isRead = kind === 'sidecar' || kind === 'album'
    return at >= start && isRead ? 'hurt' : 'unsure'
  })
  return { ...withFates(file, fates), isDamaged: undefined }
}

const DIRECTORY_RECORD_BYTES = 46

/** The record that was hit speaks of one entry; the others must be found all the same. */
function flippedDirectory(file: DeliveredFile, at: number): DeliveredFile {
  let record = file.entries.at(-1)!.end
  const fates = file.entries.map(({ path, fate }) => {
    const begin = record
    record += DIRECTORY_RECORD_BYTES + Buffer.byteLength(path)
    return at >= begin && at < record ? 'unsure' : fate
  })
  return withFates(file, fates)
}

/** Without a checksum of its own an entry is what inflates: only those not touched are certain. */
function flippedTgz(file: DeliveredFile, bytes: Buffer): DeliveredFile {
  const before = rawContent(file.bytes)
  const after = rawContent(bytes)
  const isComparable = before !== undefined && after?.length === before.length
  const isBody = bytes.subarray(0, GZIP_HEADER_BYTES).equals(file.bytes.subarray(0, 10))
  let isLost = !isComparable || !isBody
  const fates = file.entries.map(({ header, start, end, fate }): DeliveredEntry['fate'] => {
    // behind a damaged header nobody knows where the next one begins
    if (!isLost && !before!.subarray(header, start).equals(after!.subarray(header, start))) {
      isLost = true
    }
    if (isLost) return 'unsure'
    return before!.subarray(start, end).equals(after!.subarray(start, end)) ? fate : 'unsure'
  })
  const isHeaderOnly = !isBody && isComparable
  return { ...withFates(file, fates), isDamaged: isHeaderOnly ? undefined : true }
}

/** What the deflate stream of a gzip holds, its checksum not looked at. */
function rawContent(gzip: Buffer): Buffer | undefined {
  try {
    return inflateRawSync(gzip.subarray(GZIP_HEADER_BYTES, gzip.length - GZIP_TRAILER_BYTES))
  } catch {
    return undefined
  }
}

/** What was gone already stays gone. */
function withFates(file: DeliveredFile, fates: readonly DeliveredEntry['fate'][]): DeliveredFile {
  return { ...file, entries: file.entries.map((entry, at) => ({ ...entry, fate: fates[at]! })) }
}

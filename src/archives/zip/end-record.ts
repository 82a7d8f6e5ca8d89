/**
 * Finds the central directory of a zip archive from the end of the file.
 *
 *   offset  size  end of central directory record, PK\5\6
 *       10     2  entries in all         65535:      see the zip64 record
 *       12     4  directory size         0xffffffff: see the zip64 record
 *       16     4  directory offset       0xffffffff: see the zip64 record
 *       20     2  comment length; the comment ends with the file
 *
 *   offset  size  zip64 end record, PK\6\6, found by its locator, PK\6\7, right before the above
 *       32     8  entries in all
 *       40     8  directory size
 *       48     8  directory offset
 *
 * A comment may hold bytes that look like an end record. Many readers then see an empty archive,
 * without an error. Here every candidate must lead to a directory, and the most convincing wins.
 * Source: PKWARE APPNOTE 6.3.10, 4.3.14 to 4.3.16.
 * @module
 */
import { type ReadAt, readUpTo } from '../read-at.ts'

export interface DirectoryPlace {
  offset: number
  sizeBytes: number
  /** Entries it should have; modulo 65536 when written without zip64. */
  count: number
  /** Bytes before the archive proper: to add to every offset the directory states. */
  shift: number
}

const END_RECORD_BYTES = 22
const LOCATOR_BYTES = 20
const ZIP64_RECORD_BYTES = 56
const LONGEST_COMMENT = 0xffff
/** Ends with the file, has entries, and its directory is where it says. */
const BEST_SCORE = 7
const END_SIGNATURE = 0x06054b50
const DIRECTORY_SIGNATURE = 0x02014b50
const LOCATOR_SIGNATURE = 0x07064b50
const ZIP64_SIGNATURE = 0x06064b50

interface Tail {
  bytes: Buffer
  /** Where it begins in the file. */
  offset: number
}

interface Candidate extends DirectoryPlace {
  score: number
}

export async function findDirectory(source: ReadAt): Promise<DirectoryPlace | undefined> {
  return (await findWithoutComment(source)) ?? (await findAnywhere(source))
}

/** Nearly every archive ends right behind its end record: then a look at its last bytes will do. */
async function findWithoutComment(source: ReadAt): Promise<DirectoryPlace | undefined> {
  const tail = await readTail(source, 0)
  const at = tail.bytes.length - END_RECORD_BYTES
  if (at < 0 || tail.bytes.readUInt32LE(at) !== END_SIGNATURE) return undefined
  const candidate = await judge(source, tail, at)
  return candidate?.score === BEST_SCORE ? candidate : undefined
}

async function findAnywhere(source: ReadAt): Promise<DirectoryPlace | undefined> {
  const tail = await readTail(source, LONGEST_COMMENT)
  let best: Candidate | undefined
  for (const at of endSignatures(tail.bytes)) {
    const candidate = await judge(source, tail, at)
    // on a tie the earlier one: the later one lies inside its comment
    if (candidate && (!best || candidate.score > best.score)) best = candidate
  }
  return best
}

async function readTail(source: ReadAt, commentBytes: number): Promise<Tail> {
  const wanted = END_RECORD_BYTES + commentBytes + LOCATOR_BYTES + ZIP64_RECORD_BYTES
  const offset = Math.max(0, source.size - wanted)
  return { bytes: await readUpTo(source, offset, wanted), offset }
}

function* endSignatures(bytes: Buffer): Generator<number> {
  for (let at = bytes.indexOf('PK\x05\x06'); at >= 0; at = bytes.indexOf('PK\x05\x06', at + 1)) {
    if (at + END_RECORD_BYTES <= bytes.length) yield at
  }
}

async function judge(source: ReadAt, tail: Tail, at: number): Promise<Candidate | undefined> {
  const record = tail.bytes.subarray(at)
  const endsWithFile = END_RECORD_BYTES + record.readUInt16LE(20) === record.length
  const stated = (await zip64Place(source, tail, at)) ?? {
    count: record.readUInt16LE(10),
    sizeBytes: record.readUInt32LE(12),
    offset: record.readUInt32LE(16),
    end: tail.offset + at,
  }
  const offset = await locate(source, stated)
  if (offset === undefined) return undefined
  const shift = offset - stated.offset
  // behind junk only an archive that is whole in itself counts, not one stored inside another
  if (!endsWithFile && shift !== 0) return undefined
  const score = (endsWithFile ? 4 : 0) + (stated.count > 0 ? 2 : 0) + (shift === 0 ? 1 : 0)
  return { offset, sizeBytes: stated.sizeBytes, count: stated.count, shift, score }
}

interface StatedPlace {
  count: number
  sizeBytes: number
  offset: number
  /** Where the directory must have ended. */
  end: number
}

async function zip64Place(
  source: ReadAt,
  tail: Tail,
  at: number,
): Promise<StatedPlace | undefined> {
  const locatorAt = at - LOCATOR_BYTES
  if (locatorAt < 0 || tail.bytes.readUInt32LE(locatorAt) !== LOCATOR_SIGNATURE) return undefined
  const statedAt = Number(tail.bytes.readBigUInt64LE(locatorAt + 8))
  const adjacentAt = tail.offset + locatorAt - ZIP64_RECORD_BYTES
  for (const end of [statedAt, adjacentAt]) {
    if (end < 0 || end > source.size) continue
    const record = await readUpTo(source, end, ZIP64_RECORD_BYTES)
    if (record.length < ZIP64_RECORD_BYTES || record.readUInt32LE(0) !== ZIP64_SIGNATURE) continue
    return {
      count: Number(record.readBigUInt64LE(32)),
      sizeBytes: Number(record.readBigUInt64LE(40)),
      offset: Number(record.readBigUInt64LE(48)),
      end,
    }
  }
  return undefined
}

/** Where the directory really begins: as stated, or right before its end when junk comes first. */
async function locate(source: ReadAt, stated: StatedPlace): Promise<number | undefined> {
  if (stated.count === 0 && stated.sizeBytes === 0) {
    return stated.offset <= stated.end ? stated.end : undefined
  }
  for (const offset of [stated.offset, stated.end - stated.sizeBytes]) {
    if (offset < 0 || offset + stated.sizeBytes > stated.end) continue
    const first = await readUpTo(source, offset, 4)
    if (first.length === 4 && first.readUInt32LE(0) === DIRECTORY_SIGNATURE) return offset
  }
  return undefined
}

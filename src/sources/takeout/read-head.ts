/**
 * Reads what is needed to recognise media, and no more: a photo's head, a video's boxes.
 * @module
 */
import { createInflateRaw } from 'node:zlib'
import { DamagedEntryError } from '../../archives/damaged-entry-error.ts'
import {
  INPUT_PIECE_BYTES,
  inflateChunks,
  OUTPUT_CHUNK_BYTES,
} from '../../archives/inflate-chunks.ts'
import {
  FileReadAt,
  READ_ONLY_NO_LINK,
  type ReadAt,
  type ReadTally,
  readUpTo,
} from '../../archives/read-at.ts'
import { dataStart, likelySpanBytes, localHeaderBytes } from '../../archives/zip/local-header.ts'
import { STORED, type ZipMember } from '../../archives/zip/zip-member.ts'
import { MediaExaminer } from '../../photos/embedded/media-examiner.ts'
import type { MediaFacts } from '../../photos/media-facts.ts'
import { codeOf } from '../../util/coded-error.ts'
import type { PartEntry } from './part-survey.ts'

/** Local header and head of nearly every photo, in one read. */
const HEAD_BYTES = 68 * 1024
/** Deflated media are inflated this far and no further. */
const DEEPEST_INFLATE_BYTES = 8 * 2 ** 20

/** Facts from the head of a member of the zip `archive`. */
export async function memberHead(
  archive: ReadAt,
  member: ZipMember,
  part: string,
): Promise<MediaFacts> {
  const headBytes = Math.min(likelySpanBytes(member), HEAD_BYTES)
  const source = await withHead(archive, member.localOffset, headBytes)
  const header = await readUpTo(source, member.localOffset, localHeaderBytes(member))
  const start = dataStart(header, member)
  if (typeof start !== 'number') throw new DamagedEntryError(member.name, part, start.wrong)
  const content = { source, offset: member.localOffset + start, size: member.compressedSize }
  const examiner = new MediaExaminer(member.name, member.size)
  if (member.method === STORED) await askAndGive(examiner, content)
  else await inflateHead(examiner, content, () => wrong(member, part))
  return examiner.facts()
}

/** Facts from the head of a file of an extracted export. */
export async function fileHead(entry: PartEntry, tally: ReadTally): Promise<MediaFacts> {
  if (entry.access?.kind !== 'file') throw new RangeError(`${entry.path} is not a file on disk`)
  await using source = await FileReadAt.open(entry.access.diskPath, tally, READ_ONLY_NO_LINK)
  const examiner = new MediaExaminer(entry.path, source.size)
  await askAndGive(examiner, { source, offset: 0, size: source.size })
  return examiner.facts()
}

interface Stretch {
  source: ReadAt
  offset: number
  size: number
}

async function askAndGive(examiner: MediaExaminer, { source, offset, size }: Stretch) {
  for (let range = examiner.wants(); range; range = examiner.wants()) {
    const length = Math.min(range.length, size - range.offset)
    examiner.give(range.offset, await readUpTo(source, offset + range.offset, length))
  }
}

async function inflateHead(
  examiner: MediaExaminer,
  content: Stretch,
  wrong: () => DamagedEntryError,
): Promise<void> {
  const engine = createInflateRaw({ chunkSize: OUTPUT_CHUNK_BYTES })
  let at = 0
  try {
    for await (const chunk of inflateChunks(engine, pieces(content))) {
      examiner.give(at, chunk)
      at += chunk.length
      if (!examiner.wants() || at >= DEEPEST_INFLATE_BYTES) return
    }
  } catch (problem) {
    throw codeOf(problem)?.startsWith('Z_') ? wrong() : problem
  }
}

async function* pieces({ source, offset, size }: Stretch): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < size; at += INPUT_PIECE_BYTES) {
    yield await readUpTo(source, offset + at, Math.min(INPUT_PIECE_BYTES, size - at))
  }
}

function wrong(member: ZipMember, part: string): DamagedEntryError {
  return new DamagedEntryError(member.name, part, 'is damaged: it does not unpack')
}

/** `source` with `length` bytes from `offset` at hand, read at once. */
async function withHead(source: ReadAt, offset: number, length: number): Promise<ReadAt> {
  const head = await readUpTo(source, offset, length)
  return {
    size: source.size,
    async read(into, at) {
      const isAtHand = at >= offset && at + into.length <= offset + head.length
      if (!isAtHand) return source.read(into, at)
      into.set(head.subarray(at - offset, at - offset + into.length))
      return into.length
    },
  }
}

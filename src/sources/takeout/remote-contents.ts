/**
 * Opens members of a zip archive that lies far away: neighbours are read together, in large pieces,
 * and nothing between those that are wanted.
 * @module
 */
import { createInflateRaw } from 'node:zlib'
import { type AheadOptions, AheadReadAt } from '../../archives/ahead-read-at.ts'
import { ChunkReader } from '../../archives/chunk-reader.ts'
import { DamagedArchiveError } from '../../archives/damaged-archive-error.ts'
import {
  INPUT_PIECE_BYTES,
  inflateChunks,
  OUTPUT_CHUNK_BYTES,
} from '../../archives/inflate-chunks.ts'
import { type ReadAt, readExactly, readUpTo } from '../../archives/read-at.ts'
import { dataStart, localHeaderBytes } from '../../archives/zip/local-header.ts'
import { STORED } from '../../archives/zip/zip-member.ts'
import { type ByteReader, CheckedContent, type OpenContent, unreadable } from './checked-content.ts'
import type { RecipeMember, ZipRecipe } from './recipe.ts'

/** To read so much for nothing costs less than another request. */
const CHEAP_GAP_BYTES = 16 * 1024

/** Contents in the recipe's order, which is that of their places. */
export async function* remoteContents(
  source: ReadAt,
  recipe: ZipRecipe,
  options: AheadOptions = {},
): AsyncGenerator<OpenContent> {
  const ahead = new AheadReadAt(source, options)
  const isSame = source.size === recipe.sizeBytes
  for (const run of neighbours(recipe.members)) {
    ahead.wantUntil(leastEnd(run.at(-1)!))
    for (const member of run) {
      const bytes = isSame
        ? await memberBytes(ahead, member)
        : unreadable(new DamagedArchiveError('is in an archive that changed meanwhile'))
      yield new CheckedContent({ ...member, part: recipe.part }, bytes)
      if (bytes instanceof ChunkReader) await bytes.close()
    }
  }
}

function* neighbours(members: readonly RecipeMember[]): Generator<RecipeMember[]> {
  let run: RecipeMember[] = []
  for (const member of members) {
    const last = run.at(-1)
    if (last && member.localOffset - leastEnd(last) > CHEAP_GAP_BYTES) {
      yield run
      run = []
    }
    run.push(member)
  }
  if (run.length > 0) yield run
}

/** Where a member ends if its header has no extra fields, as far as may be read ahead. */
function leastEnd({ localOffset, rawName, compressedSize }: RecipeMember): number {
  return (
    localOffset + localHeaderBytes({ rawName: Buffer.from(rawName, 'latin1') }) + compressedSize
  )
}

async function memberBytes(source: ReadAt, member: RecipeMember): Promise<ByteReader> {
  try {
    const rawName = Buffer.from(member.rawName, 'latin1')
    const header = await readUpTo(source, member.localOffset, localHeaderBytes({ rawName }))
    const start = dataStart(header, { rawName })
    if (typeof start !== 'number') throw new DamagedArchiveError(start.wrong)
    const content = pieces(source, member.localOffset + start, member.compressedSize)
    if (member.method === STORED) return new ChunkReader(content)
    const engine = createInflateRaw({ chunkSize: OUTPUT_CHUNK_BYTES })
    return new ChunkReader(inflateChunks(engine, content))
  } catch (problem) {
    return unreadable(problem)
  }
}

async function* pieces(source: ReadAt, offset: number, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < size; at += INPUT_PIECE_BYTES) {
    yield await readExactly(source, offset + at, Math.min(INPUT_PIECE_BYTES, size - at))
  }
}

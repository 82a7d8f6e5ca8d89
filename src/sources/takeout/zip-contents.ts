/**
 * Opens members of one zip archive, one after the other. Stored ones are read straight into the
 * caller's buffer.
 * @module
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { createInflateRaw } from 'node:zlib'
import { ChunkReader } from '../../archives/chunk-reader.ts'
import { DamagedArchiveError } from '../../archives/damaged-archive-error.ts'
import {
  INPUT_PIECE_BYTES,
  inflateChunks,
  OUTPUT_CHUNK_BYTES,
} from '../../archives/inflate-chunks.ts'
import { READ_ONLY } from '../../archives/read-at.ts'
import { inflate } from '../../archives/zip/inflate-member.ts'
import { dataStart, localHeaderBytes } from '../../archives/zip/local-header.ts'
import { STORED } from '../../archives/zip/zip-member.ts'
import { type ByteReader, CheckedContent, type OpenContent, unreadable } from './checked-content.ts'
import type { RecipeMember, ZipRecipe } from './recipe.ts'

/** Up to these sizes a member is inflated at once, which is faster; the rest is streamed. */
const INFLATE_AT_ONCE = { compressedBytes: 16 * 2 ** 20, bytes: 64 * 2 ** 20 }

export async function* zipContents(recipe: ZipRecipe): AsyncGenerator<OpenContent> {
  const file = openUnchanged(recipe)
  try {
    for (const member of recipe.members) {
      const bytes = typeof file === 'number' ? memberBytes(file, member) : unreadable(file)
      yield new CheckedContent({ ...member, part: recipe.part }, bytes)
      if (bytes instanceof ChunkReader) await bytes.close()
    }
  } finally {
    if (typeof file === 'number') closeSync(file)
  }
}

/** The descriptor, or why there is none. */
function openUnchanged({ path, sizeBytes }: ZipRecipe): number | unknown {
  let file: number | undefined
  try {
    file = openSync(path, READ_ONLY)
    if (fstatSync(file).size === sizeBytes) return file
    throw new DamagedArchiveError('is in an archive that changed meanwhile')
  } catch (problem) {
    if (file !== undefined) closeSync(file)
    return problem
  }
}

function memberBytes(file: number, member: RecipeMember): ByteReader {
  try {
    const stretch = new Stretch(file, contentOffset(file, member), member.compressedSize)
    return member.method === STORED ? stretch : inflated(stretch, member)
  } catch (problem) {
    return unreadable(problem)
  }
}

function contentOffset(file: number, member: RecipeMember): number {
  const rawName = Buffer.from(member.rawName, 'latin1')
  const header = Buffer.alloc(localHeaderBytes({ rawName }))
  const length = readSync(file, header, 0, header.length, member.localOffset)
  const start = dataStart(header.subarray(0, length), { rawName })
  if (typeof start !== 'number') throw new DamagedArchiveError(start.wrong)
  return member.localOffset + start
}

function inflated(stretch: Stretch, member: RecipeMember): ByteReader {
  const { size, compressedSize } = member
  if (compressedSize > INFLATE_AT_ONCE.compressedBytes || size > INFLATE_AT_ONCE.bytes) {
    const engine = createInflateRaw({ chunkSize: OUTPUT_CHUNK_BYTES })
    return new ChunkReader(inflateChunks(engine, stretch.pieces()))
  }
  return new InflatedAtOnce(stretch, member)
}

/** A stretch of a file, from its beginning to its end. */
class Stretch implements ByteReader {
  readonly #file: number
  #position: number
  #left: number

  constructor(file: number, position: number, length: number) {
    this.#file = file
    this.#position = position
    this.#left = length
  }

  get left(): number {
    return this.#left
  }

  read(into: Uint8Array): number {
    const wanted = Math.min(into.length, this.#left)
    if (wanted === 0) return 0
    const length = readSync(this.#file, into, 0, wanted, this.#position)
    this.#position += length
    this.#left -= length
    return length
  }

  *pieces(): Generator<Uint8Array> {
    for (;;) {
      const piece = Buffer.allocUnsafe(Math.min(INPUT_PIECE_BYTES, this.#left))
      const length = this.read(piece)
      if (length === 0) return
      yield piece.subarray(0, length)
    }
  }
}

class InflatedAtOnce implements ByteReader {
  readonly #stretch: Stretch
  readonly #member: RecipeMember
  #content: Uint8Array | undefined
  #position = 0

  constructor(stretch: Stretch, member: RecipeMember) {
    this.#stretch = stretch
    this.#member = member
  }

  read(into: Uint8Array): number {
    this.#content ??= this.#inflate()
    const piece = this.#content.subarray(this.#position, this.#position + into.length)
    into.set(piece)
    this.#position += piece.length
    return piece.length
  }

  #inflate(): Uint8Array {
    const compressed = Buffer.allocUnsafe(this.#stretch.left)
    let at = 0
    for (let length = -1; length !== 0; at += length)
      length = this.#stretch.read(compressed.subarray(at))
    const content = inflate(compressed.subarray(0, at), this.#member.size)
    if ('wrong' in content) throw new DamagedArchiveError(content.wrong)
    return content
  }
}

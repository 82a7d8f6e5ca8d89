/**
 * Inflates the `.gz` around a tar.
 * @module
 */
import { createGunzip } from 'node:zlib'
import { codeOf } from '../../util/coded-error.ts'
import { DamagedArchiveError } from '../damaged-archive-error.ts'
import { inflateChunks, OUTPUT_CHUNK_BYTES } from '../inflate-chunks.ts'

/** @throws {DamagedArchiveError} when the stream is cut off, corrupt, or its CRC does not match */
export async function* gunzipChunks(
  compressed: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* inflateChunks(createGunzip({ chunkSize: OUTPUT_CHUNK_BYTES }), compressed)
  } catch (problem) {
    if (!codeOf(problem)?.startsWith('Z_')) throw problem
    const isCut = codeOf(problem) === 'Z_BUF_ERROR'
    const whatIsWrong = isCut ? 'is cut off: its end is missing' : 'is damaged: it does not unpack'
    throw new DamagedArchiveError(whatIsWrong, { cause: problem })
  }
}

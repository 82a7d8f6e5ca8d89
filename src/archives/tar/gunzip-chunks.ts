/**
 * Inflates the `.gz` around a tar.
 * @module
 */
import { createGunzip } from 'node:zlib'
import { codeOf, toError } from '../../util/coded-error.ts'
import { DamagedArchiveError } from '../damaged-archive-error.ts'
import { inflateChunks, OUTPUT_CHUNK_BYTES } from '../inflate-chunks.ts'

/** @throws {DamagedArchiveError} when the stream is cut off, corrupt, or its CRC does not match */
export async function* gunzipChunks(
  compressed: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    const gunzip = createGunzip({ chunkSize: OUTPUT_CHUNK_BYTES })
    yield* inflateChunks(gunzip, withTrailerApart(compressed))
  } catch (problem) {
    if (!codeOf(problem)?.startsWith('Z_')) throw problem
    throw new DamagedArchiveError(whatIsWrong(problem), { cause: problem })
  }
}

function whatIsWrong(problem: unknown): string {
  if (codeOf(problem) === 'Z_BUF_ERROR') return 'is cut off: its end is missing'
  const isOnlyTheChecksum = /incorrect (data|length) check/.test(toError(problem).message)
  return isOnlyTheChecksum
    ? 'is damaged: its checksum is wrong, so any of its files may hold wrong bytes'
    : 'is damaged: it does not unpack'
}

/** CRC-32 and length, the last bytes of a gzip. */
const TRAILER_BYTES = 8

/**
 * zlib drops what it inflated from the piece in which it meets an error. A flipped bit mostly
 * shows only in the checksum at the very end: alone in its piece, that error drops nothing.
 */
async function* withTrailerApart(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held = Buffer.alloc(0)
  for await (const piece of pieces) {
    const joined = Buffer.concat([held, piece])
    const cut = Math.max(0, joined.length - TRAILER_BYTES)
    if (cut > 0) yield joined.subarray(0, cut)
    held = joined.subarray(cut)
  }
  yield held
}

/**
 * Opens a `.tar` or `.tgz` for one pass from front to back.
 * @module
 */
import { createReadStream } from 'node:fs'
import { INPUT_PIECE_BYTES } from '../inflate-chunks.ts'
import type { ReadTally } from '../read-at.ts'
import { gunzipChunks } from './gunzip-chunks.ts'
import { TarReader } from './tar-reader.ts'

export interface TarFile {
  path: string
  isCompressed: boolean
}

export function openTar({ path, isCompressed }: TarFile, tally: ReadTally): TarReader {
  const pieces = countedPieces(path, tally)
  return new TarReader(isCompressed ? gunzipChunks(pieces) : pieces)
}

async function* countedPieces(path: string, tally: ReadTally): AsyncGenerator<Uint8Array> {
  const pieces = createReadStream(path, {
    flags: 'r',
    highWaterMark: INPUT_PIECE_BYTES,
  }) as AsyncIterable<Buffer>
  for await (const piece of pieces) {
    tally.bytes += piece.length
    yield piece
  }
}

/**
 * The bytes of a file, from its object. Chunks that lie side by side in a packfile are read
 * together; every chunk is verified before it is handed out, and the whole at the end.
 * @module
 */
import { DamagedContentError, DamagedRepositoryError } from '../damage.ts'
import { VERSION_1_0_0 } from '../format-version.ts'
import { macToHex } from '../mac-hex.ts'
import type { ChunkRecord, ObjectRecord } from '../records/object.ts'
import type { Repository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'
import { WRAPPER_HEADER_BYTES } from '../wrapper.ts'

/** Stored bytes that are read together; a single chunk may be larger. */
const MAX_RUN_BYTES = 4 * 1024 * 1024

/** Chunks side by side in one packfile. `place` is undefined where nothing is known to be. */
interface Run {
  chunks: { chunk: ChunkRecord; length: number }[]
  place: { packfile: string; offset: number; length: number } | undefined
}

/**
 * @param what names the file in errors
 * @throws {DamagedRepositoryError} at the latest after the last byte
 */
export async function* readContent(
  repository: Repository,
  object: ObjectRecord,
  what: string,
): AsyncGenerator<Uint8Array> {
  const whole = object.chunks.length === 1 ? undefined : repository.mac.start()
  for (const run of runsOf(repository, object.chunks)) {
    for await (const plain of readRun(repository, run, what)) {
      whole?.update(plain)
      yield plain
    }
  }
  // The only chunk was verified against its own MAC, which is computed the same way.
  const found = whole === undefined ? object.chunks[0]!.contentMac : macToHex(whole.digest())
  if (found !== object.contentMac) {
    throw new DamagedContentError(what, 'its chunks do not add up to the file that was stored')
  }
}

/** Content length in bytes. */
export function contentBytes(object: ObjectRecord): number {
  return object.chunks.reduce((sum, chunk) => sum + chunk.length, 0)
}

function* runsOf(repository: Repository, chunks: readonly ChunkRecord[]): Generator<Run> {
  let run: Run | undefined
  for (const chunk of chunks) {
    const place = placeOf(repository, chunk)
    if (run?.place !== undefined && place !== undefined && continues(run.place, place)) {
      run.chunks.push({ chunk, length: place.length })
      run.place.length += place.length
    } else {
      if (run !== undefined) yield run
      run = { chunks: [{ chunk, length: place?.length ?? 0 }], place }
    }
  }
  if (run !== undefined) yield run
}

function placeOf(repository: Repository, chunk: ChunkRecord): Run['place'] {
  const location = repository.index.locations(ResourceType.CHUNK, chunk.contentMac)[0]
  if (location?.version !== VERSION_1_0_0) return undefined // readBlob says what is wrong
  const { packfile, offset, length } = location
  return { packfile, offset, length }
}

function continues(run: NonNullable<Run['place']>, next: NonNullable<Run['place']>): boolean {
  const isAdjacent = run.packfile === next.packfile && run.offset + run.length === next.offset
  return isAdjacent && run.length + next.length <= MAX_RUN_BYTES
}

async function* readRun(repository: Repository, run: Run, what: string) {
  const stored = await readStored(repository, run)
  let at = 0
  for (const { chunk, length } of run.chunks) {
    const encoded = stored?.subarray(at, at + length)
    at += length
    const packfile = run.place?.packfile ?? ''
    const plain =
      decodeChunk(repository, chunk, packfile, encoded) ??
      (await repository.readBlob(ResourceType.CHUNK, chunk.contentMac))
    if (plain.length !== chunk.length) {
      throw new DamagedContentError(what, 'a chunk has another length than its object says')
    }
    yield plain
  }
}

/** Undefined when this fails: each chunk is read by itself then, elsewhere or once more. */
async function readStored({ store }: Repository, { place }: Run): Promise<Uint8Array | undefined> {
  if (place === undefined) return undefined
  const range = { offset: WRAPPER_HEADER_BYTES + place.offset, length: place.length }
  try {
    return await store.get('packfile', place.packfile, range)
  } catch {
    return undefined
  }
}

/** Undefined when it is damaged here. */
function decodeChunk(
  repository: Repository,
  { contentMac, length }: ChunkRecord,
  packfile: string,
  encoded: Uint8Array | undefined,
): Uint8Array | undefined {
  if (encoded === undefined) return undefined
  try {
    const blob = { type: ResourceType.CHUNK, mac: contentMac, packfile }
    return repository.decodeBlob(blob, encoded, length)
  } catch (error) {
    if (error instanceof DamagedRepositoryError) return undefined
    throw error
  }
}

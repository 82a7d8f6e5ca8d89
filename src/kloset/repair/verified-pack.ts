/**
 * Reads a packfile whole and tells its sound blobs from the others.
 * @module
 */
import { equalBytes } from '../../util/bytes.ts'
import { DamagedRepositoryError } from '../damage.ts'
import { MAC_BYTES, macToHex } from '../mac-hex.ts'
import type { BlobRecord } from '../packfile/packfile-codec.ts'
import { type RangedFile, readPackfileIndex } from '../packfile/packfile-index.ts'
import type { Repository } from '../repository.ts'
import { WRAPPER_HEADER_BYTES } from '../wrapper.ts'

export interface VerifiedPack {
  name: string
  sizeBytes: number
  /** When it was made, as it says itself (ns); undefined when that cannot be read. */
  made: bigint | undefined
  /** Blobs that decode to what their name says. */
  sound: BlobRecord[]
  /** Blobs that do not. */
  damaged: BlobRecord[]
  /** Its envelope is sound, so that what lies between the blobs is, too. */
  isWhole: boolean
}

/** Such a packfile is read at once; ours have 32 MiB, Plakar's 64. */
const READ_AT_ONCE_BYTES = 128 * 1024 * 1024
/** A larger one is read in such pieces for its envelope, and blob by blob. */
const WINDOW_BYTES = 8 * 1024 * 1024

/**
 * Reads and decodes every blob. A packfile of any size takes no more memory than
 * {@link READ_AT_ONCE_BYTES}, or its largest blob.
 *
 * When its own index cannot be read, it holds what the states say: else the blobs that were cut off
 * or altered with it would count as stored for ever, and nobody would store them again.
 * @throws {DamagedRepositoryError} when neither says what is in it
 */
export async function verifyPack(repository: Repository, name: string): Promise<VerifiedPack> {
  const { store } = repository
  const sizeBytes = await store.size('packfile', name)
  const whole = sizeBytes <= READ_AT_ONCE_BYTES ? await store.get('packfile', name) : undefined
  const read = async (offset: number, length: number) =>
    whole?.subarray(offset, offset + length) ?? store.get('packfile', name, { offset, length })
  const file = { sizeBytes, read }
  const { records, made } = await recordsIn(repository, name, file)
  const sound: BlobRecord[] = []
  const damaged: BlobRecord[] = []
  for (const record of records) {
    const at = WRAPPER_HEADER_BYTES + record.offset
    const isThere = at + record.length <= sizeBytes
    const encoded = isThere ? await read(at, record.length) : undefined
    const list = encoded && isSound(repository, name, record, encoded) ? sound : damaged
    list.push(record)
  }
  const isWhole = made !== undefined && (await isEnvelopeSound(repository, file))
  return { name, sizeBytes, made, sound, damaged, isWhole }
}

async function recordsIn(
  repository: Repository,
  name: string,
  file: RangedFile,
): Promise<{ records: BlobRecord[]; made: bigint | undefined }> {
  try {
    const { records, footer } = await readPackfileIndex(file, repository)
    return { records, made: footer.timestamp }
  } catch (error) {
    if (!(error instanceof DamagedRepositoryError)) throw error
    const located = [...repository.index.blobsIn(new Set([name]))]
    if (located.length === 0) throw error
    const records = located.map(({ type, version, mac, offset, length }) => ({
      ...{ type, version, mac, offset, length, flags: 0 },
    }))
    return { records, made: undefined }
  }
}

async function isEnvelopeSound(
  { mac }: Repository,
  { sizeBytes, read }: RangedFile,
): Promise<boolean> {
  const hash = mac.start()
  const end = sizeBytes - MAC_BYTES
  for (let at = 0; at < end; at += WINDOW_BYTES) {
    hash.update(await read(at, Math.min(WINDOW_BYTES, end - at)))
  }
  return equalBytes(hash.digest(), await read(end, MAC_BYTES))
}

function isSound(
  repository: Repository,
  packfile: string,
  { type, mac }: BlobRecord,
  encoded: Uint8Array,
): boolean {
  try {
    repository.decodeBlob({ type, mac: macToHex(mac), packfile }, encoded)
    return true
  } catch (error) {
    if (error instanceof DamagedRepositoryError) return false
    throw error
  }
}

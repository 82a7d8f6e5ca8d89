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
 * @throws {DamagedRepositoryError} when not even its index can be read
 */
export async function verifyPack(repository: Repository, name: string): Promise<VerifiedPack> {
  const { store } = repository
  const sizeBytes = await store.size('packfile', name)
  const whole = sizeBytes <= READ_AT_ONCE_BYTES ? await store.get('packfile', name) : undefined
  const read = async (offset: number, length: number) =>
    whole?.subarray(offset, offset + length) ?? store.get('packfile', name, { offset, length })
  const file = { sizeBytes, read }
  const { records } = await readPackfileIndex(file, repository)
  const sound: BlobRecord[] = []
  const damaged: BlobRecord[] = []
  for (const record of records) {
    const encoded = await read(WRAPPER_HEADER_BYTES + record.offset, record.length)
    const list = isSound(repository, name, record, encoded) ? sound : damaged
    list.push(record)
  }
  return { name, sizeBytes, sound, damaged, isWhole: await isEnvelopeSound(repository, file) }
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

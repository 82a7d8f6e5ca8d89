/**
 * All that one thread needs to store contents: its own memory, with the window contents are read
 * into and the two areas packfiles are made in, and the ciphers and hashes over it.
 *
 * A photo is read, cut, named, encrypted, packed and written without leaving this memory but for
 * the key stream (stack.md, section 14).
 * @module
 */
import type { Store } from '../../stores/store.ts'
import { createChunker } from '../chunking/fastcdc.ts'
import type { Configuration } from '../configuration.ts'
import { loadBlake3 } from '../crypto/blake3.ts'
import { createMac } from '../crypto/mac.ts'
import { createEncoding } from '../encoding.ts'
import { loadKernels } from '../kernels/kernels.ts'
import { chunkerOf, requireSupported } from '../supported-configuration.ts'
import type { BlobSet } from '../writing/blob-set.ts'
import { ObjectWriter, windowBytes } from '../writing/object-writer.ts'
import { PackWriter, packWriterBytes, type WrittenPack } from '../writing/pack-writer.ts'
import type { WriteGuard } from '../writing/write-guard.ts'

/** What makes a thread able to write to a repository. Structured-cloneable, and secret. */
export interface ThreadKeys {
  configuration: Configuration
  macKey: Uint8Array
  /** Undefined for a plaintext repository. */
  encryptionKey: Uint8Array | undefined
}

export interface ThreadWriterOptions {
  keys: ThreadKeys
  store: Store
  guard: WriteGuard
  known: BlobSet
  now: () => Date
  onWritten: (pack: WrittenPack) => void
}

export interface ThreadWriter {
  objects: ObjectWriter
  packs: PackWriter
}

/** Large enough that syncing costs little, small enough that little is lost when a run is killed. */
const MAX_PACK_BYTES = 32 * 1024 * 1024

/** Rounding of what the kernels' memory hands out, three times. */
const ARENA_SLACK_BYTES = 4096

/**
 * Every blob is decoded and compared before its packfile is written. It takes 38 % of what one core
 * can do (writer.bench.ts, Node 20, 2 shared cores: 8.7 against 5.4 ms of processor time per MB,
 * encrypted), which is less than most disks cost; a photo that cannot be decoded costs more.
 */
const CHECK_ONE_IN = 1

export async function openThreadWriter(options: ThreadWriterOptions): Promise<ThreadWriter> {
  const { keys, store, guard, known, now, onWritten } = options
  const { configuration, macKey, encryptionKey: key } = keys
  const { hashing, compression, ...settings } = requireSupported(configuration, store.location)
  const encryption = settings.encryption && key ? { ...settings.encryption, key } : undefined
  await loadBlake3()

  const chunking = chunkerOf(configuration)
  const targetBytes = Math.min(Number(configuration.packfile.maxSize), MAX_PACK_BYTES)
  const inputBytes = windowBytes(chunking.maxBytes)
  const arenaBytes = packWriterBytes(targetBytes) + inputBytes + ARENA_SLACK_BYTES
  const kernels = loadKernels({ arenaBytes })
  const mac = createMac(hashing, macKey)
  const packs = new PackWriter({
    store,
    tools: { mac, encoding: createEncoding({ compression, encryption }, kernels) },
    guard,
    allocate: (bytes) => kernels.allocate(bytes),
    targetBytes,
    checkOneIn: CHECK_ONE_IN,
    now,
    onWritten,
  })
  const chunker = createChunker(chunking, kernels)
  const window = kernels.allocate(inputBytes)
  return { packs, objects: new ObjectWriter({ mac, chunker, packs, known, window }) }
}

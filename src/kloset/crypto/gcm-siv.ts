/**
 * AES-256-GCM-SIV (RFC 8452) without additional data: AES from node:crypto, everything else from
 * the kernels. Node has the cipher itself only from version 26, and slower.
 *
 *   keys        six blocks LE32(i) || nonce under the subkey, the first 8 bytes of each:
 *               16 bytes for POLYVAL, 32 bytes for AES
 *   tag         S = POLYVAL(plaintext, padded || 0 as u64 || bits of plaintext as u64 LE)
 *               first 12 bytes of S xor nonce, top bit of the last byte cleared, one AES block
 *   ciphertext  plaintext xor AES(counter blocks that start at the tag, its top bit set)
 *
 * One MiB in slices of 64 KiB, both in the kernels' memory: see kernels.bench.ts.
 * @module
 */
import { type Cipher, createCipheriv, timingSafeEqual } from 'node:crypto'
import type { Kernels } from '../kernels/kernels.ts'
import { ADDRESS, KEY_STREAM_BYTES } from '../kernels/memory-map.ts'

export const TAG_BYTES = 16
export const NONCE_BYTES = 12

const BLOCK_BYTES = 16
const BLOCKS_PER_KEY = 6

/** One slice: a nonce and the two keys that follow from it. */
export interface SliceSecrets {
  nonce: Uint8Array
  authenticationKey: Uint8Array
  encryptionKey: Uint8Array
}

/** The keys of every slice of a stream, from its nonces (12 bytes each, one after the other). */
export function deriveSliceSecrets(subkey: Uint8Array, nonces: Uint8Array): SliceSecrets[] {
  const encrypted = aes(subkey).update(keyBlocks(nonces))
  return Array.from({ length: nonces.length / NONCE_BYTES }, (_, n) => {
    const keys = new Uint8Array(48)
    const first = n * BLOCKS_PER_KEY * BLOCK_BYTES
    for (let i = 0; i < keys.length; i++) {
      keys[i] = encrypted[first + (i >> 3) * BLOCK_BYTES + (i & 7)]!
    }
    return {
      nonce: nonces.subarray(n * NONCE_BYTES, (n + 1) * NONCE_BYTES),
      authenticationKey: keys.subarray(0, 16),
      encryptionKey: keys.subarray(16),
    }
  })
}

function keyBlocks(nonces: Uint8Array): Uint8Array {
  const blocks = new Uint8Array((nonces.length / NONCE_BYTES) * BLOCKS_PER_KEY * BLOCK_BYTES)
  for (let at = 0, block = 0; at < blocks.length; at += BLOCK_BYTES, block++) {
    const nonceAt = Math.floor(block / BLOCKS_PER_KEY) * NONCE_BYTES
    blocks[at] = block % BLOCKS_PER_KEY
    for (let i = 0; i < NONCE_BYTES; i++) blocks[at + 4 + i] = nonces[nonceAt + i]!
  }
  return blocks
}

/** Writes ciphertext and tag (`length + 16` bytes) at `to`; addresses in the kernels' memory. */
export function sealSlice(
  kernels: Kernels,
  secrets: SliceSecrets,
  from: number,
  length: number,
  to: number,
): void {
  const cipher = aes(secrets.encryptionKey)
  const tag = tagOf(kernels, secrets, cipher, from, length)
  kernels.memory.set(tag, ADDRESS.tag)
  applyKeyStream(kernels, cipher, from, length, to)
  kernels.memory.set(tag, to + length)
}

/**
 * Decrypts `length` bytes and the tag behind them at `from`, and writes `length` bytes at `to`.
 * Returns false, and leaves zeros at `to`, when they are not authentic.
 */
export function openSlice(
  kernels: Kernels,
  secrets: SliceSecrets,
  from: number,
  length: number,
  to: number,
): boolean {
  const cipher = aes(secrets.encryptionKey)
  const tag = kernels.memory.slice(from + length, from + length + TAG_BYTES)
  kernels.memory.set(tag, ADDRESS.tag)
  applyKeyStream(kernels, cipher, from, length, to)
  const authentic = timingSafeEqual(tag, tagOf(kernels, secrets, cipher, to, length))
  if (!authentic) kernels.memory.fill(0, to, to + length)
  return authentic
}

/** Every `update` is whole blocks and comes out at once, so `final` is never called. */
function aes(key: Uint8Array): Cipher {
  return createCipheriv('aes-256-ecb', key, null)
}

function tagOf(
  kernels: Kernels,
  { nonce, authenticationKey }: SliceSecrets,
  cipher: Cipher,
  plain: number,
  length: number,
): Buffer {
  const { memory } = kernels
  const { sum, key, lengthBlock } = ADDRESS
  memory.set(authenticationKey, key)
  memory.fill(0, sum, sum + BLOCK_BYTES)
  memory.fill(0, lengthBlock, lengthBlock + BLOCK_BYTES)
  new DataView(memory.buffer).setUint32(lengthBlock + 8, length * 8, true) // a slice is <= 64 KiB
  kernels.polyval(sum, key, plain, length)
  kernels.polyval(sum, key, lengthBlock, BLOCK_BYTES)

  const block = memory.slice(sum, sum + BLOCK_BYTES)
  for (let i = 0; i < NONCE_BYTES; i++) block[i]! ^= nonce[i]!
  block[15]! &= 0x7f
  return cipher.update(block)
}

/**
 * Blocks go through AES 32 KiB at a time: output buffers of a MiB come fresh from the kernel
 * each time, and page faults make them 3.5 times slower.
 */
function applyKeyStream(
  kernels: Kernels,
  cipher: Cipher,
  from: number,
  length: number,
  to: number,
): void {
  const { memory } = kernels
  const { tag, keyStream } = ADDRESS
  for (let at = 0; at < length; at += KEY_STREAM_BYTES) {
    const bytes = Math.min(KEY_STREAM_BYTES, length - at)
    const blocks = Math.ceil(bytes / BLOCK_BYTES)
    kernels.counterBlocks(keyStream, tag, at / BLOCK_BYTES, blocks)
    const counters = memory.subarray(keyStream, keyStream + blocks * BLOCK_BYTES)
    memory.set(cipher.update(counters), keyStream)
    kernels.xor(to + at, from + at, keyStream, bytes)
  }
}

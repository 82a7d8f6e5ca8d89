/**
 * The encryption of one encoded unit: a fresh subkey, then slices sealed with AES-256-GCM-SIV.
 *
 *   wrapped subkey   40 or 60 bytes, see subkey.ts
 *   per slice of `chunkBytes` plaintext (65536; the last one may be shorter):
 *     nonce          12 bytes, random
 *     ciphertext     as long as the slice
 *     tag            16 bytes
 *
 * Empty plaintext is the wrapped subkey alone. Nothing ties slices to their place: whoever opens
 * a stream must still check the MAC of the content. Source: kloset v1.1.3, encryption/symmetric.go.
 * @module
 */
import { randomFillSync } from 'node:crypto'
import type { Kernels } from '../kernels/kernels.ts'
import { ADDRESS, MAX_SLICE_BYTES } from '../kernels/memory-map.ts'
import { DamagedEncodingError } from './damaged-encoding-error.ts'
import {
  deriveSliceSecrets,
  NONCE_BYTES,
  openSlice,
  type SliceSecrets,
  sealSlice,
  TAG_BYTES,
} from './gcm-siv.ts'
import { Pieces } from './pieces.ts'
import {
  SUBKEY_BYTES,
  type SubKeyAlgorithm,
  unwrapSubkey,
  wrapNonceBytes,
  wrappedBytes,
  wrapSubkey,
} from './subkey.ts'

export interface EncryptionOptions {
  /** Master key, 32 bytes. */
  key: Uint8Array
  subKeyAlgorithm: SubKeyAlgorithm
  /** Plaintext bytes per slice: 65536 in every repository plakar makes. */
  chunkBytes: number
}

export interface EncryptionStream {
  /** Bytes that `plainBytes` become. */
  sealedBytes(plainBytes: number): number
  /** Encrypts `parts`, one after the other, into `out`; they must not overlap. Returns bytes written. */
  seal(parts: readonly Uint8Array[], out: Uint8Array): number
  /** @throws {DamagedEncodingError} when any byte is not authentic; then nothing is returned */
  open(sealed: Uint8Array): Uint8Array
}

const SLICE_OVERHEAD = NONCE_BYTES + TAG_BYTES

/** `random` fills an array; tests pass one to repeat a known stream. */
export function createEncryptionStream(
  options: EncryptionOptions,
  kernels: Kernels,
  random: (bytes: Uint8Array) => void = (bytes) => randomFillSync(bytes),
): EncryptionStream {
  const { subKeyAlgorithm, chunkBytes } = options
  if (!(chunkBytes >= 1 && chunkBytes <= MAX_SLICE_BYTES)) {
    throw new RangeError(`encryption slices of ${chunkBytes} bytes are not supported`)
  }
  const key = Uint8Array.from(options.key) // a caller may wipe its own
  const prefixBytes = wrappedBytes(subKeyAlgorithm)
  const slicesIn = (plainBytes: number) => Math.ceil(plainBytes / chunkBytes)
  const sealedBytes = (plainBytes: number) =>
    prefixBytes + plainBytes + slicesIn(plainBytes) * SLICE_OVERHEAD

  return {
    sealedBytes,

    seal(parts, out) {
      const pieces = new Pieces(parts)
      const total = sealedBytes(pieces.bytesLeft)
      if (total > out.length) throw new RangeError(`${total} bytes do not fit into ${out.length}`)
      const secrets = drawSecrets(subKeyAlgorithm, slicesIn(pieces.bytesLeft), random)
      out.set(wrapSubkey(subKeyAlgorithm, key, secrets.subkey, secrets.wrapNonce))
      let at = prefixBytes
      for (const slice of deriveSliceSecrets(secrets.subkey, secrets.nonces)) {
        const length = Math.min(chunkBytes, pieces.bytesLeft)
        const from = pieces.take(length, kernels, ADDRESS.plainSlice)
        sealInto(kernels, slice, from, length, out.subarray(at))
        at += length + SLICE_OVERHEAD
      }
      return at
    },

    open(sealed) {
      const subkey = unwrapSubkey(subKeyAlgorithm, key, sealed.subarray(0, prefixBytes))
      if (subkey === undefined) throw new DamagedEncodingError('its key cannot be unwrapped')
      const slices = cutSlices(sealed.subarray(prefixBytes), chunkBytes + SLICE_OVERHEAD)
      const plain = new Uint8Array(sealed.length - prefixBytes - slices.length * SLICE_OVERHEAD)
      for (const [n, secrets] of deriveSliceSecrets(subkey, noncesOf(slices)).entries()) {
        const opened = openFrom(kernels, secrets, slices[n]!)
        if (opened === undefined) {
          throw new DamagedEncodingError(`slice ${n} of ${slices.length} is not authentic`)
        }
        plain.set(opened, n * chunkBytes)
      }
      return plain
    },
  }
}

/** All the randomness of one stream, drawn at once. */
function drawSecrets(
  algorithm: SubKeyAlgorithm,
  slices: number,
  random: (bytes: Uint8Array) => void,
): { subkey: Uint8Array; wrapNonce: Uint8Array; nonces: Uint8Array } {
  const noncesAt = SUBKEY_BYTES + wrapNonceBytes(algorithm)
  const drawn = new Uint8Array(noncesAt + slices * NONCE_BYTES)
  random(drawn)
  return {
    subkey: drawn.subarray(0, SUBKEY_BYTES),
    wrapNonce: drawn.subarray(SUBKEY_BYTES, noncesAt),
    nonces: drawn.subarray(noncesAt),
  }
}

/** Seals straight into `out` where that lies in the kernels' memory, else by way of it. */
function sealInto(
  kernels: Kernels,
  secrets: SliceSecrets,
  from: number,
  length: number,
  out: Uint8Array,
): void {
  out.set(secrets.nonce)
  const home = kernels.addressOf(out)
  if (home !== undefined) {
    sealSlice(kernels, secrets, from, length, home + NONCE_BYTES)
    return
  }
  const { sealedSlice } = ADDRESS
  sealSlice(kernels, secrets, from, length, sealedSlice)
  const sealed = kernels.memory.subarray(sealedSlice, sealedSlice + length + TAG_BYTES)
  out.set(sealed, NONCE_BYTES)
}

/** The plaintext of one slice, as a view of scratch memory, or undefined when not authentic. */
function openFrom(
  kernels: Kernels,
  secrets: SliceSecrets,
  slice: Uint8Array,
): Uint8Array | undefined {
  const { sealedSlice, plainSlice } = ADDRESS
  const length = slice.length - SLICE_OVERHEAD
  kernels.memory.set(slice.subarray(NONCE_BYTES), sealedSlice)
  if (!openSlice(kernels, secrets, sealedSlice, length, plainSlice)) return undefined
  return kernels.memory.subarray(plainSlice, plainSlice + length)
}

function cutSlices(body: Uint8Array, sliceBytes: number): Uint8Array[] {
  const slices: Uint8Array[] = []
  for (let at = 0; at < body.length; at += sliceBytes) {
    slices.push(body.subarray(at, at + sliceBytes))
  }
  if (slices.length > 0 && slices.at(-1)!.length < SLICE_OVERHEAD) {
    throw new DamagedEncodingError('it ends inside an encryption slice')
  }
  return slices
}

function noncesOf(slices: readonly Uint8Array[]): Uint8Array {
  const nonces = new Uint8Array(slices.length * NONCE_BYTES)
  for (const [n, slice] of slices.entries()) {
    nonces.set(slice.subarray(0, NONCE_BYTES), n * NONCE_BYTES)
  }
  return nonces
}

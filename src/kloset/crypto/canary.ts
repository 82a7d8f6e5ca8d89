/**
 * The proof in CONFIG that a passphrase is the right one: 32 random bytes, encrypted but not
 * compressed (100 bytes with AES256-KW). It opens with the right key and with no other.
 * @module
 */
import { randomFillSync } from 'node:crypto'
import { createPlainKernels } from '../kernels/kernels.ts'
import { DamagedEncodingError } from './damaged-encoding-error.ts'
import { createEncryptionStream, type EncryptionOptions } from './encryption-stream.ts'

const CANARY_BYTES = 32

export function createCanary(encryption: EncryptionOptions): Uint8Array {
  const stream = createEncryptionStream(encryption, createPlainKernels(0))
  const canary = new Uint8Array(stream.sealedBytes(CANARY_BYTES))
  stream.seal([randomFillSync(new Uint8Array(CANARY_BYTES))], canary)
  return canary
}

/** Whether `encryption.key` opens the canary. Says nothing about why not. */
export function checkCanary(encryption: EncryptionOptions, canary: Uint8Array): boolean {
  try {
    createEncryptionStream(encryption, createPlainKernels(0)).open(canary)
    return true
  } catch (problem) {
    if (problem instanceof DamagedEncodingError) return false
    throw problem
  }
}

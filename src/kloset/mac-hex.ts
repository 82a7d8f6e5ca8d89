/**
 * MACs are 32 bytes on disk and 64 lower-case hex digits in our interfaces and file names.
 * @module
 */
import { Buffer } from 'node:buffer'

export const MAC_BYTES = 32

/** What stands where a MAC is absent: a file without content, a state without parent. */
export const NO_MAC = '0'.repeat(2 * MAC_BYTES)

/** Hex of the 32 bytes at `at`. */
export function macToHex(bytes: Uint8Array, at = 0): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, MAC_BYTES).toString('hex')
}

/** @throws {RangeError} when `hex` is not 64 lower-case hex digits */
export function macFromHex(hex: string): Uint8Array {
  if (!isMacHex(hex)) throw new RangeError('a MAC is 64 lower-case hex digits')
  return new Uint8Array(Buffer.from(hex, 'hex'))
}

export function isMacHex(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text)
}

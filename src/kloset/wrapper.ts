/**
 * The envelope of CONFIG, packfiles, states and locks.
 *
 *   offset  size  field
 *        0     8  magic     `_KLOSET_`; before 1.0 `_PLAKAR_`
 *        8     4  type      see resource-type.ts
 *       12     4  version   of the body's format
 *       16     n  body
 *   16 + n    32  MAC of all that precedes
 *
 * Integers are little-endian. Source: kloset serialization.go.
 * @module
 */
import { equalBytes, fromUtf8, utf8 } from '../util/bytes.ts'
import type { Mac } from './crypto/mac.ts'
import { DamagedFileError } from './damage.ts'
import { MAC_BYTES } from './mac-hex.ts'
import { resourceTypeName } from './resource-type.ts'

export const WRAPPER_HEADER_BYTES = 16
export const WRAPPER_BYTES = WRAPPER_HEADER_BYTES + MAC_BYTES

const MAGIC = '_KLOSET_'
const OLD_MAGIC = '_PLAKAR_'

export interface Unwrapped {
  version: number
  /** A view of the wrapped bytes. */
  body: Uint8Array
}

/** Header, the given parts of the body, trailer: to be written one after the other. */
export function wrap(
  type: number,
  version: number,
  bodyParts: readonly Uint8Array[],
  mac: Pick<Mac, 'start'>,
): Uint8Array[] {
  const covered = [header(type, version), ...bodyParts]
  const hash = mac.start()
  for (const part of covered) hash.update(part)
  return [...covered, hash.digest()]
}

/**
 * Verifies the MAC, then the fields.
 * @throws {DamagedFileError} naming the type of file
 */
export function unwrap(bytes: Uint8Array, type: number, mac: Pick<Mac, 'of'>): Unwrapped {
  const covered = bytes.subarray(0, bytes.length - MAC_BYTES)
  if (bytes.length < WRAPPER_BYTES) throw damaged(type, `it has only ${bytes.length} bytes`)
  if (!equalBytes(mac.of(covered), bytes.subarray(covered.length))) {
    throw damaged(type, 'its MAC does not match its bytes')
  }
  return peel(bytes, type)
}

/**
 * The fields without looking at the MAC: for CONFIG, which holds what the MAC's key is made from.
 * Whoever calls this verifies the MAC with {@link unwrap} before believing anything.
 * @throws {DamagedFileError}
 */
export function peel(bytes: Uint8Array, type: number): Unwrapped {
  if (bytes.length < WRAPPER_BYTES) throw damaged(type, `it has only ${bytes.length} bytes`)
  return {
    version: readWrapperHeader(bytes, type),
    body: bytes.subarray(WRAPPER_HEADER_BYTES, bytes.length - MAC_BYTES),
  }
}

/**
 * Version from the first 16 bytes of a file.
 * @throws {DamagedFileError} when they are not the header of such a file
 */
export function readWrapperHeader(bytes: Uint8Array, type: number): number {
  if (bytes.length < WRAPPER_HEADER_BYTES) throw damaged(type, 'it ends inside its header')
  const magic = fromUtf8(bytes.subarray(0, 8))
  const view = new DataView(bytes.buffer, bytes.byteOffset, WRAPPER_HEADER_BYTES)
  const found = view.getUint32(8, true)
  if (magic !== MAGIC && magic !== OLD_MAGIC) throw damaged(type, 'it does not begin as one')
  if (found !== type) throw damaged(type, `it is a ${resourceTypeName(found)}`)
  return view.getUint32(12, true)
}

function header(type: number, version: number): Uint8Array {
  const bytes = new Uint8Array(WRAPPER_HEADER_BYTES)
  bytes.set(utf8(MAGIC))
  const view = new DataView(bytes.buffer)
  view.setUint32(8, type, true)
  view.setUint32(12, version, true)
  return bytes
}

function damaged(type: number, detail: string): DamagedFileError {
  return new DamagedFileError(`a ${resourceTypeName(type)} file`, detail)
}

/**
 * The one function that names and authenticates everything in a repository: keyed BLAKE3, or
 * HMAC-SHA256 in repositories created so. 32 bytes either way.
 * @module
 */
import { createHash, createHmac } from 'node:crypto'
import { createBlake3, createBlake3Function, type IncrementalHash } from './blake3.ts'

export const HASHINGS = ['BLAKE3', 'SHA256'] as const

export type HashingName = (typeof HASHINGS)[number]

export interface Mac {
  /** MAC of a whole message: 32 bytes, a fresh array. */
  of(data: Uint8Array): Uint8Array
  /** A MAC of a message that comes in pieces. Costs up to 40 µs: keep it, and `reset` it. */
  start(): IncrementalHash
}

/** `key` is 32 bytes, and copied. For BLAKE3, `loadBlake3` comes first. */
export function createMac(algorithm: HashingName, key: Uint8Array): Mac {
  if (key.length !== 32) throw new RangeError(`a MAC key is 32 bytes, not ${key.length}`)
  const ownKey = Uint8Array.from(key)
  if (algorithm === 'BLAKE3') {
    return { of: createBlake3Function(ownKey), start: () => createBlake3(ownKey) }
  }
  const hmac = () => createHmac('sha256', ownKey)
  return {
    of: (data) => Uint8Array.from(hmac().update(data).digest()),
    start: () => restartable(hmac),
  }
}

/** Hash without a key: for what is read before any key is known. */
export function unkeyedHash(algorithm: HashingName, data: Uint8Array): Uint8Array {
  if (algorithm === 'SHA256') return Uint8Array.from(createHash('sha256').update(data).digest())
  const hash = createBlake3()
  hash.update(data)
  return hash.digest()
}

/** Hashes of node:crypto end with their digest, so each reset takes a new one. */
function restartable(create: () => ReturnType<typeof createHmac>): IncrementalHash {
  let hmac = create()
  return {
    reset() {
      hmac = create()
    },
    update: (data) => void hmac.update(data),
    digest: () => Uint8Array.from(hmac.digest()),
  }
}

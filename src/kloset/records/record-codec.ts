/**
 * The one place where what goes wrong inside a record becomes an error of the repository.
 * @module
 */
import { MalformedRecordError } from '../damage.ts'
import { MsgpackError } from '../msgpack/msgpack-reader.ts'
import { type Codec, decode, encode } from '../msgpack/schema.ts'

export function encodeRecord<T>(codec: Codec<T>, record: T): Uint8Array {
  return encode(codec, record)
}

/** @throws {MalformedRecordError} naming `what` when `bytes` are not such a record */
export function decodeRecord<T>(codec: Codec<T>, bytes: Uint8Array, what: string): T {
  try {
    return decode(codec, bytes)
  } catch (error) {
    if (!(error instanceof MsgpackError)) throw error
    throw new MalformedRecordError(what, error.message, { cause: error })
  }
}

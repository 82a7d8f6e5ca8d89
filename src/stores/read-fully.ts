/**
 * Reads from an open file, all of it or a range, whatever the system returns at a time.
 * @module
 */
import type { FileHandle } from 'node:fs/promises'
import type { ByteRange } from './store.ts'

/** Node refuses to read 2 GiB or more at once. */
const MAX_READ_BYTES = 2 ** 30

/** @throws {RangeError} when the file does not have the whole range */
export async function readFully(handle: FileHandle, range?: ByteRange): Promise<Uint8Array> {
  const { size } = await handle.stat()
  const { offset, length } = range ?? { offset: 0, length: size }
  if (offset < 0 || length < 0 || offset + length > size) throw new RangeError('beyond the end')
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length; ) {
    const { bytesRead } = await handle.read(
      bytes,
      at,
      Math.min(length - at, MAX_READ_BYTES),
      offset + at,
    )
    if (bytesRead === 0) throw new RangeError('the file became shorter')
    at += bytesRead
  }
  return bytes
}

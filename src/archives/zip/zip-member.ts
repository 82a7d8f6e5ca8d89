/**
 * One file of a zip archive, as the central directory tells it.
 * @module
 */
export interface ZipMember {
  /** Decoded, as the archive has it. */
  name: string
  /** The name's bytes, to compare with the local header. */
  rawName: Uint8Array
  method: number
  size: number
  compressedSize: number
  crc32: number
  /** Where its local header begins in the file. */
  localOffset: number
  /** Why it is not read. */
  refused?: string
}

export const STORED = 0
export const DEFLATED = 8

export interface ZipListing {
  /** In the order in which they lie in the file. */
  members: ZipMember[]
  /** Why some or all may be absent; the members are good all the same. */
  damage?: string
}

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

/** One of very many: where the name tells its bytes they are not kept, nor the directory for them. */
export class ListedMember implements ZipMember {
  readonly name: string
  readonly method: number
  readonly size: number
  readonly compressedSize: number
  readonly crc32: number
  localOffset: number
  declare refused?: string
  declare private readonly oddName?: Uint8Array

  constructor({ name, rawName, method, size, compressedSize, crc32, localOffset }: ZipMember) {
    this.name = name
    this.method = method
    this.size = size
    this.compressedSize = compressedSize
    this.crc32 = crc32
    this.localOffset = localOffset
    if (!Buffer.from(name).equals(rawName)) this.oddName = Uint8Array.from(rawName)
  }

  get rawName(): Uint8Array {
    return this.oddName ?? Buffer.from(this.name)
  }
}

export const STORED = 0
export const DEFLATED = 8

export interface ZipListing {
  /** In the order in which they lie in the file. */
  members: ZipMember[]
  /** Why some or all may be absent; the members are good all the same. */
  damage?: string
}

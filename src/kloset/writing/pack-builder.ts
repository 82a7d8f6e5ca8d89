/**
 * One packfile while it is filled: blobs are encoded straight into an area of memory, which is
 * then written as it lies there.
 *
 * ```
 * body = blob* ‖ RANDOM blob ‖ encode(index) ‖ encode(footer) ‖ u32 LE length of encode(footer)
 * ```
 *
 * The file's name is the MAC of its body.
 * @module
 */
import { randomBytes, randomFillSync } from 'node:crypto'
import { equalBytes, toHex } from '../../util/bytes.ts'
import { CodedError } from '../../util/coded-error.ts'
import type { Mac } from '../crypto/mac.ts'
import type { Encoding, Style } from '../encoding.ts'
import { VERSION_1_0_0 } from '../format-version.ts'
import { type BlobRecord, encodeFooter, encodeIndex } from '../packfile/packfile-codec.ts'
import { ResourceType } from '../resource-type.ts'
import { wrap } from '../wrapper.ts'

/**
 * plakar reads up to 4096 bytes beyond a blob and fails when the file ends before (packfile.md,
 * section 2); twice as many random bytes end every packfile.
 */
export const TRAILING_BYTES = 8192

export interface PackTools {
  mac: Mac
  encoding: Encoding
}

/** A blob to be packed. */
export interface PlainBlob {
  type: ResourceType
  /** The blob's identity; the MAC of `bytes` for every type but SNAPSHOT. */
  mac: Uint8Array
  bytes: Uint8Array
  style: Style
}

/** A packfile ready to be stored. */
export interface SealedPack {
  /** MAC of the body, 64 hex digits. */
  name: string
  /** What to write, one after the other. They lie in the builder's area until it is cleared. */
  parts: Uint8Array[]
  /** Plain index: 56 bytes per blob, see packfile-codec.ts. */
  index: Uint8Array
  /** Size of the whole file. */
  sizeBytes: number
}

/** What was packed does not decode to what was meant. Nothing of it has been written. */
export class SelfCheckError extends CodedError {
  readonly code = 'SELF_CHECK_FAILED'
  constructor(blob: string, options: { cause?: unknown } = {}) {
    super(`blob ${blob} does not decode to what was to be stored`, {
      hint: 'The memory or processor of this computer may be faulty. Run "tintype doctor", test the memory, then run the backup again.',
      ...options,
    })
  }
}

export class PackBuilder {
  readonly #area: Uint8Array
  readonly #tools: PackTools
  #records: BlobRecord[] = []
  /** For every record, what its blob decodes to: length and MAC. */
  #expected: { bytes: number; mac: Uint8Array }[] = []
  #bytes = 0

  constructor(area: Uint8Array, tools: PackTools) {
    this.#area = area
    this.#tools = tools
  }

  /** Encoded bytes so far. */
  get bytes(): number {
    return this.#bytes
  }

  get isEmpty(): boolean {
    return this.#records.length === 0
  }

  /** Whether a blob of so many bytes has room, whatever it is encoded to. */
  fits(plainBytes: number): boolean {
    const most = this.#tools.encoding.maxEncodedBytes(plainBytes)
    return this.#bytes + most + TRAILING_BYTES <= this.#area.length
  }

  append(blob: PlainBlob): void {
    const { type, mac, bytes, style } = blob
    const room = this.#area.subarray(this.#bytes)
    const length = this.#tools.encoding.encodeInto(bytes, style, room)
    this.#record(type, mac, length)
    const checksum = type === ResourceType.SNAPSHOT ? this.#tools.mac.of(bytes) : mac
    this.#expected.push({ bytes: bytes.length, mac: checksum })
  }

  /**
   * Adds a blob as another packfile holds it. Whoever calls has seen that it decodes to what its
   * name says; {@link verify} knows nothing of it.
   */
  appendEncoded(type: number, mac: Uint8Array, encoded: Uint8Array): void {
    this.#area.set(encoded, this.#bytes)
    this.#record(type, mac, encoded.length)
  }

  get blobs(): number {
    return this.#expected.length
  }

  /** Decodes a packed blob and compares it with what was to be stored. Returns its length. */
  verify(ordinal: number): number {
    const record = this.#records[ordinal]!
    const expected = this.#expected[ordinal]!
    const encoded = this.#area.subarray(record.offset, record.offset + record.length)
    let decoded: Uint8Array
    try {
      decoded = this.#tools.encoding.decode(encoded, expected.bytes)
    } catch (cause) {
      throw new SelfCheckError(toHex(record.mac), { cause })
    }
    if (!equalBytes(this.#tools.mac.of(decoded), expected.mac)) {
      throw new SelfCheckError(toHex(record.mac))
    }
    return decoded.length
  }

  /**
   * Ends the packfile: random bytes, index, footer, envelope.
   * @param now or ns since 1970
   */
  seal(now: Date | bigint): SealedPack {
    randomFillSync(this.#area, this.#bytes, TRAILING_BYTES)
    this.#record(ResourceType.RANDOM, Uint8Array.from(randomBytes(32)), TRAILING_BYTES)
    const index = encodeIndex(this.#records)
    const body = [this.#area.subarray(0, this.#bytes), ...this.#trailer(index, now)]
    const parts = wrap(ResourceType.PACKFILE, VERSION_1_0_0, body, this.#tools.mac)
    return {
      name: toHex(macOfParts(body, this.#tools.mac)),
      parts,
      index,
      sizeBytes: parts.reduce((sum, part) => sum + part.length, 0),
    }
  }

  /** Makes the area free for the next packfile. */
  clear(): void {
    this.#records = []
    this.#expected = []
    this.#bytes = 0
  }

  #record(type: number, mac: Uint8Array, length: number): void {
    const offset = this.#bytes
    this.#records.push({ type, version: VERSION_1_0_0, mac, offset, length, flags: 0 })
    this.#bytes += length
  }

  #trailer(index: Uint8Array, now: Date | bigint): Uint8Array[] {
    const { mac, encoding } = this.#tools
    const footer = encodeFooter({
      timestamp: now,
      count: this.#records.length,
      indexOffset: this.#bytes,
      indexMac: mac.of(index),
    })
    const encodedFooter = encoding.encode(footer, 'compress')
    const footerLength = new Uint8Array(4)
    new DataView(footerLength.buffer).setUint32(0, encodedFooter.length, true)
    return [encoding.encode(index, 'store'), encodedFooter, footerLength]
  }
}

function macOfParts(parts: readonly Uint8Array[], mac: Mac): Uint8Array {
  const hash = mac.start()
  for (const part of parts) hash.update(part)
  return hash.digest()
}

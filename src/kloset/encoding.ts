/**
 * How a blob, an index, a state or a lock becomes stored bytes: compressed, then encrypted.
 *
 *   encode(x) = encrypt(compress(x))      each step as CONFIG says, or not at all
 *   decode(y) = decompress(decrypt(y))
 *
 * Photos take the style `store`: a frame that holds them as they are, at the price of 15 bytes.
 * Metadata takes `compress`.
 * @module
 */
import {
  compressedMember,
  readMember,
  storedMember,
  storedMemberBytes,
} from './compression/gzip.ts'
import { readLz4Frame } from './compression/lz4-frame-reader.ts'
import { compressedFrame, storedFrame, storedFrameBytes } from './compression/lz4-frame-writer.ts'
import { readZstd } from './compression/zstd.ts'
import { compressedZstd, storedZstd, storedZstdBytes } from './compression/zstd-frame-writer.ts'
import { DamagedEncodingError } from './crypto/damaged-encoding-error.ts'
import {
  createEncryptionStream,
  type EncryptionOptions,
  type EncryptionStream,
} from './crypto/encryption-stream.ts'
import type { Kernels } from './kernels/kernels.ts'

/** What CONFIG may name. */
export const COMPRESSIONS = ['LZ4', 'GZIP', 'ZSTD'] as const

export type CompressionName = (typeof COMPRESSIONS)[number]

export interface EncodingOptions {
  compression: CompressionName | undefined
  encryption: EncryptionOptions | undefined
}

/** `store`: nothing is gained by compressing (media). `compress`: something is (metadata). */
export type Style = 'store' | 'compress'

export interface Encoding {
  /** Room that `encodeInto` needs for `plainBytes`; reached exactly by incompressible bytes. */
  maxEncodedBytes(plainBytes: number): number
  /** Encoded bytes in a fresh array. */
  encode(plain: Uint8Array, style: Style): Uint8Array
  /**
   * Encodes to the start of `out`, which must not overlap `plain`, and returns the bytes written.
   * Without copies when both lie in the kernels' memory.
   */
  encodeInto(plain: Uint8Array, style: Style, out: Uint8Array): number
  /**
   * The plaintext in a fresh array. Whether it is the right plaintext, only its MAC can tell.
   * @throws {DamagedEncodingError} also when it would be longer than `maxPlainBytes`
   */
  decode(encoded: Uint8Array, maxPlainBytes: number): Uint8Array
}

interface Codec {
  maxBytes(plainBytes: number): number
  compress(plain: Uint8Array, style: Style): readonly Uint8Array[]
  decompress(compressed: Uint8Array, maxPlainBytes: number): Uint8Array
}

const LZ4: Codec = {
  maxBytes: storedFrameBytes,
  compress: (plain, style) => (style === 'store' ? storedFrame(plain) : compressedFrame(plain)),
  decompress: readLz4Frame,
}

const GZIP: Codec = {
  maxBytes: storedMemberBytes,
  compress: (plain, style) => (style === 'store' ? storedMember(plain) : compressedMember(plain)),
  decompress: readMember,
}

const ZSTD: Codec = {
  maxBytes: storedZstdBytes,
  compress: (plain, style) => (style === 'store' ? storedZstd(plain) : compressedZstd(plain)),
  decompress: readZstd,
}

const UNCOMPRESSED: Codec = {
  maxBytes: (plainBytes) => plainBytes,
  compress: (plain) => [plain],
  decompress(compressed, maxPlainBytes) {
    if (compressed.length <= maxPlainBytes) return compressed
    throw new DamagedEncodingError(`it holds more than ${maxPlainBytes} bytes`)
  },
}

const UNENCRYPTED: EncryptionStream = {
  sealedBytes: (plainBytes) => plainBytes,
  seal(parts, out) {
    let at = 0
    for (const part of parts) {
      out.set(part, at)
      at += part.length
    }
    return at
  },
  open: (sealed) => Uint8Array.from(sealed),
}

/** The encoding of one repository. Not re-entrant: one per thread, like its kernels. */
export function createEncoding(options: EncodingOptions, kernels: Kernels): Encoding {
  const codec = codecOf(options.compression)
  const stream =
    options.encryption === undefined
      ? UNENCRYPTED
      : createEncryptionStream(options.encryption, kernels)
  return {
    maxEncodedBytes: (plainBytes) => stream.sealedBytes(codec.maxBytes(plainBytes)),

    encode(plain, style) {
      const parts = codec.compress(plain, style)
      const bytes = parts.reduce((sum, part) => sum + part.length, 0)
      const encoded = new Uint8Array(stream.sealedBytes(bytes))
      stream.seal(parts, encoded)
      return encoded
    },

    encodeInto: (plain, style, out) => stream.seal(codec.compress(plain, style), out),

    decode: (encoded, maxPlainBytes) => codec.decompress(stream.open(encoded), maxPlainBytes),
  }
}

const CODECS: Record<CompressionName, Codec> = { LZ4, GZIP, ZSTD }

function codecOf(compression: CompressionName | undefined): Codec {
  return compression === undefined ? UNCOMPRESSED : CODECS[compression]
}

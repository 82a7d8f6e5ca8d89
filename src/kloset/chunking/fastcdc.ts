/**
 * FastCDC as Kloset cuts: boundaries follow the content, so that a photo which comes back in
 * another archive, or with a few bytes in front, is still found.
 *
 *   up to min      the whole rest is one chunk
 *   min .. normal  a boundary where the fingerprint has none of the strict mask's bits
 *   normal .. max  the same with the lenient mask
 *   max            the end at the latest
 *
 * The fingerprint starts at 0 at `min` of each chunk; bytes before are never read. The byte that
 * completes a boundary belongs to the next chunk. Source: go-cdc-chunkers v1.0.3,
 * chunkers/fastcdc; chunk lengths of the reference are in fixtures/.
 * @module
 */
import { CodedError } from '../../util/coded-error.ts'
import type { Kernels } from '../kernels/kernels.ts'
import { ADDRESS, MAX_SLICE_BYTES } from '../kernels/memory-map.ts'

export interface ChunkerParameters {
  /** `Chunking.Algorithm` of CONFIG, e.g. `fastcdc-v1.0.0`; case does not matter. */
  algorithm: string
  minBytes: number
  normalBytes: number
  maxBytes: number
}

export interface Chunker {
  readonly maxBytes: number
  /**
   * Length of the next chunk. `window` holds up to `maxBytes` from the current position, fewer
   * only at the end of the content; an empty window is a chunk of length 0.
   */
  cut(window: Uint8Array): number
}

/** The repository asks for chunks this program cannot cut. */
export class UnsupportedChunkerError extends CodedError {
  readonly code = 'CHUNKER_UNSUPPORTED'

  constructor(what: string) {
    super(`the repository's chunking is not supported: ${what}`, {
      hint: 'Reading works all the same. To add to this repository, use a newer version.',
    })
  }
}

/**
 * The old ones have fixed masks, whatever their sizes. Without a key, which Kloset never gives,
 * `kfastcdc` is `fastcdc`. Plakar 1.0 wrote `FASTCDC` with 64 KiB, 1 MiB and 4 MiB.
 */
const LEGACY_ALGORITHMS = ['fastcdc', 'kfastcdc']
const ALGORITHMS = ['fastcdc-v1.0.0', ...LEGACY_ALGORITHMS]

/** What the reference takes where CONFIG says 0. */
const DEFAULT_BYTES = { min: 2048, normal: 8192, max: 65_536 }

const LEGACY = { strict: 0x0003590703530000n, lenient: 0x0000d90003530000n }

/** The reference allows 1 GiB; a chunk is held in memory more than once. */
const MAX_CHUNK_BYTES = 256 * 1024 * 1024
/** A smaller one stores more names than bytes. */
const LEAST_CHUNK_BYTES = 64

/** @throws {UnsupportedChunkerError} for another algorithm, or sizes out of order */
export function createChunker(parameters: ChunkerParameters, kernels: Kernels): Chunker {
  const { algorithm, ...sizes } = supportedChunking(parameters)
  const { minBytes, normalBytes, maxBytes } = sizes
  const masks = masksFor(algorithm, sizes)
  return {
    maxBytes,
    cut(window) {
      if (window.length <= minBytes) return window.length
      const end = Math.min(window.length, maxBytes)
      const turn = Math.min(normalBytes, end)
      kernels.memory.fill(0, ADDRESS.fingerprint, ADDRESS.fingerprint + 8)
      const strict = scan(kernels, window, minBytes, turn, masks.strict)
      return strict < turn ? strict : scan(kernels, window, turn, end, masks.lenient)
    },
  }
}

/** First boundary in `window` from `start` on, or `end`. */
function scan(
  kernels: Kernels,
  window: Uint8Array,
  start: number,
  end: number,
  mask: bigint,
): number {
  const home = kernels.addressOf(window)
  if (home !== undefined) {
    return start + kernels.scanGear(ADDRESS.fingerprint, home + start, end - start, mask)
  }
  for (let at = start; at < end; at += MAX_SLICE_BYTES) {
    const piece = window.subarray(at, Math.min(at + MAX_SLICE_BYTES, end))
    kernels.memory.set(piece, ADDRESS.plainSlice)
    const found = kernels.scanGear(ADDRESS.fingerprint, ADDRESS.plainSlice, piece.length, mask)
    if (found < piece.length) return at + found
  }
  return end
}

function masksFor(
  algorithm: string,
  { minBytes, normalBytes, maxBytes }: Omit<ChunkerParameters, 'algorithm'>,
) {
  const { min, normal, max } = DEFAULT_BYTES
  const legacySizes = minBytes === min && normalBytes === normal && maxBytes === max
  if (LEGACY_ALGORITHMS.includes(algorithm) || legacySizes) return LEGACY
  const bits = 31 - Math.clz32(normalBytes)
  return { strict: spacedMask(bits + 2), lenient: spacedMask(bits - 2) }
}

/** `count` bits from bit 63 down, equally far apart. */
function spacedMask(count: number): bigint {
  const step = Math.floor(64 / count)
  let mask = 0n
  for (let n = 0; n < count && 63 - n * step >= 0; n++) mask |= 1n << BigInt(63 - n * step)
  return mask
}

/**
 * The parameters as the chunker takes them: the algorithm in lower case, sizes that are not given
 * filled in. Writers ask before they write anything.
 * @throws {UnsupportedChunkerError} for another algorithm, or sizes out of order or of bounds
 */
export function supportedChunking(parameters: ChunkerParameters): ChunkerParameters {
  const algorithm = parameters.algorithm.toLowerCase()
  if (!ALGORITHMS.includes(algorithm)) {
    throw new UnsupportedChunkerError(`the algorithm ${JSON.stringify(parameters.algorithm)}`)
  }
  const minBytes = parameters.minBytes || DEFAULT_BYTES.min
  const normalBytes = parameters.normalBytes || DEFAULT_BYTES.normal
  const maxBytes = parameters.maxBytes || DEFAULT_BYTES.max
  const sizes = [minBytes, normalBytes, maxBytes]
  const inOrder = minBytes <= normalBytes && normalBytes <= maxBytes
  const inBounds = LEAST_CHUNK_BYTES <= minBytes && maxBytes <= MAX_CHUNK_BYTES
  if (!sizes.every(Number.isInteger) || !inOrder || !inBounds) {
    throw new UnsupportedChunkerError(`chunk sizes ${sizes.join(', ')}`)
  }
  return { algorithm, minBytes, normalBytes, maxBytes }
}

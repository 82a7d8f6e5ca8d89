/**
 * Reads what a media file says about itself, wherever its bytes come from.
 *
 * On a stream, pass every chunk to `give`: the examiner copies the little it wants and ignores the
 * rest. With random access, ask `wants`, read that, give it, until nothing is wanted. Wanted
 * offsets only grow, so one pass suffices. At most 256 KiB of head and one box of 8 MiB are kept.
 *
 * A file may be damaged or hostile: then fewer facts come out, but always an answer, and soon.
 * @module
 */
import type { MediaFacts } from '../media-facts.ts'
import { learnBmp, learnGif, readPng, readWebp } from './chunked-images.ts'
import { readHeif } from './heif.ts'
import { readTopBox } from './iso-media.ts'
import { readJpeg } from './jpeg.ts'
import { sniffMediaType } from './media-type.ts'
import { learnMovie } from './quicktime.ts'
import { learnCr3, readRaf, readTiff } from './raw-images.ts'
import { type ByteRange, MediaBytes, type Reading } from './reading.ts'

/** Holds the Exif segment of nearly every photo, and `meta` of a HEIC, in one read. */
const HEAD_BYTES = 64 * 1024

/** Ranges asked for beyond this are refused; the costliest sane file needs about a hundred. */
const MAX_RANGES = 1024

export class MediaExaminer {
  readonly #facts: MediaFacts = {}
  readonly #size: number | undefined
  readonly #reading: Reading<void>
  #wanted: ByteRange | undefined
  #collected: Uint8Array = new Uint8Array(0)
  #filled = 0
  #ranges = 0

  /** `name` helps where bytes cannot tell the kind; `size` is the file's, where it is known. */
  constructor(name: string, size: number | undefined) {
    this.#size = size
    this.#reading = examine(name, new MediaBytes(size), this.#facts)
    this.#resume(new Uint8Array(0))
  }

  /** What to read next; undefined when everything is known that can be. */
  wants(): ByteRange | undefined {
    if (this.#wanted === undefined) return undefined
    const { offset, length } = this.#wanted
    return { offset: offset + this.#filled, length: length - this.#filled }
  }

  /** Takes what is wanted out of `bytes`, copying it. Empty `bytes` say that the file ends there. */
  give(offset: number, bytes: Uint8Array): void {
    for (;;) {
      if (this.#wanted === undefined) return
      const from = this.#wanted.offset + this.#filled - offset
      const isEnd = bytes.length === 0 && from >= 0
      if (from >= bytes.length && !isEnd) return
      // What was skipped will not come again; the parser has to do with what there is.
      if (from < 0 || isEnd) this.#resume(this.#collected.subarray(0, this.#filled))
      else this.#take(bytes.subarray(from, from + this.#wanted.length - this.#filled))
    }
  }

  /** All that is known now. Call it when the file ends; what is still wanted is then given up. */
  facts(): MediaFacts {
    while (this.#wanted !== undefined) this.#resume(this.#collected.subarray(0, this.#filled))
    return { ...this.#facts }
  }

  #take(bytes: Uint8Array): void {
    this.#collected.set(bytes, this.#filled)
    this.#filled += bytes.length
    if (this.#filled === this.#wanted?.length) this.#resume(this.#collected)
  }

  /** Lets the parser go on with `bytes` until it wants something that the file can have. */
  #resume(bytes: Uint8Array): void {
    let given = bytes
    do {
      this.#wanted = this.#next(given)
      given = new Uint8Array(0)
    } while (this.#wanted !== undefined && this.#wanted.length <= 0)
    this.#filled = 0
    this.#collected = Buffer.allocUnsafeSlow(this.#wanted?.length ?? 0)
  }

  #next(bytes: Uint8Array): ByteRange | undefined {
    this.#ranges += 1
    if (this.#ranges > MAX_RANGES) return undefined
    try {
      const step = this.#reading.next(bytes)
      return step.done === true ? undefined : this.#withinFile(step.value)
    } catch {
      return undefined // no parser meant to throw; the facts found so far stand
    }
  }

  #withinFile({ offset, length }: ByteRange): ByteRange {
    const available = Math.max((this.#size ?? Number.POSITIVE_INFINITY) - offset, 0)
    return { offset, length: Math.min(length, available) }
  }
}

function* examine(name: string, bytes: MediaBytes, facts: MediaFacts): Reading<void> {
  const head = yield* bytes.readHead(HEAD_BYTES)
  const mediaType = sniffMediaType(head, name)
  if (mediaType === undefined) return
  facts.mediaType = mediaType
  yield* readKind(mediaType, bytes, facts)
}

const IS_TIFF =
  /^image\/(tiff|x-(adobe|canon|nikon|sony|olympus|panasonic|pentax|samsung|hasselblad)-)/
const IS_ISO_MOVIE = /^video\/(mp4|quicktime|x-m4v|3gpp2?)$/

function* readKind(mediaType: string, bytes: MediaBytes, facts: MediaFacts): Reading<void> {
  if (mediaType === 'image/jpeg') yield* readJpeg(bytes, facts)
  else if (mediaType === 'image/png') yield* readPng(bytes, facts)
  else if (mediaType === 'image/webp') yield* readWebp(bytes, facts)
  else if (mediaType === 'image/gif') learnGif(facts, bytes.head)
  else if (mediaType === 'image/bmp') learnBmp(facts, bytes.head)
  else if (/^image\/(heic|heif|avif)$/.test(mediaType)) yield* readHeif(bytes, facts)
  else if (mediaType === 'image/x-canon-cr3') learnCr3(facts, yield* readMoov(bytes))
  else if (mediaType === 'image/x-fuji-raf') yield* readRaf(bytes, facts)
  else if (IS_TIFF.test(mediaType)) yield* readTiff(bytes, facts)
  else if (IS_ISO_MOVIE.test(mediaType)) learnMovie(facts, yield* readMoov(bytes))
}

function* readMoov(bytes: MediaBytes): Reading<Uint8Array> {
  return (yield* readTopBox(bytes, 'moov')) ?? new Uint8Array()
}

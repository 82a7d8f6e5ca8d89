/**
 * A content on its way to the repository: counted, hashed and examined as it passes, and
 * compared at its end with what the source promised.
 * @module
 */
import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { DamagedEntryError } from '../../archives/damaged-entry-error.ts'
import { MediaExaminer } from '../../photos/embedded/media-examiner.ts'
import type { MediaFacts } from '../../photos/media-facts.ts'
import { CodedError, codeOf, toError } from '../../util/coded-error.ts'

/** The repository's OpenContent, restated here: sources do not know the repository. */
export interface OpenContent {
  readonly id: number
  readonly size: number
  read(into: Uint8Array): number | Promise<number>
  finish(): { contentType: string; facts: MediaFacts & { sha256: string } }
}

export interface ByteReader {
  /** Fills `into` from the current position; 0 at the end. */
  read(into: Uint8Array): number | Promise<number>
}

export interface Promised {
  id: number
  name: string
  part: string
  size: number
  /** Absent for files of a folder, where nobody promised one. */
  crc32?: number
}

export class CheckedContent implements OpenContent {
  readonly #promised: Promised
  readonly #bytes: ByteReader
  readonly #sha256 = createHash('sha256')
  readonly #examiner: MediaExaminer
  #crc32 = 0
  #position = 0

  constructor(promised: Promised, bytes: ByteReader) {
    this.#promised = promised
    this.#bytes = bytes
    this.#examiner = new MediaExaminer(promised.name, promised.size)
  }

  get id(): number {
    return this.#promised.id
  }

  get size(): number {
    return this.#promised.size
  }

  /** Of the bytes that passed so far. */
  get crc32(): number {
    return this.#crc32
  }

  read(into: Uint8Array): number | Promise<number> {
    try {
      const length = this.#bytes.read(into)
      if (typeof length === 'number') return this.#pass(into.subarray(0, length))
      return length.then((count) => this.#pass(into.subarray(0, count))).catch(this.#fail)
    } catch (problem) {
      return this.#fail(problem)
    }
  }

  finish(): { contentType: string; facts: MediaFacts & { sha256: string } } {
    const { size, crc32: promisedCrc } = this.#promised
    if (this.#position !== size) {
      throw this.#damaged(`is damaged: it holds ${this.#position} bytes instead of ${size}`)
    }
    if (promisedCrc !== undefined && promisedCrc !== this.#crc32) {
      throw this.#damaged('is damaged: its checksum is wrong')
    }
    const facts = { ...this.#examiner.facts(), sha256: this.#sha256.digest('hex') }
    return { contentType: facts.mediaType ?? 'application/octet-stream', facts }
  }

  #pass(bytes: Uint8Array): number {
    if (bytes.length === 0) return 0
    if (this.#position + bytes.length > this.#promised.size) {
      throw this.#damaged('is damaged: it holds more bytes than declared')
    }
    this.#crc32 = crc32(bytes, this.#crc32)
    this.#sha256.update(bytes)
    this.#examiner.give(this.#position, bytes)
    this.#position += bytes.length
    return bytes.length
  }

  #fail = (problem: unknown): never => {
    if (problem instanceof DamagedEntryError) throw problem
    throw this.#damaged(whatIsWrong(problem), problem)
  }

  #damaged(wrong: string, cause?: unknown): DamagedEntryError {
    return new DamagedEntryError(this.#promised.name, this.#promised.part, wrong, { cause })
  }
}

/** Bytes of a content that could not even be opened. */
export function unreadable(problem: unknown): ByteReader {
  return {
    read() {
      throw problem
    },
  }
}

function whatIsWrong(problem: unknown): string {
  if (problem instanceof CodedError) return problem.message
  if (codeOf(problem)?.startsWith('Z_')) return 'is damaged: it does not unpack'
  return `could not be read (${toError(problem).message})`
}

/**
 * Judges the contents of files while packfiles pass by, so that no byte is read twice.
 *
 * A content is its chunks, one after the other, and the MAC of the whole. First all contents are
 * registered; then packfiles are read in any order, and each chunk is handed to every content that
 * waits for it. A writer puts the chunks of a file side by side, so nearly always they come in
 * order. A content whose chunks come in another order is named at the end, to be read by itself.
 *
 * A content is a number; so is each of its chunks (`ref`), consecutively. Lists of refs by the
 * place of their blob are chained in arrays: a million chunks take some 40 MB.
 * @module
 */

import { equalBytes } from '../../util/bytes.ts'
import type { IncrementalHash } from '../crypto/blake3.ts'
import { macFromHex } from '../mac-hex.ts'
import type { ObjectRecord } from '../records/object.ts'
import type { Repository } from '../repository.ts'
import { ResourceType } from '../resource-type.ts'

/** Contents begun and not finished; each holds some kilobytes. More are read by themselves. */
const MAX_OPEN = 4096

interface Content {
  mac: string
  firstRef: number
  chunks: number
  /** The next chunk that is waited for. */
  next: number
  hash: IncrementalHash | undefined
  isSound: boolean
}

export class ContentLedger {
  readonly #repository: Pick<Repository, 'index' | 'mac'>
  readonly #contents = new Map<string, Content>()
  /** By place of a chunk in the index: its first ref + 1. */
  readonly #heads: Int32Array
  readonly #following: number[] = []
  readonly #owners: Content[] = []
  readonly #places: number[] = []
  readonly #lengths: number[] = []
  #open = 0
  #unjudged = 0

  constructor(repository: Pick<Repository, 'index' | 'mac'>) {
    this.#repository = repository
    this.#heads = new Int32Array(repository.index.blobs)
  }

  /** @param objectMac names the content */
  register(objectMac: string, { contentMac, chunks }: ObjectRecord): void {
    if (this.#contents.has(objectMac)) return
    const firstRef = this.#owners.length
    const content: Content = {
      ...{ mac: contentMac, firstRef, chunks: chunks.length, next: 0 },
      ...{ hash: undefined, isSound: false },
    }
    this.#contents.set(objectMac, content)
    this.#unjudged += 1
    for (const chunk of chunks) {
      const place = this.#placeOf(macFromHex(chunk.contentMac))
      const ref = this.#owners.push(content) - 1
      this.#places.push(place)
      this.#lengths.push(chunk.length)
      this.#following.push(place < 0 ? 0 : this.#heads[place]!)
      if (place >= 0) this.#heads[place] = ref + 1
    }
  }

  /** A chunk was read and is sound. */
  feed(mac: Uint8Array, plain: Uint8Array): void {
    const place = this.#placeOf(mac)
    if (place < 0) return
    for (let ref = this.#heads[place]! - 1; ref >= 0; ref = this.#following[ref]! - 1) {
      const content = this.#owners[ref]!
      // The same chunk may follow itself; the chain has later ones first.
      if (content.firstRef + content.next === ref) this.#append(content, place, mac, plain)
    }
  }

  /** Whether every content was found sound. */
  get isComplete(): boolean {
    return this.#unjudged === 0
  }

  isSound(objectMac: string): boolean {
    return this.#contents.get(objectMac)?.isSound ?? false
  }

  #append(content: Content, place: number, mac: Uint8Array, plain: Uint8Array): void {
    if (content.chunks === 1) {
      // The MAC of the only chunk is computed as that of the whole is.
      const isWhole = this.#lengths[content.firstRef] === plain.length
      content.next = 1
      this.#judge(content, isWhole && equalBytes(mac, macFromHex(content.mac)))
      return
    }
    if (content.hash === undefined && !this.#begin(content)) return
    for (; content.next < content.chunks; content.next++) {
      const ref = content.firstRef + content.next
      if (this.#places[ref] !== place || this.#lengths[ref] !== plain.length) break
      content.hash!.update(plain)
    }
    if (content.next === content.chunks) this.#finish(content)
  }

  #begin(content: Content): boolean {
    if (this.#open >= MAX_OPEN) return false
    this.#open += 1
    content.hash = this.#repository.mac.start()
    return true
  }

  #finish(content: Content): void {
    this.#judge(content, equalBytes(content.hash!.digest(), macFromHex(content.mac)))
    content.hash = undefined
    this.#open -= 1
  }

  #judge(content: Content, isSound: boolean): void {
    content.isSound = isSound
    if (isSound) this.#unjudged -= 1
  }

  /** One number for a blob, however many places it has; -1 when it has none. */
  #placeOf(mac: Uint8Array): number {
    return this.#repository.index.rowsOf(ResourceType.CHUNK, mac)[0] ?? -1
  }
}

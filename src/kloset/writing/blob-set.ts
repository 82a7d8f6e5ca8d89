/**
 * Which blobs the repository has, or is about to have, shared by all threads of a backup.
 *
 * A hash table with open addressing and linear probing in a SharedArrayBuffer. A slot is nine
 * 32-bit words:
 *
 * | word | holds |
 * | ---: | --- |
 * | 0 | 0 while free, -1 while being filled, -2 when forgotten, else the blob's type |
 * | 1–8 | the 32 bytes of its MAC |
 *
 * Slots are claimed by compare-and-swap and never freed, so that of all threads that ask for a
 * blob exactly one is told to store it. The whole MAC is kept: a hash of it could call a blob
 * known that is not, and that would lose a photo. When in doubt (the table is full, a thread died
 * in the middle of a claim) the answer is "new": a blob stored twice costs space and nothing else.
 * @module
 */
import type { ResourceType } from '../resource-type.ts'

const SLOT_WORDS = 9
const SLOT_BYTES = SLOT_WORDS * 4
const MAC_WORDS = 8
const FREE = 0
const BEING_FILLED = -1
const FORGOTTEN = -2

/** Beyond three quarters full, linear probing becomes slow. */
const MAX_LOAD = 0.75
/** So many that threads which look at the count at the same moment cannot fill the last slot. */
const MIN_SLOTS = 256
/** A SharedArrayBuffer may not be larger everywhere; 2 GiB is room for 44 million blobs. */
const MAX_BYTES = 2 ** 31 - SLOT_BYTES
/** Filling a slot takes nanoseconds; a thread that was put to sleep meanwhile takes milliseconds. */
const MAX_SPINS = 1_000_000

export class BlobSet {
  /** Give this to another thread and open it there with {@link BlobSet.from}. */
  readonly memory: SharedArrayBuffer
  readonly #words: Int32Array
  readonly #slots: number
  /** Shared count of slots taken: the last word of the memory. */
  readonly #countAt: number

  private constructor(memory: SharedArrayBuffer) {
    this.memory = memory
    this.#words = new Int32Array(memory)
    this.#slots = Math.floor((this.#words.length - 1) / SLOT_WORDS)
    this.#countAt = this.#words.length - 1
  }

  /** Room for `capacity` blobs. */
  static withCapacity(capacity: number): BlobSet {
    const slots = Math.max(MIN_SLOTS, Math.ceil(capacity / MAX_LOAD))
    const bytes = Math.min(slots * SLOT_BYTES, MAX_BYTES - (MAX_BYTES % SLOT_BYTES))
    return new BlobSet(new SharedArrayBuffer(bytes + 4))
  }

  static from(memory: SharedArrayBuffer): BlobSet {
    return new BlobSet(memory)
  }

  /** How many blobs are in the set. */
  get size(): number {
    return Atomics.load(this.#words, this.#countAt)
  }

  /**
   * Adds a blob. True when it was not there: the caller, and nobody else, is to store it.
   * @param mac 32 bytes
   */
  claim(type: ResourceType, mac: Uint8Array): boolean {
    const wanted = wordsOf(mac)
    if (this.size >= this.#slots * MAX_LOAD) return this.#find(type, wanted) === undefined

    let slot = this.#home(wanted)
    for (;;) {
      const at = slot * SLOT_WORDS
      if (Atomics.compareExchange(this.#words, at, FREE, BEING_FILLED) === FREE) {
        this.#fill(at, type, wanted)
        return true
      }
      if (this.#settled(at) === type && this.#holds(at, wanted)) return false
      slot = (slot + 1) % this.#slots
    }
  }

  has(type: ResourceType, mac: Uint8Array): boolean {
    return this.#find(type, wordsOf(mac)) !== undefined
  }

  /** Takes a blob back: the next who claims it is to store it again. */
  forget(type: ResourceType, mac: Uint8Array): void {
    const at = this.#find(type, wordsOf(mac))
    if (at !== undefined) Atomics.store(this.#words, at, FORGOTTEN)
  }

  /** Where the blob's slot is. */
  #find(type: ResourceType, wanted: Int32Array): number | undefined {
    let slot = this.#home(wanted)
    for (;;) {
      const at = slot * SLOT_WORDS
      const found = this.#settled(at)
      if (found === FREE) return undefined
      if (found === type && this.#holds(at, wanted)) return at
      slot = (slot + 1) % this.#slots
    }
  }

  /** MACs are evenly distributed: any four of their bytes are a good hash. */
  #home(mac: Int32Array): number {
    return (mac[0]! >>> 0) % this.#slots
  }

  #fill(at: number, type: ResourceType, mac: Int32Array): void {
    this.#words.set(mac, at + 1)
    Atomics.store(this.#words, at, type)
    Atomics.add(this.#words, this.#countAt, 1)
  }

  #holds(at: number, mac: Int32Array): boolean {
    for (let word = 0; word < MAC_WORDS; word++) {
      if (this.#words[at + 1 + word] !== mac[word]) return false
    }
    return true
  }

  /** What a slot holds once nobody is filling it. */
  #settled(at: number): number {
    let state = Atomics.load(this.#words, at)
    for (let spins = 0; state === BEING_FILLED && spins < MAX_SPINS; spins++) {
      state = Atomics.load(this.#words, at)
    }
    return state
  }
}

function wordsOf(mac: Uint8Array): Int32Array {
  if (mac.byteOffset % 4 === 0) return new Int32Array(mac.buffer, mac.byteOffset, MAC_WORDS)
  return new Int32Array(new Uint8Array(mac).buffer, 0, MAC_WORDS)
}

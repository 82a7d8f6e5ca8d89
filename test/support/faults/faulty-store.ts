/**
 * A store around a store that fails as told: which call, how, once or from then on. It also counts,
 * so that a suite can let every call of a run fail in turn, and knows whether a planned fault was
 * met at all: one that was not proves nothing.
 * @module
 */
import {
  type ByteRange,
  type Store,
  type StoredKind,
  StoreReadError,
  StoreWriteError,
} from '../../../src/stores/store.ts'
import { concatBytes } from '../../../src/util/bytes.ts'

export type Act = 'put' | 'remove' | 'get' | 'size' | 'list'

/** What can happen to each kind of call. */
export const HARMS = {
  put: ['before', 'after', 'torn', 'torn-but-ok', 'disk-full'],
  remove: ['before', 'after'],
  get: ['before', 'flipped', 'short', 'another'],
  size: ['before'],
  list: ['before', 'half-way', 'cut', 'stale'],
} as const satisfies Record<Act, readonly string[]>

export type Harm = (typeof HARMS)[Act][number]

export interface Fault {
  /** `change`: a put or a remove. */
  act: Act | 'change'
  /** `dead`: the process is killed: neither this call nor any later one of any act happens. */
  harm: Harm | 'dead'
  /** 1 is the first call of this act. */
  call: number
  /** That call and all later ones of this act. */
  lasting?: boolean
}

export class FaultyStore implements Store {
  readonly location: string
  readonly writable = true
  readonly threadOpener = undefined
  readonly callsOf: Record<Act, number> = { put: 0, remove: 0, get: 0, size: 0, list: 0 }
  /** Faults that came true. */
  readonly met = new Set<Fault>()
  readonly #inner: Store
  readonly #faults: readonly Fault[]
  /** Listings as they were before the last change of each kind. */
  readonly #stale = new Map<StoredKind, string[]>()
  #isDead = false

  constructor(inner: Store, faults: readonly Fault[] = []) {
    this.#inner = inner
    this.#faults = faults
    this.location = inner.location
  }

  getConfig(): Promise<Uint8Array> {
    return this.#inner.getConfig()
  }

  create(config: Uint8Array): Promise<void> {
    return this.#inner.create(config)
  }

  async put(kind: StoredKind, name: string, parts: readonly Uint8Array[]): Promise<void> {
    const harm = await this.#harm('put')
    if (harm === 'before') throw failedWrite(name, 'EIO')
    if (harm === 'disk-full') throw failedWrite(name, 'ENOSPC')
    await this.#remember(kind)
    const bytes = concatBytes(parts)
    const isTorn = harm === 'torn' || harm === 'torn-but-ok'
    await this.#inner.put(kind, name, [isTorn ? bytes.subarray(0, bytes.length >> 1) : bytes])
    if (harm === 'after' || harm === 'torn') throw failedWrite(name, 'EIO')
  }

  async remove(kind: StoredKind, name: string): Promise<void> {
    const harm = await this.#harm('remove')
    if (harm === 'before') throw failedWrite(name, 'EIO')
    await this.#remember(kind)
    await this.#inner.remove(kind, name)
    if (harm === 'after') throw failedWrite(name, 'EIO')
  }

  async get(kind: StoredKind, name: string, range?: ByteRange): Promise<Uint8Array> {
    const harm = await this.#harm('get')
    if (harm === 'before') throw new StoreReadError(name, ioError('EIO'))
    const bytes = await this.#inner.get(kind, name, range)
    if (harm === 'flipped') return flipped(bytes, this.callsOf.get)
    if (harm === 'short') return bytes.subarray(0, bytes.length >> 1)
    if (harm === 'another') return this.#another(kind, name, range, bytes)
    return bytes
  }

  async size(kind: StoredKind, name: string): Promise<number> {
    if ((await this.#harm('size')) === 'before') throw new StoreReadError(name, ioError('EIO'))
    return this.#inner.size(kind, name)
  }

  async *list(kind: StoredKind): AsyncGenerator<string> {
    const harm = await this.#harm('list')
    if (harm === 'before') throw new StoreReadError(kind, ioError('EIO'))
    const names = harm === 'stale' ? (this.#stale.get(kind) ?? []) : await this.#names(kind)
    const isCut = harm === 'cut' || harm === 'half-way'
    yield* isCut ? names.slice(0, names.length >> 1) : names
    if (harm === 'half-way') throw new StoreReadError(kind, ioError('EIO'))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inner[Symbol.asyncDispose]()
  }

  /** For stores to which more happens. */
  protected async beforeCall(): Promise<void> {}

  async #harm(act: Act): Promise<Fault['harm'] | undefined> {
    await this.beforeCall()
    if (this.#isDead) throw new Error('the process was killed')
    const call = ++this.callsOf[act]
    const change = act === 'put' || act === 'remove' ? this.callsOf.put + this.callsOf.remove : 0
    const fault = this.#faults.find(
      (planned) =>
        (planned.act === act &&
          (planned.call === call || (planned.lasting === true && call > planned.call))) ||
        (planned.act === 'change' && planned.call === change),
    )
    if (fault !== undefined) this.met.add(fault)
    this.#isDead = fault?.harm === 'dead'
    if (this.#isDead) throw new Error('the process was killed')
    return fault?.harm
  }

  async #names(kind: StoredKind): Promise<string[]> {
    const names: string[] = []
    for await (const name of this.#inner.list(kind)) names.push(name)
    return names
  }

  async #remember(kind: StoredKind): Promise<void> {
    this.#stale.set(kind, await this.#names(kind))
  }

  /** As much of another file as was asked for, if there is one that has it. */
  async #another(
    kind: StoredKind,
    name: string,
    range: ByteRange | undefined,
    own: Uint8Array,
  ): Promise<Uint8Array> {
    for (const other of await this.#names(kind)) {
      if (other === name) continue
      const bytes = await this.#inner.get(kind, other, range).catch(() => undefined)
      if (bytes !== undefined) return bytes
    }
    return own
  }
}

/** Every fault a run can meet once, from how often it made each call. */
export function* everyFault(calls: Readonly<Record<Act, number>>): Generator<Fault> {
  for (let call = 1; call <= calls.put + calls.remove; call++) {
    yield { act: 'change', harm: 'dead', call }
  }
  for (const act of Object.keys(HARMS) as Act[]) {
    for (const harm of HARMS[act]) {
      for (let call = 1; call <= calls[act]; call++) {
        yield { act, harm, call, ...(harm === 'disk-full' ? { lasting: true } : {}) }
      }
    }
  }
}

function flipped(bytes: Uint8Array, salt: number): Uint8Array {
  const copy = bytes.slice()
  if (copy.length === 0) return copy
  const at = (salt * 7919) % copy.length
  copy[at]! ^= 1 << (salt % 8)
  return copy
}

function failedWrite(name: string, code: string): StoreWriteError {
  return new StoreWriteError(name, ioError(code))
}

function ioError(code: string): Error {
  return Object.assign(new Error(code), { code })
}

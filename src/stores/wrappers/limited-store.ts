/**
 * A store that is asked for only so much at once, and only so fast.
 *
 * The pace is kept on average: a packfile goes at full speed, and the next one waits until its
 * bytes are paid for.
 * @module
 */
import type { ByteRange, Store, StoredKind, ThreadOpener } from '../store.ts'
import type { Pace } from './pace.ts'

export interface Limits {
  /** Calls at a time, for each thread. */
  parallel: number
  up?: Pace | undefined
  down?: Pace | undefined
}

export class LimitedStore implements Store {
  readonly #inner: Store
  readonly #limits: Limits
  #running = 0
  readonly #waiting: (() => void)[] = []

  constructor(inner: Store, limits: Limits) {
    this.#inner = inner
    this.#limits = limits
  }

  get location(): string {
    return this.#inner.location
  }

  get writable(): boolean {
    return this.#inner.writable
  }

  /** The other thread pays into the same account. */
  get threadOpener(): ThreadOpener | undefined {
    const opener = this.#inner.threadOpener
    const { up, down } = this.#limits
    if (opener === undefined) return undefined
    const paces = { ...(up && { up: up.memory }), ...(down && { down: down.memory }) }
    return { ...opener, settings: { ...opener.settings, paces } }
  }

  getConfig(): Promise<Uint8Array> {
    return this.#inTurn(() => this.#inner.getConfig())
  }

  create(config: Uint8Array): Promise<void> {
    return this.#inTurn(() => this.#inner.create(config))
  }

  put(kind: StoredKind, name: string, parts: readonly Uint8Array[]): Promise<void> {
    return this.#inTurn(async () => {
      await this.#limits.up?.take(parts.reduce((sum, part) => sum + part.length, 0))
      await this.#inner.put(kind, name, parts)
    })
  }

  get(kind: StoredKind, name: string, range?: ByteRange): Promise<Uint8Array> {
    const { down } = this.#limits
    return this.#inTurn(async () => {
      await down?.take(range?.length ?? 0)
      const bytes = await this.#inner.get(kind, name, range)
      if (range === undefined) down?.charge(bytes.length)
      return bytes
    })
  }

  size(kind: StoredKind, name: string): Promise<number> {
    return this.#inTurn(() => this.#inner.size(kind, name))
  }

  async *list(kind: StoredKind): AsyncGenerator<string> {
    // All at once: whoever reads the names slowly must not keep others from their turn.
    yield* await this.#inTurn(async () => {
      const names: string[] = []
      for await (const name of this.#inner.list(kind)) names.push(name)
      return names
    })
  }

  remove(kind: StoredKind, name: string): Promise<void> {
    return this.#inTurn(() => this.#inner.remove(kind, name))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inner[Symbol.asyncDispose]()
  }

  async #inTurn<T>(call: () => Promise<T>): Promise<T> {
    if (this.#running < this.#limits.parallel) this.#running += 1
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      return await call()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#running -= 1
      else next() // takes over this turn
    }
  }
}

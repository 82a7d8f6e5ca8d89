/**
 * A store that asks again when the service behind it was busy or the connection broke.
 *
 * Only TransientStoreError is tried again; that a file is missing or too short will not change. The
 * waits grow twofold up to a minute and are drawn from zero to that ("full jitter"), so that many
 * programs that failed together do not come back together; what the service asks for in
 * `Retry-After` comes on top. A call that got no answer for 15 minutes fails, and says how often it
 * was tried; the first contact fails sooner, since then nothing is lost and the place may be wrong.
 * A writing call is repeated whole: the same name gets the same bytes.
 * @module
 */
import { equalBytes } from '../../util/bytes.ts'
import {
  type ByteRange,
  type Store,
  type StoredKind,
  StoreExistsError,
  type ThreadOpener,
} from '../store.ts'
import { TransientStoreError } from '../transient-error.ts'

export interface Patience {
  /** How long one call may take in all. */
  budgetMs: number
  /** The same for asking for CONFIG, with which everything begins. */
  firstContactBudgetMs: number
  /** The first wait is at most so long. */
  firstDelayMs: number
  maxDelayMs: number
  /** A clock that never jumps. */
  ticksMs(): number
  /** From 0 up to 1. */
  random(): number
  /** Ends early, without throwing, when `signal` is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
  /** From then on every call is tried once: whoever stops puts away what it has, and does not wait. */
  signal?: AbortSignal | undefined
  /** Told before each wait. */
  onWait?: ((reason: TransientStoreError, waitMs: number) => void) | undefined
}

export class RetryingStore implements Store {
  readonly #inner: Store
  readonly #patience: Patience
  readonly #closing = new AbortController()
  readonly #impatient: AbortSignal

  constructor(inner: Store, patience: Patience) {
    this.#inner = inner
    this.#patience = patience
    const { signal } = patience
    this.#impatient = signal
      ? AbortSignal.any([signal, this.#closing.signal])
      : this.#closing.signal
  }

  get location(): string {
    return this.#inner.location
  }

  get writable(): boolean {
    return this.#inner.writable
  }

  get threadOpener(): ThreadOpener | undefined {
    return this.#inner.threadOpener
  }

  getConfig(): Promise<Uint8Array> {
    const { firstContactBudgetMs } = this.#patience
    return this.#persist(() => this.#inner.getConfig(), firstContactBudgetMs)
  }

  /** An attempt whose answer was lost may have made the store: its CONFIG then is ours, byte for byte. */
  async create(config: Uint8Array): Promise<void> {
    let attempts = 0
    const { firstContactBudgetMs } = this.#patience
    await this.#persist(async () => {
      attempts += 1
      try {
        await this.#inner.create(config)
      } catch (error) {
        if (attempts === 1 || !(error instanceof StoreExistsError)) throw error
        const there = await this.#inner.getConfig().catch(() => new Uint8Array())
        if (!equalBytes(there, config)) throw error
      }
    }, firstContactBudgetMs)
  }

  put(kind: StoredKind, name: string, parts: readonly Uint8Array[]): Promise<void> {
    return this.#persist(() => this.#inner.put(kind, name, parts))
  }

  get(kind: StoredKind, name: string, range?: ByteRange): Promise<Uint8Array> {
    return this.#persist(() => this.#inner.get(kind, name, range))
  }

  size(kind: StoredKind, name: string): Promise<number> {
    return this.#persist(() => this.#inner.size(kind, name))
  }

  /** Names are handed out when all of them are known: a listing that breaks off begins anew. */
  async *list(kind: StoredKind): AsyncGenerator<string> {
    yield* await this.#persist(async () => {
      const names = new Set<string>()
      for await (const name of this.#inner.list(kind)) names.add(name)
      return names
    })
  }

  remove(kind: StoredKind, name: string): Promise<void> {
    return this.#persist(() => this.#inner.remove(kind, name))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort()
    await this.#inner[Symbol.asyncDispose]()
  }

  async #persist<T>(call: () => Promise<T>, budgetMs = this.#patience.budgetMs): Promise<T> {
    const { ticksMs, sleep, onWait } = this.#patience
    const begunMs = ticksMs()
    for (let tries = 1; ; tries++) {
      try {
        return await call()
      } catch (error) {
        if (!(error instanceof TransientStoreError)) throw error
        const waitMs = this.#waitBefore(tries, error)
        const spentMs = ticksMs() - begunMs
        if (this.#impatient.aborted || spentMs + waitMs > budgetMs) {
          throw givenUp(error, tries, spentMs)
        }
        onWait?.(error, waitMs)
        await sleep(waitMs, this.#impatient)
      }
    }
  }

  /** How long to wait after so many tries. */
  #waitBefore(tries: number, { retryAfterMs = 0 }: TransientStoreError): number {
    const { firstDelayMs, maxDelayMs, random } = this.#patience
    const limitMs = Math.min(maxDelayMs, firstDelayMs * 2 ** (tries - 1))
    return retryAfterMs + Math.ceil(random() * limitMs)
  }
}

function givenUp(error: TransientStoreError, tries: number, spentMs: number): TransientStoreError {
  if (tries === 1) return error
  const seconds = Math.round(spentMs / 1000)
  const spent = seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`
  return new TransientStoreError(`${error.message}; tried ${tries} times in ${spent}`, {
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    cause: error,
  })
}

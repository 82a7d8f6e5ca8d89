import { describe, expect, it, test } from 'vitest'
import { fromUtf8, utf8 } from '../../util/bytes.ts'
import { MemoryStore } from '../memory/memory-store.ts'
import { collect, describeStore } from '../store.conformance.ts'
import { NotInStoreError, type Store, type StoredKind, StoreExistsError } from '../store.ts'
import { TransientStoreError } from '../transient-error.ts'
import { type Patience, RetryingStore } from './retrying-store.ts'

const NAME = 'ab'.repeat(32)

/** Time that passes only by waiting, and jitter that is always the longest. */
class Waiting implements Patience {
  readonly budgetMs = 900_000
  readonly firstContactBudgetMs = 30_000
  readonly firstDelayMs = 500
  readonly maxDelayMs = 60_000
  readonly waits: number[] = []
  readonly signal: AbortSignal | undefined
  #nowMs = 0
  constructor(signal?: AbortSignal) {
    this.signal = signal
  }
  ticksMs = () => this.#nowMs
  random = () => 1
  sleep = async (ms: number) => {
    this.waits.push(ms)
    this.#nowMs += ms
  }
}

/** A store in memory whose next calls fail, before or after they were carried out. */
class Shaky extends MemoryStore {
  failures: { error: Error; after?: boolean }[] = []
  calls = 0

  override create(config: Uint8Array): Promise<void> {
    return this.#shake(() => super.create(config))
  }
  override put(kind: StoredKind, name: string, parts: readonly Uint8Array[]): Promise<void> {
    return this.#shake(() => super.put(kind, name, parts))
  }
  override get(kind: StoredKind, name: string): Promise<Uint8Array> {
    return this.#shake(() => super.get(kind, name))
  }
  override async *list(kind: StoredKind): AsyncGenerator<string> {
    const names = await collect(super.list(kind))
    yield* names.slice(0, 1)
    yield* await this.#shake(async () => names.slice(1))
  }

  async #shake<T>(call: () => Promise<T>): Promise<T> {
    this.calls += 1
    const failure = this.failures.shift()
    if (failure?.after) await call()
    if (failure) throw failure.error
    return call()
  }
}

async function aShakyStore(): Promise<Shaky> {
  const store = new Shaky()
  await store.create(utf8('CONFIG'))
  await store.put('state', NAME, [utf8('kept')])
  store.calls = 0
  return store
}

const busy = (retryAfterMs?: number) => ({
  error: new TransientStoreError('busy', retryAfterMs === undefined ? {} : { retryAfterMs }),
})

describeStore('retrying', async () => new RetryingStore(new MemoryStore(), new Waiting()))

describe('a store whose service fails for a while', () => {
  it('answers in the end, after waits that grow twofold', async () => {
    const inner = await aShakyStore()
    const waiting = new Waiting()
    inner.failures = [busy(), busy(), busy(), busy()]

    const bytes = await new RetryingStore(inner, waiting).get('state', NAME)

    expect(fromUtf8(bytes)).toBe('kept')
    expect(waiting.waits).toEqual([500, 1000, 2000, 4000])
  })

  it('is left alone for as long as it asked', async () => {
    const inner = await aShakyStore()
    const waiting = new Waiting()
    inner.failures = [busy(30_000)]

    await new RetryingStore(inner, waiting).get('state', NAME)

    expect(waiting.waits).toEqual([30_500])
  })

  it('is given up after a quarter of an hour, and the error says how often and how long', async () => {
    const inner = await aShakyStore()
    const waiting = new Waiting()
    inner.failures = Array.from({ length: 100 }, () => busy())

    const asking = new RetryingStore(inner, waiting).get('state', NAME)

    await expect(asking).rejects.toThrow(/busy; tried 2\d times in 1[45] min/)
    await expect(asking).rejects.toThrow(TransientStoreError)
    expect(waiting.ticksMs()).toBeLessThanOrEqual(900_000)
  })

  it('is not waited for when it asks for longer than that', async () => {
    const inner = await aShakyStore()
    const waiting = new Waiting()
    inner.failures = [busy(3_600_000)]

    await expect(new RetryingStore(inner, waiting).get('state', NAME)).rejects.toThrow('busy')

    expect(waiting.waits).toEqual([])
  })

  it('is given up after half a minute when it never answered: the place may be wrong', async () => {
    const waiting = new Waiting()
    const nobody = new MemoryStore()
    nobody.getConfig = () => Promise.reject(busy().error)

    await expect(new RetryingStore(nobody, waiting).getConfig()).rejects.toThrow(
      /tried \d times in/,
    )

    expect(waiting.ticksMs()).toBeLessThanOrEqual(30_000)
  })

  it('tells what it waits for, before it does', async () => {
    const inner = await aShakyStore()
    inner.failures = [busy(), busy(3000)]
    const told: string[] = []
    const onWait = (reason: Error, ms: number) => void told.push(`${reason.message}, ${ms} ms`)

    await new RetryingStore(inner, Object.assign(new Waiting(), { onWait })).get('state', NAME)

    expect(told).toEqual(['busy, 500 ms', 'busy, 4000 ms'])
  })

  it('is tried once by a run that was interrupted', async () => {
    const inner = await aShakyStore()
    inner.failures = [busy()]
    const store = new RetryingStore(inner, new Waiting(AbortSignal.abort()))

    await expect(store.put('state', NAME, [utf8('new')])).rejects.toThrow('busy')
    await store.put('state', NAME, [utf8('put away')])

    expect(inner.calls).toBe(2)
    expect(fromUtf8(await inner.get('state', NAME))).toBe('put away')
  })

  it('is not asked again once it was closed', async () => {
    const inner = await aShakyStore()
    inner.failures = [busy()]
    const store = new RetryingStore(inner, new Waiting())

    await store[Symbol.asyncDispose]()

    await expect(store.get('state', NAME)).rejects.toThrow('busy')
    expect(inner.calls).toBe(1)
  })

  it('names every file once, whenever the listing broke off', async () => {
    const inner = await aShakyStore()
    await inner.put('state', 'cd'.repeat(32), [utf8('x')])
    inner.failures = [busy(), busy()]

    const names = await collect(new RetryingStore(inner, new Waiting()).list('state'))

    expect(names).toEqual([NAME, 'cd'.repeat(32)])
  })
})

test.for([
  { error: new NotInStoreError('state', NAME, 'memory'), because: 'it is missing' },
  { error: new Error('a defect'), because: 'nobody knows why' },
])('what will not change is not tried again: $because', async ({ error }) => {
  const inner = await aShakyStore()
  inner.failures = [{ error }]

  await expect(new RetryingStore(inner, new Waiting()).get('state', NAME)).rejects.toBe(error)

  expect(inner.calls).toBe(1)
})

describe('making a store whose answer was lost', () => {
  it('succeeds when what is there is what was sent', async () => {
    const inner = new Shaky()
    inner.failures = [{ ...busy(), after: true }]
    const store: Store = new RetryingStore(inner, new Waiting())

    await store.create(utf8('CONFIG'))

    expect(fromUtf8(await store.getConfig())).toBe('CONFIG')
  })

  it('fails when somebody else was faster', async () => {
    const inner = new Shaky()
    await inner.create(utf8('THEIRS'))
    inner.failures = [busy()]

    const creating = new RetryingStore(inner, new Waiting()).create(utf8('OURS'))

    await expect(creating).rejects.toThrow(StoreExistsError)
  })

  it('fails at once where a store is, even an equal one', async () => {
    const inner = await aShakyStore()

    const creating = new RetryingStore(inner, new Waiting()).create(utf8('CONFIG'))

    await expect(creating).rejects.toThrow(StoreExistsError)
  })
})

import { describe, expect, it } from 'vitest'
import { utf8 } from '../../util/bytes.ts'
import { MemoryStore } from '../memory/memory-store.ts'
import { collect, describeStore } from '../store.conformance.ts'
import type { StoredKind } from '../store.ts'
import { LimitedStore } from './limited-store.ts'
import { Pace, type PaceClock } from './pace.ts'

const NAME = 'ab'.repeat(32)

/** A clock that moves only when somebody waits, and everybody waits at the same time. */
class Clock implements PaceClock {
  nowUs = 0n
  readonly waits: number[] = []
  ticksUs = () => this.nowUs
  sleep = async (ms: number) => {
    this.waits.push(ms)
  }
}

/** Counts how many calls run at once, each of them until it is released. */
class Counting extends MemoryStore {
  running = 0
  most = 0
  readonly #held: (() => void)[] = []

  override async put(kind: StoredKind, name: string, parts: readonly Uint8Array[]): Promise<void> {
    this.running += 1
    this.most = Math.max(this.most, this.running)
    await new Promise<void>((resolve) => this.#held.push(resolve))
    this.running -= 1
    await super.put(kind, name, parts)
  }

  release(): void {
    this.#held.shift()?.()
  }
}

describeStore('limited', async () => new LimitedStore(new MemoryStore(), { parallel: 2 }))

describe('a store with limits', () => {
  it('is asked for so many files at once, and every call gets its turn', async () => {
    const inner = new Counting()
    const store = new LimitedStore(inner, { parallel: 2 })
    const names = Array.from({ length: 7 }, (_, at) => `${at}${at}`.repeat(32))

    const writing = Promise.all(names.map((name) => store.put('packfile', name, [utf8('x')])))
    let written = false
    void writing.then(() => {
      written = true
    })
    while (!written) {
      inner.release()
      await new Promise((resolve) => setImmediate(resolve))
    }

    expect(inner.most).toBe(2)
    expect(await collect(store.list('packfile'))).toHaveLength(7)
  })

  it('goes on when a call failed', async () => {
    const store = new LimitedStore(new MemoryStore(), { parallel: 1 })

    await store.get('state', NAME).catch(() => {})
    await store.put('state', NAME, [utf8('x')])

    expect(await store.size('state', NAME)).toBe(1)
  })

  it('sends only as fast as it may, on average', async () => {
    const clock = new Clock()
    const store = new LimitedStore(new MemoryStore(), { parallel: 4, up: new Pace(1000, clock) })

    for (let n = 0; n < 4; n++) await store.put('packfile', NAME, [new Uint8Array(500)])

    expect(clock.waits).toEqual([500, 1000, 1500])
  })

  it('lets what was received be paid for by whoever comes next', async () => {
    const clock = new Clock()
    const inner = new MemoryStore()
    await inner.put('state', NAME, [new Uint8Array(3000)])
    const store = new LimitedStore(inner, { parallel: 1, down: new Pace(1000, clock) })

    await store.get('state', NAME)
    await store.get('state', NAME, { offset: 0, length: 10 })

    expect(clock.waits).toEqual([3000])
  })

  it('does not save up what was not used', async () => {
    const clock = new Clock()
    const pace = new Pace(1000, clock)

    await pace.take(1000)
    clock.nowUs = 60_000_000n
    await pace.take(1000)
    await pace.take(1000)

    expect(clock.waits).toEqual([1000])
  })

  it('shares its pace with the other threads', async () => {
    const clock = new Clock()
    const here = new Pace(1000, clock)
    const there = new Pace(1000, clock, here.memory)

    await here.take(2000)
    await there.take(1)

    expect(clock.waits).toEqual([2000])
  })
})

/**
 * Several programs on one store, in one process, one store call at a time: whose call comes next is
 * drawn by lot, so that a seed repeats a run. Any of them may be frozen for a while, as a computer
 * that is put to sleep, and each has a calendar of its own.
 * @module
 */
import { setImmediate as afterWork } from 'node:timers/promises'
import type { Random } from '../../../scripts/sample-library/random.ts'
import type { ByteRange, Store, StoredKind } from '../../../src/stores/store.ts'
import type { Clock } from '../../../src/util/clock.ts'

interface Waiting {
  actor: string
  /** On the common stopwatch; before that it is not its turn. */
  notBeforeMs: number
  go: () => void
}

export interface InterleavingOptions {
  random: Random
  /** Of so many calls, one freezes whoever makes it. */
  freezeOneIn: number
  freezeMs: number
}

/** Rounds without a call before everybody is taken for waiting. */
const QUIET_ROUNDS = 3

export class Interleaving {
  readonly #options: InterleavingOptions
  readonly #start = Date.parse('2026-11-21T12:00:00Z')
  #waiting: Waiting[] = []
  #ticksMs = 0
  #working = 0
  /** Calls that the store has not answered yet. */
  #underWay = 0
  /** How many times somebody was frozen. */
  frozen = 0

  constructor(options: InterleavingOptions) {
    this.#options = options
  }

  /** The store as one of the programs uses it. */
  storeOf(actor: string, store: Store, mayFreeze: boolean): Store {
    return new TakingTurns(store, async (call) => {
      await this.#turn(actor, mayFreeze)
      this.#underWay += 1
      return call().finally(() => {
        this.#underWay -= 1
      })
    })
  }

  /** The clock of a program whose calendar is off by so much. */
  clockOf(actor: string, skewMs = 0): Clock {
    return {
      now: () => new Date(this.#start + this.#ticksMs + skewMs),
      ticksMs: () => this.#ticksMs,
      sleep: async (ms, signal) => {
        signal?.throwIfAborted()
        await this.#until(actor, this.#ticksMs + ms)
        signal?.throwIfAborted()
      },
    }
  }

  /** Runs all programs to their ends. */
  async run(programs: readonly (() => Promise<void>)[]): Promise<void> {
    this.#working = programs.length
    const all = Promise.all(
      programs.map((program) =>
        program().finally(() => {
          this.#working -= 1
        }),
      ),
    )
    all.catch(() => {}) // awaited below
    for (let quiet = 0; this.#working > 0; ) {
      await afterWork()
      if (this.#next()) quiet = 0
      else if (this.#underWay === 0 && ++quiet >= QUIET_ROUNDS) this.#passTime()
    }
    await all
  }

  #turn(actor: string, mayFreeze: boolean): Promise<void> {
    const { random, freezeOneIn, freezeMs } = this.#options
    const freezes = mayFreeze && random.below(freezeOneIn) === 0
    if (freezes) this.frozen += 1
    return this.#until(actor, this.#ticksMs + (freezes ? freezeMs : 0))
  }

  #until(actor: string, notBeforeMs: number): Promise<void> {
    return new Promise((go) => this.#waiting.push({ actor, notBeforeMs, go }))
  }

  /** Lets one of those whose time has come go on. */
  #next(): boolean {
    const ready = this.#waiting.filter(({ notBeforeMs }) => notBeforeMs <= this.#ticksMs)
    if (ready.length === 0) return false
    const chosen = this.#options.random.pick(ready)
    this.#waiting = this.#waiting.filter((waiting) => waiting !== chosen)
    chosen.go()
    return true
  }

  #passTime(): void {
    const next = Math.min(...this.#waiting.map(({ notBeforeMs }) => notBeforeMs))
    if (Number.isFinite(next)) this.#ticksMs = Math.max(this.#ticksMs, next)
  }
}

type InTurn = <T>(call: () => Promise<T>) => Promise<T>

class TakingTurns implements Store {
  readonly location: string
  readonly writable = true
  readonly threadOpener = undefined
  readonly #store: Store
  readonly #inTurn: InTurn

  constructor(store: Store, inTurn: InTurn) {
    this.location = store.location
    this.#store = store
    this.#inTurn = inTurn
  }

  getConfig(): Promise<Uint8Array> {
    return this.#inTurn(() => this.#store.getConfig())
  }

  create(config: Uint8Array): Promise<void> {
    return this.#store.create(config)
  }

  put(kind: StoredKind, name: string, parts: readonly Uint8Array[]): Promise<void> {
    return this.#inTurn(() => this.#store.put(kind, name, parts))
  }

  get(kind: StoredKind, name: string, range?: ByteRange): Promise<Uint8Array> {
    return this.#inTurn(() => this.#store.get(kind, name, range))
  }

  size(kind: StoredKind, name: string): Promise<number> {
    return this.#inTurn(() => this.#store.size(kind, name))
  }

  async *list(kind: StoredKind): AsyncGenerator<string> {
    yield* await this.#inTurn(async () => {
      const names: string[] = []
      for await (const name of this.#store.list(kind)) names.push(name)
      return names
    })
  }

  remove(kind: StoredKind, name: string): Promise<void> {
    return this.#inTurn(() => this.#store.remove(kind, name))
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

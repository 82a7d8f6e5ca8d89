/**
 * Four writers and a cleaner work on one store at once. Their calls are interleaved by lot; writers
 * are frozen in the middle of their work for longer than a lock lives, and their calendars are ten
 * days slow, right, and a year fast. Whatever was reported saved, and was not removed on purpose, is
 * whole in the end. `SEED=n` repeats a run; `SLOW=1` works longer.
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type Random, randomFrom } from '../../scripts/sample-library/random.ts'
import { removeSnapshots } from '../../src/kloset/state/remove-snapshots.ts'
import { FolderStore } from '../../src/stores/folder/folder-store.ts'
import { MemoryStore } from '../../src/stores/memory/memory-store.ts'
import { openStore } from '../../src/stores/registry.ts'
import type { Store } from '../../src/stores/store.ts'
import { codeOf } from '../../src/util/coded-error.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { FaultyStore } from '../support/faults/faulty-store.ts'
import { Interleaving } from '../support/faults/interleaving.ts'
import { SEED } from '../support/faults/seed.ts'
import { Tally } from '../support/faults/tally.ts'
import {
  type Acknowledged,
  type Files,
  losses,
  maintainTiny,
  makeTiny,
  noise,
  openTiny,
  saveFiles,
  TINY_START,
} from '../support/faults/tiny-library.ts'
import { S3Double } from '../support/s3/s3-double.ts'

const isSlow = process.env.SLOW === '1'
const SAVES_EACH = isSlow ? 20 : 4

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const SKEWS = [-10 * DAY, 0, 365 * DAY, 3 * MINUTE]

/** What may rightly stop somebody who shares a store. */
const RIGHTLY = new Set(['REPOSITORY_BUSY', 'LOCK_LOST', 'WRITER_FAILED', 'MAINTENANCE_REFUSED'])

const tally = new Tally(`Four writers and a cleaner (SEED=${SEED})`)
afterAll(() => tally.print())

describe.each<{ backend: string; open: () => Promise<[Store, () => unknown]>; shares: number }>([
  { backend: 'memory', open: async () => [new MemoryStore(), () => {}], shares: 1 },
  { backend: 'folder', open: openFolder, shares: 2 },
  { backend: 'S3', open: openBucket, shares: 3 },
])('on a store of kind $backend', ({ backend, open, shares }) => {
  it.each([
    { grace: 'none', graceMs: 0 },
    { grace: '7 days', graceMs: 7 * DAY },
  ])(
    'nothing that was reported saved is lost (grace period: $grace)',
    async ({ grace, graceMs }) => {
      const [store, close] = await open()
      await makeTiny(store)
      const random = randomFrom(SEED + graceMs + shares)
      const scene = new Scene(store, random, graceMs, Math.ceil(SAVES_EACH / shares))

      await scene.play()
      const lost = await losses(store, scene.saved)
      await close()

      const name = `${backend}, grace period ${grace}`
      process.stdout.write(`${name}: ${scene}\n`)
      for (const _ of scene.saved) tally.count(name, 'survived')
      for (const story of lost) tally.count(name, 'lost', story)
      expect(scene.unexpected).toEqual([])
      expect(lost).toEqual([])
      expect(scene.cleanings).toBeGreaterThan(0)
    },
    300_000,
  )
})

it('did save something meanwhile', () => {
  expect(tally.tried).toBeGreaterThan(5)
})

describe('a writer that sleeps in the middle of its work', () => {
  it('saves nothing that was swept meanwhile, whenever it fell asleep', async () => {
    const calls = await sleepAt(Number.POSITIVE_INFINITY)
    expect(calls).toBeGreaterThan(15)
    for (let call = 1; call <= calls; call++) await sleepAt(call)

    expect(tally.lost).toEqual([])
  })
})

/** What the sleeper stores is in the repository already, and goes while it sleeps. */
async function sleepAt(call: number): Promise<number> {
  const store = new MemoryStore()
  const clock = new FakeClock(TINY_START)
  await makeTiny(store)
  const doomed = await saveFiles(store, SLEEPERS, { now: () => clock.now(), clock })
  const saved: Acknowledged = new Map()
  const sleeper = new SleepyStore(store, call, async () => {
    clock.advance(11 * MINUTE)
    await removeSnapshots(await openTiny(store), [doomed], () => clock.now())
    for (let runs = 0; runs < 2; runs++) {
      await maintainTiny(await openTiny(store), { clock }).catch(rightly)
    }
  })
  const work = saveFiles(sleeper, SLEEPERS, { now: () => clock.now(), clock })
  const outcome = await work.catch(rightly)
  if (typeof outcome === 'string') saved.set(outcome, SLEEPERS)
  const lost = await losses(store, saved)
  const story = `asleep at call ${call}: ${lost.join('; ')}`
  tally.count('a writer asleep', lost.length > 0 ? 'lost' : 'survived', story)
  return sleeper.calls
}

const SLEEPERS: Files = { '/a.jpg': noise(9_000, 1), '/b.jpg': noise(12_000, 2) }

function rightly(error: unknown): void {
  if (!RIGHTLY.has(codeOf(error) ?? '')) throw error
}

/** Before one of its calls, something happens. */
class SleepyStore extends FaultyStore {
  readonly #call: number
  readonly #meanwhile: () => Promise<void>

  constructor(store: Store, call: number, meanwhile: () => Promise<void>) {
    super(store)
    this.#call = call
    this.#meanwhile = meanwhile
  }

  get calls(): number {
    return Object.values(this.callsOf).reduce((sum, calls) => sum + calls, 0)
  }

  protected override async beforeCall(): Promise<void> {
    if (this.calls + 1 === this.#call) await this.#meanwhile()
  }
}

class Scene {
  readonly saved: Acknowledged = new Map()
  readonly unexpected: string[] = []
  cleanings = 0
  /** How often somebody could rightly not do what they wanted. */
  stopped = 0
  readonly #store: Store
  readonly #random: Random
  readonly #graceMs: number
  readonly #savesEach: number
  readonly #interleaving: Interleaving
  readonly #removable: string[] = []
  #writing = SKEWS.length

  constructor(store: Store, random: Random, graceMs: number, savesEach: number) {
    this.#store = store
    this.#random = random
    this.#graceMs = graceMs
    this.#savesEach = savesEach
    this.#interleaving = new Interleaving({ random, freezeOneIn: 150, freezeMs: 60 * MINUTE })
  }

  toString(): string {
    return `${this.saved.size} saved, ${this.stopped} stopped, ${this.cleanings} cleanings, ${this.#interleaving.frozen} times frozen`
  }

  play(): Promise<void> {
    const writers = SKEWS.map((skewMs, at) => () => this.#write(`writer ${at}`, skewMs))
    return this.#interleaving.run([...writers, () => this.#clean('cleaner', 365 * DAY)])
  }

  async #write(actor: string, skewMs: number): Promise<void> {
    const store = this.#interleaving.storeOf(actor, this.#store, true)
    const clock = this.#interleaving.clockOf(actor, skewMs)
    for (let save = 0; save < this.#savesEach; save++) {
      await clock.sleep(this.#random.below(20) * MINUTE)
      const files = this.#someFiles()
      await this.#attempt(async () => {
        const id = await saveFiles(store, files, { now: () => clock.now(), clock })
        this.saved.set(id, files)
        if (this.#random.below(3) > 0) this.#removable.push(id)
      })
    }
    this.#writing -= 1
  }

  async #clean(actor: string, skewMs: number): Promise<void> {
    const store = this.#interleaving.storeOf(actor, this.#store, false)
    const clock = this.#interleaving.clockOf(actor, skewMs)
    while (this.#writing > 0 || this.cleanings < 2) {
      await clock.sleep(this.#random.below(8) * MINUTE)
      await this.#attempt(async () => {
        const doomed = this.#removable.splice(0)
        for (const id of doomed) this.saved.delete(id)
        const repository = await openTiny(store)
        await removeSnapshots(repository, doomed, () => clock.now())
        await maintainTiny(repository, { clock, graceMs: this.#graceMs })
        this.cleanings += 1
      })
    }
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      const code = codeOf(error) ?? 'no code'
      this.stopped += 1
      if (!RIGHTLY.has(code)) this.unexpected.push(`${code}: ${(error as Error).stack}`)
    }
  }

  /** Photos that others may just be storing as well. */
  #someFiles(): Files {
    const files: Record<string, Uint8Array> = {}
    for (let number = 0; number < 3; number++) {
      const photo = this.#random.below(12)
      files[`/${photo}.jpg`] = noise(3_000 + photo * 1_500, photo + 1)
    }
    return files
  }
}

async function openFolder(): Promise<[Store, () => unknown]> {
  const folder = mkdtempSync(join(tmpdir(), 'tintype-concurrency-'))
  return [new FolderStore(join(folder, 'store')), () => rmSync(folder, { recursive: true })]
}

async function openBucket(): Promise<[Store, () => unknown]> {
  const double = await S3Double.start()
  const store = await openStore(double.location('store'), { env: double.env })
  return [store, () => double[Symbol.asyncDispose]()]
}

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../../test/support/fake-clock.ts'
import {
  aSmallRepository,
  backUp,
  openSmall,
  restoreAll,
} from '../../../test/support/small-library.ts'
import { MemoryStore } from '../../stores/memory/memory-store.ts'
import type { StoredKind } from '../../stores/store.ts'
import { quietly } from '../../util/progress.ts'
import { removeSnapshots } from '../state/remove-snapshots.ts'
import { maintain } from './maintain.ts'

const DAY = 24 * 3_600_000
const NOON = '2026-11-21T12:00:00Z'
const LATER = '2026-11-22T12:00:00Z'

type Harm = 'before it is done' | 'after it is done'

/** A store that ends the process at a certain mutating call: nothing after it is done either. */
class MortalStore extends MemoryStore {
  calls = 0
  diesAt = Number.POSITIVE_INFINITY
  harm: Harm = 'before it is done'

  override async put(kind: StoredKind, name: string, parts: readonly Uint8Array[]) {
    await this.#mutate(() => super.put(kind, name, parts))
  }

  override async remove(kind: StoredKind, name: string) {
    await this.#mutate(() => super.remove(kind, name))
  }

  async #mutate(act: () => Promise<void>): Promise<void> {
    this.calls += 1
    if (this.calls > this.diesAt) throw new Error('killed')
    if (this.calls === this.diesAt && this.harm === 'before it is done') throw new Error('killed')
    await act()
    if (this.calls === this.diesAt) throw new Error('killed')
  }

  /** The same files in another store. */
  async copy(): Promise<MortalStore> {
    const copy = new MortalStore()
    await copy.create(await this.getConfig())
    for (const kind of ['packfile', 'state', 'lock'] as const) {
      for await (const name of this.list(kind)) {
        await copy.put(kind, name, [await this.get(kind, name)])
      }
    }
    copy.revive()
    return copy
  }

  revive(): void {
    this.diesAt = Number.POSITIVE_INFINITY
    this.calls = 0
  }
}

async function maintenance(store: MemoryStore, clock: FakeClock, graceMs: number) {
  const repository = await openSmall(store)
  return maintain(repository, {
    ...{ clock, progress: quietly, signal: new AbortController().signal, graceMs },
    ...{ dryRun: false, repackBelow: 0.6, compactFrom: 2, yesReally: true },
  })
}

/** Two snapshots that stay, two that were removed, something announced, something to be swept. */
async function aWornRepository(): Promise<MortalStore> {
  const clock = new FakeClock(NOON)
  const store = new MortalStore()
  await aSmallRepository(store, clock)
  const ids: string[] = []
  for (const seeds of [
    [1, 2, 3],
    [2, 3, 4],
    [5, 6],
    [1, 6, 7],
  ]) {
    ids.push(await backUp(store, seeds, { clock }))
  }
  await removeSnapshots(await openSmall(store), [ids[0]!], () => clock.now())
  await maintenance(store, clock, 0)
  await removeSnapshots(await openSmall(store), [ids[2]!], () => clock.now())
  return store
}

const EXPECTED = [
  [1, 6, 7],
  [2, 3, 4],
]

const sorted = (restored: Map<string, number[]>) =>
  [...restored.values()].sort((a, b) => a[0]! - b[0]!)

describe('a maintenance that is killed', () => {
  it.each<Harm>(['before it is done', 'after it is done'])(
    'at whichever call, %s, loses nothing, and the next run finishes its work',
    async (harm) => {
      const worn = await aWornRepository()
      const whole = await worn.copy()
      await maintenance(whole, new FakeClock(LATER), 0)
      expect(whole.calls).toBeGreaterThan(10)
      for (let diesAt = 1; diesAt <= whole.calls; diesAt++) {
        const store = await worn.copy()
        const clock = new FakeClock(LATER)
        Object.assign(store, { diesAt, harm })
        await maintenance(store, clock, 0).catch(() => {})
        store.revive()
        expect(sorted(await restoreAll(store)), `killed at call ${diesAt}`).toEqual(EXPECTED)

        clock.advance(DAY) // its lock is stale by then
        for (let run = 0; run < 3; run++) await maintenance(store, clock, 0)

        expect(sorted(await restoreAll(store)), `cleaned after call ${diesAt}`).toEqual(EXPECTED)
        const { decisions } = await maintenance(store, clock, 0)
        expect([decisions.colour, decisions.sweep, decisions.leftAlone]).toEqual([[], [], []])
      }
    },
    60_000,
  )
})

type Step =
  | { do: 'back up'; seeds: number[] }
  | { do: 'remove'; which: number }
  | { do: 'clean'; graceMs: number }
  | { do: 'wait'; days: number }
  | { do: 'kill a cleaning'; at: number; harm: Harm }

const steps = fc.array(
  fc.oneof(
    fc.record({
      do: fc.constant('back up' as const),
      seeds: fc.uniqueArray(fc.nat(5), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ do: fc.constant('remove' as const), which: fc.nat(9) }),
    fc.record({
      do: fc.constant('clean' as const),
      graceMs: fc.constantFrom(0, 7 * DAY),
    }),
    fc.record({ do: fc.constant('wait' as const), days: fc.integer({ min: -10, max: 400 }) }),
    fc.record({
      do: fc.constant('kill a cleaning' as const),
      at: fc.integer({ min: 1, max: 20 }),
      harm: fc.constantFrom<Harm>('before it is done', 'after it is done'),
    }),
  ),
  { minLength: 3, maxLength: 12 },
)

/** The repository and, beside it, what must be in it. */
class Model {
  readonly store = new MortalStore()
  readonly clock = new FakeClock(NOON)
  readonly saved = new Map<string, number[]>()

  async take(step: Step): Promise<void> {
    switch (step.do) {
      case 'back up': {
        const id = await backUp(this.store, step.seeds, { clock: this.clock })
        this.saved.set(
          id,
          step.seeds.toSorted((a, b) => a - b),
        )
        break
      }
      case 'remove': {
        const id = [...this.saved.keys()][step.which % Math.max(1, this.saved.size)]
        if (id === undefined) return
        await removeSnapshots(await openSmall(this.store), [id], () => this.clock.now())
        this.saved.delete(id)
        break
      }
      case 'clean':
        await maintenance(this.store, this.clock, step.graceMs)
        break
      case 'wait':
        this.clock.setCalendar(new Date(this.clock.now().getTime() + step.days * DAY))
        break
      case 'kill a cleaning':
        Object.assign(this.store, { calls: 0, diesAt: step.at, harm: step.harm })
        await maintenance(this.store, this.clock, 0).catch(() => {})
        this.store.revive()
        for await (const lock of this.store.list('lock')) await this.store.remove('lock', lock)
    }
  }
}

it('whatever is saved, removed, cleaned and killed, under whatever calendar: what is listed restores', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (taken) => {
      const model = new Model()
      await aSmallRepository(model.store, model.clock)
      for (const step of taken) {
        await model.take(step)
        expect(await restoreAll(model.store)).toEqual(model.saved)
      }
    }),
    { numRuns: 25 },
  )
}, 120_000)

/**
 * Every call that a run makes to its store fails in turn, in every way a call can fail, once with
 * the next run sound and once with a second fault in the run that recovers.
 * @module
 */
import { afterAll, describe, expect, it } from 'vitest'
import { checkRepository } from '../../src/kloset/reading/check.ts'
import { MemoryStore } from '../../src/stores/memory/memory-store.ts'
import type { Store } from '../../src/stores/store.ts'
import { everyFault, type Fault, FaultyStore } from '../support/faults/faulty-store.ts'
import { Tally } from '../support/faults/tally.ts'
import {
  type Acknowledged,
  type Files,
  losses,
  makeTiny,
  noise,
  openTiny,
  saveFiles,
} from '../support/faults/tiny-library.ts'

const isSlow = process.env.SLOW === '1'

const FIRST: Files = { '/a.jpg': noise(9_000, 1), '/b.jpg': noise(12_000, 2) }
const SECOND: Files = { ...FIRST, '/c.jpg': noise(20_000, 3) }

/** Does something to a repository that has one snapshot; says which snapshots there are then. */
interface Scenario {
  name: string
  run(store: Store): Promise<Acknowledged>
}

const BACKUP: Scenario = {
  name: 'backup',
  run: async (store) => new Map([[await saveFiles(store, SECOND), SECOND]]),
}

const tally = new Tally('A store call that fails')
afterAll(() => tally.print())

describe.each([BACKUP])('a fault in a $name', (scenario) => {
  it('costs nothing that was reported saved, and the next run completes', async () => {
    const { calls } = await soundRun(scenario)
    for (const fault of everyFault(calls)) {
      await suffer(scenario, [fault], [])
    }

    expect(tally.tried).toBeGreaterThan(50)
    expect(tally.lost).toEqual([])
  })

  it('and another in the run after it cost nothing either', async () => {
    const { calls } = await soundRun(scenario)
    const faults = [...everyFault(calls)]
    const step = isSlow ? 1 : 7
    for (let at = 0; at < faults.length; at += step) {
      await suffer(scenario, [faults[at]!], [faults[(at * 31 + 17) % faults.length]!])
    }

    expect(tally.lost).toEqual([])
  })
})

async function soundRun({ run }: Scenario): Promise<FaultyStore> {
  const { store } = await withOneSnapshot()
  const counting = new FaultyStore(store)
  await run(counting)
  return counting
}

/** Runs with faults, again with other faults, then without any, and looks what is left. */
async function suffer({ name, run }: Scenario, first: Fault[], second: Fault[]): Promise<void> {
  const { store, saved } = await withOneSnapshot()
  for (const faults of [first, second]) {
    const faulty = new FaultyStore(store, faults)
    const acknowledged = await run(faulty).catch(() => new Map<string, Files>())
    for (const [id, files] of acknowledged) saved.set(id, files)
    if (second.length === 0) break
  }
  const afterFaults = await losses(store, saved)
  const recovered = await run(store)
  for (const [id, files] of recovered) saved.set(id, files)
  const lost = [...afterFaults, ...(await losses(store, saved))]
  const faults = [...first, ...second].map(({ act, harm, call }) => `${act} ${call} ${harm}`)
  const kind = `${name}, ${first[0]!.act} ${first[0]!.harm}${second.length > 0 ? ', and again' : ''}`
  if (lost.length > 0) tally.count(kind, 'lost', `${faults.join(' + ')}: ${lost.join('; ')}`)
  else tally.count(kind, (await isSound(store)) ? 'survived' : 'degraded')
}

async function withOneSnapshot(): Promise<{ store: MemoryStore; saved: Acknowledged }> {
  const store = new MemoryStore()
  await makeTiny(store)
  return { store, saved: new Map([[await saveFiles(store, FIRST), FIRST]]) }
}

async function isSound(store: Store): Promise<boolean> {
  const repository = await openTiny(store)
  const { problems } = await checkRepository(repository, {
    level: 'full',
    snapshots: repository.index.snapshots(),
    progress: { stage: () => {}, advance: () => {} },
    signal: new AbortController().signal,
  })
  return problems.length === 0
}

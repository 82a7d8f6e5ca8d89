/**
 * Every call that a run makes to its store fails in turn, in every way a call can fail, once with
 * the next run sound and once with a second fault in the run that recovers.
 * @module
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkRepository } from '../../src/kloset/reading/check.ts'
import type { Repository } from '../../src/kloset/repository.ts'
import { removeSnapshots } from '../../src/kloset/state/remove-snapshots.ts'
import { syncRepositories } from '../../src/operations/sync-repositories.ts'
import { MemoryStore } from '../../src/stores/memory/memory-store.ts'
import type { Store } from '../../src/stores/store.ts'
import { quietly } from '../../src/util/progress.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { everyFault, type Fault, FaultyStore } from '../support/faults/faulty-store.ts'
import { Tally } from '../support/faults/tally.ts'
import {
  type Acknowledged,
  type Files,
  losses,
  maintainTiny,
  makeTiny,
  noise,
  openTiny,
  readFiles,
  sameFiles,
  saveFiles,
  TINY_START,
} from '../support/faults/tiny-library.ts'

const isSlow = process.env.SLOW === '1'

const FIRST: Files = { '/a.jpg': noise(9_000, 1), '/b.jpg': noise(12_000, 2) }
const SECOND: Files = { ...FIRST, '/c.jpg': noise(20_000, 3) }
/** What {@link REMOVAL} removes. */
const DOOMED: Files = { '/a.jpg': noise(9_000, 1), '/d.jpg': noise(15_000, 4) }

const clock = new FakeClock(TINY_START)
const now = () => clock.now()
const LONG_ENOUGH_MS = 11 * 60_000
let elsewhere: { store: Store; saved: Acknowledged }

/** Does something to a repository that has two snapshots; says what it reported saved. */
interface Scenario {
  name: string
  /** Of so many calls, one gets to fail in CI. */
  oneIn: number
  run(store: Store): Promise<Acknowledged>
}

const BACKUP: Scenario = {
  name: 'backup',
  oneIn: 1,
  run: async (store) => new Map([[await saveFiles(store, SECOND, { now, clock }), SECOND]]),
}

/** One snapshot goes, and what only it needed: coloured by one run, swept by the next. */
const REMOVAL: Scenario = {
  name: 'removal and maintenance',
  oneIn: 9,
  async run(store) {
    const repository = await openTiny(store)
    const [doomed] = await withFiles(repository, DOOMED)
    if (doomed !== undefined) await removeSnapshots(repository, [doomed], now)
    for (let runs = 0; runs < 2; runs++) await maintainTiny(await openTiny(store), { clock })
    return new Map()
  },
}

/** Two snapshots come from another repository. */
const SYNC: Scenario = {
  name: 'sync',
  oneIn: 6,
  async run(store) {
    const { status } = await syncRepositories(
      await openTiny(elsewhere.store),
      await openTiny(store),
      {
        ...{ snapshots: [], restoreRemoved: false, readBack: false, threads: 0 },
        ...{ progress: quietly, signal: new AbortController().signal, now },
      },
    )
    return status === 'complete' ? elsewhere.saved : new Map()
  },
}

const tally = new Tally('A store call that fails')
beforeAll(async () => {
  elsewhere = await aRepository()
})
afterAll(() => tally.print())

describe.each([BACKUP, REMOVAL, SYNC])('a fault in a $name', (scenario) => {
  it('costs nothing that was reported saved, and the next run completes', async () => {
    const { callsOf } = await soundRun(scenario)
    const faults = [...everyFault(callsOf)].filter((_, at) => isSlow || at % scenario.oneIn === 0)
    for (const fault of faults) await suffer(scenario, [fault], [])

    expect(faults.length).toBeGreaterThan(30)
    expect(tally.lost).toEqual([])
  })

  it('and another in the run after it cost nothing either', async () => {
    const { callsOf } = await soundRun(scenario)
    const faults = [...everyFault(callsOf)]
    const step = isSlow ? 1 : Math.ceil(faults.length / 12)
    for (let at = 0; at < faults.length; at += step) {
      await suffer(scenario, [faults[at]!], [faults[(at * 31 + 17) % faults.length]!])
    }

    expect(tally.lost).toEqual([])
  })
})

async function soundRun({ run }: Scenario): Promise<FaultyStore> {
  const { store } = await aRepository()
  const counting = new FaultyStore(store)
  await run(counting)
  return counting
}

/** Runs with faults, again with other faults, then without any, and looks what is left. */
async function suffer({ name, run }: Scenario, first: Fault[], second: Fault[]): Promise<void> {
  const { store, saved } = await aRepository()
  for (const faults of [first, second]) {
    const faulty = new FaultyStore(store, faults)
    const acknowledged = await run(faulty).catch(() => new Map<string, Files>())
    for (const [id, files] of acknowledged) saved.set(id, files)
    if (second.length === 0) break
  }
  const afterFaults = await losses(store, saved)
  clock.advance(LONG_ENOUGH_MS) // a lock that a killed run left behind is seen to be one
  const recovered = await run(store).catch((error: Error) => error)
  const stuck = recovered instanceof Error ? [`the next run fails: ${recovered.message}`] : []
  if (!(recovered instanceof Error)) for (const [id, files] of recovered) saved.set(id, files)
  const lost = [...afterFaults, ...stuck, ...(await losses(store, saved))]
  const faults = [...first, ...second].map(({ act, harm, call }) => `${act} ${call} ${harm}`)
  const kind = `${name}, ${first[0]!.act} ${first[0]!.harm}${second.length > 0 ? ', and again' : ''}`
  if (lost.length > 0) tally.count(kind, 'lost', `${faults.join(' + ')}: ${lost.join('; ')}`)
  else tally.count(kind, (await isSound(store)) ? 'survived' : 'degraded')
}

/** Two snapshots, one of which may be removed. */
async function aRepository(): Promise<{ store: MemoryStore; saved: Acknowledged }> {
  const store = new MemoryStore()
  await makeTiny(store)
  await saveFiles(store, DOOMED, { now, clock })
  return { store, saved: new Map([[await saveFiles(store, FIRST, { now, clock }), FIRST]]) }
}

async function withFiles(repository: Repository, files: Files): Promise<string[]> {
  const found: string[] = []
  for (const id of repository.index.snapshots()) {
    if (sameFiles(await readFiles(repository, id), files)) found.push(id)
  }
  return found
}

async function isSound(store: Store): Promise<boolean> {
  const repository = await openTiny(store)
  const { problems } = await checkRepository(repository, {
    level: 'full',
    snapshots: repository.index.snapshots(),
    progress: quietly,
    signal: new AbortController().signal,
  })
  return problems.length === 0
}

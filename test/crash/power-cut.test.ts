/**
 * The power goes at any moment of a run. From a log of what the store asked of the file system, the
 * states that a disk may be in afterwards are built and opened: whatever was reported saved by then
 * must be whole, and the next run must complete.
 * `SEED=n` repeats a run, `SLOW=1` tries many more states.
 * @module
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { randomFrom } from '../../scripts/sample-library/random.ts'
import { removeSnapshots } from '../../src/kloset/state/remove-snapshots.ts'
import { syncRepositories } from '../../src/operations/sync-repositories.ts'
import { FolderStore } from '../../src/stores/folder/folder-store.ts'
import { MemoryStore } from '../../src/stores/memory/memory-store.ts'
import type { Store, StoredKind } from '../../src/stores/store.ts'
import { quietly } from '../../src/util/progress.ts'
import { FakeClock } from '../support/fake-clock.ts'
import type { FileEvent, FileLog } from '../support/faults/file-log.ts'
import {
  type DiskState,
  diskAfterCut,
  type NameModel,
  saidBefore,
} from '../support/faults/power-cut.ts'
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

const log = vi.hoisted(() => ({ current: undefined as FileLog | undefined }))
vi.mock('node:fs/promises', async (importOriginal) => {
  const fs = await importOriginal<typeof import('node:fs/promises')>()
  const { FileLog } = await import('../support/faults/file-log.ts')
  log.current = new FileLog()
  return { ...fs, ...log.current.around(fs) }
})

const STATES = process.env.SLOW === '1' ? 3000 : 100

const FIRST: Files = { '/a.jpg': noise(9_000, 1), '/b.jpg': noise(12_000, 2) }
const SECOND: Files = { '/a.jpg': noise(9_000, 1), '/c.jpg': noise(20_000, 3) }
const THIRD: Files = { '/c.jpg': noise(20_000, 3), '/d.jpg': noise(7_000, 4) }

const clock = new FakeClock(TINY_START)
const time = { clock, now: () => clock.now() }
/** Locks that a cut left behind are seen to be that. */
const LONG_ENOUGH_MS = 11 * 60_000

const tally = new Tally(`The power goes (SEED=${SEED})`)

/** Works on a folder that holds FIRST and SECOND; says when something is saved. */
interface Scenario {
  name: string
  run(store: Store, ids: string[], say: (id: string, files: Files) => void): Promise<void>
}

const BACKUP: Scenario = {
  name: 'backup',
  async run(store, _, say) {
    for (const files of [THIRD, FIRST]) say(await saveFiles(store, files, time), files)
  },
}

/** Two runs: what the first colours and repacks, the second sweeps; both merge states. */
const MAINTENANCE: Scenario = {
  name: 'removal and maintenance',
  async run(store, [first]) {
    await removeSnapshots(await openTiny(store), [first!], time.now)
    for (let runs = 0; runs < 2; runs++) await maintainTiny(await openTiny(store), { clock })
  },
}

const SYNC: Scenario = {
  name: 'sync',
  async run(store, _, say) {
    const source = new MemoryStore()
    await makeTiny(source)
    const id = await saveFiles(source, THIRD, time)
    await syncRepositories(await openTiny(source), await openTiny(store), {
      ...{ snapshots: [], restoreRemoved: false, readBack: false, threads: 0, now: time.now },
      ...{ progress: quietly, signal: new AbortController().signal },
    })
    say(id, THIRD)
  },
}

/** What happened to the disk, and what was said meanwhile. */
interface Story {
  base: DiskState
  events: FileEvent[]
  /** Everything that was ever said to be saved and not removed on purpose. */
  saved: Acknowledged
  /** Said before the first event. */
  early: string[]
}

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tintype-power-'))
})
afterAll(() => {
  tally.print()
  rmSync(folder, { recursive: true })
})

describe.each([BACKUP, MAINTENANCE, SYNC])('a power cut during a $name', (scenario) => {
  let story: Story
  beforeAll(async () => {
    story = await played(scenario)
  })

  it.each<{ model: NameModel }>([{ model: 'ordered' }, { model: 'strict' }])(
    'costs nothing that was reported saved, and the next run completes ($model)',
    async ({ model }) => {
      const random = randomFrom(SEED)
      const { base, events, early } = story
      expect(events.length).toBeGreaterThan(20)

      for (let tried = 0; tried < STATES; tried++) {
        const count = 1 + random.below(events.length)
        const disk = diskAfterCut(base, events, count, model, (below) => random.below(below))
        const said = new Set([...early, ...saidBefore(events, count)])
        const acknowledged = new Map([...story.saved].filter(([id]) => said.has(id)))
        const loss = await whatIsLost(await storeWith(disk), acknowledged)
        const kind = `${scenario.name}, ${model}`
        tally.count(kind, loss === '' ? 'survived' : 'lost', `after event ${count}: ${loss}`)
      }

      expect(tally.lost).toEqual([])
    },
  )
})

async function played({ name, run }: Scenario): Promise<Story> {
  const store = new FolderStore(join(folder, name))
  await makeTiny(store)
  const first = await saveFiles(store, FIRST, time)
  const second = await saveFiles(store, SECOND, time)
  const saved: Acknowledged = new Map([[second, SECOND]])
  if (name !== MAINTENANCE.name) saved.set(first, FIRST)
  const early = [...saved.keys()]
  const base = readDisk(store.location)
  const fileLog = log.current!
  const from = fileLog.events.length
  fileLog.watch(store.location)
  await run(store, [first, second], (id, files) => {
    fileLog.said(id)
    saved.set(id, files)
  })
  return { base, events: fileLog.events.slice(from), saved, early }
}

/** How the suite finds out: what was said to be saved is whole before and after one more run. */
async function whatIsLost(store: Store, acknowledged: Acknowledged): Promise<string> {
  const before = await losses(store, acknowledged)
  clock.advance(LONG_ENOUGH_MS)
  try {
    await maintainTiny(await openTiny(store), { clock })
    const next = { '/e.jpg': noise(5_000, 5) }
    acknowledged.set(await saveFiles(store, next, time), next)
  } catch (error) {
    before.push(`the next run fails: ${(error as Error).message}`)
  }
  return [...before, ...(await losses(store, acknowledged))].join('; ')
}

const KINDS: Record<string, StoredKind> = { packfiles: 'packfile', states: 'state', locks: 'lock' }

/** The disk as a store finds it: files of other names do not count for it. */
async function storeWith(disk: DiskState): Promise<Store> {
  const store = new MemoryStore()
  await store.create(disk.get('CONFIG')!)
  for (const [path, bytes] of disk) {
    const [, kind, name] = /^(\w+)\/(?:[0-9a-f]{2}\/)?([0-9a-f]{64})$/.exec(path) ?? []
    if (name !== undefined) await store.put(KINDS[kind!]!, name, [bytes])
  }
  return store
}

function readDisk(location: string): DiskState {
  const names = readdirSync(location, { recursive: true, encoding: 'utf8' })
  const files = names.filter((name) => statSync(join(location, name)).isFile())
  return new Map(files.map((name) => [name, readFileSync(join(location, name))]))
}

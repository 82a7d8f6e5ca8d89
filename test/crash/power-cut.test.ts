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
import { FolderStore } from '../../src/stores/folder/folder-store.ts'
import { MemoryStore } from '../../src/stores/memory/memory-store.ts'
import type { Store, StoredKind } from '../../src/stores/store.ts'
import type { FileLog } from '../support/faults/file-log.ts'
import {
  type DiskState,
  diskAfterCut,
  type NameModel,
  saidBefore,
} from '../support/faults/power-cut.ts'
import { Tally } from '../support/faults/tally.ts'
import {
  type Acknowledged,
  type Files,
  losses,
  makeTiny,
  noise,
  saveFiles,
} from '../support/faults/tiny-library.ts'

const log = vi.hoisted(() => ({ current: undefined as FileLog | undefined }))
vi.mock('node:fs/promises', async (importOriginal) => {
  const fs = await importOriginal<typeof import('node:fs/promises')>()
  const { FileLog } = await import('../support/faults/file-log.ts')
  log.current = new FileLog()
  return { ...fs, ...log.current.around(fs) }
})

const STATES = process.env.SLOW === '1' ? 3000 : 300
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000)

const CONTENTS: Files[] = [
  { '/a.jpg': noise(9_000, 1), '/b.jpg': noise(12_000, 2) },
  { '/a.jpg': noise(9_000, 1), '/c.jpg': noise(20_000, 3) },
  { '/c.jpg': noise(20_000, 3), '/d.jpg': noise(7_000, 4) },
]

const tally = new Tally(`The power goes (SEED=${SEED})`)

let folder: string
let base: DiskState
const saved: Acknowledged = new Map()
const fileLog = () => log.current!

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tintype-power-'))
  const store = new FolderStore(join(folder, 'store'))
  await makeTiny(store)
  saved.set(await saveFiles(store, CONTENTS[0]!), CONTENTS[0]!)
  base = readDisk(store.location)
  fileLog().watch(store.location)
  for (const files of CONTENTS.slice(1)) {
    const id = await saveFiles(store, files)
    fileLog().said(id)
    saved.set(id, files)
  }
})
afterAll(() => {
  tally.print()
  rmSync(folder, { recursive: true })
})

describe.each<{ model: NameModel }>([{ model: 'ordered' }, { model: 'strict' }])(
  'a power cut, file system model $model',
  ({ model }) => {
    it('costs nothing that was reported saved, and the next run completes', async () => {
      const random = randomFrom(SEED)
      const { events } = fileLog()
      expect(events.length).toBeGreaterThan(30)

      for (let tried = 0; tried < STATES; tried++) {
        const count = 1 + random.below(events.length)
        const disk = diskAfterCut(base, events, count, model, (below) => random.below(below))
        const said = new Set([...saved.keys()].slice(0, 1).concat(saidBefore(events, count)))
        const story = await whatIsLost(await storeWith(disk), said)
        tally.count(
          `backup, ${model}`,
          story === '' ? 'survived' : 'lost',
          `after ${count}: ${story}`,
        )
      }

      expect(tally.lost).toEqual([])
    })
  },
)

/** How the suite finds out: an acknowledged snapshot is whole before and after one more run. */
async function whatIsLost(store: Store, said: ReadonlySet<string>): Promise<string> {
  const acknowledged = new Map([...saved].filter(([id]) => said.has(id)))
  const before = await losses(store, acknowledged)
  const next = { '/e.jpg': noise(5_000, 5) }
  acknowledged.set(await saveFiles(store, next), next)
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

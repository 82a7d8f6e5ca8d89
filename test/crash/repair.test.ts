/**
 * Random damage, then a repair: whatever could be restored before can be restored afterwards, a dry
 * run tells what is done, a second repair has nothing to do, and nothing is thrown away.
 * `SEED=n` repeats a run; `SLOW=1` tries 1,000 damages.
 * @module
 */
import { afterAll, describe, expect, it } from 'vitest'
import { randomFrom } from '../../scripts/sample-library/random.ts'
import { openSnapshot } from '../../src/kloset/reading/snapshot-reader.ts'
import { quarantined } from '../../src/kloset/repair/quarantine.ts'
import { repairRepository } from '../../src/kloset/repair/repair.ts'
import type { RepairStep } from '../../src/kloset/repair/repair-plan.ts'
import { MemoryStore } from '../../src/stores/memory/memory-store.ts'
import type { StoredKind } from '../../src/stores/store.ts'
import { concatBytes } from '../../src/util/bytes.ts'
import { quietly } from '../../src/util/progress.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { SEED } from '../support/faults/seed.ts'
import { Tally } from '../support/faults/tally.ts'
import {
  type Files,
  makeTiny,
  noise,
  openTiny,
  saveFiles,
  TINY_START,
} from '../support/faults/tiny-library.ts'

const DAMAGES = process.env.SLOW === '1' ? 1000 : 60

const LIBRARIES: Files[] = [
  { '/a.jpg': noise(9_000, 1), '/b.jpg': noise(12_000, 2) },
  { '/a.jpg': noise(9_000, 1), '/c.jpg': noise(20_000, 3) },
  { '/c.jpg': noise(20_000, 3), '/d.jpg': noise(7_000, 4) },
]

const tally = new Tally(`Random damage, then a repair (SEED=${SEED})`)
afterAll(() => tally.print())

const random = randomFrom(SEED)
const DAMAGE_KINDS = ['flip', 'cut', 'remove', 'zero', 'swap'] as const
type DamageKind = (typeof DAMAGE_KINDS)[number]

describe('a repair', () => {
  it('never makes anything worse, whatever is damaged', async () => {
    const sound = await aRepository()
    for (let tried = 0; tried < DAMAGES; tried++) {
      const store = await copyOf(sound)
      const damages = Array.from({ length: 1 + random.below(3) }, () => random.pick(DAMAGE_KINDS))
      for (const damage of damages) await harm(store, damage)

      const before = await restorable(store)
      const bytesBefore = await everyFile(store)
      const dry = await repair(store, false)
      const done = await repair(store, true)
      const after = await restorable(store)
      const again = await repair(store, true)

      expect(done.map(inWords)).toEqual(dry.map(inWords))
      expect(again.filter(({ what }) => what !== 'remark')).toEqual([])
      const lost = [...before].filter((file) => !after.has(file))
      const gone = await missingFrom(store, bytesBefore)
      const story = [...lost, ...gone].join(', ')
      tally.count(damages[0]!, story === '' ? 'survived' : 'lost', story)
    }

    expect(tally.lost).toEqual([])
  }, 600_000)
})

async function aRepository(): Promise<MemoryStore> {
  const store = new MemoryStore()
  await makeTiny(store)
  for (const files of LIBRARIES) await saveFiles(store, files)
  return store
}

const KINDS: StoredKind[] = ['packfile', 'state', 'lock', 'quarantine']

async function copyOf(store: MemoryStore): Promise<MemoryStore> {
  const copy = new MemoryStore()
  await copy.create(await store.getConfig())
  for (const { kind, name, bytes } of await filesOf(store)) await copy.put(kind, name, [bytes])
  return copy
}

async function filesOf(store: MemoryStore) {
  const files: { kind: StoredKind; name: string; bytes: Uint8Array }[] = []
  for (const kind of KINDS) {
    for await (const name of store.list(kind)) {
      files.push({ kind, name, bytes: await store.get(kind, name) })
    }
  }
  return files
}

async function harm(store: MemoryStore, damage: DamageKind): Promise<void> {
  const { kind, name, bytes } = random.pick(await filesOf(store))
  if (damage === 'remove') return store.remove(kind, name)
  if (damage === 'flip') bytes[random.below(bytes.length)]! ^= 1 << random.below(8)
  if (damage === 'zero') {
    const from = random.below(bytes.length)
    bytes.fill(0, from, from + 1 + random.below(512))
  }
  if (damage === 'swap') {
    const middle = bytes.length >> 1
    const swapped = concatBytes([bytes.subarray(middle), bytes.subarray(0, middle)])
    return store.put(kind, name, [swapped])
  }
  const end = damage === 'cut' ? random.below(bytes.length) : bytes.length
  return store.put(kind, name, [bytes.subarray(0, end)])
}

async function repair(store: MemoryStore, apply: boolean): Promise<readonly RepairStep[]> {
  const { steps } = await repairRepository(await openTiny(store), {
    ...{ apply, full: true, clock: new FakeClock(TINY_START), progress: quietly },
    signal: new AbortController().signal,
  })
  return steps
}

function inWords(step: RepairStep): string {
  if ('pack' in step) return `${step.what} ${step.pack.name}`
  return `${step.what} ${'id' in step ? step.id : step.name}`
}

/** `SNAPSHOT:PATH` of every file that can be read to its end. */
async function restorable(store: MemoryStore): Promise<Set<string>> {
  const repository = await openTiny(store)
  const files = new Set<string>()
  for (const id of repository.index.snapshots()) {
    for (const path of new Set(LIBRARIES.flatMap((library) => Object.keys(library)))) {
      const isWhole = await reads(repository, id, path).catch(() => false)
      if (isWhole) files.add(`${id}:${path}`)
    }
  }
  return files
}

async function reads(
  repository: Awaited<ReturnType<typeof openTiny>>,
  id: string,
  path: string,
): Promise<boolean> {
  const reader = await openSnapshot(repository, id)
  const entry = await reader.entry(path)
  if (entry === undefined) return false
  for await (const _ of reader.content(entry));
  return true
}

async function everyFile(store: MemoryStore): Promise<Set<string>> {
  return new Set((await filesOf(store)).map(({ bytes }) => Buffer.from(bytes).toString('base64')))
}

/** Files whose bytes are neither where they were nor in the quarantine. */
async function missingFrom(store: MemoryStore, before: ReadonlySet<string>): Promise<string[]> {
  const now = await everyFile(store)
  for await (const { bytes } of quarantined(store)) now.add(Buffer.from(bytes).toString('base64'))
  return [...before].filter((bytes) => !now.has(bytes)).map((bytes) => `${bytes.length} bytes`)
}

/**
 * A backup that dies after its packfiles are there, or after its state but before it gave its lock
 * back: ours and plakar's. Either side goes on from what is left, the other one first or second, and
 * what was saved before stays whole.
 *
 * Ours dies in front of an exact call. Plakar's is killed when the file appears; where it was faster,
 * the state is taken away again, which leaves exactly what a kill before it would have left.
 * @module
 */
import { mkdirSync, readdirSync, rmSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { putLock, readLock } from '../../src/kloset/state/lock-file.ts'
import { release } from '../../src/kloset/state/locks.ts'
import { FolderStore } from '../../src/stores/folder/folder-store.ts'
import type { StoredKind } from '../../src/stores/store.ts'
import { allThatIsSaid } from '../support/all-that-is-said.ts'
import { FaultyStore } from '../support/faults/faulty-store.ts'
import {
  type Files,
  makeTiny,
  noise,
  openTiny,
  readFiles,
  saveInto,
} from '../support/faults/tiny-library.ts'
import { NO_PLAKAR, PLAKAR, plakarEnv, runPlakar } from '../support/plakar.ts'
import { runProgram } from '../support/run-program.ts'
import { AT_ONCE, TwoPrograms, withRepository } from '../support/two-programs.ts'

if (NO_PLAKAR !== undefined) process.stdout.write(`skipped, ${NO_PLAKAR}\n`)

const ELEVEN_MINUTES_MS = 11 * 60_000
const BEFORE: Files = { '/photos/1.jpg': noise(6000, 1), '/photos/2.jpg': noise(9000, 2) }
const AFTER: Files = { ...BEFORE, '/photos/3.jpg': noise(20_000, 3) }

let programs: TwoPrograms
let source: string
let store: string
/** Of ours and of plakar's, both saved before anything dies. */
let saved: Map<string, Record<string, string>>

beforeAll(async () => {
  if (NO_PLAKAR !== undefined) return
  programs = await TwoPrograms.start()
  source = join(programs.folder, 'source')
  mkdirSync(source)
})
afterAll(async () => {
  await programs?.[Symbol.asyncDispose]()
})
beforeEach(async () => {
  if (NO_PLAKAR !== undefined) return
  store = join(programs.folder, `store-${Math.random()}`)
  await makeTiny(new FolderStore(store))
  await saveInto(await openTiny(new FolderStore(store)), BEFORE)
  writeFileSync(join(source, 'one.txt'), 'ONE')
  rmSync(join(source, 'two.bin'), { force: true })
  await programs.plakar(store, ['backup', source])
  saved = await everythingSaid()
})

async function everythingSaid(): Promise<Map<string, Record<string, string>>> {
  return withRepository(store, async (repository) => {
    const said = new Map<string, Record<string, string>>()
    for (const id of repository.index.snapshots()) {
      said.set(id, await allThatIsSaid(repository, id))
    }
    return said
  })
}

async function expectSavedIsWhole(): Promise<void> {
  const said = await everythingSaid()
  for (const [id, before] of saved) expect(said.get(id)).toEqual(before)
}

const locks = () => readdirSync(join(store, 'locks'))

/** Time passes for the locks of the dead. */
async function letLocksGrowOld(): Promise<void> {
  await withRepository(store, async (repository) => {
    for (const id of locks()) {
      const exclusive = (await readLock(repository, id))?.record?.exclusive === true
      const now = new Date(Date.now() - ELEVEN_MINUTES_MS)
      await putLock(repository, id, { exclusive, now })
    }
  })
}

async function removeLocks(): Promise<void> {
  await withRepository(store, async (repository) => {
    for (const id of locks()) await release(repository, id)
  })
}

/** A store that tells which changes are made. */
class ToldStore extends FolderStore {
  readonly changes: string[] = []

  override async put(kind: StoredKind, name: string, parts: readonly Uint8Array[]) {
    this.changes.push(`put ${kind}`)
    await super.put(kind, name, parts)
  }

  override async remove(kind: StoredKind, name: string) {
    this.changes.push(`remove ${kind}`)
    await super.remove(kind, name)
  }
}

/** Which call of a backup of `files` each of the two points lies in front of. */
async function callAfter(point: CrashPoint): Promise<number> {
  const told = new ToldStore(join(programs.folder, `told-${Math.random()}`))
  await makeTiny(told)
  await saveInto(await openTiny(told), BEFORE)
  told.changes.length = 0
  await saveInto(await openTiny(told), AFTER)
  const { changes } = told
  expect(changes.at(-1)).toBe('remove lock')
  return 1 + (point === 'its state' ? changes.length - 1 : changes.lastIndexOf('put state'))
}

type CrashPoint = 'its packfiles' | 'its state'

/** A backup of ours that dies after that. */
async function dieAfter(point: CrashPoint): Promise<void> {
  const call = await callAfter(point)
  const faulty = new FaultyStore(new FolderStore(store), [{ act: 'change', harm: 'dead', call }])
  await openTiny(faulty)
    .then((repository) => saveInto(repository, AFTER))
    .catch(() => {}) // with its state the snapshot is saved, whoever may still be told so
  expect(faulty.met.size).toBe(1)
  expect(locks()).toHaveLength(1)
}

const CASES = (['its packfiles', 'its state'] as const).flatMap((point) => [
  { point, first: 'plakar' },
  { point, first: 'we' },
])

/** Our next backup has everything. */
async function saveAgain(): Promise<void> {
  const repository = await openTiny(new FolderStore(store))
  const id = await saveInto(repository, AFTER)
  expect(await readFiles(await openTiny(new FolderStore(store)), id)).toEqual(AFTER)
}

/** A backup and two maintenances of plakar, which delete what it finds unused. */
async function goOnWithPlakar(): Promise<void> {
  await programs.plakar(store, ['backup', source])
  await programs.cleanWithPlakar(store)
}

describe.skipIf(NO_PLAKAR !== undefined)('a backup of ours that dies', () => {
  it.each(CASES)(
    'after $point harms nobody when $first goes on first',
    async ({ point, first }) => {
      await dieAfter(point)

      const listed = await programs.plakarIds(store)
      expect(listed).toHaveLength(point === 'its state' ? 3 : 2)
      expect(await programs.ids(store)).toEqual(listed)
      const cleaning = await runPlakar(programs.warm, ['at', store, 'maintenance'])
      expect(cleaning.code).not.toBe(0) // for all it knows we are at work
      await letLocksGrowOld()
      if (first === 'we') await saveAgain()
      await programs.plakar(store, ['maintenance'], { env: { PLAKAR_GRACEPERIOD: '0s' } })
      await removeLocks() // plakar's own, which it may leave
      await goOnWithPlakar()
      if (first === 'plakar') await saveAgain()

      await expectSavedIsWhole()
      await programs.cleanWithPlakar(store, await programs.cold())
      await expectSavedIsWhole()
      await programs.expectSound(store)
    },
  )
})

/** Kills a backup of plakar as soon as a file appears below `folder`. */
async function killPlakarAt(folder: 'packfiles' | 'states'): Promise<void> {
  writeFileSync(join(source, 'two.bin'), noise(2_000_000, 9))
  const known = new Set(filesBelow(folder))
  let watcher: ReturnType<typeof watch> | undefined
  await runProgram(PLAKAR!, ['-stdio', 'at', store, 'backup', source], {
    env: plakarEnv(await programs.cold()), // what it remembers dies with it
    onStart: (child) => {
      watcher = watch(join(store, folder), { recursive: true }, () => {
        if (filesBelow(folder).some((name) => !known.has(name))) child.kill('SIGKILL')
      })
    },
  })
  watcher?.close()
}

function filesBelow(folder: string): string[] {
  const all = readdirSync(join(store, folder), { recursive: true, encoding: 'utf8' })
  return all.filter((name) => /(^|\/)[0-9a-f]{64}$/.test(name))
}

describe.skipIf(NO_PLAKAR !== undefined)('a backup of plakar that dies', () => {
  it.each(CASES)(
    'after $point harms nobody when $first goes on first',
    async ({ point, first }) => {
      const states = new Set(filesBelow('states'))
      await killPlakarAt(point === 'its state' ? 'states' : 'packfiles')
      const more = filesBelow('states').filter((name) => !states.has(name))
      if (point === 'its packfiles') for (const name of more) rmSync(join(store, 'states', name))
      else expect(more).toHaveLength(1)

      const listed = await programs.ids(store)
      expect(listed).toHaveLength(point === 'its state' ? 3 : 2)
      await letLocksGrowOld()
      if (first === 'we') await saveAgain()
      await removeLocks()
      await programs.plakar(store, ['backup', source], { env: AT_ONCE })
      await goOnWithPlakar()
      if (first === 'plakar') await saveAgain()

      await expectSavedIsWhole()
      await programs.cleanWithPlakar(store, await programs.cold())
      await expectSavedIsWhole()
      await programs.expectSound(store)
    },
  )
})

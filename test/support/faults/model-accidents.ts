/**
 * What happens to a repository that nobody wanted: programs that are killed, files that are damaged,
 * and how people get over it.
 * @module
 */
import fc from 'fast-check'
import { DamagedRepositoryError } from '../../../src/kloset/damage.ts'
import { walkReferences } from '../../../src/kloset/maintenance/reference-walk.ts'
import { repairRepository } from '../../../src/kloset/repair/repair.ts'
import type { Repository } from '../../../src/kloset/repository.ts'
import type { ResourceType } from '../../../src/kloset/resource-type.ts'
import { removeSnapshots } from '../../../src/kloset/state/remove-snapshots.ts'
import { acceptRepository } from '../../../src/operations/check-repository.ts'
import { endHold } from '../../../src/operations/holds/holds.ts'
import { tagSnapshots } from '../../../src/operations/tag-snapshots.ts'
import { undoRemoval } from '../../../src/operations/undo-removal.ts'
import { CodedError } from '../../../src/util/coded-error.ts'
import { FaultyStore } from './faulty-store.ts'
import {
  always,
  anySaved,
  attempt,
  chosen,
  clean,
  DAY,
  isFinal,
  noteRemoved,
  passTime,
  removeOne,
  Step,
  someFiles,
  syncOver,
  which,
} from './model-commands.ts'
import { type Expected, inWords, requireFile, type World } from './model-world.ts'
import { type Files, readFiles as readSnapshot, sameFiles } from './tiny-library.ts'

const call = fc.integer({ min: 1, max: 14 })

/** At its `call`-th change of the store, the program is no more. */
function killed(world: World, call: number): FaultyStore {
  return new FaultyStore(world.main, [{ act: 'change', harm: 'dead', call }])
}

/** Whoever was killed said nothing: what it was about to do is done, or is not. */
async function unlessKilled(work: () => Promise<unknown>): Promise<void> {
  await work().catch((error: Error) => {
    const isKilled = (thrown: unknown): boolean =>
      thrown instanceof Error &&
      (thrown.message.includes('the process was killed') || isKilled(thrown.cause))
    if (!isKilled(error)) throw error
  })
}

const killedSave = fc.record({ files: someFiles, call }).map(
  ({ files, call }) =>
    new Step(`save, killed(${Object.keys(files)} at ${call})`, always, async (expected, world) => {
      const store = killed(world, call)
      await unlessKilled(async () => {
        await using repository = await world.open(store)
        expected.main.set(await attempt(expected, repository, files, world), files)
      })
      await world.outwaitLocks()
      await world.adoptUnknown(expected)
    }),
)

const killedMaintenance = fc.record({ graceDays: fc.constantFrom(0, 7), call }).map(
  ({ graceDays, call }) =>
    new Step(`maintenance, killed(${graceDays} d at ${call})`, always, async (expected, world) => {
      await unlessKilled(() => clean(expected, world, killed(world, call), graceDays * DAY))
      await world.outwaitLocks()
    }),
)

const killedRemoval = fc.record({ which, call: fc.integer({ min: 1, max: 2 }) }).map(
  ({ which, call }) =>
    new Step(`rm, killed(${which} at ${call})`, anySaved, async (expected, world) => {
      await unlessKilled(async () => {
        await using repository = await world.open(killed(world, call))
        await removeOne(expected, world, repository, which)
      })
      await world.noticeRemoved(expected)
    }),
)

const killedTag = fc.record({ which, call: fc.integer({ min: 1, max: 6 }) }).map(
  ({ which, call }) =>
    new Step(`tag, killed(${which} at ${call})`, anySaved, async (expected, world) => {
      const [original, files] = chosen(expected.main, which)
      const isHeld = [...expected.holds.values()].includes(original)
      if (isHeld) return
      const change = { add: [`tag ${world.nextNumber()}`], remove: [] }
      await unlessKilled(async () => {
        await using repository = await world.open(killed(world, call))
        await tagSnapshots(repository, [original], change, world.work)
      })
      expected.attempts.push(files)
      await world.outwaitLocks()
      await world.adoptUnknown(expected)
      await world.noticeRemoved(expected)
    }),
)

const killedSync = call.map(
  (call) =>
    new Step(`sync to, killed(at ${call})`, always, async (expected, world) => {
      const copy = new FaultyStore(world.copy, [{ act: 'change', harm: 'dead', call }])
      await unlessKilled(() => syncOver(world, world.main, copy))
      await using repository = await world.open(world.copy)
      for (const id of repository.index.snapshots()) {
        const files = expected.main.get(id) ?? expected.copy.get(id)
        if (files === undefined) throw new Error(`the copy has ${id}, which nobody ever had`)
        if (!sameFiles(await readSnapshot(repository, id), files)) throw new Error(`${id} differs`)
        expected.copy.set(id, files)
      }
    }),
)

const killedUndo = fc.record({ which, call: fc.integer({ min: 1, max: 5 }) }).map(
  ({ which, call }) =>
    new Step(
      `rm --undo, killed(${which} at ${call})`,
      ({ removed }) => removed.size > 0,
      async (expected, world) => {
        const [id, { files, mayBeFinal }] = chosen(expected.removed, which)
        expected.mayReturn.add(id)
        await unlessKilled(async () => {
          await using repository = await world.open(killed(world, call))
          await undoRemoval(repository, [id], world.work).catch((error: unknown) => {
            if (!mayBeFinal || !isFinal(error)) throw error
          })
        })
        await world.outwaitLocks()
        await using repository = await world.open(world.main)
        if (!repository.index.hasSnapshot(id)) return
        expected.removed.delete(id)
        expected.main.set(id, files)
      },
    ),
)

interface Damage {
  kind: 'packfile' | 'state'
  harm: 'flip' | 'cut' | 'remove'
  which: number
  /** Where in the file, 0 ≤ at < 1. */
  at: number
  /** The copy has everything, and is used to get over it. */
  hasCopy: boolean
  /** It is not noticed at first, and somebody cleans. */
  isOverlooked: boolean
}

const damage = fc
  .record<Damage>({
    kind: fc.constantFrom('packfile', 'packfile', 'state'),
    harm: fc.constantFrom('flip', 'cut', 'remove'),
    which,
    at: fc.integer({ min: 0, max: 9999 }).map((n) => n / 10_000),
    hasCopy: fc.boolean(),
    isOverlooked: fc.boolean(),
  })
  .map(
    (what) =>
      new Step(`damage(${Object.values(what).join(' ')})`, anySaved, async (expected, world) => {
        if (what.hasCopy) {
          await syncOver(world, world.main, world.copy)
          for (const [id, files] of expected.main) expected.copy.set(id, files)
        }
        const name = await harm(world, what)
        if (name === undefined) return
        await requireFound(expected, world, what, name)
        if (what.isOverlooked) await cleanAsEver(expected, world)
        const readable = await readEverything(expected, world)
        await getOver(expected, world, what)
        const after = await readEverything(expected, world)
        const worse = [...readable].filter((file) => !after.has(file))
        if (worse.length > 0) throw new Error(`the repair lost ${worse.join(', ')}`)
        await dropWhatIsLost(expected, world, what)
        for (let runs = 0; runs < 2; runs++) await clean(expected, world, world.main, 0)
        const { problems } = await world.check(world.main)
        if (problems.length > 0) throw new Error(`after all: ${problems.map(inWords).join('; ')}`)
      }),
  )

export const ACCIDENTS = [
  ...[killedSave, killedSave, killedMaintenance, killedMaintenance],
  ...[killedRemoval, killedUndo, killedTag, killedSync, damage, damage, damage],
]

/** Maintenance runs every week, whatever happened; it may refuse. */
async function cleanAsEver(expected: Expected, world: World): Promise<void> {
  for (let weeks = 0; weeks < 3; weeks++) {
    passTime(world, 8, 0)
    await clean(expected, world, world.main, 7 * DAY).catch((error: unknown) => {
      if (!(error instanceof DamagedRepositoryError)) throw error
    })
  }
}

/** @returns the name of the damaged file; undefined when there is none of that kind */
async function harm({ main }: World, { kind, harm, which, at }: Damage) {
  const names: string[] = []
  for await (const name of main.list(kind)) names.push(name)
  if (names.length === 0) return undefined
  const name = chosen(names.sort(), which)
  const bytes = await main.get(kind, name)
  const place = Math.floor(at * bytes.length)
  if (harm === 'remove') await main.remove(kind, name)
  else if (harm === 'cut') await main.put(kind, name, [bytes.subarray(0, place)])
  else {
    bytes[place]! ^= 1 << (which % 8)
    await main.put(kind, name, [bytes])
  }
  return name
}

/**
 * No damage escapes a check of every byte; what nothing needs is a note, and need not be missed: a
 * merge that was killed leaves states that say twice what one of them says.
 */
async function requireFound(
  expected: Expected,
  world: World,
  { kind, harm }: Damage,
  name: string,
): Promise<void> {
  const { problems, notes } = await world.check(world.main)
  const isNamed = notes.some(({ subject }) => subject.includes(name.slice(0, 12)))
  await using repository = await world.open(world.main)
  const isPublished = [...repository.index.publishedPackfiles()].includes(name)
  const listed = new Set(repository.index.snapshots())
  const isSame =
    listed.size === expected.main.size && [...expected.main.keys()].every((id) => listed.has(id))
  const isNeeded = kind === 'state' ? !isSame : isPublished
  const isMissed = isNeeded || harm !== 'remove'
  if (problems.length === 0 && !isNamed && isMissed) {
    throw new Error(`a full check does not notice the damaged ${kind} ${name}`)
  }
}

/** `SNAPSHOT:PATH` of all that can be read; whatever is read must be right. */
async function readEverything(expected: Expected, world: World): Promise<Set<string>> {
  await using repository = await world.open(world.main)
  const found = new Set<string>()
  for (const id of repository.index.snapshots()) {
    const files = expected.main.get(id) ?? expected.removed.get(id)?.files
    for (const [path, bytes] of Object.entries(files ?? {})) {
      try {
        await requireFile(repository, id, path, bytes)
        found.add(`${id}:${path}`)
      } catch (error) {
        if (!(error instanceof CodedError)) throw error // other bytes, or none
      }
    }
  }
  return found
}

async function getOver(expected: Expected, world: World, { kind }: Damage): Promise<void> {
  {
    await using repository = await world.open(world.main)
    await repairRepository(repository, { apply: true, full: true, ...world.work })
  }
  // What a killed run stored and could not say is listed now, when it is whole.
  if (kind !== 'state') return world.adoptUnknown(expected)
  await using looked = await world.open(world.main)
  await acceptRepository(looked) // that a state is gone was seen; nobody misses it any more
  expected.statesWereLost = true
  await world.acceptResurrected(expected)
}

/** What cannot be read comes back from the copy, if there is one, or is given up. */
async function dropWhatIsLost(expected: Expected, world: World, what: Damage): Promise<void> {
  for (const removed of expected.removed.values()) removed.mayBeFinal = true
  const broken = await brokenSnapshots(expected, world)
  if (what.kind === 'state' && broken.length > 0) {
    throw new Error(`a lost state cost ${broken.join(', ')}, though all packfiles are there`)
  }
  if (broken.length === 0) return
  if (!what.hasCopy) for (const id of broken) await release(expected, world, id)
  await using repository = await world.open(world.main)
  const listed = broken.filter((id) => repository.index.hasSnapshot(id))
  await removeSnapshots(repository, listed, world.now)
  if (what.hasCopy) {
    await syncOver(world, world.copy, world.main, { restoreRemoved: true, snapshots: broken })
    const left = await brokenSnapshots(expected, world)
    if (left.length > 0) throw new Error(`${left.join(', ')} did not come back from the copy`)
  } else {
    for (const id of broken) {
      noteRemoved(expected, world, id)
      expected.removed.get(id)!.mayBeFinal = true
    }
  }
}

async function brokenSnapshots(expected: Expected, world: World): Promise<string[]> {
  await using repository = await world.open(world.main)
  const broken: string[] = []
  for (const [id, files] of expected.main) {
    if (!(await isWhole(repository, id, files))) broken.push(id)
  }
  return broken
}

/** Its files are as they were, and whatever else belongs to it can be read. */
async function isWhole(repository: Repository, id: string, files: Files): Promise<boolean> {
  const { signal } = new AbortController()
  if (!repository.index.hasSnapshot(id)) return false
  const needed = new Map<string, [ResourceType, string]>()
  const meet = (type: ResourceType, mac: string) => {
    const isNew = !needed.has(`${type}:${mac}`)
    needed.set(`${type}:${mac}`, [type, mac])
    return isNew
  }
  try {
    await walkReferences(repository, id, { signal, meet })
    for (const [type, mac] of needed.values()) await repository.readBlob(type, mac)
    return sameFiles(await readSnapshot(repository, id), files)
  } catch (error) {
    if (!(error instanceof CodedError)) throw error
    return false
  }
}

/** Nobody can hold what is lost. */
async function release(expected: Expected, world: World, id: string): Promise<void> {
  for (const [name, held] of expected.holds) {
    if (held !== id) continue
    await using repository = await world.open(world.main)
    await endHold(repository, name, { reason: 'it is lost', author: 'test' }, world.now)
    expected.holds.delete(name)
  }
}

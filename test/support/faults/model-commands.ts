/**
 * What people do to a repository, each with what must be true of it afterwards. Accidents are in
 * model-accidents.ts.
 * @module
 */
import { join } from 'node:path'
import fc from 'fast-check'
import { maintain } from '../../../src/kloset/maintenance/maintain.ts'
import { openRepository, type Repository } from '../../../src/kloset/repository.ts'
import { heldSnapshots } from '../../../src/operations/holds/coverage.ts'
import { addHold, endHold } from '../../../src/operations/holds/holds.ts'
import { planNamedRemoval } from '../../../src/operations/remove-snapshots.ts'
import { applyRemoval } from '../../../src/operations/retention/apply-removal.ts'
import { syncRepositories } from '../../../src/operations/sync-repositories.ts'
import { duplicateSnapshots, tagSnapshots } from '../../../src/operations/tag-snapshots.ts'
import { undoRemoval } from '../../../src/operations/undo-removal.ts'
import { writePtar } from '../../../src/operations/write-ptar.ts'
import { openStore } from '../../../src/stores/registry.ts'
import type { Store } from '../../../src/stores/store.ts'
import { codeOf } from '../../../src/util/coded-error.ts'
import { NewFile } from '../../../src/util/new-file.ts'
import { type Expected, requireFile, requireSame, type World } from './model-world.ts'
import { type Files, noise, saveInto } from './tiny-library.ts'

export const DAY = 24 * 60 * 60_000

type Act = (expected: Expected, world: World) => Promise<void>

/** One thing that happens; its name is what a failure prints. */
export class Step implements fc.AsyncCommand<Expected, World> {
  readonly #name: string
  readonly #isPossible: (expected: Readonly<Expected>) => boolean
  readonly #act: Act

  constructor(name: string, isPossible: (expected: Readonly<Expected>) => boolean, act: Act) {
    this.#name = name
    this.#isPossible = isPossible
    this.#act = act
  }

  check(expected: Readonly<Expected>): boolean {
    return this.#isPossible(expected)
  }

  async run(expected: Expected, world: World): Promise<void> {
    await this.#act(expected, world)
    await world.confirm(expected)
  }

  toString(): string {
    return this.#name
  }
}

export const always = () => true
export const anySaved = ({ main }: Readonly<Expected>) => main.size > 0

/** Photos that other snapshots may have as well. */
export const someFiles = fc
  .uniqueArray(fc.nat(11), { minLength: 1, maxLength: 4 })
  .map(
    (photos): Files => Object.fromEntries(photos.map((photo) => [`/${photo}.jpg`, photoOf(photo)])),
  )

const photoOf = (photo: number) => noise(3_000 + photo * 1_500, photo + 1)

export const which = fc.nat(1000)

/** One of those there are, whatever their number. */
export function chosen<T>(all: Iterable<T>, which: number): T {
  const list = [...all]
  return list[which % list.length]!
}

const save = someFiles.map(
  (files) =>
    new Step(`save(${Object.keys(files)})`, always, async (expected, world) => {
      await using repository = await world.open(world.main)
      expected.main.set(await attempt(expected, repository, files, world), files)
    }),
)

const secondWriter = fc
  .record({
    files: someFiles,
    others: someFiles,
    meanwhile: fc.constantFrom('save', 'remove', 'maintain'),
    which,
  })
  .map(
    ({ files, others, meanwhile, which }) =>
      new Step(`second writer(${meanwhile}, ${which})`, anySaved, async (expected, world) => {
        await using first = await world.open(world.main)
        await using second = await world.open(world.main)
        if (meanwhile === 'save') {
          expected.main.set(await attempt(expected, second, others, world), others)
        } else {
          await removeOne(expected, world, second, which)
        }
        if (meanwhile === 'maintain') {
          for (let runs = 0; runs < 2; runs++) await clean(expected, world, world.main, 0)
        }
        expected.main.set(await attempt(expected, first, files, world), files)
      }),
  )

const remove = which.map(
  (which) =>
    new Step(`rm(${which})`, anySaved, async (expected, world) => {
      await using repository = await world.open(world.main)
      await removeOne(expected, world, repository, which)
    }),
)

const undo = which.map(
  (which) =>
    new Step(
      `rm --undo(${which})`,
      ({ removed }) => removed.size > 0,
      (expected, world) => takeBack(expected, world, chosen(expected.removed.keys(), which)),
    ),
)

/** What was announced is needed after all. */
const secondThoughts = which.map(
  (which) =>
    new Step(`second thoughts(${which})`, anySaved, async (expected, world) => {
      const [id] = chosen(expected.main, which)
      {
        await using repository = await world.open(world.main)
        await removeOne(expected, world, repository, which)
      }
      await clean(expected, world, world.main, 0)
      if (expected.removed.has(id)) await takeBack(expected, world, id)
      for (let runs = 0; runs < 2; runs++) await clean(expected, world, world.main, 0)
    }),
)

const maintenance = fc
  .record({
    graceDays: fc.constantFrom(0, 0, 7),
    passDays: fc.constantFrom(0, 1, 8),
    jumpDays: fc.constantFrom(0, 0, 0, -10, 365),
  })
  .map(
    ({ graceDays, passDays, jumpDays }) =>
      new Step(
        `maintenance(grace ${graceDays} d, ${passDays} d later, calendar ${jumpDays} d)`,
        always,
        async (expected, world) => {
          passTime(world, passDays, jumpDays)
          await clean(expected, world, world.main, graceDays * DAY)
        },
      ),
  )

const hold = which.map(
  (which) =>
    new Step(`hold add(${which})`, anySaved, async (expected, world) => {
      const [id] = chosen(expected.main, which)
      const name = `hold ${expected.holds.size} ${world.nextNumber()}`
      await using repository = await world.open(world.main)
      const request = { name, reason: 'it is dear', author: 'test', covers: { snapshots: [id] } }
      await addHold(repository, request, world.now)
      expected.holds.set(name, id)
    }),
)

const letGo = which.map(
  (which) =>
    new Step(
      `hold rm(${which})`,
      ({ holds }) => holds.size > 0,
      async (expected, world) => {
        const [name] = chosen(expected.holds, which)
        await using repository = await world.open(world.main)
        await endHold(repository, name, { reason: 'not any more', author: 'test' }, world.now)
        expected.holds.delete(name)
      },
    ),
)

const tag = which.map(
  (which) =>
    new Step(`tag(${which})`, anySaved, async (expected, world) => {
      const [original, files] = chosen(expected.main, which)
      await using repository = await world.open(world.main)
      const change = { add: [`tag ${world.nextNumber()}`], remove: [] }
      const made = await refusedWhen(isHeld(expected, original), 'SNAPSHOT_HELD', () =>
        tagSnapshots(repository, [original], change, world.work),
      )
      if (made === undefined) return
      noteRemoved(expected, world, original)
      expected.main.set(made[0]!.id, files)
    }),
)

const duplicate = which.map(
  (which) =>
    new Step(`dup(${which})`, anySaved, async (expected, world) => {
      const [original, files] = chosen(expected.main, which)
      await using repository = await world.open(world.main)
      const [made] = await duplicateSnapshots(repository, [original], world.work)
      expected.main.set(made!.id, files)
    }),
)

const syncTo = fc.constant(
  new Step('sync to', always, async (expected, world) => {
    await syncOver(world, world.main, world.copy)
    for (const [id, files] of expected.main) expected.copy.set(id, files)
  }),
)

const syncFrom = fc.boolean().map(
  (restoreRemoved) =>
    new Step(
      `sync from(${restoreRemoved ? '--restore-removed' : ''})`,
      always,
      async (e, world) => {
        await syncOver(world, world.copy, world.main, { restoreRemoved })
        for (const [id, files] of e.copy) {
          if (!e.main.has(id) && e.removed.has(id) && !restoreRemoved) continue
          e.main.set(id, files)
          e.removed.delete(id)
        }
        if (e.statesWereLost) await world.acceptResurrected(e)
      },
    ),
)

const ptar = fc.constant(
  new Step('ptar', anySaved, async (expected, world) => {
    const path = join(world.folder, `${world.nextNumber()}.ptar`)
    await using source = await world.open(world.main)
    await using file = await NewFile.create(path, { overwrite: false })
    const openAt = (location: string) => openStore(location, { env: {} })
    const options = { snapshots: [], openStore: openAt, ...world.work }
    await writePtar(source, file, options)
    await using written = await openRepository(await openAt(path), { passphrase: async () => '' })
    requireSame('snapshots of a .ptar', written.index.snapshots(), [...expected.main.keys()])
    for (const [id, files] of expected.main) {
      for (const [path, bytes] of Object.entries(files)) await requireFile(written, id, path, bytes)
    }
  }),
)

const wipe = fc.constant(
  new Step('wipe all local state', always, async (_expected, world) => world.wipeLocal()),
)

export const DEEDS = [
  ...[save, save, save, secondWriter, remove, remove, undo, secondThoughts],
  ...[maintenance, maintenance],
  ...[hold, letGo, tag, duplicate, syncTo, syncFrom, ptar, wipe],
]

/** Begins to save `files`; whether it says so or not, they may be there afterwards. */
export function attempt(
  expected: Expected,
  repository: Repository,
  files: Files,
  { now, clock }: World,
): Promise<string> {
  expected.attempts.push(files)
  return saveInto(repository, files, { now, clock })
}

export async function removeOne(
  expected: Expected,
  world: World,
  repository: Repository,
  which: number,
): Promise<void> {
  const [id] = chosen(expected.main, which)
  const removed = await refusedWhen(isHeld(expected, id), 'HELD', async () => {
    const { removes } = await planNamedRemoval(repository, [id], { now: world.now() })
    await applyRemoval(repository, removes, world)
    return removes
  })
  for (const each of removed ?? []) noteRemoved(expected, world, each)
}

async function takeBack(expected: Expected, world: World, id: string): Promise<void> {
  const { files, mayBeFinal } = expected.removed.get(id)!
  await using repository = await world.open(world.main)
  try {
    await undoRemoval(repository, [id], world.work)
  } catch (error) {
    if (mayBeFinal && isFinal(error)) return
    throw error
  }
  expected.removed.delete(id)
  expected.main.set(id, files)
  for (const [path, bytes] of Object.entries(files)) await requireFile(repository, id, path, bytes)
}

/** What belonged to a removed snapshot is gone. */
export function isFinal(error: unknown): boolean {
  return ['REMOVAL_FINAL', 'SNAPSHOT_NOT_FOUND'].includes(codeOf(error) ?? '')
}

export function noteRemoved(expected: Expected, world: World, id: string): void {
  const files = expected.main.get(id)!
  const [at, jumps] = [world.now().getTime(), world.jumps]
  expected.main.delete(id)
  expected.removed.set(id, { files, mayBeFinal: false, at, jumps })
}

export function passTime(world: World, passDays: number, jumpDays: number): void {
  world.clock.advance(passDays * DAY)
  if (jumpDays === 0) return
  world.jumps += 1
  world.clock.setCalendar(new Date(world.now().getTime() + jumpDays * DAY))
}

/** One maintenance, of which the model only has to know whose removal may be final now. */
const A_MOMENT_MS = 1000

export async function clean(
  expected: Expected,
  world: World,
  store: Store,
  graceMs: number,
): Promise<void> {
  world.clock.advance(A_MOMENT_MS) // between two programs; nothing is swept in the instant it is coloured
  for (const removed of expected.removed.values()) {
    const isDue = world.now().getTime() - removed.at >= graceMs
    if (isDue || removed.jumps !== world.jumps) removed.mayBeFinal = true
  }
  await using repository = await world.open(store)
  await maintain(repository, {
    ...{ ...world.work, graceMs, dryRun: false, yesReally: true, repackBelow: 0.9, compactFrom: 2 },
    keep: (opened) => heldSnapshots(opened, world.now(), world.signal),
  })
}

export async function syncOver(
  world: World,
  from: Store,
  to: Store,
  { restoreRemoved = false, snapshots = [] as string[] } = {},
): Promise<void> {
  await using source = await world.open(from)
  await using destination = await world.open(to)
  const { status, snapshots: lines } = await syncRepositories(source, destination, {
    ...{ ...world.work, snapshots, restoreRemoved, readBack: false, threads: 0 },
  })
  if (status !== 'complete') throw new Error(`sync was ${status}: ${JSON.stringify(lines)}`)
}

function isHeld({ holds }: Expected, id: string): boolean {
  return [...holds.values()].includes(id)
}

/** Runs `work`, which must be refused, or must not be. */
async function refusedWhen<T>(
  isRefused: boolean,
  code: string,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    const done = await work()
    if (isRefused) throw new Error(`this should have been refused with ${code}`)
    return done
  } catch (error) {
    if (isRefused && codeOf(error) === code) return undefined
    throw error
  }
}

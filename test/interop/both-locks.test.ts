/**
 * Who waits for whom: our locks in the eyes of plakar and plakar's in ours, fresh ones and those of
 * programs that died. Locks of plakar are real ones, left by a process that was killed.
 * @module
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { maintain } from '../../src/kloset/maintenance/maintain.ts'
import { putLock, readLock } from '../../src/kloset/state/lock-file.ts'
import { acquireLock, LOCK_STALE_MS, release } from '../../src/kloset/state/locks.ts'
import { randomMac } from '../../src/kloset/state/random-mac.ts'
import { systemClock } from '../../src/util/clock.ts'
import { quietly } from '../../src/util/progress.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { NO_PLAKAR, runPlakar } from '../support/plakar.ts'
import { CHEAP_KDF, runTintype } from '../support/run-program.ts'
import { partName, photoEntries, zipOf } from '../support/small-export.ts'
import { AT_ONCE, TwoPrograms, withRepository } from '../support/two-programs.ts'

if (NO_PLAKAR !== undefined) process.stdout.write(`skipped, ${NO_PLAKAR}\n`)

const MINUTE_MS = 60_000
const NOTHING_WRITTEN = { packfiles: [], states: [] }

let programs: TwoPrograms
let store: string
let source: string
let photos: string

beforeAll(async () => {
  if (NO_PLAKAR !== undefined) return
  programs = await TwoPrograms.start()
  store = join(programs.folder, 'store')
  source = join(programs.folder, 'source')
  photos = join(programs.folder, partName(1))
  mkdirSync(source)
  writeFileSync(join(source, 'one.txt'), 'ONE')
  writeFileSync(photos, zipOf(photoEntries('IMG_1001.jpg')))
  await programs.tintype(store, ['create', ...CHEAP_KDF])
  await programs.tintype(store, ['backup', photos])
  await programs.plakar(store, ['backup', source])
})
afterAll(async () => {
  await programs?.[Symbol.asyncDispose]()
})
beforeEach(() => {
  if (NO_PLAKAR === undefined) expect(locks()).toEqual([])
})

const locks = () => readdirSync(join(store, 'locks'))

function names(folder: 'packfiles' | 'states'): string[] {
  const files = readdirSync(join(store, folder), { recursive: true, encoding: 'utf8' })
  return files.map((name) => name.split('/').at(-1)!).filter((name) => name.length === 64)
}

/** What `work` adds to the store or takes from it. */
async function written(work: () => Promise<unknown>) {
  const before = { packfiles: names('packfiles'), states: names('states') }
  await work()
  const change = (kind: 'packfiles' | 'states') => {
    const after = names(kind)
    const more = after.filter((name) => !before[kind].includes(name))
    return [...more, ...before[kind].filter((name) => !after.includes(name)).map((n) => `-${n}`)]
  }
  return { packfiles: change('packfiles'), states: change('states') }
}

/** A lock of ours, last confirmed `ageMs` ago. */
async function ourLock(exclusive: boolean, ageMs = 0): Promise<string> {
  const id = randomMac()
  const now = new Date(Date.now() - ageMs)
  await withRepository(store, (repository) => putLock(repository, id, { exclusive, now }))
  return id
}

const giveBack = (id: string) => withRepository(store, (repository) => release(repository, id))

const lockOfKilledPlakar = (command: readonly string[]) => programs.killWithLock(store, command)

/** What a lock says. */
async function said(id: string) {
  return withRepository(store, async (repository) => (await readLock(repository, id))?.record)
}

/** Rewrites a lock of plakar as if it had been confirmed at another time by its clock. */
async function redate(id: string, offsetMs: number): Promise<void> {
  const record = await said(id)
  const now = new Date(Date.now() + offsetMs)
  await withRepository(store, (repository) =>
    putLock(repository, id, { exclusive: record!.exclusive, now }),
  )
}

const cleanWithUs = () =>
  withRepository(store, (repository) =>
    maintain(repository, {
      ...{ clock: systemClock, progress: quietly, signal: new AbortController().signal },
      ...{ graceMs: 0, dryRun: false, repackBelow: 0, compactFrom: 2, yesReally: true },
    }),
  )

describe.skipIf(NO_PLAKAR !== undefined)('a lock of ours', () => {
  it('while a backup of ours runs, keeps plakar from cleaning, and nobody from saving', async () => {
    const id = await ourLock(false)
    let cleaning = 0

    const effect = await written(async () => {
      const ran = await runPlakar(programs.warm, ['at', store, 'maintenance'])
      cleaning = ran.code ?? 0
    })

    expect(cleaning).not.toBe(0)
    expect(effect).toEqual(NOTHING_WRITTEN)
    await programs.plakar(store, ['backup', source], { env: {} })
    expect(locks()).toContain(id)
    for (const lock of locks()) await giveBack(lock)
  })

  it('while we clean, keeps plakar from saving and from cleaning', async () => {
    const id = await ourLock(true)

    for (const command of [['backup', source], ['maintenance']]) {
      let code: number | undefined = 0
      const effect = await written(async () => {
        code = (await runPlakar(programs.warm, ['at', store, ...command])).code
      })
      expect(code, command[0]).not.toBe(0)
      expect(effect.states).toEqual([])
    }

    expect(locks()).toContain(id)
    for (const lock of locks()) await giveBack(lock)
  })

  it.each([
    { kind: 'shared', exclusive: false },
    { kind: 'exclusive', exclusive: true },
  ])(
    'that is $kind and was left eleven minutes ago is removed by plakar',
    async ({ exclusive }) => {
      const id = await ourLock(exclusive, 11 * MINUTE_MS)

      await programs.plakar(store, ['maintenance'], { env: {} })

      expect(locks()).not.toContain(id)
      for (const lock of locks()) await giveBack(lock)
    },
  )
})

describe.skipIf(NO_PLAKAR !== undefined)('a lock of plakar', () => {
  it('of a backup keeps us from cleaning, at once and with exit code 75, but not from saving', async () => {
    const id = await lockOfKilledPlakar(['backup', source])
    expect(await said(id)).toMatchObject({ exclusive: false })

    await expect(cleanWithUs()).rejects.toMatchObject({ code: 'REPOSITORY_BUSY' })
    const ran = await runTintype(programs.folder, ['at', store, 'maintenance'])
    await programs.tintype(store, ['backup', photos])

    expect(ran.code).toBe(75)
    expect(locks()).toEqual([id])
    await giveBack(id)
  })

  it('of a maintenance keeps us from saving and from cleaning, with exit code 75', async () => {
    const id = await lockOfKilledPlakar(['maintenance'])
    expect(await said(id)).toMatchObject({ exclusive: true })

    for (const command of [['backup', photos], ['maintenance']]) {
      let code: number | undefined
      const effect = await written(async () => {
        code = (await runTintype(programs.folder, ['at', store, ...command])).code
      })
      expect(code, command[0]).toBe(75)
      expect(effect).toEqual(NOTHING_WRITTEN)
    }

    expect(locks()).toEqual([id])
    await giveBack(id)
  })

  it.each([
    { what: 'eleven minutes ago', offsetMs: -11 * MINUTE_MS },
    { what: 'by a clock that is a year ahead', offsetMs: 365 * 24 * 60 * MINUTE_MS },
  ])(
    'left $what is removed by us once we saw it unchanged for ten minutes',
    async ({ offsetMs }) => {
      const left = await lockOfKilledPlakar(['maintenance'])
      await redate(left, offsetMs)
      const clock = new FakeClock(new Date())
      const own = randomMac()

      const taken = await withRepository(store, (repository) =>
        acquireLock(repository, own, { exclusive: true, clock }),
      )

      expect(taken.removed).toEqual([left])
      expect(clock.sleptMs).toBeGreaterThan(LOCK_STALE_MS)
      expect(locks()).toEqual([own])
      await giveBack(own)
    },
  )

  it('whose owner still confirms it is never removed, whatever its clock says', async () => {
    const left = await lockOfKilledPlakar(['maintenance'])
    await redate(left, -60 * MINUTE_MS)
    const clock = new FakeClock(new Date())
    let confirmations = 0
    clock.onSleep = async () => {
      confirmations += 1
      await redate(left, -60 * MINUTE_MS + confirmations)
    }

    const taking = withRepository(store, (repository) =>
      acquireLock(repository, randomMac(), { exclusive: true, clock }),
    )

    await expect(taking).rejects.toMatchObject({ code: 'REPOSITORY_BUSY' })
    expect(locks()).toEqual([left])
    await giveBack(left)
  })

  it('that is torn blocks plakar; we save beside it, and our repair takes it out of the way', async () => {
    const left = await lockOfKilledPlakar(['backup', source])
    const file = join(store, 'locks', left)
    writeFileSync(file, readFileSync(file).subarray(0, 100))

    const theirs = await runPlakar(programs.warm, ['at', store, 'backup', source])
    await programs.tintype(store, ['backup', photos])
    const check = await runTintype(programs.folder, ['at', store, 'check'])
    for (const lock of locks()) if (lock !== left) await giveBack(lock)
    await programs.tintype(store, ['repair', '--apply'])

    expect(theirs.code).not.toBe(0)
    expect(check).toMatchObject({ code: 65, stdout: expect.stringContaining('UNREADABLE_LOCK') })
    expect(locks()).toEqual([])
    await programs.plakar(store, ['backup', source])
  })

  it('leaves, when all is over, a store that both find sound', async () => {
    await programs.plakar(store, ['maintenance'], { env: AT_ONCE })
    await cleanWithUs()

    await programs.expectSound(store)
  })
})

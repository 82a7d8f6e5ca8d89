/**
 * kill -9 at random moments of `rm` and of `maintenance` without a grace period, both as programs of
 * their own: what stays is whole, what was to go is gone or is whole, and the next run completes.
 * `SEED=n` repeats a run, as far as moments can be repeated; `SLOW=1` kills ten times as often.
 * @module
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { randomFrom } from '../../scripts/sample-library/random.ts'
import { acquireLock, release } from '../../src/kloset/state/locks.ts'
import { FolderStore } from '../../src/stores/folder/folder-store.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { SEED } from '../support/faults/seed.ts'
import { Tally } from '../support/faults/tally.ts'
import {
  type Acknowledged,
  type Files,
  losses,
  makeTiny,
  noise,
  openTiny,
  saveFiles,
  TINY_PASSPHRASE,
} from '../support/faults/tiny-library.ts'
import { type Ran, runTintype } from '../support/run-program.ts'

const isSlow = process.env.SLOW === '1'
const ROUNDS = isSlow ? 100 : 10
/** Photos that stay, a packfile each: some are shared with what goes. */
const STAYING = 30
const LEFT_BEHIND_MS = 11 * 60_000

const random = randomFrom(SEED)
const tally = new Tally(`kill -9 of rm and of maintenance (SEED=${SEED})`)
afterAll(() => tally.print())

const home = mkdtempSync(join(tmpdir(), 'tintype-maintenance-kill-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))
const folder = join(home, 'store')
const store = new FolderStore(folder)
const saved: Acknowledged = new Map()
/** Taken out of the list, or about to be. */
const doomed: Acknowledged = new Map()

const photo = (number: number) => noise(2_000 + (number % 7) * 3_000, number + 1)
const photos = (numbers: readonly number[]): Files =>
  Object.fromEntries(numbers.map((number) => [`/${number}.jpg`, photo(number)]))
const upTo = (count: number) => Array.from({ length: count }, (_, number) => number)

beforeAll(async () => {
  await makeTiny(store, { encrypted: true })
  const files = photos(upTo(STAYING))
  saved.set(await saveFiles(store, files), files)
})

const env = { TINTYPE_PASSPHRASE: TINY_PASSPHRASE }
const CLEANING = ['maintenance', '--grace', '0s', '--yes-really', '--repack']

async function tintype(...args: string[]): Promise<Ran> {
  const ran = await runTintype(home, ['at', folder, ...args], { env })
  expect(ran.code, ran.stderr).toBe(0)
  return ran
}

/** Kills the program so long after `hasBegun`; it may be through with everything by then. */
function killed(delayMs: number, hasBegun: () => boolean, ...args: string[]): Promise<Ran> {
  return runTintype(home, ['at', folder, ...args], {
    env,
    onStart: async (child) => {
      const isTime = () => child.exitCode !== null || hasBegun()
      await vi.waitUntil(isTime, { interval: 1, timeout: 60_000 })
      await sleep(delayMs)
      child.kill('SIGKILL')
    },
  })
}

const isLocked = () => readdirSync(join(folder, 'locks')).length > 0

/** Ten minutes later: whoever was killed has left its lock behind. */
async function outwaitLocks(): Promise<void> {
  const repository = await openTiny(store)
  const clock = new FakeClock(new Date(Date.now() + LEFT_BEHIND_MS))
  const id = 'ab'.repeat(32)
  await acquireLock(repository, id, { exclusive: true, clock })
  await release(repository, id)
}

/** How long each takes when nobody kills it; a maintenance from its lock on. */
async function measured(): Promise<{ removalMs: number; cleaningMs: number }> {
  const [id] = await saveDoomed()
  const startedAt = performance.now()
  await tintype('rm', '--apply', id)
  const removalMs = performance.now() - startedAt
  const cleaning = tintype(...CLEANING)
  await vi.waitUntil(isLocked, { interval: 1, timeout: 60_000 })
  const lockedAt = performance.now()
  await cleaning
  doomed.delete(id)
  return { removalMs, cleaningMs: performance.now() - lockedAt }
}

let made = 0
async function saveDoomed(): Promise<[string, Files]> {
  made += 1
  const own = upTo(12).map((number) => 1000 * made + number)
  const files = photos([...own, random.below(STAYING), random.below(STAYING)])
  const id = await saveFiles(store, files)
  doomed.set(id, files)
  return [id, files]
}

/** What stays is whole, and so is what was to go as long as it is listed. */
async function look(what: string, ran: Ran): Promise<void> {
  const { index } = await openTiny(store)
  const listed = new Map([...doomed].filter(([id]) => index.hasSnapshot(id)))
  const lost = await losses(store, new Map([...saved, ...listed]))
  const when = ran.code === undefined ? 'killed' : 'through before'
  tally.count(`${what}, ${when}`, lost.length > 0 ? 'lost' : 'survived', lost.join('; '))
}

describe('kill -9 at random moments of a removal and of a maintenance', () => {
  it('costs nothing that stays, and the next run completes', async () => {
    const { removalMs, cleaningMs } = await measured()
    for (let round = 0; round < ROUNDS; round++) {
      const [id] = await saveDoomed()
      const late = removalMs * (0.5 + 0.6 * random.next())
      await look('rm', await killed(late, () => true, 'rm', '--apply', id))
      const { index } = await openTiny(store)
      if (index.hasSnapshot(id)) await tintype('rm', '--apply', id)

      for (let runs = 0; runs < 2; runs++) {
        const ran = await killed(random.next() * cleaningMs, isLocked, ...CLEANING)
        await look(`maintenance ${runs + 1}`, ran)
        await outwaitLocks()
      }
    }

    expect(tally.lost).toEqual([])
    for (let runs = 0; runs < 2; runs++) await tintype(...CLEANING)
    await tintype('check', '--full')
    expect((await openTiny(store)).index.snapshots()).toEqual([...saved.keys()])
    expect(await losses(store, saved)).toEqual([])
    expect(await packfilesOfRemoved()).toEqual([])
  }, 900_000)
})

/** In the end nothing of what was removed takes space. */
async function packfilesOfRemoved(): Promise<string[]> {
  const { index } = await openTiny(store)
  const published = new Set(index.publishedPackfiles())
  const left: string[] = []
  for await (const name of store.list('packfile')) if (!published.has(name)) left.push(name)
  return left
}

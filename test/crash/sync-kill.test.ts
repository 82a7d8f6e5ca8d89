/**
 * kill -9 at random moments of a sync: the copy never has a snapshot that is not whole, and what was
 * stored before is not sent again. `SLOW=1` kills 20 times; `SEED=n` repeats the moments.
 * @module
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { generateBulk } from '../../scripts/sample-library/generate-bulk.ts'
import { randomFrom } from '../../scripts/sample-library/random.ts'
import { SEED } from '../support/faults/seed.ts'
import { CHEAP_KDF, jsonLines, type Ran, runTintype } from '../support/run-program.ts'

const KILLS = process.env.SLOW === '1' ? 20 : 5
/** Enough for worker threads to be used. */
const BULK = { items: 90, bytesPerItem: 1_000_000, parts: 2, seed: SEED }
const THREADS = 2
/** Of a packfile: 32 MiB, and a chunk at its end. */
const PACK_BYTES = 40 * 1024 * 1024
const LATEST_KILL_MS = 2500

const PEER = 'quite another passphrase, and a long one'

let home = ''
let store = ''
let copy = ''
beforeAll(async () => {
  process.stdout.write(`kill -9 of a sync, ${KILLS} times: SEED=${SEED}\n`)
  home = mkdtempSync(join(tmpdir(), 'tintype-sync-kill-'))
  store = join(home, 'store')
  copy = join(home, 'copy')
  await generateBulk(join(home, 'bulk'), BULK)
  await done(runTintype(home, ['at', store, 'create', ...CHEAP_KDF]))
  await done(runTintype(home, ['at', store, 'backup', join(home, 'bulk')]))
  const env = { TINTYPE_PASSPHRASE: PEER }
  await done(runTintype(home, ['at', copy, 'create', ...CHEAP_KDF], { env }))
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

describe('a sync that is killed', () => {
  it('leaves no snapshot that is not whole, and the next one sends only what is missing', async () => {
    const random = randomFrom(SEED)
    for (let kill = 0; kill < KILLS; kill++) {
      const before = storedBytes(copy)
      await killedAfter(random.next() * LATEST_KILL_MS)
      expect(storedBytes(copy) - before).toBeLessThan(storedBytes(store) + PACK_BYTES)
      expect((await checked('--quick')).code).toBe(0)
      expect((await listed(copy, PEER)).length).toBeLessThanOrEqual(1)
    }

    const there = (await listed(copy, PEER)).length
    const last = jsonLines(await done(sync())).at(-1)!

    expect(last).toMatchObject({ status: 'complete', copied: 1 - there, present: there })
    expect(await listed(copy, PEER)).toEqual(await listed(store))
    expect((await checked('--full')).code).toBe(0)
    const lost = KILLS * (THREADS + 1) * PACK_BYTES
    expect(storedBytes(copy)).toBeLessThan(storedBytes(store) * 1.1 + lost)
    const again = jsonLines(await done(sync())).at(-1)!
    expect(again).toMatchObject({ copied: 0, present: 1, bytesRead: 0, bytesStored: 0 })
  })
})

function sync(options: Parameters<typeof runTintype>[2] = {}): Promise<Ran> {
  const args = ['at', store, 'sync', '--json', '--threads', String(THREADS), 'to', copy]
  return runTintype(home, args, { ...options, env: { TINTYPE_PEER_PASSPHRASE: PEER } })
}

/** So long after it took its lock. */
async function killedAfter(delayMs: number): Promise<Ran> {
  const locks = () => readdirSync(join(copy, 'locks'))
  const before = new Set(locks())
  return sync({
    onStart: async (child) => {
      const isLocked = () => child.exitCode !== null || locks().some((lock) => !before.has(lock))
      await vi.waitUntil(isLocked, { interval: 1, timeout: 60_000 })
      await sleep(delayMs)
      child.kill('SIGKILL')
    },
  })
}

async function done(running: Promise<Ran>): Promise<Ran> {
  const ran = await running
  expect([0, 3], ran.stderr).toContain(ran.code)
  return ran
}

function checked(level: string): Promise<Ran> {
  return runTintype(home, ['at', copy, 'check', level], { env: { TINTYPE_PASSPHRASE: PEER } })
}

async function listed(at: string, passphrase?: string): Promise<unknown[]> {
  const env = passphrase === undefined ? {} : { TINTYPE_PASSPHRASE: passphrase }
  const lines = jsonLines(await done(runTintype(home, ['at', at, 'ls', '--json'], { env })))
  return lines.map(({ id }) => id)
}

/** Of all packfiles under their names; temporary files do not count. */
function storedBytes(at: string): number {
  const folder = join(at, 'packfiles')
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const packs = names.filter((name) => /[0-9a-f]{64}$/.test(name))
  return packs.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
}

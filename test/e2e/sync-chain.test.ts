/**
 * A library goes from store to store, by way of S3 and of a remote of rclone, and comes back bit for
 * bit. And a copy to S3 that is killed again and again at random moments: what it sends a second
 * time is at most what its workers had under way. `SEED=n` repeats the moments.
 * @module
 */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { generateBulk } from '../../scripts/sample-library/generate-bulk.ts'
import { randomFrom } from '../../scripts/sample-library/random.ts'
import { macToHex } from '../../src/kloset/mac-hex.ts'
import { readPackfileIndex } from '../../src/kloset/packfile/packfile-index.ts'
import { createRepository, openRepository } from '../../src/kloset/repository.ts'
import { ResourceType } from '../../src/kloset/resource-type.ts'
import { openStore } from '../../src/stores/registry.ts'
import { SEED } from '../support/faults/seed.ts'
import { fileTree } from '../support/file-tree.ts'
import { NO_RCLONE, rcloneEnvironment } from '../support/rclone/rclone-world.ts'
import { CHEAP_KDF, jsonLines, PASSPHRASE, type Ran, runTintype } from '../support/run-program.ts'
import { S3Double } from '../support/s3/s3-double.ts'
import { type S3Server, startS3Server } from '../support/s3/server-process.ts'
import { sharedSample } from '../support/shared-sample.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const KILLS = 20
const THREADS = 2

const MIB = 2 ** 20
/** Of the destination's packfiles. A packfile is closed when it has as much, behind a whole chunk. */
const PACK_TARGET_BYTES = 4 * MIB
const PACK_BYTES = PACK_TARGET_BYTES + 1.5 * MIB
/** Enough for threads to be used. */
const BULK = { items: 72, bytesPerItem: 1_000_000, parts: 2, seed: SEED }

const OTHER = 'quite another passphrase, and a long one'

const home = temporaryFolder()
afterAll(() => home[Symbol.dispose]())

async function done(running: Promise<Ran>): Promise<Ran> {
  const ran = await running
  expect([0, 3], ran.stderr).toContain(ran.code) // 3: a sidecar of the sample has lost its photo
  return ran
}

if (NO_RCLONE !== undefined) process.stdout.write(`skipped: sync chain, ${NO_RCLONE}\n`)

describe.skipIf(NO_RCLONE !== undefined)('a library', () => {
  let server: S3Server
  let env: Record<string, string> = {}
  beforeAll(async () => {
    server = await startS3Server('--page-size', '5')
    env = { ...rcloneEnvironment(home.path), ...server.env }
  })
  afterAll(() => server[Symbol.asyncDispose]())

  /** Every second store has another passphrase. */
  const passphraseOf = (at: number) => (at % 2 === 0 ? PASSPHRASE : OTHER)

  it('goes to S3, on to a remote of rclone and back, and restores bit for bit', async () => {
    const stores = [
      join(home.path, 'here'),
      server.location('chain'),
      'rclone:folder:chain',
      join(home.path, 'back'),
    ]
    const tintype = (at: number, ...args: string[]) =>
      done(
        runTintype(home.path, ['at', stores[at]!, ...args], {
          env: {
            ...env,
            TINTYPE_PASSPHRASE: passphraseOf(at),
            TINTYPE_PEER_PASSPHRASE: passphraseOf(at + 1),
          },
        }),
      )
    for (const at of stores.keys()) await tintype(at, 'create', ...CHEAP_KDF)
    for (const { folder } of (await sharedSample()).exports) await tintype(0, 'backup', folder)

    for (const at of [0, 1, 2]) await tintype(at, 'sync', 'to', stores[at + 1]!)

    const ids = async (at: number) =>
      jsonLines(await tintype(at, 'ls', '--json')).map(({ id }) => String(id))
    const snapshots = await ids(0)
    expect(snapshots).toHaveLength(2)
    expect(await ids(3)).toEqual(snapshots)
    expect(await tintype(3, 'check', '--full')).toMatchObject({ code: 0 })
    for (const id of snapshots) {
      const asStored = ['--layout', 'as-stored', '--metadata', 'none', id]
      const to = [0, 3].map((at) => join(home.path, `${id} of ${at}`))
      await tintype(0, 'restore', '--to', to[0]!, ...asStored)
      await tintype(3, 'restore', '--to', to[1]!, ...asStored)

      const [first, last] = to.map(fileTree)
      expect(last).toEqual(first)
      expect(Object.keys(first!).length).toBeGreaterThan(50)
    }
  }, 300_000)
})

/** What became of one attempt. */
interface Attempt {
  killedAfterMs: number
  /** Of packfiles that are whole in the bucket. */
  storedBytes: number
  /** Arrived, and was no part of anything that stayed: the next attempt sends it again. */
  lostBytes: number
  /** Of blobs that lay in packfiles before. */
  twiceBytes: number
}

describe('a copy that is killed at random moments', () => {
  const random = randomFrom(SEED)
  const store = join(home.path, 'bulk store')
  let double: S3Double
  let copy = ''
  let laps = 0
  /** Packfiles that were there before, and blobs in them. */
  let packs = new Map<string, number>()
  let blobs = new Set<string>()

  beforeAll(async () => {
    process.stdout.write(`a copy, killed ${KILLS} times: SEED=${SEED}\n`)
    double = await S3Double.start()
    await generateBulk(join(home.path, 'bulk'), BULK)
    await done(runTintype(home.path, ['at', store, 'create', ...CHEAP_KDF]))
    await done(runTintype(home.path, ['at', store, 'backup', join(home.path, 'bulk')]))
  })
  afterAll(() => double[Symbol.asyncDispose]())

  const peer = () => ({ ...double.env, TINTYPE_PEER_PASSPHRASE: OTHER })
  const there = (...args: string[]) =>
    done(
      runTintype(home.path, ['at', copy, ...args], {
        env: { ...double.env, TINTYPE_PASSPHRASE: OTHER },
      }),
    )

  async function newCopy(): Promise<void> {
    copy = double.location(`copy-${++laps}`)
    await using to = await openStore(copy, { env: double.env })
    await createRepository(to, {
      ...{ passphrase: OTHER, kdfMemoryMiB: 8, now: () => new Date() },
      packfileMaxBytes: BigInt(PACK_TARGET_BYTES),
    })
    packs = new Map()
    blobs = new Set()
  }

  const keys = (kind: string) =>
    [...double.bucket().objects.keys()].filter((key) => key.startsWith(`copy-${laps}/${kind}/`))

  /** @returns how long it took from its lock on; undefined when it was killed */
  async function sync(killAfterMs?: number): Promise<number | undefined> {
    const locks = keys('locks').length
    let lockedAt = 0
    const args = ['at', store, 'sync', '--json', '--threads', String(THREADS), 'to', copy]
    const ran = await runTintype(home.path, args, {
      env: peer(),
      onStart: async (child) => {
        const isUnderWay = () => child.exitCode !== null || keys('locks').length > locks
        await vi.waitUntil(isUnderWay, { interval: 2, timeout: 60_000 })
        lockedAt = performance.now()
        if (killAfterMs === undefined) return
        await sleep(killAfterMs)
        child.kill('SIGKILL')
      },
    })
    if (ran.code === undefined) return undefined
    expect(ran.code, ran.stderr).toBe(0)
    return performance.now() - lockedAt
  }

  async function attempt(killAfterMs: number): Promise<{ isKilled: boolean; attempt: Attempt }> {
    const before = double.bodyBytesArrived
    const requests = double.requests.length
    const isKilled = (await sync(killAfterMs)) === undefined
    const arrived = double.bodyBytesArrived - before
    const whole = double.requests
      .slice(requests)
      .filter(({ method, status }) => method === 'PUT' && status === 200)
      .reduce((sum, { bodyBytes }) => sum + bodyBytes, 0)
    const { storedBytes, twiceBytes } = await lookAtPackfiles()
    const lostBytes = Math.max(0, arrived - whole)
    return {
      isKilled,
      attempt: { killedAfterMs: killAfterMs, storedBytes, lostBytes, twiceBytes },
    }
  }

  /** What came since the last look. */
  async function lookAtPackfiles(): Promise<{ storedBytes: number; twiceBytes: number }> {
    await using to = await openStore(copy, { env: double.env })
    await using repository = await openRepository(to, { passphrase: async () => OTHER })
    let [storedBytes, twiceBytes] = [0, 0]
    const fresh = new Set<string>()
    for await (const name of to.list('packfile')) {
      if (packs.has(name)) continue
      const sizeBytes = await to.size('packfile', name)
      packs.set(name, sizeBytes)
      storedBytes += sizeBytes
      const read = (offset: number, length: number) => to.get('packfile', name, { offset, length })
      for (const record of (await readPackfileIndex({ sizeBytes, read }, repository)).records) {
        if (record.type === ResourceType.RANDOM) continue
        const blob = `${record.type}:${macToHex(record.mac)}`
        if (blobs.has(blob) || fresh.has(blob)) twiceBytes += record.length
        fresh.add(blob)
      }
    }
    for (const blob of fresh) blobs.add(blob)
    return { storedBytes, twiceBytes }
  }

  it('completes, and sends at most one packfile of each worker again', async () => {
    await newCopy()
    const fullMs = (await sync())!
    const attempts: Attempt[] = []
    for (let kills = 0; kills < KILLS; ) {
      if (kills % 7 === 0) await newCopy()
      const { isKilled, attempt: result } = await attempt(random.next() * fullMs)
      if (isKilled) kills += 1
      else await newCopy()
      if (isKilled) attempts.push(result)
    }
    await sync()
    const last = await lookAtPackfiles()

    print(attempts, last)
    const mostBytes = (THREADS + 1) * PACK_BYTES // the main thread writes listings and objects
    for (const { lostBytes, twiceBytes } of [...attempts, { lostBytes: 0, ...last }]) {
      expect(lostBytes + twiceBytes).toBeLessThanOrEqual(mostBytes)
    }
    expect(await there('check', '--full')).toMatchObject({ code: 0 })
    const ids = (ran: Ran) => jsonLines(ran).map(({ id }) => id)
    expect(ids(await there('ls', '--json'))).toEqual(
      ids(await done(runTintype(home.path, ['at', store, 'ls', '--json']))),
    )
  }, 600_000)
})

function print(attempts: readonly Attempt[], last: { storedBytes: number; twiceBytes: number }) {
  const inMib = (bytes: number) => (bytes / MIB).toFixed(2).padStart(12)
  const rows = attempts.map(
    ({ killedAfterMs, storedBytes, lostBytes, twiceBytes }) =>
      `${killedAfterMs.toFixed(0).padStart(10)}${inMib(storedBytes)}${inMib(lostBytes)}${inMib(twiceBytes)}\n`,
  )
  const title = '  killed ms   MiB stored    MiB lost   MiB twice\n'
  process.stdout.write(
    `${title}${rows.join('')}      done${inMib(last.storedBytes)}${inMib(0)}${inMib(last.twiceBytes)}\n`,
  )
}

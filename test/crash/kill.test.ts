/**
 * kill -9 at random moments of a backup, between its lock and a little after its end: what was
 * reported saved stays whole, and the next run completes. `SEED=n` repeats a run, as far as moments
 * can be repeated; `SLOW=1` kills 50 times.
 * @module
 */
import { mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { generateBulk } from '../../scripts/sample-library/generate-bulk.ts'
import { randomFrom } from '../../scripts/sample-library/random.ts'
import { openRepository } from '../../src/kloset/repository.ts'
import { acquireLock, release } from '../../src/kloset/state/locks.ts'
import { FolderStore } from '../../src/stores/folder/folder-store.ts'
import { readBack } from '../support/archives/read-survey.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { SEED } from '../support/faults/seed.ts'
import { fileTree, sha256 } from '../support/file-tree.ts'
import { CHEAP_KDF, jsonLines, PASSPHRASE, type Ran, runTintype } from '../support/run-program.ts'
import { sharedSample } from '../support/shared-sample.ts'

const isSlow = process.env.SLOW === '1'
const KILLS = isSlow ? 50 : 10
/** After so many kills a backup may run to its end, and all is verified. */
const KILLS_IN_A_ROW = 3
const BULK = { items: 60, bytesPerItem: 200_000, parts: 2 }
/** So many of the snapshots are restored once more at the end; a full check reads all of them. */
const RESTORED_AGAIN = 5

const OUR_LOCK = 'ab'.repeat(32)

let home = ''
let store = ''
beforeAll(async () => {
  process.stdout.write(`kill -9, ${KILLS} times: SEED=${SEED}\n`)
  home = mkdtempSync(join(tmpdir(), 'tintype-kill-'))
  store = join(home, 'store')
  await tintype('create', ...CHEAP_KDF)
})
afterAll(() => rmSync(home, { recursive: true }))

/** Runs to the end, which must be a good one. */
async function tintype(...args: string[]): Promise<Ran> {
  const ran = await runTintype(home, ['at', store, ...args])
  expect([0, 3], ran.stderr).toContain(ran.code) // 3: a sidecar of the sample has lost its photo
  return ran
}

const backup = (source: string) => ['backup', '--json', '--threads', '2', source]

/** What the run said before it was killed, if it came so far. */
function reportedSnapshot({ stdout }: Pick<Ran, 'stdout'>): string | undefined {
  return /"snapshot":"([0-9a-f]{64})"/.exec(stdout)?.[1]
}

async function killedAfter(delayMs: number, source: string): Promise<string | undefined> {
  const locks = locksOf(store)
  const ran = await runTintype(home, ['at', store, ...backup(source)], {
    onStart: async (child) => {
      await untilLocked(locks)
      await sleep(delayMs)
      child.kill('SIGKILL')
    },
  })
  return reportedSnapshot(ran)
}

/** How long a backup that may run to its end takes from its lock on, and its snapshot. */
async function completed(source: string): Promise<{ id: string; ms: number }> {
  const locks = locksOf(store)
  const locked = untilLocked(locks)
  const running = tintype(...backup(source))
  await locked
  const lockedAt = performance.now()
  const id = reportedSnapshot(await running)!
  return { id, ms: performance.now() - lockedAt }
}

async function untilLocked(before: ReadonlySet<string>): Promise<void> {
  const isLocked = () => [...locksOf(store)].some((lock) => !before.has(lock))
  await vi.waitUntil(isLocked, { interval: 1, timeout: 30_000 })
}

function locksOf(folder: string): Set<string> {
  return new Set(readdirSync(join(folder, 'locks')))
}

interface Source {
  folder: string
  /** SHA-256 of every photo and video in it. */
  photos: Set<string>
}

/** Exports never seen before: those of the sample library first, then bulk without end. */
async function* sources(): AsyncGenerator<Source> {
  const sample = await sharedSample()
  for (const { folder, truth } of sample.exports) {
    const media = truth.entries.filter((entry) => entry.class === 'media')
    yield { folder, photos: new Set(media.map((entry) => entry.sha256)) }
  }
  for (let seed = SEED; ; seed++) {
    const folder = join(home, `bulk ${seed}`)
    const parts = await generateBulk(folder, { ...BULK, seed })
    const { contents } = await readBack(...parts)
    const photos = Object.entries(contents).filter(([path]) => path.endsWith('.jpg'))
    const hashes = photos.map(([, text]) => sha256(Buffer.from(text, 'latin1')))
    yield { folder, photos: new Set(hashes) }
  }
}

async function restored(snapshot: string): Promise<Record<string, string>> {
  const to = mkdtempSync(join(home, 'restored-'))
  await tintype('restore', '--to', to, '--layout', 'as-stored', '--metadata', 'none', snapshot)
  const tree = fileTree(to)
  rmSync(to, { recursive: true })
  return tree
}

function photosIn(tree: Record<string, string>): Set<string> {
  return new Set(
    Object.entries(tree).flatMap(([path, hash]) => (/^photos\//.test(path) ? hash : [])),
  )
}

async function listed(): Promise<unknown[]> {
  return jsonLines(await tintype('ls', '--json')).map(({ id }) => id)
}

describe('kill -9 at random moments', () => {
  const random = randomFrom(SEED)
  /** Tree of every snapshot that was reported saved, as it was restored first. */
  const saved = new Map<string, Record<string, string>>()
  const photos = new Set<string>()

  it('never costs a snapshot that was reported saved, and the next run completes', async () => {
    let runMs = 600 // until one was measured
    let kills = 0
    for await (const source of sources()) {
      for (const photo of source.photos) photos.add(photo)
      for (let row = 0; row < KILLS_IN_A_ROW && kills < KILLS; row++, kills++) {
        const id = await killedAfter(random.next() * runMs * 1.1, source.folder)
        if (id !== undefined) await remember(id)
        expect(await listed()).toEqual(expect.arrayContaining([...saved.keys()]))
      }
      const { id, ms } = await completed(source.folder)
      await remember(id)
      runMs = ms
      if (kills === KILLS) break
    }

    await tintype('check', '--full')
    for (let again = 0; again < RESTORED_AGAIN; again++) {
      const [id, tree] = random.pick([...saved])
      expect(await restored(id)).toEqual(tree)
    }
  }, 600_000)

  async function remember(id: string): Promise<void> {
    const tree = await restored(id)
    expect(photosIn(tree)).toEqual(photos)
    saved.set(id, tree)
  }

  it('leaves neither locks nor temporary files for ever', async () => {
    const dayAgo = Date.now() / 1000 - 86_400
    for (const path of temporaries()) utimesSync(path, dayAgo, dayAgo)
    const sample = await sharedSample()

    await tintype(...backup(sample.exports[0].folder))
    await using repository = await openRepository(new FolderStore(store), {
      passphrase: async () => PASSPHRASE,
    })
    const clock = new FakeClock(new Date(Date.now() + 11 * 60_000))
    await acquireLock(repository, OUR_LOCK, { exclusive: true, clock })

    expect(temporaries()).toEqual([])
    expect(readdirSync(join(store, 'locks'))).toEqual([OUR_LOCK])
    await release(repository, OUR_LOCK)
  })
})

if (!isSlow) process.stdout.write('skipped: kill -9 after a checkpoint takes 400 MB; SLOW=1\n')

describe.skipIf(!isSlow)('kill -9 after a checkpoint', () => {
  it('costs the next run only what the checkpoint had not reached', async () => {
    const checkpointBytes = 256 * 2 ** 20
    const folder = join(home, 'checkpoint')
    const bulk = { items: 420, bytesPerItem: 1_000_000, parts: 2, seed: SEED + 1000 }
    await generateBulk(folder, bulk)
    const before = statesOf(store)
    const killed = await runTintype(home, ['at', store, ...backup(folder)], {
      onStart: (child) => void untilMore(before).then(() => child.kill('SIGKILL')),
    })
    expect(reportedSnapshot(killed)).toBeUndefined()

    const result = jsonLines(await tintype(...backup(folder))).at(-1)!

    const restBytes = bulk.items * bulk.bytesPerItem - checkpointBytes + 2_000_000
    expect(result.bytesRead).toBeLessThan(restBytes)
    expect(result.bytesStored).toBeLessThan(restBytes)
    await tintype('check', '--full')
  }, 120_000)

  async function untilMore(before: number): Promise<void> {
    while (statesOf(store) === before) await sleep(5)
  }
})

function statesOf(folder: string): number {
  const files = readdirSync(join(folder, 'states'), { recursive: true, withFileTypes: true })
  return files.filter((file) => /^[0-9a-f]{64}$/.test(file.name)).length
}

function temporaries(): string[] {
  const folders = [store, join(store, 'packfiles'), join(store, 'states')]
  return folders.flatMap((folder) =>
    readdirSync(folder).flatMap((name) => (name.startsWith('tmp.') ? join(folder, name) : [])),
  )
}

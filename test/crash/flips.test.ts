/**
 * Every byte of every file of a tiny repository is altered, and files are cut, exchanged, put back
 * and deleted. A full check finds all of it; reading gives the exact bytes or an error.
 *
 * Some bytes of each file are tried; `SLOW=1` tries every one. `SEED=n` tries others.
 * @module
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readPackfileIndex } from '../../src/kloset/packfile/packfile-index.ts'
import { type CheckReport, checkRepository } from '../../src/kloset/reading/check.ts'
import { openSnapshot } from '../../src/kloset/reading/snapshot-reader.ts'
import { createRepository, openRepository, Repository } from '../../src/kloset/repository.ts'
import { acquireLock } from '../../src/kloset/state/locks.ts'
import { requireSupported } from '../../src/kloset/supported-configuration.ts'
import { WRAPPER_HEADER_BYTES } from '../../src/kloset/wrapper.ts'
import { MemoryStore } from '../../src/stores/memory/memory-store.ts'
import { concatBytes, equalBytes } from '../../src/util/bytes.ts'
import { codeOf } from '../../src/util/coded-error.ts'
import { quietly } from '../../src/util/progress.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { bytesIn, filesOf, replaced, type StoredFile, storeOf } from '../support/faults/file-set.ts'
import {
  type Acknowledged,
  type Files,
  noise,
  openTiny,
  saveFiles,
  TINY_PASSPHRASE,
  TINY_START,
} from '../support/faults/tiny-library.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const isSlow = process.env.SLOW === '1'
const SEED = Number(process.env.SEED ?? 1)
/** Every so many bytes one is altered. Prime, so that no structure of the files escapes for good. */
const STEP = isSlow ? 1 : 293
/** A restore after each is for the runs that try few; with every byte, after every so many. */
const RESTORE_EVERY = isSlow ? 16 : 1
/** Every byte of everything takes a quarter of an hour. */
const PATIENCE_MS = isSlow ? 3_600_000 : 120_000
const SEGMENT_BYTES = 65_536 + 28
const PAGE_BYTES = 512

/** Two photos of equal size, so that their blobs could be exchanged. */
const FIRST: Files = { '/a.jpg': noise(700, 1), '/b.jpg': noise(700, 2) }
const SECOND: Files = { ...FIRST, '/c.jpg': noise(3000, 3) }

const SMALL_CHUNKS = { minBytes: 256, normalBytes: 1024, maxBytes: 2048 }
const LARGE_CHUNKS = { minBytes: 262_144, normalBytes: 524_288, maxBytes: 1_048_576 }

interface World {
  files: StoredFile[]
  saved: Acknowledged
  /** Opens without deriving the key again. */
  open(store: MemoryStore, cacheDir?: string): Promise<Repository>
}

interface Trial {
  cacheDir?: string
  /** Whether everything is restored as well. */
  isRestored?: boolean
}

type Fate = 'found' | 'noted' | 'harmless' | 'MISSED' | 'WRONG BYTES'
const tally = new Map<string, Map<Fate, number>>()

let world: World
let large: World
beforeAll(async () => {
  world = await makeWorld(async (store) => {
    const first = await saveFiles(store, FIRST)
    return new Map([
      [first, FIRST],
      [await saveFiles(store, SECOND), SECOND],
    ])
  })
  const files = { '/large.jpg': noise(220_000, 4) }
  large = await makeWorld(async (store) => new Map([[await saveFiles(store, files), files]]), true)
})
afterAll(() => {
  const rows = [...tally].map(([kind, fates]) => {
    const counts = [...fates].map(([fate, count]) => `${count} ${fate}`).join(', ')
    return `  ${kind.padEnd(34)} ${counts}\n`
  })
  process.stdout.write(`\nAltered files, what a full check and a restore say\n${rows.join('')}`)
})

async function makeWorld(
  save: (store: MemoryStore) => Promise<Acknowledged>,
  largeChunks = false,
): Promise<World> {
  const store = new MemoryStore()
  await createRepository(store, {
    ...{ passphrase: TINY_PASSPHRASE, kdfMemoryMiB: 8, now: () => new Date() },
    chunking: largeChunks ? LARGE_CHUNKS : SMALL_CHUNKS,
  })
  const saved = await save(store)
  const repository = await openTiny(store)
  const lock = { exclusive: false, clock: new FakeClock(TINY_START) }
  await acquireLock(repository, 'ab'.repeat(32), lock)
  const { configuration, secret } = repository
  const settings = requireSupported(configuration, 'here')
  const config = await store.getConfig()
  return {
    saved,
    files: await filesOf(store),
    open: (altered, cacheDir) =>
      Repository.open(
        { store: altered, configuration, settings, key: secret.encryptionKey },
        config,
        cacheDir,
      ),
  }
}

/** What a full check and a restore make of altered files. */
async function judge(
  { open, saved }: World,
  files: readonly StoredFile[],
  { cacheDir, isRestored = true }: Trial = {},
): Promise<Fate> {
  const store = await storeOf(files)
  const repository = await open(store, cacheDir)
  const report = await checkRepository(repository, {
    ...{ level: 'full', snapshots: repository.index.snapshots() },
    ...{ progress: quietly, signal: new AbortController().signal },
  })
  const restored = isRestored ? await restore(repository, saved) : 'exact'
  if (restored === 'wrong') return 'WRONG BYTES'
  if (report.problems.length > 0) return foundAsDamage(report) ? 'found' : 'MISSED'
  if (restored === 'refused') return 'MISSED'
  return report.notes.length > 0 ? 'noted' : 'harmless'
}

/** A store in memory always answers: what does not is no excuse. */
function foundAsDamage({ problems }: CheckReport): boolean {
  return problems.some(({ code }) => code !== 'COULD_NOT_READ')
}

async function restore(repository: Repository, saved: Acknowledged) {
  let result: 'exact' | 'refused' = 'exact'
  for (const [id, files] of saved) {
    for (const [path, expected] of Object.entries(files)) {
      const bytes = await contentOf(repository, id, path)
      if (bytes === undefined) result = 'refused'
      else if (!equalBytes(bytes, expected)) return 'wrong'
    }
    const paths = await pathsIn(repository, id)
    if (paths === undefined) result = 'refused'
    else if (!Object.keys(files).every((path) => paths.includes(path))) return 'wrong'
  }
  return result
}

async function contentOf(repository: Repository, id: string, path: string) {
  return refusable(async () => {
    const reader = await openSnapshot(repository, id)
    const entry = await reader.entry(path)
    if (entry === undefined) throw new Error('a listed file has no entry')
    const parts: Uint8Array[] = []
    for await (const part of reader.content(entry)) parts.push(part)
    return concatBytes(parts)
  })
}

async function pathsIn(repository: Repository, id: string) {
  return refusable(async () => {
    const paths: string[] = []
    for await (const { path } of (await openSnapshot(repository, id)).walk('/')) paths.push(path)
    return paths
  })
}

/** Errors that say what is wrong are refusals; anything else is a defect, and thrown. */
async function refusable<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (codeOf(error) === undefined) throw error
    return undefined
  }
}

function count(kind: string, fate: Fate): void {
  const fates = tally.get(kind) ?? new Map<Fate, number>()
  tally.set(kind, fates.set(fate, (fates.get(fate) ?? 0) + 1))
}

/** Tries one alteration; gives what became of it. */
async function alter(kind: string, files: readonly StoredFile[], trial: Trial = {}): Promise<Fate> {
  const fate = await judge(world, files, trial)
  count(kind, fate)
  return fate
}

function of(kind: StoredFile['kind'], from = world): StoredFile[] {
  return from.files.filter((file) => file.kind === kind)
}

describe('a repository of less than 64 KiB', () => {
  it('is sound to begin with, and has files of every kind', async () => {
    expect(await judge(world, world.files)).toBe('harmless')
    expect(bytesIn(world.files)).toBeLessThan(65_536)
    for (const kind of ['config', 'packfile', 'state', 'lock'] as const) {
      expect(of(kind).length, kind).toBeGreaterThan(0)
    }
  })

  it(
    'has no byte in packfiles, states and locks whose change a full check overlooks',
    async () => {
      const fates = new Set<Fate>()
      let tried = 0
      for (const file of world.files.filter(({ kind }) => kind !== 'config')) {
        for (let at = SEED % STEP; at < file.bytes.length; at += STEP) {
          const altered = file.bytes.slice()
          altered[at]! ^= 1 << ((at * 5 + SEED) % 8)
          const files = replaced(world.files, file, altered)
          const isRestored = tried % RESTORE_EVERY === 0
          fates.add(await alter(`one bit of a ${file.kind}`, files, { isRestored }))
          tried += 1
        }
      }

      expect([...fates]).toEqual(['found'])
      expect(tried).toBeGreaterThan(100)
    },
    PATIENCE_MS,
  )

  it(
    'does not open with any byte of CONFIG changed',
    async () => {
      const [config] = of('config')
      const step = isSlow ? 1 : 11
      for (let at = SEED % step; at < config!.bytes.length; at += step) {
        const altered = config!.bytes.slice()
        altered[at]! ^= 1
        const store = await storeOf(replaced(world.files, config!, altered))

        const opening = openRepository(store, { passphrase: async () => TINY_PASSPHRASE })

        await expect(opening).rejects.toMatchObject({ code: expect.any(String) })
        count('one bit of CONFIG', 'found')
        expect(
          await alter('CONFIG while it is open', replaced(world.files, config!, altered)),
        ).toBe('found')
      }
    },
    PATIENCE_MS,
  )

  it(
    'that was cut anywhere is not taken for whole',
    async () => {
      for (const file of world.files) {
        const step = isSlow ? 16 : Math.ceil(file.bytes.length / 9)
        for (let length = 0; length < file.bytes.length; length += step) {
          const files = replaced(world.files, file, file.bytes.slice(0, length))
          expect(await alter(`a ${file.kind} that was cut`, files)).toBe('found')
        }
      }
    },
    PATIENCE_MS,
  )

  it('that lost a page, or grew, is not taken for whole', async () => {
    for (const file of world.files) {
      const zeroed = file.bytes.slice()
      const page = Math.floor(file.bytes.length / 2 / PAGE_BYTES) * PAGE_BYTES
      zeroed.fill(0, page, page + PAGE_BYTES)
      const longer = concatBytes([file.bytes, new Uint8Array(7)])
      for (const bytes of [zeroed, longer, new Uint8Array(file.bytes.length)]) {
        const files = replaced(world.files, file, bytes)
        expect(await alter(`a ${file.kind} with a wrong page`, files)).toBe('found')
      }
    }
  })
})

describe('files that changed places', () => {
  it('are found when they are packfiles', async () => {
    const [a, b, c] = of('packfile')
    for (const [one, other] of [[a!, b!] as const, [b!, c!] as const]) {
      const swapped = replaced(replaced(world.files, one, other.bytes), other, undefined)
      const both = [...swapped, { ...other, bytes: one.bytes }]
      expect(await alter('two packfiles exchanged', both)).toBe('found')
      const older = replaced(world.files, one, other.bytes)
      expect(await alter('a packfile in place of another', older)).toBe('found')
    }
  })

  it('do no harm when they are states, and copies are noted', async () => {
    const [a, b] = of('state')
    const without = world.files.filter((file) => file !== a && file !== b)
    const swapped = [...without, { ...a!, bytes: b!.bytes }, { ...b!, bytes: a!.bytes }]
    expect(await alter('two states exchanged', swapped)).toBe('harmless')
    const doubled = [...world.files, { ...a!, name: 'cd'.repeat(32) }]
    expect(await alter('a state twice', doubled)).toBe('noted')
  })

  it('are found when they are of another kind, or from another repository', async () => {
    const [pack, state, lock] = (['packfile', 'state', 'lock'] as const).map((kind) => of(kind)[0]!)
    for (const [place, bytes] of [
      [pack!, state!.bytes],
      [state!, pack!.bytes],
      [state!, lock!.bytes],
      [lock!, state!.bytes],
      [pack!, of('packfile', large)[0]!.bytes],
      [state!, of('state', large)[0]!.bytes],
      [lock!, of('lock', large)[0]!.bytes],
    ] as const) {
      const files = replaced(world.files, place, bytes)
      expect(await alter('a file in place of another kind', files)).toBe('found')
    }
  })
})

describe('parts of a packfile that changed places', () => {
  it('are found when they are two blobs of equal length', async () => {
    let tried = 0
    for (const file of of('packfile')) {
      for (const [a, b] of await twins(file)) {
        const altered = file.bytes.slice()
        altered.set(file.bytes.subarray(b.start, b.end), a.start)
        altered.set(file.bytes.subarray(a.start, a.end), b.start)
        const files = replaced(world.files, file, altered)
        expect(await alter('two blobs exchanged', files)).toBe('found')
        tried += 1
      }
    }
    expect(tried).toBeGreaterThan(0)
  })

  it('are found when they are segments, though each is authentic', async () => {
    const { records, file } = await largestBlob()
    const start = WRAPPER_HEADER_BYTES + records.offset + 40 // behind the wrapped key
    for (const [from, to] of [
      [0, 1],
      [1, 2],
      [2, 0],
    ] as const) {
      const altered = file.bytes.slice()
      const segment = (n: number) =>
        file.bytes.subarray(start + n * SEGMENT_BYTES, start + (n + 1) * SEGMENT_BYTES)
      altered.set(segment(from), start + to * SEGMENT_BYTES)
      altered.set(segment(to), start + from * SEGMENT_BYTES)
      const fate = await judge(large, replaced(large.files, file, altered))
      count('two segments exchanged', fate)
      expect(fate).toBe('found')
    }
  })
})

describe('a file that is gone', () => {
  it('is missed by whoever saw it, be it a packfile or a state', async () => {
    for (const file of [...of('packfile'), ...of('state')]) {
      using folder = temporaryFolder()
      await world.open(await storeOf(world.files), folder.path)
      const files = replaced(world.files, file, undefined)
      expect(await alter(`a ${file.kind} that is gone`, files, { cacheDir: folder.path })).toBe(
        'found',
      )
    }
  })

  it('with all that came after it, as in an older copy of the store, is missed as well', async () => {
    using folder = temporaryFolder()
    const [first] = world.saved.keys()
    await world.open(await storeOf(world.files), folder.path)
    const older = new MemoryStore()
    const sound = await world.open(await storeOf(world.files))
    for (const file of world.files) {
      if (file.kind === 'config') await older.create(file.bytes)
    }
    // The newest states go first: what is left is the store as it was once.
    const states = of('state').filter(({ name }) => name !== first)
    const files = world.files.filter((file) => !states.includes(file))
    expect(sound.index.snapshots()).toHaveLength(2)
    expect(await alter('an older copy of the store', files, { cacheDir: folder.path })).toBe(
      'found',
    )
  })
})

async function largestBlob() {
  const repository = await large.open(await storeOf(large.files))
  for (const file of of('packfile', large)) {
    const { records } = await indexOf(repository, file)
    const found = records.find(({ length }) => length > 3 * SEGMENT_BYTES)
    if (found !== undefined) return { records: found, file }
  }
  throw new Error('no blob has four segments')
}

/** Pairs of blobs of equal length in a packfile. */
async function twins(file: StoredFile) {
  const repository = await world.open(await storeOf(world.files))
  const { records } = await indexOf(repository, file)
  const pairs = records.flatMap((a, n) =>
    records.slice(n + 1).flatMap((b) => (a.length === b.length ? [[a, b]] : [])),
  )
  return pairs.map((pair) =>
    pair.map(({ offset, length }) => {
      const start = WRAPPER_HEADER_BYTES + offset
      return { start, end: start + length }
    }),
  ) as [{ start: number; end: number }, { start: number; end: number }][]
}

function indexOf(repository: Repository, { bytes }: StoredFile) {
  const read = async (offset: number, length: number) => bytes.subarray(offset, offset + length)
  return readPackfileIndex({ sizeBytes: bytes.length, read }, repository)
}

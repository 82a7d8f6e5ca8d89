import { beforeAll, describe, expect, it } from 'vitest'
import { MemoryStore } from '../../stores/memory/memory-store.ts'
import type { StoredKind } from '../../stores/store.ts'
import { concatBytes, equalBytes } from '../../util/bytes.ts'
import { listSnapshots } from '../reading/snapshot-list.ts'
import { openSnapshot } from '../reading/snapshot-reader.ts'
import { createRepository, openRepository } from '../repository.ts'
import { newSnapshot } from './snapshot-writer.ts'

const CONTENT_MODULE = new URL('../workers/fixtures/listed-contents.mjs', import.meta.url).href
const NOW = new Date('2026-11-21T10:00:00Z')
const PHOTOS = [photo(1), photo(2), photo(3)]

/** Mutating calls a whole backup makes; counted below, so that every one of them gets to fail. */
let callsOfABackup = 0

beforeAll(async () => {
  const store = await aStore(soundly)
  await backUp(store)
  callsOfABackup = store.calls
})

describe('a store that fails', () => {
  it.each(['nothing is stored', 'all is stored'] as const)(
    'never yields a snapshot that is not whole, at whichever call (%s)',
    async (harm) => {
      expect(callsOfABackup).toBeGreaterThan(8)
      for (let failing = 1; failing <= callsOfABackup; failing++) {
        const store = await aStore(failAt(failing, harm))

        const outcome = await backUp(store).then(
          ({ id }) => id,
          (error: { code?: string }) => error,
        )

        store.hook = soundly
        await expectNoStateNamesWhatIsMissing(store)
        const snapshots = await wholeSnapshots(store)
        if (typeof outcome === 'string') expect(snapshots).toContain(outcome)
        else if (harm !== 'all is stored') expect(snapshots).toEqual([])
      }
    },
  )

  it('does not hinder the next backup', async () => {
    for (let failing = 1; failing <= callsOfABackup; failing++) {
      const store = await aStore(failAt(failing, 'nothing is stored'))
      await backUp(store).catch(() => {})
      store.hook = soundly

      const { id } = await backUp(store)

      expect(await wholeSnapshots(store)).toContain(id)
    }
  })

  it('is named in the error, with its cause', async () => {
    const store = await aStore(failAt(2, 'nothing is stored'))

    await expect(backUp(store)).rejects.toMatchObject({
      code: 'WRITER_FAILED',
      message: expect.stringContaining('memory'),
      cause: { code: 'ENOSPC' },
    })
  })

  it('makes every later call of the writer fail, checkpoint and commit included', async () => {
    const store = await aStore(soundly)
    const repository = await openRepository(store, { passphrase: async () => '' })
    await using writer = await newSnapshot(repository, anOptions())
    await writer.storeBytes(PHOTOS[0]!, 'image/jpeg')
    store.hook = failAt(store.calls + 1, 'nothing is stored')

    const attempts = [
      () => writer.checkpoint(),
      () => writer.checkpoint(),
      () => writer.storeBytes(PHOTOS[1]!, 'image/jpeg'),
      () => writer.commit(HEADER),
    ]

    for (const attempt of attempts) {
      await expect(attempt()).rejects.toMatchObject({ code: 'WRITER_FAILED' })
    }
    expect(store.countOf('state')).toBe(0)
  })
})

describe('a repository that other programs cut in a way of their own', () => {
  it('is opened and read, but nothing is written to it, not even a lock', async () => {
    const store = new HookedStore(soundly)
    const unknown = { algorithm: 'ultracdc', minBytes: 2048, normalBytes: 8192, maxBytes: 65_536 }
    await createRepository(store, { now: () => NOW, chunking: unknown })

    await expect(backUp(store)).rejects.toMatchObject({ code: 'CHUNKER_UNSUPPORTED' })
    expect(await wholeSnapshots(store)).toEqual([])
    expect(store.calls).toBe(0)
  })
})

describe('a cancelled backup', () => {
  it('is saved whole or not at all, and leaves no lock, whenever it is cancelled', async () => {
    for (let at = 1; at <= callsOfABackup; at++) {
      const cancel = new AbortController()
      const store = await aStore((call) => {
        if (call === at) cancel.abort()
        return undefined
      })

      const outcome = await backUp(store, cancel.signal).then(
        ({ id }) => [id],
        (error: Error) => error.name,
      )

      expect(store.countOf('lock')).toBe(0)
      await expectNoStateNamesWhatIsMissing(store)
      expect(await wholeSnapshots(store)).toEqual(outcome === 'AbortError' ? [] : outcome)
    }
  })

  it('leaves what it stored to the next one', async () => {
    const cancel = new AbortController()
    const store = await aStore(soundly)
    const repository = await openRepository(store, { passphrase: async () => '' })
    const interrupted = await newSnapshot(repository, anOptions(cancel.signal))
    const { objectMac } = await interrupted.storeBytes(PHOTOS[0]!, 'image/jpeg')

    cancel.abort()
    await interrupted[Symbol.asyncDispose]()

    const reopened = await openRepository(store, { passphrase: async () => '' })
    await using next = await newSnapshot(reopened, anOptions())
    expect(await next.known(objectMac)).toMatchObject({ size: PHOTOS[0]!.length })
  })

  it('writes nothing more when something had failed before', async () => {
    const cancel = new AbortController()
    const store = await aStore(soundly)
    const repository = await openRepository(store, { passphrase: async () => '' })
    const writer = await newSnapshot(repository, anOptions(cancel.signal))
    await writer.storeBytes(PHOTOS[0]!, 'image/jpeg')
    store.hook = failAt(store.calls + 1, 'all is stored')
    await writer.checkpoint().catch(() => {})

    cancel.abort()
    await writer[Symbol.asyncDispose]()

    expect(store.countOf('packfile')).toBe(1)
    expect(store.countOf('state')).toBe(0)
  })
})

describe('the lock of a backup', () => {
  it('is there while it runs and gone afterwards', async () => {
    const store = await aStore(soundly)
    let lockedWhile = true
    store.hook = (_, kind) => {
      if (kind !== 'lock') lockedWhile &&= store.countOf('lock') === 1
      return undefined
    }

    await backUp(store)

    expect(lockedWhile).toBe(true)
    expect(store.countOf('lock')).toBe(0)
  })

  it('must still be there when the snapshot is published', async () => {
    const store = await aStore(soundly)
    const repository = await openRepository(store, { passphrase: async () => '' })
    await using writer = await newSnapshot(repository, anOptions())
    for await (const lock of store.list('lock')) await store.remove('lock', lock)

    await expect(writer.commit(HEADER)).rejects.toMatchObject({ code: 'LOCK_LOST' })
    expect(await listSnapshots(repository)).toEqual([])
  })
})

const HEADER = {
  importer: { type: 'googlephotos', origin: 'takeout', directory: '/' },
  name: 'test',
  tags: [],
  timestamp: NOW,
  durationMs: 1,
  context: [],
}

function anOptions(signal = new AbortController().signal) {
  const expected = { contents: 10, bytes: 100_000 }
  return { contentModule: CONTENT_MODULE, threads: 0, expected, now: () => NOW, signal }
}

/** Three photos, with a checkpoint after each. */
async function backUp(store: MemoryStore, signal?: AbortSignal) {
  const repository = await openRepository(store, { passphrase: async () => '' })
  await using writer = await newSnapshot(repository, anOptions(signal))
  for (const [id, bytes] of PHOTOS.entries()) {
    const batch = { ids: [id], bytes: bytes.length, recipe: [{ id, bytes }] }
    for await (const result of writer.storeContents([batch])) {
      if ('failure' in result) throw new Error(result.failure.message)
      writer.addFile(`/photos/${id}.jpg`, { content: result.stored, modified: NOW })
    }
    await writer.checkpoint()
  }
  return await writer.commit(HEADER)
}

async function expectNoStateNamesWhatIsMissing(store: MemoryStore): Promise<void> {
  const repository = await openRepository(store, { passphrase: async () => '' })
  for (const [packfile, dataBytes] of repository.index.packfileExtents()) {
    expect(await store.size('packfile', packfile)).toBeGreaterThan(dataBytes)
  }
}

/** Ids of the snapshots that are listed; fails unless each can be read completely. */
async function wholeSnapshots(store: MemoryStore): Promise<string[]> {
  const repository = await openRepository(store, { passphrase: async () => '' })
  const ids = repository.index.snapshots()
  for (const id of ids) {
    const reader = await openSnapshot(repository, id)
    for (const [at, bytes] of PHOTOS.entries()) {
      const parts: Uint8Array[] = []
      const entry = await reader.entry(`/photos/${at}.jpg`)
      for await (const part of reader.content(entry!)) parts.push(part)
      expect(equalBytes(concatBytes(parts), bytes)).toBe(true)
    }
  }
  return ids
}

type Hook = (call: number, kind: StoredKind, act: 'put' | 'remove') => Harm | undefined
type Harm = 'nothing is stored' | 'all is stored'

const soundly: Hook = () => undefined

function failAt(failing: number, harm: Harm): Hook {
  return (call) => (call === failing ? harm : undefined)
}

async function aStore(hook: Hook): Promise<HookedStore> {
  const store = new HookedStore(hook)
  await createRepository(store, {
    now: () => NOW,
    chunking: { minBytes: 1024, normalBytes: 4096, maxBytes: 16_384 },
  })
  return store
}

/** A store whose mutating calls are counted and can be made to fail. */
class HookedStore extends MemoryStore {
  hook: Hook
  calls = 0
  readonly #names: Record<StoredKind, Set<string>> = {
    packfile: new Set(),
    state: new Set(),
    lock: new Set(),
    quarantine: new Set(),
  }

  constructor(hook: Hook) {
    super()
    this.hook = hook
  }

  countOf(kind: StoredKind): number {
    return this.#names[kind].size
  }

  override async put(kind: StoredKind, name: string, parts: readonly Uint8Array[]) {
    this.calls += 1
    const harm = this.hook(this.calls, kind, 'put')
    if (harm !== 'nothing is stored') {
      await super.put(kind, name, parts)
      this.#names[kind].add(name)
    }
    if (harm !== undefined) throw full()
  }

  override async remove(kind: StoredKind, name: string) {
    this.calls += 1
    if (this.hook(this.calls, kind, 'remove') !== undefined) throw full()
    await super.remove(kind, name)
    this.#names[kind].delete(name)
  }
}

function full(): Error {
  return Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
}

function photo(seed: number): Uint8Array {
  let state = seed
  return Uint8Array.from({ length: 10_000 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state >>> 24
  })
}

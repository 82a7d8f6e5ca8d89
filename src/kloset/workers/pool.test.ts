import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { concatBytes, equalBytes } from '../../util/bytes.ts'
import type { ContentResult } from './content.ts'

/** Worker threads load compiled code only, so everything here is the built program. */
const DIST = new URL('../../../dist/', import.meta.url)
const isBuilt = existsSync(new URL('kloset/workers/worker.js', DIST))
if (!isBuilt) process.stdout.write('skipped: worker threads need dist/ (npm run build)\n')

const LISTED = new URL('./fixtures/listed-contents.mjs', import.meta.url).href
const NOW = new Date('2026-11-21T10:00:00Z')
const HEADER = {
  importer: { type: 'googlephotos', origin: 'takeout', directory: '/' },
  name: 'test',
  tags: [],
  timestamp: NOW,
  durationMs: 1,
  context: [],
}

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kloset-pool-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe.skipIf(!isBuilt)('worker threads', () => {
  it('store everything, each content with one result', async () => {
    const { repository, openSnapshot, newWriter } = await aRepository()
    const contents = Array.from({ length: 40 }, (_, n) => noise(1000 * n, n))
    await using writer = await newWriter({ threads: 2 })

    for await (const result of writer.storeContents(inBatchesOf(7, contents))) {
      if ('failure' in result) throw new Error(result.failure.message)
      writer.addFile(`/${result.id}`, { content: result.stored, modified: NOW })
    }
    const { id } = await writer.commit(HEADER)

    const reader = await openSnapshot(repository, id)
    for (const [at, bytes] of contents.entries()) {
      const parts: Uint8Array[] = []
      for await (const part of reader.content((await reader.entry(`/${at}`))!)) parts.push(part)
      expect(equalBytes(concatBytes(parts), bytes)).toBe(true)
    }
    expect(readdirSync(join(folder, 'store/locks'))).toEqual([])
  })

  it('store the same bytes once, whichever threads meet them', async () => {
    const { newWriter } = await aRepository()
    const same = new Array<Uint8Array>(20).fill(noise(100_000))
    await using writer = await newWriter({ threads: 3 })

    const results = await collect(writer.storeContents(inBatchesOf(1, same)))
    await writer.checkpoint()

    const objects = results.map((result) => 'stored' in result && result.stored.objectMac)
    expect(new Set(objects).size).toBe(1)
    expect(writer.bytesStored).toBeLessThan(100_000 + 60_000)
  })

  it('write their last packfiles unasked when nothing is left to store', async () => {
    const { newWriter } = await aRepository()
    await using writer = await newWriter({ threads: 2 })
    const contents = [noise(50_000, 1), noise(50_000, 2)]

    await collect(writer.storeContents(inBatchesOf(1, contents)))

    await expect.poll(() => writer.bytesStored, { timeout: 5000 }).toBeGreaterThan(100_000)
  })

  it('report what cannot be read and go on', async () => {
    const { newWriter } = await aRepository()
    await using writer = await newWriter({ threads: 2 })
    const recipe = [
      { id: 1, bytes: noise(5000), fails: 'read' },
      { id: 2, bytes: noise(5000) },
    ]

    const results = await collect(writer.storeContents([{ ids: [1, 2], bytes: 0, recipe }]))

    expect(results).toMatchObject([
      { id: 1, failure: { code: 'DAMAGED', message: 'cannot inflate' } },
      { id: 2, stored: { size: 5000 } },
    ])
  })

  it('end the backup, by name, when one of them dies', async () => {
    const { newWriter } = await aRepository()
    const contentModule = `data:text/javascript,
      setTimeout(() => { throw new Error('out of luck') });
      export async function* openContents() { await new Promise(() => {}) }`
    await using writer = await newWriter({ threads: 2, contentModule })

    const storing = collect(writer.storeContents(inBatchesOf(1, [noise(10)])))

    await expect(storing).rejects.toMatchObject({
      code: 'WRITER_FAILED',
      cause: {
        code: 'WORKER_CRASHED',
        message: expect.stringMatching(/worker \d ended.*out of luck/),
      },
    })
    await expect(writer.commit(HEADER)).rejects.toMatchObject({ code: 'WRITER_FAILED' })
  })

  it('put away what they have when the backup is cancelled: no lock, no temporary file', async () => {
    const { newWriter } = await aRepository()
    const cancel = new AbortController()
    const contents = Array.from({ length: 60 }, (_, n) => noise(30_000, n))
    const stored: string[] = []
    {
      await using writer = await newWriter({ threads: 2, signal: cancel.signal })
      const storing = async () => {
        for await (const result of writer.storeContents(inBatchesOf(10, contents))) {
          if ('stored' in result) stored.push(result.stored.objectMac)
          cancel.abort()
        }
      }
      await expect(storing()).rejects.toThrow('aborted')
    }

    const files = readdirSync(join(folder, 'store'), { recursive: true, withFileTypes: true })
    const names = files.filter((name) => name.isFile()).map(({ name }) => name)
    expect(names.filter((name) => !/^[0-9a-f]{64}$/.test(name))).toEqual(['CONFIG'])
    expect(readdirSync(join(folder, 'store/locks'))).toEqual([])
    await using next = await newWriter({ threads: 0 })
    for (const objectMac of stored) expect(await next.known(objectMac)).toBeDefined()
  })
})

/** Loads a built module; its types are those of the source. */
function built<T>(path: string): Promise<T> {
  return import(new URL(path, DIST).href) as Promise<T>
}

async function aRepository() {
  const { FolderStore } = await built<typeof import('../../stores/folder/folder-store.ts')>(
    'stores/folder/folder-store.js',
  )
  const { createRepository, openRepository } =
    await built<typeof import('../repository.ts')>('kloset/repository.js')
  const { openSnapshot } = await built<typeof import('../reading/snapshot-reader.ts')>(
    'kloset/reading/snapshot-reader.js',
  )
  const { newSnapshot } = await built<typeof import('../writing/snapshot-writer.ts')>(
    'kloset/writing/snapshot-writer.js',
  )
  const store = new FolderStore(join(folder, 'store'))
  const chunking = { minBytes: 1024, normalBytes: 4096, maxBytes: 16_384 }
  await createRepository(store, { now: () => NOW, passphrase: 'p', kdfMemoryMiB: 8, chunking })
  const repository = await openRepository(store, { passphrase: async () => 'p' })
  const newWriter = (options: { threads: number; contentModule?: string; signal?: AbortSignal }) =>
    newSnapshot(repository, {
      contentModule: LISTED,
      expected: { contents: 100, bytes: 1_000_000 },
      now: () => NOW,
      signal: new AbortController().signal,
      ...options,
    })
  return { repository, openSnapshot, newWriter }
}

function* inBatchesOf(count: number, contents: readonly Uint8Array[]) {
  for (let first = 0; first < contents.length; first += count) {
    const recipe = contents
      .slice(first, first + count)
      .map((bytes, at) => ({ id: first + at, bytes }))
    yield { ids: recipe.map(({ id }) => id), bytes: 0, recipe }
  }
}

async function collect(results: AsyncIterable<ContentResult>): Promise<ContentResult[]> {
  const all: ContentResult[] = []
  for await (const result of results) all.push(result)
  return all
}

function noise(length: number, seed = 1): Uint8Array {
  let state = seed * 77 + 5
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state >>> 24
  })
}

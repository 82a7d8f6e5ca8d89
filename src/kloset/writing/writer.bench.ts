/**
 * How fast contents become durable packfiles: cut, named, encrypted, packed, checked, synced.
 *
 * It measures the built program in dist/, because worker threads cannot load TypeScript on Node 20;
 * the disk is that of the folder given.
 * @module
 */
import type { ContentBatch } from '../workers/content.ts'

export interface WriterBenchmarkOptions {
  /** An empty folder that may be filled. */
  folder: string
  megabytes: number
  /** One measurement each; 0 is in this thread. */
  threads: readonly number[]
}

const CONTENT_MODULE = new URL('../workers/fixtures/unique-noise.mjs', import.meta.url).href
const DIST = new URL('../../../dist/', import.meta.url)
const CONTENT_BYTES = 4_000_000
const CONTENTS_PER_BATCH = 8

export async function writerBenchmark(
  options: WriterBenchmarkOptions,
): Promise<{ name: string; megabytesPerSecond: number }[]> {
  const measured: { name: string; megabytesPerSecond: number }[] = []
  for (const threads of options.threads) {
    const megabytesPerSecond = await measure(options, threads)
    measured.push({ name: `write, ${threads} threads`, megabytesPerSecond })
  }
  return measured
}

async function measure({ folder, megabytes }: WriterBenchmarkOptions, threads: number) {
  const { FolderStore, createRepository, openRepository, newSnapshot } = await builtProgram()
  const store = new FolderStore(`${folder}/${threads}`)
  await createRepository(store, {
    now: () => new Date(),
    passphrase: 'benchmark',
    kdfMemoryMiB: 8,
  })
  const repository = await openRepository(store, { passphrase: async () => 'benchmark' })
  const batches = [...batchesOf(Math.ceil((megabytes * 1e6) / CONTENT_BYTES), threads)]
  const bytes = batches.reduce((sum, batch) => sum + batch.bytes, 0)
  await using writer = await newSnapshot(repository, {
    contentModule: CONTENT_MODULE,
    threads,
    expected: { contents: bytes / CONTENT_BYTES, bytes },
    now: () => new Date(),
    signal: new AbortController().signal,
  })
  const started = performance.now()
  for await (const result of writer.storeContents(batches)) {
    if ('failure' in result) throw new Error(result.failure.message)
  }
  await writer.checkpoint()
  return bytes / 1000 / (performance.now() - started)
}

/** The built modules; their types are those of the source. */
async function builtProgram() {
  type Stores = typeof import('../../stores/folder/folder-store.ts')
  type Repositories = typeof import('../repository.ts')
  type Writers = typeof import('./snapshot-writer.ts')
  const [stores, repositories, writers] = await Promise.all([
    import(new URL('stores/folder/folder-store.js', DIST).href) as Promise<Stores>,
    import(new URL('kloset/repository.js', DIST).href) as Promise<Repositories>,
    import(new URL('kloset/writing/snapshot-writer.js', DIST).href) as Promise<Writers>,
  ])
  return { ...stores, ...repositories, ...writers }
}

function* batchesOf(contents: number, run: number): Generator<ContentBatch> {
  for (let first = 0; first < contents; first += CONTENTS_PER_BATCH) {
    const count = Math.min(CONTENTS_PER_BATCH, contents - first)
    const ids = Array.from({ length: count }, (_, n) => first + n)
    const recipe = { ids, sizeBytes: CONTENT_BYTES, run }
    yield { ids, bytes: count * CONTENT_BYTES, recipe }
  }
}

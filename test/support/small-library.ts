import { listSnapshots } from '../../src/kloset/reading/snapshot-list.ts'
import { openSnapshot } from '../../src/kloset/reading/snapshot-reader.ts'
import { createRepository, openRepository, type Repository } from '../../src/kloset/repository.ts'
import { newSnapshot } from '../../src/kloset/writing/snapshot-writer.ts'
import type { Store } from '../../src/stores/store.ts'
import { concatBytes, equalBytes } from '../../src/util/bytes.ts'
import { type Clock, systemClock } from '../../src/util/clock.ts'

const CONTENT_MODULE = new URL(
  '../../src/kloset/workers/fixtures/listed-contents.mjs',
  import.meta.url,
).href

/** Small chunks, so that a photo of some kilobytes has several. */
export async function aSmallRepository(store: Store, clock: Clock): Promise<void> {
  await createRepository(store, {
    now: () => clock.now(),
    chunking: { minBytes: 1024, normalBytes: 2048, maxBytes: 8192 },
  })
}

export const openSmall = (store: Store): Promise<Repository> =>
  openRepository(store, { passphrase: async () => '' })

/** A photo of `bytes` bytes that is like no other. */
export function photo(seed: number, bytes = 6000): Uint8Array {
  let state = seed + 1
  return Uint8Array.from({ length: bytes }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state >>> 24
  })
}

export interface BackUpOptions {
  clock?: Clock
  signal?: AbortSignal
  onWait?: (what: string) => void
  /** Called when everything is stored, before the snapshot is published. */
  beforeCommit?: () => Promise<void>
}

/** A snapshot of the photos with these seeds. Each goes into a packfile of its own. */
export async function backUp(
  store: Store,
  seeds: readonly number[],
  { clock = systemClock, signal = new AbortController().signal, ...options }: BackUpOptions = {},
): Promise<string> {
  const repository = await openSmall(store)
  const expected = { contents: seeds.length, bytes: seeds.length * 6000 }
  const now = () => clock.now()
  await using writer = await newSnapshot(repository, {
    ...{ contentModule: CONTENT_MODULE, threads: 0, expected, now, clock, signal },
    ...(options.onWait === undefined ? {} : { onWait: options.onWait }),
  })
  for (const seed of seeds) {
    const content = await writer.storeBytes(photo(seed), 'image/jpeg')
    writer.addFile(`/photos/${seed}.jpg`, { content, modified: now() })
    await writer.checkpoint()
  }
  await options.beforeCommit?.()
  const { id } = await writer.commit({
    importer: { type: 'googlephotos', origin: 'takeout', directory: '/' },
    ...{ name: 'test', tags: [], timestamp: now(), durationMs: 1, context: [] },
  })
  return id
}

/** Seeds of the photos in each listed snapshot; throws unless every byte is right. */
export async function restoreAll(store: Store): Promise<Map<string, number[]>> {
  const repository = await openSmall(store)
  const restored = new Map<string, number[]>()
  for (const { identifier } of await listSnapshots(repository)) {
    restored.set(identifier, await restoreOne(repository, identifier))
  }
  return restored
}

export async function restoreOne(repository: Repository, id: string): Promise<number[]> {
  const reader = await openSnapshot(repository, id)
  const seeds: number[] = []
  for await (const { path } of reader.list('/photos')) {
    const seed = Number(/(\d+)\.jpg$/.exec(path)![1])
    const entry = await reader.entry(path)
    const parts: Uint8Array[] = []
    for await (const part of reader.content(entry!)) parts.push(part)
    if (!equalBytes(concatBytes(parts), photo(seed))) throw new Error(`${path} is not as it was`)
    seeds.push(seed)
  }
  return seeds.sort((a, b) => a - b)
}

export async function namesIn(store: Store, kind: Parameters<Store['list']>[0]): Promise<string[]> {
  const names: string[] = []
  for await (const name of store.list(kind)) names.push(name)
  return names.sort()
}

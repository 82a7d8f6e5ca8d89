/**
 * Small repositories whose snapshots are known byte for byte: what a fault suite does to a store,
 * and how it finds out what became of it.
 * @module
 */
import { type MaintenanceReport, maintain } from '../../../src/kloset/maintenance/maintain.ts'
import { openSnapshot } from '../../../src/kloset/reading/snapshot-reader.ts'
import {
  createRepository,
  openRepository,
  type Repository,
} from '../../../src/kloset/repository.ts'
import { newSnapshot, type SnapshotWriter } from '../../../src/kloset/writing/snapshot-writer.ts'
import type { Store } from '../../../src/stores/store.ts'
import { concatBytes, equalBytes } from '../../../src/util/bytes.ts'
import type { Clock } from '../../../src/util/clock.ts'
import { quietly } from '../../../src/util/progress.ts'
import { FakeClock } from '../fake-clock.ts'

/** Contents by path. */
export type Files = Readonly<Record<string, Uint8Array>>

/** Snapshots that were reported saved, by id, with what they hold. */
export type Acknowledged = Map<string, Files>

/** When all that has no other time happens. */
export const TINY_START = '2026-11-21T12:00:00Z'

export const TINY_PASSPHRASE = 'a passphrase for small repositories'

const CONTENT_MODULE = new URL(
  '../../../src/kloset/workers/fixtures/listed-contents.mjs',
  import.meta.url,
).href

export interface TinyOptions {
  now?: () => Date
  clock?: Clock
  signal?: AbortSignal
  encrypted?: boolean
}

/** Chunks of some kilobytes, so that a few photos make many blobs. */
export async function makeTiny(store: Store, { now, encrypted }: TinyOptions = {}): Promise<void> {
  await createRepository(store, {
    ...(encrypted ? { passphrase: TINY_PASSPHRASE, kdfMemoryMiB: 8 } : {}),
    now: now ?? (() => new Date()),
    chunking: { minBytes: 1024, normalBytes: 4096, maxBytes: 16_384 },
  })
}

export function openTiny(store: Store): Promise<Repository> {
  return openRepository(store, { passphrase: async () => TINY_PASSPHRASE })
}

/** Saves `files`, with a checkpoint after each, and returns the snapshot's id. */
export async function saveFiles(
  store: Store,
  files: Files,
  options: TinyOptions = {},
): Promise<string> {
  return saveInto(await openTiny(store), files, options)
}

/** The same, of a program that opened the repository before, and perhaps long ago. */
export async function saveInto(
  repository: Repository,
  files: Files,
  { now = () => new Date(), signal = new AbortController().signal, clock }: TinyOptions = {},
): Promise<string> {
  const bytes = Object.values(files).reduce((sum, file) => sum + file.length, 0)
  await using writer = await newSnapshot(repository, {
    ...{ contentModule: CONTENT_MODULE, threads: 0, now, signal },
    ...(clock === undefined ? {} : { clock }),
    expected: { contents: Object.keys(files).length, bytes },
  })
  for (const [path, content] of Object.entries(files)) {
    await addContent(writer, path, content, now())
    await writer.checkpoint()
  }
  const { id } = await writer.commit(headerAt(now()))
  return id
}

async function addContent(writer: SnapshotWriter, path: string, bytes: Uint8Array, modified: Date) {
  const batch = { ids: [0], bytes: bytes.length, recipe: [{ id: 0, bytes }] }
  for await (const result of writer.storeContents([batch])) {
    if ('failure' in result) throw new Error(result.failure.message)
    writer.addFile(path, { content: result.stored, modified })
  }
}

function headerAt(timestamp: Date) {
  return {
    importer: { type: 'googlephotos', origin: 'takeout', directory: '/' },
    ...{ name: 'tiny', tags: [], timestamp, durationMs: 1, context: [] as [string, string][] },
  }
}

/** A maintenance that waits for nothing: what one run colours, the next one sweeps. */
export function maintainTiny(
  repository: Repository,
  { clock = new FakeClock(TINY_START), graceMs = 0 }: { clock?: Clock; graceMs?: number } = {},
): Promise<MaintenanceReport> {
  return maintain(repository, {
    ...{ clock, graceMs, dryRun: false, yesReally: true, progress: quietly },
    ...{ repackBelow: 0.9, compactFrom: 2, signal: new AbortController().signal },
  })
}

/** Every file of a snapshot. Throws when one is damaged. */
export async function readFiles(repository: Repository, id: string): Promise<Files> {
  const reader = await openSnapshot(repository, id)
  const files: Record<string, Uint8Array> = {}
  for await (const entry of reader.walk('/')) {
    if (entry.kind !== 'file') continue
    const parts: Uint8Array[] = []
    for await (const part of reader.content(entry)) parts.push(part)
    files[entry.path] = concatBytes(parts)
  }
  return files
}

export function sameFiles(a: Files, b: Files): boolean {
  const paths = Object.keys(a)
  if (paths.length !== Object.keys(b).length) return false
  return paths.every((path) => b[path] !== undefined && equalBytes(a[path]!, b[path]!))
}

/** What became of the snapshots that were reported saved. Empty when all are whole. */
export async function losses(store: Store, saved: Acknowledged): Promise<string[]> {
  const repository = await openTiny(store)
  const found: string[] = []
  for (const [id, files] of saved) {
    const loss = await lossOf(repository, id, files)
    if (loss !== undefined) found.push(`${id.slice(0, 8)}: ${loss}`)
  }
  return found
}

async function lossOf(
  repository: Repository,
  id: string,
  files: Files,
): Promise<string | undefined> {
  if (!repository.index.hasSnapshot(id)) return 'it is not listed'
  try {
    return sameFiles(await readFiles(repository, id), files) ? undefined : 'it has other bytes'
  } catch (error) {
    return `it cannot be read: ${(error as Error).message}`
  }
}

/** Bytes that do not compress, different for every seed. */
export function noise(length: number, seed: number): Uint8Array {
  let state = (seed * 2_654_435_761) >>> 0 || 1
  return Uint8Array.from({ length }, () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state & 0xff
  })
}

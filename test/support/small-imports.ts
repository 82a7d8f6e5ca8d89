/**
 * Repositories in memory that hold the library of a few photos, import by import.
 * @module
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ImportReport, importLibrary } from '../../src/operations/import-library.ts'
import {
  createRepositoryIn,
  openRepositoryIn,
  type Repository,
} from '../../src/operations/open-repository.ts'
import { openSource } from '../../src/sources/registry.ts'
import { MemoryStore } from '../../src/stores/memory/memory-store.ts'
import type { Store } from '../../src/stores/store.ts'
import { type Clock, systemClock } from '../../src/util/clock.ts'
import { quietly } from '../../src/util/progress.ts'
import { ZipWriter } from './archives/zip-writer.ts'
import { photoBytes } from './small-export.ts'
import { temporaryFolder } from './temporary-folder.ts'

export interface PhotoSketch {
  name: string
  /** Of 2021. */
  taken?: string
  description?: string
  favorite?: boolean
  people?: string[]
  album?: string
}

export async function aRepositoryInMemory(): Promise<Repository> {
  const store = new MemoryStore()
  await createRepositoryIn(store, {})
  return reopened(store)
}

/** As another process would open it. */
export function reopened(store: Store): Promise<Repository> {
  return openRepositoryIn(store, { passphrase: () => Promise.reject(new Error('not needed')) })
}

/** Imports an export of these photos; the snapshot's id is in the report. */
export async function importPhotos(
  repository: Repository,
  photos: readonly PhotoSketch[],
  { clock = systemClock }: { clock?: Clock } = {},
): Promise<ImportReport & { snapshot: string }> {
  using folder = temporaryFolder()
  writeFileSync(join(folder.path, 'takeout-20240102T030405Z-001.zip'), exportOf(photos))
  const report = await importLibrary(repository, await openSource([folder.path]), {
    ...{ progress: quietly, signal: new AbortController().signal, client: 'test' },
    ...{ threads: 0, cacheDir: undefined, reread: false, clock },
  })
  return { ...report, snapshot: report.snapshot! }
}

function exportOf(photos: readonly PhotoSketch[]): Uint8Array {
  const zip = new ZipWriter()
  for (const photo of photos) {
    const folder = photo.album ?? 'Photos from 2021'
    const path = `Takeout/Google Photos/${folder}/${photo.name}`
    zip.add(path, photoBytes(photo.name)).add(`${path}.json`, sidecarOf(photo))
  }
  for (const album of new Set(photos.map(({ album }) => album))) {
    if (album === undefined) continue
    const bytes = Buffer.from(JSON.stringify({ title: album }))
    zip.add(`Takeout/Google Photos/${album}/metadata.json`, bytes)
  }
  return zip.finish()
}

function sidecarOf({ name, taken = '2021-07-01', description, favorite, people }: PhotoSketch) {
  const timestamp = String(Date.parse(`${taken}T10:00:00Z`) / 1000)
  const sidecar = {
    ...{ title: name, photoTakenTime: { timestamp }, description, favorited: favorite },
    people: people?.map((person) => ({ name: person })),
  }
  return Buffer.from(JSON.stringify(sidecar))
}

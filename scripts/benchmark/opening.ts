/**
 * How long it takes to open a repository of a million blobs, with and without the index that the
 * last opening left, and how much memory.
 *
 * The repository has states and nothing else: opening reads nothing else. Names are random, as
 * they are in reality, so nothing compresses.
 * @module
 */
import { spawnSync } from 'node:child_process'
import { randomFillSync } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { NO_MAC } from '../../src/kloset/mac-hex.ts'
import { createRepository, openRepository } from '../../src/kloset/repository.ts'
import { ResourceType } from '../../src/kloset/resource-type.ts'
import type { BlobLocation } from '../../src/kloset/state/state-codec.ts'
import { FolderStore } from '../../src/stores/folder/folder-store.ts'

const OPEN_ONCE = fileURLToPath(new URL('open-once.mjs', import.meta.url))
/** A state of this program has at most so many; one that plakar wrote may have all. */
const BLOBS_PER_STATE = 100_000
const BLOBS_PER_PACKFILE = 250
const BLOB_BYTES = 250_000
/** A photo library is about half chunks; the rest says what they are. */
const TYPES = [
  ResourceType.CHUNK,
  ResourceType.CHUNK,
  ResourceType.OBJECT,
  ResourceType.VFS_ENTRY,
] as const

export interface Opening {
  name: string
  seconds: number
  /** What of it the derivation of the key takes. */
  keySeconds: number
  peakMiB: number
}

export async function benchOpening(folder: string, blobs: number): Promise<Opening[]> {
  const results: Opening[] = []
  for (const [shape, perState] of [
    [`${Math.ceil(blobs / BLOBS_PER_STATE)} states`, BLOBS_PER_STATE],
    ['one state', blobs],
  ] as const) {
    const store = join(folder, 'opening')
    await fill(store, blobs, perState)
    const cache = join(folder, 'opening-cache')
    for (const name of ['cold', 'warm']) {
      results.push({ name: `${shape}, ${name}`, ...openOnce(store, cache, blobs) })
    }
    for (const path of [store, cache]) rmSync(path, { recursive: true, force: true })
  }
  return results
}

function openOnce(store: string, cache: string, blobs: number): Omit<Opening, 'name'> {
  mkdirSync(cache, { recursive: true })
  const { stdout, stderr, status } = spawnSync(process.execPath, [OPEN_ONCE, store, cache], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`the repository could not be opened: ${stderr}`)
  const measured = JSON.parse(stdout) as Omit<Opening, 'name'> & { blobs: number }
  if (measured.blobs !== blobs) throw new Error(`${measured.blobs} blobs instead of ${blobs}`)
  return measured
}

async function fill(folder: string, blobs: number, perState: number): Promise<void> {
  const store = new FolderStore(folder)
  const passphrase = 'benchmark'
  await createRepository(store, { now: () => new Date(), passphrase })
  await using repository = await openRepository(store, { passphrase: async () => passphrase })
  for (let first = 0; first < blobs; first += perState) {
    const locations = locationsOf(Math.min(perState, blobs - first))
    const packfiles = [...new Set(locations.map(({ packfile }) => packfile))]
    await repository.publish(
      {
        parent: repository.index.latestState || NO_MAC,
        timestamp: new Date(),
        locations,
        packfiles: packfiles.map((packfile) => ({ packfile })),
      },
      randomName(),
    )
  }
}

function locationsOf(count: number): BlobLocation[] {
  let packfile = ''
  return Array.from({ length: count }, (_, n) => {
    if (n % BLOBS_PER_PACKFILE === 0) packfile = randomName()
    return {
      type: TYPES[n % TYPES.length]!,
      mac: randomName(),
      packfile,
      offset: (n % BLOBS_PER_PACKFILE) * BLOB_BYTES,
      length: BLOB_BYTES,
    }
  })
}

function randomName(): string {
  return randomFillSync(Buffer.alloc(32)).toString('hex')
}

import { findSnapshot } from '../kloset/reading/snapshot-list.ts'
import { openSnapshot } from '../kloset/reading/snapshot-reader.ts'
import type { HeaderRecord } from '../kloset/records/header.ts'
import type { SummaryRecord } from '../kloset/records/summary.ts'
import type { Repository } from '../kloset/repository.ts'
import { toHex } from '../util/bytes.ts'
import { contextValue, type SnapshotLine, snapshotLine } from './list-snapshots.ts'
import { CONTEXT } from './snapshot-tree.ts'

export interface SnapshotDescription extends SnapshotLine {
  albums?: number
  /** How long making it took. */
  durationSeconds: number
  name: string
  category: string
  environment: string
  perimeter: string
  job: string
  dataset: string
  tags: string[]
  /** Who signed it; absent when nobody did. */
  identity?: { id: string; publicKey: string }
  importer: { type: string; origin: string; directory: string }
  /** MACs of the three roots. */
  roots: { tree: string; xattrs: string; errors: string }
  files: number
  directories: number
  symlinks: number
  /** Devices, pipes and sockets. */
  others: number
  objects: number
  chunks: number
  /** Paths that could not be read when it was made. */
  errors: number
  context: [string, string][]
}

const NANOSECONDS = 1e9

export async function describeSnapshot(
  repository: Repository,
  snapshot: string,
): Promise<SnapshotDescription> {
  const { header } = await openSnapshot(repository, await findSnapshot(repository, snapshot))
  const { name, category, environment, perimeter, job, dataset } = header
  const source = header.sources[0]!
  const { root: tree, xattrs, errors } = source.vfs
  const albums = contextValue(header, CONTEXT.albums)
  return {
    ...snapshotLine(header),
    ...(albums === undefined ? {} : { albums: Number(albums) }),
    durationSeconds: header.duration / NANOSECONDS,
    ...{ name, category, environment, perimeter, job, dataset },
    tags: header.tags ?? [],
    ...identityOf(header),
    importer: source.importer,
    roots: { tree, xattrs, errors },
    ...countsOf(source.summary),
    context: (header.context ?? []).map(({ key, value }) => [key, value]),
  }
}

export interface PathError {
  path: string
  error: string
}

/** What could not be read when the snapshot was made. */
export async function* snapshotErrors(
  repository: Repository,
  snapshot: string,
): AsyncGenerator<PathError> {
  const reader = await openSnapshot(repository, await findSnapshot(repository, snapshot))
  for await (const { path, error } of reader.errors()) yield { path, error }
}

function identityOf({ identity }: HeaderRecord): Pick<SnapshotDescription, 'identity'> {
  const { identifier, publicKey } = identity
  if (publicKey === null || publicKey.length === 0) return {}
  return { identity: { id: identifier, publicKey: toHex(publicKey) } }
}

function countsOf({ directory, below }: SummaryRecord) {
  const sum = (key: keyof typeof below) => directory[key] + below[key]
  return {
    files: sum('files'),
    directories: sum('directories'),
    symlinks: sum('symlinks'),
    others: sum('devices') + sum('pipes') + sum('sockets'),
    objects: sum('objects'),
    chunks: sum('chunks'),
    errors: sum('errors'),
  }
}

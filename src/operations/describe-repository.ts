import type { KdfConfiguration } from '../kloset/configuration.ts'
import { timestampToDate } from '../kloset/msgpack/timestamp.ts'
import { findSnapshot, listSnapshots } from '../kloset/reading/snapshot-list.ts'
import { openSnapshot } from '../kloset/reading/snapshot-reader.ts'
import type { Repository } from '../kloset/repository.ts'
import { contextValue, snapshotLine } from './list-snapshots.ts'
import { CONTEXT } from './snapshot-tree.ts'

export interface RepositoryDescription {
  id: string
  location: string
  encrypted: boolean
  /** Key derivation and its cost; absent when not encrypted. */
  kdf?: string
  /** ISO instant. */
  created: string
  hashing: string
  compression: string
  encryption: string
  chunking: string
  packfileMaxBytes: number
  snapshots: number
  blobs: number
  packfiles: number
  /** Sum of all packfiles and states. */
  bytesStored: number
}

export async function describeRepository(repository: Repository): Promise<RepositoryDescription> {
  const { configuration, index, store } = repository
  const { chunking, compression, encryption } = configuration
  return {
    id: repository.id,
    location: store.location,
    encrypted: repository.encrypted,
    ...(encryption ? { kdf: describeKdf(encryption.kdfParams) } : {}),
    created: timestampToDate(configuration.timestamp).toISOString(),
    hashing: configuration.hashing.algorithm,
    compression: compression?.algorithm ?? 'none',
    encryption: encryption ? `${encryption.dataAlgorithm}, ${encryption.subKeyAlgorithm}` : 'none',
    chunking: [chunking.algorithm, chunking.minSize, chunking.normalSize, chunking.maxSize].join(
      ' ',
    ),
    packfileMaxBytes: Number(configuration.packfile.maxSize),
    snapshots: (await listSnapshots(repository)).length,
    blobs: index.blobs,
    packfiles: [...index.packfiles()].length,
    bytesStored: await storedBytes(repository),
  }
}

function describeKdf({ kdf, argon2id }: KdfConfiguration): string {
  if (!argon2id) return kdf
  return `${kdf}, ${argon2id.memory / 1024} MiB, ${argon2id.time} passes`
}

export interface SnapshotDescription {
  id: string
  taken: string
  name: string
  source: string
  status: string
  items?: number
  albums?: number
  files: number
  bytes: number
  context: [string, string][]
}

export async function describeSnapshot(
  repository: Repository,
  snapshot: string,
): Promise<SnapshotDescription> {
  const { header } = await openSnapshot(repository, await findSnapshot(repository, snapshot))
  const summary = header.sources[0]?.summary
  const albums = contextValue(header, CONTEXT.albums)
  return {
    ...snapshotLine(header),
    name: header.name,
    ...(albums === undefined ? {} : { albums: Number(albums) }),
    files: (summary?.directory.files ?? 0) + (summary?.below.files ?? 0),
    context: (header.context ?? []).map(({ key, value }) => [key, value]),
  }
}

async function storedBytes({ store }: Repository): Promise<number> {
  let bytes = 0
  for (const kind of ['packfile', 'state'] as const) {
    for await (const name of store.list(kind)) bytes += await store.size(kind, name)
  }
  return bytes
}

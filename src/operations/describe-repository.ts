import type { KdfConfiguration } from '../kloset/configuration.ts'
import { formatVersion, VERSION_1_0_0 } from '../kloset/format-version.ts'
import { timestampToDate } from '../kloset/msgpack/timestamp.ts'
import { listSnapshots } from '../kloset/reading/snapshot-list.ts'
import type { Repository } from '../kloset/repository.ts'
import { snapshotLine } from './list-snapshots.ts'

export interface RepositoryDescription {
  id: string
  location: string
  /** Of the format, `1.0.0`. */
  version: string
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
  /** Sum of the files of all snapshots: what they would take as plain copies. */
  bytesLogical: number
  /** States that are there and cannot be read: what only they say is missing. */
  unreadableStates: number
}

export async function describeRepository(repository: Repository): Promise<RepositoryDescription> {
  const { configuration, index, store } = repository
  const { chunking, compression, encryption } = configuration
  const headers = await listSnapshots(repository)
  return {
    id: repository.id,
    location: store.location,
    version: formatVersion(VERSION_1_0_0), // any other was refused when it was opened
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
    snapshots: headers.length,
    blobs: index.blobs,
    packfiles: [...index.packfiles()].length,
    bytesStored: await storedBytes(repository),
    bytesLogical: headers.reduce((sum, header) => sum + snapshotLine(header).bytes, 0),
    unreadableStates: repository.damagedStates.size,
  }
}

function describeKdf({ kdf, argon2id, scrypt, pbkdf2 }: KdfConfiguration): string {
  if (argon2id) {
    const { memory, time, threads } = argon2id
    return `${kdf}, ${memory / 1024} MiB, ${time} passes, ${threads} thread${threads === 1 ? '' : 's'}`
  }
  if (scrypt) return `${kdf}, N ${scrypt.n}, r ${scrypt.r}, p ${scrypt.p}`
  return pbkdf2 ? `${kdf}, ${pbkdf2.iterations} iterations of HMAC-${pbkdf2.hashing}` : kdf
}

async function storedBytes({ store }: Repository): Promise<number> {
  let bytes = 0
  for (const kind of ['packfile', 'state'] as const) {
    for await (const name of store.list(kind)) bytes += await store.size(kind, name)
  }
  return bytes
}

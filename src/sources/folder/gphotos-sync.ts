/**
 * What the database of gphotos-sync says about the photos beside it. Plain data.
 * @module
 */
/** In the root folder; `-wal` and `-journal` may lie beside it. */
export const DATABASE_NAME = 'gphotos.sqlite'
export const isDatabaseFile = (path: string) => /^gphotos\.sqlite(-wal|-shm|-journal)?$/.test(path)

export interface SyncedFile {
  /** Where it was written, below the root: `photos/2019/05/IMG_1 (2).jpg`. */
  path: string
  /** Name at Google, before duplicates were numbered. */
  title: string
  description?: string
  /** Seconds since 1970, UTC. */
  createdSeconds?: number
  url?: string
  latitude?: number
  longitude?: number
}

export interface SyncedAlbum {
  /** Google's own: titles repeat. */
  remoteId: string
  title: string
  description?: string
  /** Positions in `files`, in the album's order. */
  files: number[]
}

export interface GphotosSync {
  files: SyncedFile[]
  albums: SyncedAlbum[]
  /** Why nothing could be read from it. */
  problem?: string
}

/**
 * The library as a snapshot keeps it: every item ever imported, with a path for every file.
 *
 * It only grows. A path, once given, stays; an item, once known, keeps its id.
 * @module
 */
import type { Album, Item, ItemFile } from '../library.ts'

/** A file in the repository: its `path` is the path in the snapshot, and its bytes were read. */
export interface KeptFile extends ItemFile {
  sha256: string
}

export interface KeptItem extends Item {
  files: KeptFile[]
}

export interface KeptAlbum extends Album {
  /** Its folder in the snapshot, `/albums/2021/07 Summer`. */
  path: string
}

export interface Library {
  items: KeptItem[]
  albums: KeptAlbum[]
}

/** An item of an export whose files were read; file paths are still those of the export. */
export interface ArrivingItem extends Item {
  files: KeptFile[]
  /** True when a sidecar described it: then its metadata replace what was known before. */
  described: boolean
}

export const emptyLibrary = (): Library => ({ items: [], albums: [] })

/**
 * What surveying folders yields before anything is understood: every file once, and what small
 * descriptions hold. Plain data, so that tests can write it down.
 * @module
 */
import type { GphotosSync } from './gphotos-sync.ts'

/** Where a link leads: another file of the same tree, a folder of it, or why it is not followed. */
export type LinkTarget = { file: number } | { folder: string } | { wrong: string }

export interface TreeFile {
  index: number
  /** Below the root, `/`-separated, as the disk has it. */
  path: string
  /** Position in `roots`. */
  root: number
  bytes: number
  modifiedMs: number
  /** See `Entry.state`. */
  state?: string
  refused?: string
  /** Refused because the disk did not give it, not because it is unsafe. */
  isUnreadable?: boolean
  link?: LinkTarget
  /** Content of JSON and XMP of up to 1 MiB. */
  text?: Uint8Array
  /** Its name promised nothing, and its first bytes are those of no photo or video. */
  isNoMedia?: boolean
}

export interface TreeRoot {
  /** The folder's own name. */
  name: string
  /** `folder:NAME`, unlike that of every other root. */
  exportId: string
  /** What a database of gphotos-sync in it says. */
  database?: GphotosSync
}

export interface FolderTree {
  roots: TreeRoot[]
  /** In the order of their indexes. */
  files: TreeFile[]
  /** Folders become albums although nothing says that they are any. */
  foldersAsAlbums: boolean
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** The folder a file lies in; empty for the root. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0))
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/**
 * The library as a snapshot keeps it: every item ever imported, with a path for every file.
 *
 * It only grows. A path, once given, stays; an item, once known, keeps its id.
 * @module
 */
import type { Album, AlbumPlace, Amendable, Item, ItemFile, WaitingMember } from '../library.ts'

/** A file in the repository: its `path` is the path in the snapshot, and its bytes were read. */
export interface KeptFile extends ItemFile {
  sha256: string
}

export interface KeptItem extends Item {
  files: KeptFile[]
  /** Its owner no longer has it in Google Photos: a full export lacked it. It is kept here. */
  vanished?: Vanished
}

export interface Vanished {
  /** When the export was made that lacked it, UTC; when it was imported, if that is unknown. */
  since: string
  export: string
}

/**
 * How an item is recognised and weighed in later imports. Apart from the item, so that its line in
 * the catalogue changes only when something about the photo does.
 */
export interface Sighting {
  id: string
  /** Kinds of sources that held it, sorted: `folder`, `takeout`. */
  from: string[]
  /** Time stamp of the newest export that held it, and of the one its metadata are from. */
  seen?: string
  described?: string
  /** Time stamp of the oldest export that held it; absent when anything without a date did. */
  first?: string
  /** See capture-identity.ts. */
  capture?: string
}

export interface KeptAlbum extends Album {
  /** Its folder in the snapshot, `/albums/2021/07 Summer`. */
  path: string
  /** A full export lacked it. It is kept, with its members. */
  vanished?: Vanished
}

/**
 * How an album is recognised in later imports. An export may come in many runs, and which known album
 * one of its albums is shows when more of it is there: so every run of it decides anew, beginning
 * with what was there `before` the first one.
 */
export interface AlbumSighting {
  album: string
  /** Folders of exports it was in, the oldest export first. */
  seenIn: AlbumPlace[]
  /** Time stamp of the newest export that told of it, and of the newest full one. */
  described?: string
  whole?: string
  /** Members whose photos never came. */
  waiting?: WaitingMember[]
  /** Exports that made it what it is since `before`; without that, they began it. */
  since?: string[]
  before?: { album: KeptAlbum; sighting: AlbumSighting }
}

export interface Library {
  items: KeptItem[]
  albums: KeptAlbum[]
  /** By id. What an older Tintype kept has none. */
  sightings?: Sighting[]
  albumSightings?: AlbumSighting[]
}

/** An item of an export whose files were read; file paths are still those of the export. */
export interface ArrivingItem extends Item {
  files: KeptFile[]
  /** True when a sidecar described it: then its metadata replace what was known before. */
  described: boolean
  /** What a description says that is no export's and is newer than the last import. */
  amends?: readonly Amendable[]
  /** Kind of its source; `takeout` when absent. */
  from?: string
  /** Time stamp of the newest export that holds it. */
  stamp?: string
  /** Of the oldest one, where there are several. */
  oldestStamp?: string
  capture?: string
  /** Nothing of it is in this run: an earlier run of the same export brought all of it. */
  isEarlier?: true
  /** None of its files is in this export: others brought them, and a sidecar describes it now. */
  isElsewhere?: true
  /** Time stamp of the export its sidecar came with, where that is another than its files'. */
  describedStamp?: string
}

export const emptyLibrary = (): Library => ({ items: [], albums: [] })

/** Whether a sidecar has described the item that has a content; undefined when none has it. */
export function describedContents({ items, sightings = [] }: Library) {
  const described = new Set(
    sightings.flatMap(({ id, described }) => (described === undefined ? [] : id)),
  )
  const itemOf = new Map(
    items.flatMap(({ id, files }) => files.map((file) => [file.sha256, id] as const)),
  )
  return (sha256 = '') => {
    const id = itemOf.get(sha256)
    return id === undefined ? undefined : described.has(id)
  }
}

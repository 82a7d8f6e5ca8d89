/**
 * The ground truth of an export, as it is written to `truth.json`: what lies in the archives and
 * what an importer should make of it. Paths are those of the archives.
 *
 * Classes, roles and `via` are the words of the command line's machine output (docs). A second
 * entry of a path, in another part, is an entry of its own; for media its role is `copy`.
 * @module
 */
export interface EntryTruth {
  path: string
  /** Name of the archive, or of the folder of an extracted export. */
  part: string
  bytes: number
  sha256: string
  class: 'media' | 'sidecar' | 'album' | 'other' | 'litter'
  /** The following are for media only. `item` is the key of an item below. */
  item?: string
  role?: 'original' | 'edited' | 'clip' | 'copy'
  sidecar?: string | null
  via?: 'own' | 'edited' | 'clip' | 'none'
  editedOf?: string
  clipOf?: string
  /** The entry with the same bytes that comes first: year folders before albums. */
  copyOf?: string
  mediaType?: string
}

export interface ItemTruth {
  /** The same in every export of this library. */
  key: string
  title: string
  description?: string
  taken: {
    instant: string
    /** Wall clock and offset, where the export can tell them. */
    local?: string
    offset?: string
    /** Where the instant is written: the sidecar, else the file itself. */
    source: 'sidecar' | 'embedded'
  }
  location?: {
    latitude: number
    longitude: number
    altitude: number
    source: 'sidecar' | 'embedded'
  }
  people: string[]
  favorite: boolean
  archived: boolean
  trashed: boolean
  partner: boolean
  origin?: string
  deviceFolder?: string
  /** Keys of albums, sorted. */
  albums: string[]
  /** Each distinct content once. */
  files: { role: 'original' | 'edited' | 'clip'; path: string; bytes: number; sha256: string }[]
}

export interface AlbumTruth {
  key: string
  title: string
  description?: string
  folder: string
  /** Keys of items, in the order of the library. */
  items: string[]
}

export interface ChangesTruth {
  /** Keys of items that the earlier export did not have. */
  added: string[]
  /** Keys of items that only the earlier export had: deleted at Google since. */
  vanished: string[]
  changed: { key: string; what: ('description' | 'files' | 'albums')[] }[]
}

export interface SummaryTruth {
  entries: number
  media: number
  sidecars: number
  albumFiles: number
  other: number
  litter: number
  rejected: number
  items: number
  albums: number
  copies: number
  edited: number
  clips: number
  orphanSidecars: number
  orphanMedia: number
  bytes: number
}

export interface ExportTruth {
  exportId: string
  parts: string[]
  entries: EntryTruth[]
  items: ItemTruth[]
  albums: AlbumTruth[]
  /** Sidecars whose photo is in no part. */
  orphanSidecars: string[]
  /** Media without any metadata beside them. */
  orphanMedia: string[]
  /** Sidecars that are no JSON; their media have them all the same. */
  brokenSidecars: string[]
  /** Paths that occur in two parts. */
  repeated: string[]
  summary: SummaryTruth
  /** Against the export before; absent from the first. */
  changes?: ChangesTruth
}
